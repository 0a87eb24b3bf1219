"""Timeline 时间线: per area and quarter hour, workers going on and off duty, requests received and ended.

Folds `moved` and `requests_moved` alone, by event time. Invariants per area: the sum of `came - went` equals
those on duty now; `received` sums to the ledger's, `ended` to the requests ended there.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from events.base import EventEnvelope, Move, RequestMove, RequestStanding, WorkerStanding
from events.presence import OFF_DUTY
from events.request_state import DONE, ENDED
from projections.base import Row, View

QUARTER_MINUTES: Final = 15
_PREFIX: Final = len("2026-01-01T00:00Z:")


class TimelineRow(Row, frozen=True, kw_only=True):
    """A quarter hour in one area. On duty before it = on duty now - the sum of `came - went` since its
    start."""

    area: str
    date: str
    """UTC day of the slot, YYYY-MM-DD; a local day spans two."""
    slot: datetime
    """Start of the 15-minute slot."""
    came: int = 0
    """Workers who went on duty here, or arrived on duty from another area."""
    went: int = 0
    """Workers who went off duty here, or left on duty for another area."""
    received: int = 0
    """Requests, minus those moved to another area."""
    served: int = 0
    """Requests ended as done; included in `ended`."""
    ended: int = 0
    """Requests done, failed, cancelled or merged, minus those reopened."""


Change = tuple[int, int, int, int, int]
"""What an event adds to came, went, received, served and ended."""


def slot_of(at: datetime) -> datetime:
    """Return the start of the quarter hour."""
    utc = at.astimezone(UTC)
    return utc.replace(minute=utc.minute - utc.minute % QUARTER_MINUTES, second=0, microsecond=0)


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    if not e.moved and not e.requests_moved:
        return ()
    changes = _changes(e.moved, e.requests_moved)
    if not changes:
        return ()
    slot = _prefix(slot_of(envelope.at))
    return [f"{slot}{area}" for area in changes]


def evolve(row: TimelineRow | None, envelope: EventEnvelope, key: str) -> TimelineRow | None:
    area = key[_PREFIX:]
    if row is None:
        slot = slot_of(envelope.at)
        row = TimelineRow(area=area, date=slot.date().isoformat(), slot=slot)
    came, went, received, served, ended = _changes(envelope.data.moved, envelope.data.requests_moved)[area]
    row = TimelineRow(
        area=row.area,
        date=row.date,
        slot=row.slot,
        came=row.came + came,
        went=row.went + went,
        received=row.received + received,
        served=row.served + served,
        ended=row.ended + ended,
    )
    return row if row.came or row.went or row.received or row.served or row.ended else None


@lru_cache(maxsize=256)
def _prefix(slot: datetime) -> str:
    """Return a key prefix that sorts by slot."""
    return f"{slot.isoformat(timespec='minutes')[:16]}Z:"


def _changes(moved: tuple[Move, ...], requests: tuple[RequestMove, ...]) -> dict[str, Change]:
    """Return the changes by area, omitting areas without any."""
    found: dict[str, Change] = {}
    for move in moved:
        before, after = _on_duty_in(move.before), _on_duty_in(move.after)
        if before != after:
            _add(found, before, (0, 1, 0, 0, 0))
            _add(found, after, (1, 0, 0, 0, 0))
    for shift in requests:
        before, after = _counted(shift.before), _counted(shift.after)
        if before != after:
            for standing, by in ((before, -1), (after, 1)):
                if standing:
                    area, served, ended = standing
                    _add(found, area, (0, 0, by, by * served, by * ended))
    return {area: change for area, change in found.items() if any(change)}


def _on_duty_in(place: WorkerStanding | None) -> str | None:
    return place.area if place and place.presence != OFF_DUTY else None


def _counted(standing: RequestStanding | None) -> tuple[str, bool, bool] | None:
    """Return (area, is done, has ended)."""
    return standing and (standing.area, standing.state == DONE, standing.state in ENDED)


def _add(found: dict[str, Change], area: str | None, change: Change) -> None:
    if area is not None:
        a, b = found.get(area, (0, 0, 0, 0, 0)), change
        found[area] = (a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4])


VIEW = View(
    name="timeline",
    row=TimelineRow,
    keys=keys,
    evolve=evolve,
    filters=("area", "date"),
    sort="key",
)
