"""Matches 认定: who said whether an entry is an enterprise of the ledger."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope
from events.source_list import MatchJudged, MatchUndone
from projections.base import Row, View


class MatchRow(Row, frozen=True, kw_only=True):
    """One verdict 认定."""

    match: str
    area: str
    """Where the entry lay."""
    entry: str
    enterprise: str
    verdict: str
    """same, different or undecided."""
    reason: str
    judged_by: str
    judged_at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.match,) if isinstance(e, MatchJudged | MatchUndone) else ()


def evolve(row: MatchRow | None, envelope: EventEnvelope, key: str) -> MatchRow | None:
    e = envelope.data
    if isinstance(e, MatchJudged):
        return MatchRow(
            match=key,
            area=e.area,
            entry=e.entry,
            enterprise=e.enterprise,
            verdict=e.verdict,
            reason=e.reason,
            judged_by=envelope.actor,
            judged_at=envelope.at,
        )
    if row and isinstance(e, MatchUndone):
        return msgspec.structs.replace(row, undone_by=envelope.actor, undone_at=envelope.at)
    return row


def at(row: MatchRow, instant: datetime) -> MatchRow | None:
    """Return the verdict as it was at an instant; None before it was given."""
    if row.judged_at > instant:
        return None
    if row.undone_at and row.undone_at > instant:
        return msgspec.structs.replace(row, undone_by=None, undone_at=None)
    return row


VIEW = View(
    name="matches",
    row=MatchRow,
    keys=keys,
    evolve=evolve,
    events=(MatchJudged, MatchUndone),
    filters=("match", "area", "entry", "enterprise", "verdict", "judged_by", "judged_at", "undone_at"),
    sort="-judged_at",
    at=at,
)
