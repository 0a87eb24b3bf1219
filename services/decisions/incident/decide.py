"""Decisions about incidents."""

from collections.abc import Iterable
from datetime import datetime

from events.base import Event
from events.incident import IncidentAmended, IncidentClosed, IncidentDeclared, IncidentReopened
from services.decisions import lookups
from services.decisions.amending import in_the_present, news, not_changed_since, subject
from services.decisions.base import Context, Refused, changes, decides
from services.decisions.incident.commands import Amend, Close, Declare, Reopen
from services.decisions.incident.table import INCIDENTS
from services.decisions.state import State


@decides(Declare)
def _declare(state: State, c: Declare, ctx: Context) -> Iterable[Event]:
    key = c.incident or ctx.id
    known = state[INCIDENTS].get(key)
    areas = c.areas or (state.jurisdiction,)
    # When it starts is not compared: a log in several files tells of it with the first row of each.
    if known and ctx.observed and lookups.says_again(known, c, "incident", "starts_at"):
        return
    lookups.fresh(known, "incident.exists", incident=key)
    for code in areas:
        lookups.area(state, code)
    yield IncidentDeclared(
        incident=key,
        name=c.name,
        kind=c.kind,
        areas=tuple(areas),
        starts_at=c.starts_at or ctx.at,
        expected_days=c.expected_days,
    )


@decides(Amend)
def _amend(state: State, c: Amend, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, INCIDENTS, c.incident)
    given = changes(c, "incident")
    for code in given.get("areas", ()):
        lookups.area(state, code)
    about = subject(f"incident/{c.incident}", known, known.declared_at)
    new = news(state, about, given, ctx)
    _ends_after_start(in_the_present(new).get("starts_at", known.starts_at), known.ends_at)
    not_changed_since(state, about, c, new, ctx)
    if new:
        yield IncidentAmended(incident=c.incident, **new)


@decides(Close)
def _close(state: State, c: Close, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, INCIDENTS, c.incident)
    if known.ends_at:
        return
    ctx.rule(
        not known.unfinished,
        "incident.unfinished",
        incident=c.incident,
        unfinished=known.unfinished,
    )
    ends = c.ends_at or ctx.at
    _ends_after_start(known.starts_at, ends)
    yield IncidentClosed(incident=c.incident, ends_at=ends)


def _ends_after_start(starts: datetime, ends: datetime | None) -> None:
    if ends is not None and ends < starts:
        raise Refused("incident.ends_first", starts=starts, ends=ends)


@decides(Reopen)
def _reopen(state: State, c: Reopen, ctx: Context) -> Iterable[Event]:
    if lookups.known(state, INCIDENTS, c.incident).ends_at:
        yield IncidentReopened(incident=c.incident, reason=c.reason)
