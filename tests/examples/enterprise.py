"""An enterprise with its whole life, and one in an area."""

from services.decisions.base import Command
from services.decisions.enterprise.commands import Register

STORY = [
    (
        "enterprise.register",
        {
            "enterprise": "E1",
            "area": "230717",
            "name": "Courier 001 Ltd",
            "code": "91110000600037341L",
            "trade": "courier",
            "size": "small",
            "employees": 12,
            "members": 3,
            "platform": "Platform 01",
            "brand": "Brand 01",
        },
    ),
    ("enterprise.register", {"enterprise": "E2", "area": "230717", "name": "Courier 002 Ltd"}),
    ("review.set_deadlines", {"screen": 3, "verify": 5, "check": 5, "disagreement": 2}),
    ("review.open", {"enterprise": "E2"}),
    ("enterprise.amend", {"enterprise": "E1", "employees": 14, "code": None}),
    ("enterprise.move", {"enterprise": "E1", "area": "2307"}),
    ("enterprise.merge", {"enterprise": "E1", "into": "E2"}),
    ("enterprise.reopen", {"enterprise": "E1", "reason": "Merged by mistake"}),
    ("enterprise.close", {"enterprise": "E1", "reason": "Stopped trading"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return an enterprise of this area."""
    return [Register(enterprise=name, area=area, name="Courier 001 Ltd")]
