"""A visit to a group in one area."""

from services.decisions.base import Command
from services.decisions.visit.commands import RecordVisit

STORY = [
    ("visit.record", {"visit": "V1", "group": "Riders 1", "area": "230717", "heard": "Text 1"}),
    ("visit.record", {"visit": "V2", "group": "Riders 2", "area": "230717", "heard": "Text 2"}),
    ("visit.erase", {"visit": "V2"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a visit."""
    return [RecordVisit(visit=name, group="Riders", area=area, heard="sealed:heard")]
