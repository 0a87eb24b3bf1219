"""Incidents: declare, amend, close, reopen."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec
from pydantic import Field

from events.base import Event, Happened
from events.incident import IncidentAmended, IncidentClosed, IncidentDeclared, IncidentReopened
from services.decisions import common
from services.decisions.base import Ask, Command, Refused, changes, command, decides, evolves
from services.decisions.fields import WHOLE, AreaCode, Code, IncidentId, Instant, Label, omitted
from services.decisions.state import Incident, State
from services.decisions.table import Table

Areas = Annotated[tuple[AreaCode, ...], Field(max_length=500)]
ExpectedDays = Annotated[
    int | None,
    Field(ge=1, le=3650, description="Local days it is expected to last; null = not known"),
    WHOLE,
]

INCIDENTS = Table("incidents", Incident, kind="incident", areas=lambda state, key, row: row.areas)


@command("incident.declare")
class Declare(Command):
    """Begin an incident. Without areas it concerns the whole jurisdiction; without a start it starts now."""

    incident: IncidentId | None = None
    name: Label
    kind: Code = "general"
    areas: Areas = ()
    starts_at: Instant | None = None
    expected_days: ExpectedDays = None


@command("incident.amend")
class Amend(Command):
    """Change what is known of an incident; fields left out stay."""

    incident: IncidentId
    name: Label = omitted()
    kind: Code = omitted()
    areas: Annotated[Areas, Field(min_length=1)] = omitted()
    starts_at: Instant = omitted()
    expected_days: ExpectedDays = None


@command("incident.close")
class Close(Command):
    """End an incident; refused while a request of it is unfinished."""

    incident: IncidentId
    ends_at: Instant | None = None


@command("incident.reopen")
class Reopen(Command):
    """The incident goes on."""

    incident: IncidentId
    reason: Code | None = None


@decides(Declare)
def _declare(state: State, c: Declare, ask: Ask) -> Iterable[Event]:
    key = c.incident or ask.id
    known = state.incidents.get(key)
    if known and ask.observed and (known.name, known.kind) == (c.name, c.kind):
        return
    common.fresh(known, "incident.exists", incident=key)
    areas = c.areas or (state.jurisdiction,)
    for code in areas:
        common.area(state, code)
    yield IncidentDeclared(
        incident=key,
        name=c.name,
        kind=c.kind,
        areas=tuple(areas),
        starts_at=c.starts_at or ask.at,
        expected_days=c.expected_days,
    )


@decides(Amend)
def _amend(state: State, c: Amend, ask: Ask) -> Iterable[Event]:
    known = common.incident(state, c.incident)
    given = changes(c, "incident")
    for code in given.get("areas", ()):
        common.area(state, code)
    _ends_after_start(given.get("starts_at", known.starts_at), known.ends_at)
    new = {k: v for k, v in given.items() if getattr(known, k) != v}
    if new:
        yield IncidentAmended(incident=c.incident, **new)


@decides(Close)
def _close(state: State, c: Close, ask: Ask) -> Iterable[Event]:
    known = common.incident(state, c.incident)
    if known.ends_at:
        return
    ask.rule(
        not known.unfinished,
        "incident.unfinished",
        incident=c.incident,
        unfinished=known.unfinished,
    )
    ends = c.ends_at or ask.at
    _ends_after_start(known.starts_at, ends)
    yield IncidentClosed(incident=c.incident, ends_at=ends)


def _ends_after_start(starts: datetime, ends: datetime | None) -> None:
    if ends is not None and ends < starts:
        raise Refused("incident.ends_first", starts=starts, ends=ends)


@decides(Reopen)
def _reopen(state: State, c: Reopen, ask: Ask) -> Iterable[Event]:
    if common.incident(state, c.incident).ends_at:
        yield IncidentReopened(incident=c.incident, reason=c.reason)


@evolves(IncidentDeclared)
def _declared(state: State, e: IncidentDeclared, h: Happened) -> None:
    new = Incident(e.name, e.kind, e.areas, e.starts_at, expected_days=e.expected_days)
    state.put(state.incidents, e.incident, new)


@evolves(IncidentAmended)
def _amended(state: State, e: IncidentAmended, h: Happened) -> None:
    fields = ("name", "kind", "areas", "starts_at", "expected_days")
    given = {f: getattr(e, f) for f in fields if getattr(e, f) is not msgspec.UNSET}
    state.put(state.incidents, e.incident, msgspec.structs.replace(state.incidents[e.incident], **given))


@evolves(IncidentClosed)
def _closed(state: State, e: IncidentClosed, h: Happened) -> None:
    known = state.incidents[e.incident]
    state.put(state.incidents, e.incident, msgspec.structs.replace(known, ends_at=e.ends_at))


@evolves(IncidentReopened)
def _reopened(state: State, e: IncidentReopened, h: Happened) -> None:
    known = state.incidents[e.incident]
    state.put(state.incidents, e.incident, msgspec.structs.replace(known, ends_at=None))
