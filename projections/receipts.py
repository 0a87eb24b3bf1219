"""Which difficulty a receipt belongs to, by the receipt's hash. For the service alone."""

from collections.abc import Iterable

from events.base import EventEnvelope
from events.difficulty import DifficultyRaised
from projections.base import Row, View


class ReceiptRow(Row, frozen=True, kw_only=True):
    """One receipt."""

    difficulty: str


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.receipt,) if isinstance(e, DifficultyRaised) and e.receipt else ()


def evolve(row: ReceiptRow | None, envelope: EventEnvelope, key: str) -> ReceiptRow | None:
    e = envelope.data
    return ReceiptRow(difficulty=e.difficulty) if isinstance(e, DifficultyRaised) else row


VIEW = View(
    name="receipts", row=ReceiptRow, keys=keys, evolve=evolve, events=(DifficultyRaised,), public=False
)
