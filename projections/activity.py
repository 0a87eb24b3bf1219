"""Activity 动态: what happened, one row per event; newest first."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from events.base import Event, Happened
from projections.base import Row, View, personal_fields
from projections.presence import key_of
from projections.where import area_of


class ActivityRow(Row, frozen=True, kw_only=True):
    """One event, with the ids it is about and its coded fields; never what is personal."""

    position: int
    name: str
    at: datetime
    recorded_at: datetime
    actor: str
    command: str
    observed: bool = False
    area: str | None = None
    worker: str | None = None
    team: str | None = None
    request: str | None = None
    incident: str | None = None
    assignment: str | None = None
    anomalies: tuple[str, ...] = ()
    detail: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


_SUBJECTS = ("worker", "team", "request", "incident", "assignment")
_LEFT_OUT = {*_SUBJECTS, "area", "moved", "requests_moved", "anomalies", "state"}


def keys(happened: Happened) -> Iterable[str]:
    return (key_of(happened.position),)


def evolve(row: ActivityRow | None, happened: Happened, key: str) -> ActivityRow | None:
    e = happened.data
    return ActivityRow(
        position=happened.position,
        name=happened.name,
        at=happened.at,
        recorded_at=happened.recorded_at,
        actor=happened.actor,
        command=happened.command,
        observed=happened.observed,
        area=area_of(e),
        anomalies=e.anomalies,
        detail=_detail(e),
        **subjects(e),
    )


def subjects(e: Event) -> dict[str, str]:
    """Ids of what the event is about, by kind."""
    return {name: value for name in _about(type(e)) if isinstance(value := getattr(e, name), str)}


@cache
def _about(event: type[Event]) -> tuple[str, ...]:
    return tuple(name for name in _SUBJECTS if hasattr(event, name))


def _detail(e: Event) -> dict[str, Any]:
    """Every field that says something: set, coded, not an id shown elsewhere."""
    fields: dict[str, Any] = {}
    for name in _told(type(e)):
        value = getattr(e, name)
        if value is not None and value is not msgspec.UNSET and value != ():
            fields[name] = _stored(value)  # as it comes back from the store
    return fields


@cache
def _told(event: type[Event]) -> tuple[str, ...]:
    left_out = _LEFT_OUT.union(personal_fields(event))
    return tuple(name for name in event.__struct_fields__ if name not in left_out)


def _stored(value: Any) -> Any:
    return value if type(value) is str else msgspec.json.decode(msgspec.json.encode(value))


VIEW = View(
    name="activity",
    row=ActivityRow,
    keys=keys,
    evolve=evolve,
    version=2,
    filters=("name", "area", "worker", "team", "request", "incident"),
    sort="-key",
)
