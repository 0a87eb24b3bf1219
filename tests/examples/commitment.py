"""A commitment of a post in one area."""

from services.decisions.alliance.commands import Make
from services.decisions.base import Command
from tests.examples import post

STORY = [
    ("unit.establish", {"unit": "CU", "name": "Unit", "area": "230717"}),
    ("post.create", {"post": "CP1", "name": "Post", "unit": "CU", "area": "230717"}),
    (
        "commitment.make",
        {"commitment": "CM1", "kind": "decision", "title": "Charging points", "owner": "CP1"},
    ),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a commitment, and its post."""
    return [
        *post.placed(area, f"{area}-promises"),
        Make(commitment=name, kind="decision", title="Commitment", owner=f"{area}-promises", area=area),
    ]
