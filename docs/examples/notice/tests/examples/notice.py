"""A notice for one area."""

from services.decisions.notice.commands import Post

from services.decisions.base import Command

STORY = [
    ("notice.post", {"notice": "P1", "area": "230717", "title": "Water", "contact": "Person 001"}),
    ("notice.confirm", {"notice": "P1", "worker": "W1"}),
    ("notice.withdraw", {"notice": "P1"}),
    ("notice.erase", {"notice": "P1"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Without a contact."""
    return [Post(notice=name, area=area, title="Water")]
