"""A need with its whole life, and one in an area."""

from services.decisions.base import Command
from services.decisions.need.commands import Open
from services.decisions.station.commands import Register

STORY = [
    ("station.register", {"station": "ST2", "area": "230717", "name": "Station 002", "kind": "shelter"}),
    ("need.open", {"need": "ND1", "station": "ST2", "item": "Blankets", "priority": 2, "quantity": 50}),
    ("need.change", {"need": "ND1", "priority": 3, "quantity": 20}),
    ("need.close", {"need": "ND1", "reason": "Delivered"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a need of a station in this area."""
    station = f"{name}-of-need"
    return [
        Register(station=station, area=area, name="Station 002", kind="shelter"),
        Open(need=name, station=station, item="Blankets", priority=2),
    ]
