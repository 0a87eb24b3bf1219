"""A notice for one area."""

from services.decisions.notice.commands import Post

from services.decisions.base import Command


def lying(area: str, name: str) -> list[Command]:
    """Without a contact."""
    return [Post(notice=name, area=area, title="Water")]
