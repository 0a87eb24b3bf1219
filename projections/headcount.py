"""Headcount 人数: number of workers by area, role, presence and team. Folds `moved` alone."""

from collections.abc import Iterable

import msgspec

from events.base import EventEnvelope, WorkerStanding
from projections.base import Row, View


class HeadcountRow(Row, frozen=True, kw_only=True):
    """`count` workers. Sum rows over an area tree (area=PREFIX), a role or a presence."""

    area: str
    role: str
    presence: str
    team: str | None
    """None means in no active team."""
    count: int


def key_of(place: WorkerStanding) -> str:
    """Return the key of the row that a place counts in."""
    return f"{place.area}:{place.role}:{place.presence}:{place.team or ''}"


def keys(envelope: EventEnvelope) -> Iterable[str]:
    touched: dict[str, None] = {}
    for move in envelope.data.moved:
        if move.before != move.after:
            for place in (move.before, move.after):
                if place is not None:
                    touched[key_of(place)] = None
    return touched


def evolve(row: HeadcountRow | None, envelope: EventEnvelope, key: str) -> HeadcountRow | None:
    for move in envelope.data.moved:
        for place, by in ((move.before, -1), (move.after, 1)):
            if place is not None and key_of(place) == key:
                row = _plus(row, place, by)
    return row if row and row.count else None


def counted(places: Iterable[tuple[WorkerStanding, int]]) -> dict[str, Row]:
    """Return the rows of so many workers in each place."""
    return {
        key_of(place): HeadcountRow(
            area=place.area, role=place.role, presence=place.presence, team=place.team, count=count
        )
        for place, count in places
    }


def _plus(row: HeadcountRow | None, place: WorkerStanding, by: int) -> HeadcountRow:
    if row is None:
        return HeadcountRow(
            area=place.area, role=place.role, presence=place.presence, team=place.team, count=by
        )
    return msgspec.structs.replace(row, count=row.count + by)


VIEW = View(
    name="headcount",
    row=HeadcountRow,
    keys=keys,
    evolve=evolve,
    filters=("area", "role", "presence", "team"),
    sort="key",
)
