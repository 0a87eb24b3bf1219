"""A verdict on an entry and an enterprise, taken back."""

from services.decisions.base import Command
from services.decisions.source_list.commands import Judge
from tests.examples import enterprise, entry

STORY = [
    (
        "match.judge",
        {"match": "M1", "entry": "X1", "enterprise": "E2", "verdict": "different", "reason": "other_firm"},
    ),
    ("match.undo", {"match": "M1"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a verdict on an entry and an enterprise of this area."""
    first, second = f"X-{name}", f"E-{name}"
    judge = Judge(match=name, entry=first, enterprise=second, verdict="undecided", reason="to_ask")
    return [*entry.placed(area, first), *enterprise.placed(area, second), judge]
