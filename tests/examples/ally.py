"""A member of the alliance in one area."""

from services.decisions.alliance.commands import JoinAlliance
from services.decisions.base import Command

STORY = [
    ("ally.join", {"ally": "AL1", "name": "Chapter 1", "kind": "trade_chapter", "area": "230717"}),
    ("ally.join", {"ally": "AL2", "name": "Unit 2", "kind": "unit"}),
    ("ally.leave", {"ally": "AL2"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a member."""
    return [JoinAlliance(ally=name, name="Member", kind="unit", area=area)]
