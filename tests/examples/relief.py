"""A measure of relief in one area."""

from services.decisions.alliance.commands import Adopt
from services.decisions.base import Command

STORY = [
    ("enterprise.register", {"enterprise": "RE1", "name": "Firm", "area": "230717"}),
    ("relief.adopt", {"relief": "RL1", "title": "Rent"}),
    ("relief.grant", {"relief": "RL1", "enterprise": "RE1"}),
    ("relief.end", {"relief": "RL1"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a measure."""
    return [Adopt(relief=name, title="Measure", area=area)]
