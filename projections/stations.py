"""Stations 驿站: each with its whole history and newest reports, so that it can be read as of any instant."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from events.base import EventEnvelope
from events.dated import until
from events.station import Source, StationReported, Status
from events.station_facts import (
    FACTS,
    Live,
    Report,
    Standing,
    StationFact,
    StationFactEvent,
    StationState,
    capacity_of,
    has_room,
    live_at,
    recorded,
    report_of,
    standing,
    with_fact,
    with_report,
)
from projections.base import Own, Row, View


class StationRow(Row, frozen=True, kw_only=True):
    """One station as it stands."""

    station: str
    name: str
    kind: str
    area: str
    changed: int = 0
    """Position of the last amendment, or of the first record: what an amendment is based on."""
    address: str | None = None
    lat: float | None = None
    lon: float | None = None
    """WGS-84 degrees."""
    services: tuple[str, ...] = ()
    seats: int | None = None
    charging_points: int | None = None
    beds: int | None = None
    rooms: int | None = None
    hours: str | None = None
    """Opening hours as given, in the syntax of OSM."""
    keeper: str | None = None
    """The worker who keeps it."""
    holder: str | None = None
    """The holder of a post who keeps it."""
    on_map_since: datetime | None = None
    """Since when it is on the public map; null = it is not."""
    on_map: bool = False
    state: StationState = "active"
    since: datetime
    """Since when it is known."""
    withdrawn_at: datetime | None = None
    status: Status | None = None
    """The last report. It counts until `status_until`; after that the status is unknown."""
    status_at: datetime | None = None
    status_until: datetime | None = None
    status_source: Source | None = None
    present: int | None = None
    """People there, as last reported."""
    present_at: datetime | None = None
    over: bool = False
    """More people are there than places."""
    free_seats: int | None = None
    free_charging_points: int | None = None
    free_beds: int | None = None
    free_rooms: int | None = None
    room: bool | None = None
    """Whether there is a free place; null = unknown."""
    history: tuple[StationFact, ...] = ()
    """All facts in order of their time."""
    reports: tuple[Report, ...] = ()
    """The newest reports in order of their time; the view `station_days` has all."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.station,) if isinstance(e, StationFactEvent | StationReported) else ()


def evolve(row: StationRow | None, envelope: EventEnvelope, key: str) -> StationRow | None:
    if (report := report_of(envelope)) is not None:
        now = standing(row.history) if row else None
        return row_of(key, now, with_report(row.reports, report)) if row and now else row
    fact = recorded(envelope)
    if fact is None:
        return row
    after = with_fact(standing(row.history) if row else None, fact)
    return after and row_of(key, after, row.reports if row else ())


def row_of(
    key: str, now: Standing, reports: tuple[Report, ...], instant: datetime | None = None
) -> StationRow:
    """Return the row of a station. Without an instant, what was said last is in it, expired or not: a view
    does not know what time it is."""
    capacity = capacity_of(now)
    live = live_at(reports, capacity, instant or (reports[-1].at if reports else now.facts[-1].at))
    counted = capacity.get("beds", capacity.get("seats"))
    return StationRow(
        station=key,
        name=now.name,
        kind=now.kind,
        area=now.area,
        changed=max(fact.position for fact in now.facts),
        address=now.address,
        lat=now.lat,
        lon=now.lon,
        services=now.services,
        **{unit: capacity.get(unit) for unit in ("seats", "charging_points", "beds", "rooms")},
        hours=now.hours,
        keeper=now.worker,
        holder=now.holder,
        on_map_since=now.on_map_since,
        on_map=now.on_map_since is not None,
        state=now.state,
        since=now.facts[0].at,
        withdrawn_at=now.withdrawn_at,
        **_live(live),
        over=counted is not None and live.present is not None and live.present > counted,
        room=has_room(live),
        history=now.facts,
        reports=reports,
    )


def _live(live: Live) -> dict[str, Any]:
    return {
        "status": live.status,
        "status_at": live.status_at,
        "status_until": live.status_until,
        "status_source": live.status_source,
        "present": live.present,
        "present_at": live.present_at,
        **{f"free_{unit}": value for unit, value in live.free.items()},
    }


def at(row: StationRow, instant: datetime) -> StationRow | None:
    """Return the row as it stood at an instant: what had expired by then is unknown."""
    then = standing(row.history, instant)
    return then and row_of(row.station, then, until(row.reports, instant), instant)


VIEW = View(
    name="stations",
    row=StationRow,
    keys=keys,
    evolve=evolve,
    events=(*FACTS, StationReported),
    filters=(
        "station",
        "name",
        "kind",
        "area",
        "state",
        "on_map",
        "on_map_since",
        "keeper",
        "holder",
        "status",
        "status_until",
        "present",
        "over",
        "room",
        "seats",
        "beds",
        "free_beds",
        "hours",
    ),
    sort="name",
    own=Own("keeper"),
    at=at,
)
