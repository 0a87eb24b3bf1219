"""A nomination with a claim, reviewed; one that was withdrawn; one in an area."""

from services.decisions.base import Command
from services.decisions.nomination.commands import Nominate
from services.decisions.worker.commands import Register

STORY = [
    ("worker.register", {"worker": "NW1", "role": "courier", "home_area": "230717", "name": "Courier W1"}),
    ("worker.consent", {"worker": "NW1"}),
    ("nomination.make", {"nomination": "NM1", "worker": "NW1", "honour": "good_person", "text": "Helped"}),
    ("nomination.add_deed", {"nomination": "NM1", "deed": "claim", "note": "Cleared the snow"}),
    ("worker.withdraw_consent", {"worker": "NW1"}),
    ("nomination.withdraw", {"nomination": "NM1", "reason": "Entered twice"}),
    ("nomination.erase", {"nomination": "NM1"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a nomination, and the worker whose it is."""
    worker = f"{name}-nominee"
    return [
        Register(worker=worker, role="courier", home_area=area),
        Nominate(nomination=name, worker=worker, honour="good_person"),
    ]
