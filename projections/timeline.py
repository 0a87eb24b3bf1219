"""Timeline 时间线: by area and quarter hour, who went on and off duty, requests received and ended.

It folds `moved` and `requests_moved` alone, by when it happened. Laws, in every area: the sum of
`came - went` is who is on duty now; that of `received` is the ledger's, of `ended` what has ended in it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import msgspec

from events.base import EventEnvelope, Move, RequestMove, RequestStanding, WorkerStanding
from events.presence import OFF_DUTY
from events.request_state import DONE, ENDED
from projections.base import Row, View

QUARTER_MINUTES: Final = 15


class TimelineRow(Row, frozen=True, kw_only=True):
    """A quarter hour in one area. On duty before it = on duty now - the sum of `came - went` from it on."""

    area: str
    date: str
    """UTC day of the slot, YYYY-MM-DD: a local day lies in two of them."""
    slot: datetime
    """Its beginning; it holds what happened from then on, for 15 minutes."""
    came: int = 0
    """Went on duty here, or came on duty from another area."""
    went: int = 0
    """Went off duty here, or on duty to another area."""
    received: int = 0
    """Requests; less those that were moved to another area."""
    served: int = 0
    """Of `ended`: done."""
    ended: int = 0
    """Done, failed, cancelled or merged; less those reopened."""


Change = tuple[int, int, int, int, int]
"""What an event adds to came, went, received, served and ended."""


def slot_of(at: datetime) -> datetime:
    """The beginning of its quarter hour."""
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
    slot = slot_of(envelope.at)
    area = key.removeprefix(_prefix(slot))
    row = row or TimelineRow(area=area, date=slot.date().isoformat(), slot=slot)
    came, went, received, served, ended = _changes(envelope.data.moved, envelope.data.requests_moved)[area]
    row = msgspec.structs.replace(
        row,
        came=row.came + came,
        went=row.went + went,
        received=row.received + received,
        served=row.served + served,
        ended=row.ended + ended,
    )
    return row if row.came or row.went or row.received or row.served or row.ended else None


def _prefix(slot: datetime) -> str:
    """Keys sort as slots do."""
    return f"{slot.isoformat(timespec='minutes')[:16]}Z:"


def _changes(moved: tuple[Move, ...], requests: tuple[RequestMove, ...]) -> dict[str, Change]:
    """By area; none where nothing changes."""
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
    """(area, whether done, whether ended)."""
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
