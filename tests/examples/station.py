"""A station with its whole life, and one in an area."""

from services.decisions.base import Command
from services.decisions.station.commands import Register, Use

STORY = [
    (
        "station.register",
        {
            "station": "ST1",
            "area": "230717",
            "name": "Station 001",
            "kind": "youth",
            "address": "Street 1",
            "lat": 47.7275,
            "lon": 128.8409,
            "services": ["rest", "charging"],
            "seats": 12,
            "charging_points": 4,
            "hours": "Mo-Fr 08:00-20:00; PH off",
        },
    ),
    ("station.amend", {"station": "ST1", "seats": 14, "beds": None}),
    ("station.entrust", {"station": "ST1", "worker": "W1"}),
    ("station.publish", {"station": "ST1"}),
    ("station.report", {"station": "ST1", "status": "open", "present": 3, "free_charging_points": 1}),
    ("station.use", {"station": "ST1", "service": "charging", "via": "keeper"}),
    ("station.scan", {"station": "ST1", "worker": "W1", "service": "rest"}),
    ("station.move", {"station": "ST1", "area": "2307"}),
    ("station.unpublish", {"station": "ST1"}),
    ("station.withdraw", {"station": "ST1", "reason": "Building is sold"}),
    ("station.restore", {"station": "ST1", "reason": "Withdrawn by mistake"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a station of this area, which was used once."""
    return [
        Register(station=name, area=area, name="Station 001", kind="youth", seats=12),
        Use(station=name),
    ]
