"""A handover note about one area."""

from services.decisions.base import Command
from services.decisions.handover.commands import Write

STORY = [
    ("handover.write", {"note": "N1", "area": "230717", "priority": 2, "text": "Note 1"}),
    ("handover.write", {"note": "N2", "text": "Note 2"}),
    ("handover.acknowledge", {"note": "N1"}),
    ("handover.resolve", {"note": "N1"}),
    ("handover.erase", {"note": "N2"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return an unacknowledged note."""
    return [Write(note=name, area=area, text="sealed:note")]
