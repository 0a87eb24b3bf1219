"""The history of a station, and how it stood at an instant: one pure fold for rules, views and laws.

Facts are in order of their own time. Reports of the live status are many, so that only the newest are kept
here; the view `station_days` has all of them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

import msgspec

from events.base import EventEnvelope
from events.dated import dated, stands_with, stood
from events.station import (
    DETAILS,
    UNITS,
    Source,
    StationAmended,
    StationEntrusted,
    StationMoved,
    StationPublished,
    StationRegistered,
    StationReported,
    StationRestored,
    StationUnpublished,
    StationWithdrawn,
    Status,
)

StationFactEvent = (
    StationRegistered
    | StationAmended
    | StationMoved
    | StationEntrusted
    | StationPublished
    | StationUnpublished
    | StationWithdrawn
    | StationRestored
)
"""A fact of what a station is. Reports and uses are apart."""
FACTS: Final = get_args(StationFactEvent)
StationState = Literal["active", "withdrawn"]
KEPT: Final = 300
"""Reports kept with a station: the newest by their own time, whenever they were recorded."""
WORD: Final = timedelta(hours=4)
"""How long a report counts that does not say how long."""
LONGEST: Final = timedelta(days=31)
"""How long a report may count."""


class StationFact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One entry of the history: when it was so, what happened, and who recorded it."""

    at: datetime
    position: int
    what: str
    """Name of the event."""
    by: str
    details: dict[str, Any] = {}
    """What it set, by field."""
    reason: str | None = None


