"""Ledger 台账: received = open + assigned + in_progress + done + failed + cancelled + merged per row."""

from collections.abc import Iterable

import msgspec

from events.base import EventEnvelope, RequestStanding
from projections import requests
from projections.base import Row, View


class LedgerRow(Row, frozen=True, kw_only=True):
    """Requests of one incident and area, by local opening day. Folds `requests_moved` alone."""

    incident: str | None
    area: str
    day: str
    received: int = 0
    open: int = 0
    assigned: int = 0
    in_progress: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0
    merged: int = 0


def key_of(standing: RequestStanding) -> str:
    """Return the key of the row that a request counts in."""
    return f"{standing.incident or ''}:{standing.area}:{standing.day}"


def keys(envelope: EventEnvelope) -> Iterable[str]:
    found: dict[str, None] = {}
    for move in envelope.data.requests_moved:
        for standing in (move.before, move.after):
            if standing:
                found[key_of(standing)] = None
    return found


def evolve(row: LedgerRow | None, envelope: EventEnvelope, key: str) -> LedgerRow | None:
    for move in envelope.data.requests_moved:
        before = move.before if move.before and key_of(move.before) == key else None
        after = move.after if move.after and key_of(move.after) == key else None
        known = after or before
        if known is None:
            continue
        row = row or LedgerRow(incident=known.incident, area=known.area, day=known.day)
        row = msgspec.structs.replace(row, received=row.received + (after is not None) - (before is not None))
        row = _plus(_plus(row, before, -1), after, 1)
    return row if row and row.received else None


def _plus(row: LedgerRow, standing: RequestStanding | None, by: int) -> LedgerRow:
    if standing is None:
        return row
    return msgspec.structs.replace(row, **{standing.state: getattr(row, standing.state) + by})


VIEW = View(
    name="ledger",
    row=LedgerRow,
    keys=keys,
    evolve=evolve,
    events=requests.VIEW.events,
    filters=("incident", "area", "day"),
)
