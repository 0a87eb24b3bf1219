"""A unit of one area, with another one under it."""

from services.decisions.base import Command
from services.decisions.unit.commands import Establish

STORY = [
    ("unit.establish", {"unit": "U1", "name": "Unit 1", "duty": "lead", "area": "230717"}),
    ("unit.establish", {"unit": "U2", "name": "Unit 2", "area": "230717"}),
    ("unit.rename", {"unit": "U2", "name": "Unit 3"}),
    ("unit.move", {"unit": "U2", "parent": "U1"}),
    ("unit.charge", {"unit": "U2", "duty": "guarantee"}),
    ("unit.dissolve", {"unit": "U2"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a unit at the top."""
    return [Establish(unit=name, name=name, area=area)]
