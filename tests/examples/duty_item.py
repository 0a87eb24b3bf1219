"""A duty on the list of a post, in one area."""

from services.decisions.base import Command
from services.decisions.duty_item.commands import ListItem
from services.decisions.post.commands import Create
from services.decisions.unit.commands import Establish

STORY = [
    ("unit.establish", {"unit": "DIU1", "name": "Unit", "area": "230717"}),
    ("post.create", {"post": "DIP1", "name": "Secretary", "unit": "DIU1", "area": "230717"}),
    ("post.appoint", {"post": "DIP1", "holder": "DIH1", "holder_name": "Person 002"}),
    ("duty_item.list", {"duty_item": "DI1", "post": "DIP1", "title": "Visit each firm"}),
    ("duty_item.take_over", {"duty_item": "DI1"}),
    ("duty_item.show", {"duty_item": "DI1", "file": "a" * 64, "note": "First visit"}),
    ("duty_item.strike", {"duty_item": "DI1", "reason": "Done"}),
    ("duty_item.erase", {"duty_item": "DI1"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a duty, and the post that it belongs to."""
    unit, post = f"{area}-listing", f"{area}-listed"
    return [
        Establish(unit=unit, name=unit, area=area),
        Create(post=post, name=post, unit=unit, area=area),
        ListItem(duty_item=name, post=post, title="Duty"),
    ]
