"""Activity 动态: what happened, one row per event that changed something, newest first."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from events.base import UNSEEN, Event, EventEnvelope
from events.jurisdiction import CommandUnchanged
from events.refs import fields_by_kind, subject_of
from events.sheet import SheetSaid
from projections.base import Own, Row, View, fields_marked, personal_fields
from projections.presence import key_of
from projections.where import area_of


class ActivityRow(Row, frozen=True, kw_only=True):
    """One event, with the ids it refers to and its coded fields; never personal data."""

    position: int
    name: str
    at: datetime
    recorded_at: datetime
    actor: str
    command: str
    observed: bool = False
    subject: str | None = None
    """The event's subject as `kind/id`; None if it is the jurisdiction itself."""
    area: str | None = None
    worker: str | None = None
    team: str | None = None
    request: str | None = None
    incident: str | None = None
    assignment: str | None = None
    anomalies: tuple[str, ...] = ()
    detail: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


_NO_NEWS = (CommandUnchanged, SheetSaid)
"""Events that remember what was asked or said; whatever came of it has an event of its own."""
_LEFT_OUT = {"area", "moved", "requests_moved", "anomalies", "state"}


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return () if isinstance(envelope.data, _NO_NEWS) else (key_of(envelope.position),)


def evolve(row: ActivityRow | None, envelope: EventEnvelope, key: str) -> ActivityRow | None:
    e = envelope.data
    return ActivityRow(
        position=envelope.position,
        name=envelope.name,
        at=envelope.at,
        recorded_at=envelope.recorded_at,
        actor=envelope.actor,
        command=envelope.command,
        observed=envelope.observed,
        subject=subject_of(e),
        area=area_of(e),
        anomalies=e.anomalies,
        detail=_detail(e),
        **subjects(e),
    )


def subjects(e: Event) -> dict[str, str]:
    """Return the ids in the event, by kind, for which the row has a column."""
    return {kind: value for kind, name in _columns(type(e)) if isinstance(value := getattr(e, name), str)}


@cache
def _columns(event: type[Event]) -> tuple[tuple[str, str], ...]:
    """Return (kind, field) for each kind that has a column in the row."""
    kinds = fields_by_kind(event)
    return tuple(
        (kind, kinds[kind][0]) for kind in ActivityRow.__struct_fields__ if kind in kinds and kind != "area"
    )


def _detail(e: Event) -> dict[str, Any]:
    """Return every field that is set and coded, except ids shown elsewhere."""
    fields: dict[str, Any] = {}
    for name in _told(type(e)):
        value = getattr(e, name)
        if value is not None and value is not msgspec.UNSET and value != ():
            fields[name] = _stored(value)  # the form in which the store returns it
    return fields


@cache
def _told(event: type[Event]) -> tuple[str, ...]:
    hidden = (*personal_fields(event), *fields_marked(event, UNSEEN))
    left_out = _LEFT_OUT.union(hidden, (name for _, name in _columns(event)))
    return tuple(name for name in event.__struct_fields__ if name not in left_out)


def _stored(value: Any) -> Any:
    return value if type(value) is str else msgspec.json.decode(msgspec.json.encode(value))


VIEW = View(
    name="activity",
    row=ActivityRow,
    keys=keys,
    evolve=evolve,
    begins=lambda envelope: True,
    version=4,
    filters=("name", "subject", "area", "worker", "team", "request", "incident"),
    sort="-key",
    own=Own("worker"),
)
