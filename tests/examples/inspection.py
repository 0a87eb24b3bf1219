"""Inspections of an undertaking: reported with what was found, and called off."""

from services.decisions.base import Command
from services.decisions.inspection.commands import Order
from services.decisions.worker.commands import Register
from tests.examples import unit

STORY = [
    ("unit.establish", {"unit": "IU", "name": "Unit", "area": "230717"}),
    ("post.create", {"post": "IP1", "name": "Post", "unit": "IU", "area": "230717"}),
    ("undertaking.set_up", {"undertaking": "IT1", "title": "Light", "leader": "IP1", "area": "230717"}),
    *(
        ("inspection.order", {"inspection": f"IN{n}", "undertaking": "IT1", "inspector": "W1"})
        for n in (1, 2)
    ),
    (
        "inspection.report",
        {"inspection": "IN1", "place": "Station 1", "findings": [{"text": "No light"}], "note": "Text"},
    ),
    ("inspection.call_off", {"inspection": "IN2", "reason": "Flood"}),
    ("inspection.erase", {"inspection": "IN1"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return an inspection of a unit there, and who is to report on it."""
    inspector = f"{name}-inspector"
    return [
        *unit.placed(area, f"{area}-inspected"),
        Register(worker=inspector, role="rider", home_area=area),
        Order(inspection=name, unit=f"{area}-inspected", inspector=inspector, area=area),
    ]