class Report(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What somebody said of the live status, until when it counts."""

    at: datetime
    position: int
    until: datetime
    source: Source
    status: Status | None = None
    present: int | None = None
    seats: int | None = None
    """Free ones; the same for the other units."""
    charging_points: int | None = None
    beds: int | None = None
    rooms: int | None = None


class Standing(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A station as it stood at an instant, without its live status."""

    name: str
    kind: str
    area: str
    address: str | None = None
    lat: float | None = None
    lon: float | None = None
    services: tuple[str, ...] = ()
    seats: int | None = None
    charging_points: int | None = None
    beds: int | None = None
    rooms: int | None = None
    hours: str | None = None
    worker: str | None = None
    """The worker who keeps it."""
    holder: str | None = None
    """The holder of a post who keeps it."""
    on_map_since: datetime | None = None
    """Since when it is on the public map; None = it is not."""
    state: StationState = "active"
    withdrawn_at: datetime | None = None
    facts: tuple[StationFact, ...] = ()
    """All facts up to that instant, in order of their time."""


def recorded(envelope: EventEnvelope) -> StationFact | None:
    """Return the fact that an event adds to the history; None if it is no such event."""
    e = envelope.data
    if not isinstance(e, StationFactEvent):
        return None
    reason = e.reason if isinstance(e, StationWithdrawn | StationRestored) else None
    return StationFact(envelope.at, envelope.position, e.NAME, envelope.actor, _details(e), reason)


def _details(e: StationFactEvent) -> dict[str, Any]:
    match e:
        case StationRegistered():
            given = {name: getattr(e, name) for name in (*DETAILS, "area")}
            return _stored({name: value for name, value in given.items() if value not in (None, ())})
        case StationAmended():
            given = {name: getattr(e, name) for name in DETAILS}
            return _stored({name: value for name, value in given.items() if value is not msgspec.UNSET})
        case StationMoved():
            return {"area": e.area}
        case StationEntrusted():
            return {"worker": e.worker, "holder": e.holder}
        case _:
            return {}


def _stored(details: dict[str, Any]) -> dict[str, Any]:
    """Return details in the form in which a store returns them: their type does not say that a list of
    services is a tuple, and a row that was read must equal the one that was folded."""
    services = details.get("services")
    return details if services is None else {**details, "services": list(services)}


def report_of(envelope: EventEnvelope) -> Report | None:
    """Return what an event reports of the live status, if it does."""
    e = envelope.data
    if not isinstance(e, StationReported):
        return None
    free = {unit: getattr(e, f"free_{unit}") for unit in UNITS}
    return Report(
        envelope.at, envelope.position, e.until, e.source, status=e.status, present=e.present, **free
    )


def with_report(before: Sequence[Report], new: Report) -> tuple[Report, ...]:
    """Return the newest reports with one more: the same ones, in whatever order they come."""
    return dated(tuple(before), new)[-KEPT:]


def step(before: Standing | None, fact: StationFact) -> Standing | None:
    """Return how the station stands after one more fact; None before it is registered."""
    if before is None:
        if fact.what != StationRegistered.NAME:
            return None
        return Standing(**_typed(fact.details), facts=(fact,))
    changed: dict[str, Any] = {**_typed(fact.details), "facts": (*before.facts, fact)}
    match fact.what:
        case StationPublished.NAME:
            changed["on_map_since"] = before.on_map_since or fact.at
        case StationUnpublished.NAME:
            changed["on_map_since"] = None
        case StationWithdrawn.NAME:
            changed |= {"on_map_since": None, "state": "withdrawn", "withdrawn_at": fact.at}
        case StationRestored.NAME:
            changed |= {"state": "active", "withdrawn_at": None}
        case _:
            pass
    return msgspec.structs.replace(before, **changed)


def _typed(details: dict[str, Any]) -> dict[str, Any]:
    """Return details as fields: the list of services is a tuple again."""
    services = details.get("services")
    return details if services is None else {**details, "services": tuple(services)}


def standing(facts: Iterable[StationFact], instant: datetime | None = None) -> Standing | None:
    """Return how it stood at an instant, or after all facts; None if it was not known yet."""
    return stood(step, facts, instant)


def with_fact(before: Standing | None, fact: StationFact) -> Standing | None:
    """Return the standing after all facts, one of which is new and may be a late one."""
    return stands_with(step, before, fact)


# -- live status -------------------------------------------------------------------------------------------


class Live(msgspec.Struct, frozen=True, gc=False):
    """What is known of a station at an instant by what was said until then, and is not expired."""

    status: Status | None = None
    """None = unknown."""
    status_at: datetime | None = None
    """When it was said, also if it has expired since."""
    status_until: datetime | None = None
    status_source: Source | None = None
    present: int | None = None
    present_at: datetime | None = None
    free: dict[str, int] = {}
    """Free places by unit, as far as known; also while it is closed."""


def live_at(reports: Sequence[Report], capacity: dict[str, int], instant: datetime) -> Live:
    """Return the live status at an instant. Of each thing, what was said last counts until it expires."""
    known = [one for one in reports if one.at <= instant]
    status = next((one for one in reversed(known) if one.status), None)
    counted = next((one for one in reversed(known) if one.present is not None), None)
    there = counted if counted and instant < counted.until else None
    return Live(
        status=status.status if status and instant < status.until else None,
        status_at=status.at if status else None,
        status_until=status.until if status else None,
        status_source=status.source if status else None,
        present=there.present if there else None,
        present_at=counted.at if counted else None,
        free=_free(known, capacity, there, instant),
    )


def _free(
    known: Sequence[Report], capacity: dict[str, int], there: Report | None, instant: datetime
) -> dict[str, int]:
    """Return the free places by unit: as said, else those of the unit people are counted in, less the
    people. More people than places leave none."""
    counted_in = counted_unit(capacity)
    found: dict[str, int] = {}
    for unit in UNITS:
        said = next((one for one in reversed(known) if getattr(one, unit) is not None), None)
        value = getattr(said, unit) if said and instant < said.until else None
        told = said.at if said and value is not None else None
        if unit == counted_in and there and there.present is not None and (told is None or told < there.at):
            value = max(0, capacity[unit] - there.present)
        if value is not None:
            found[unit] = value
    return found


def counted_unit(capacity: dict[str, int]) -> str | None:
    """Return the unit that people are counted against: beds, where there are some, else seats."""
    return next((unit for unit in ("beds", "seats") if unit in capacity), None)


def capacity_of(now: Standing) -> dict[str, int]:
    """Return how many places there are, by unit, as far as known."""
    return {unit: value for unit in UNITS if (value := getattr(now, unit)) is not None}


def has_room(live: Live) -> bool | None:
    """Whether there is a free place; None if nobody knows."""
    if live.status == "full":
        return False
    return any(live.free.values()) if live.free else None
