"""An award for an approved nomination, revoked; and one in an area."""

from services.decisions.award.commands import Grant
from services.decisions.base import Command
from services.decisions.nomination.commands import AddDeed, Nominate, Review
from services.decisions.worker.commands import Register

STORY = [
    ("nomination.make", {"nomination": "NM2", "worker": "W1", "honour": "exemplary_volunteer"}),
    ("nomination.add_deed", {"nomination": "NM2", "deed": "claim", "note": "Cleared the snow"}),
    ("nomination.review", {"nomination": "NM2", "verdict": "approve", "reason": "Seen by the street"}),
    ("award.grant", {"award": "AW1", "nomination": "NM2", "title": "Exemplary volunteer 2022"}),
    ("award.revoke", {"award": "AW1", "reason": "error"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return an award, and what it was given for."""
    worker, nomination = f"{name}-honoured", f"{name}-nomination"
    return [
        Register(worker=worker, role="courier", home_area=area),
        Nominate(nomination=nomination, worker=worker, honour="exemplary_volunteer"),
        AddDeed(nomination=nomination, deed="claim", note="sealed:note"),
        Review(nomination=nomination, verdict="approve", reason="Seen"),
        Grant(award=name, nomination=nomination, title="Award"),
    ]
