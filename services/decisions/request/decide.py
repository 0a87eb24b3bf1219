"""Decisions about requests."""

from collections.abc import Iterable, Iterator

from events.base import Event
from events.request import (
    RequestAcknowledged,
    RequestAmended,
    RequestCancelled,
    RequestCompleted,
    RequestErased,
    RequestFailed,
    RequestMerged,
    RequestOpened,
    RequestReopened,
)
from events.request_state import ended_by
from services.decisions import lookups
from services.decisions.amending import in_the_present, news, not_changed_since, subject
from services.decisions.assignment.rules import release_all
from services.decisions.base import SAID, Context, Refused, changes, decides
from services.decisions.request.commands import (
    Acknowledge,
    Amend,
    Cancel,
    Complete,
    Erase,
    Fail,
    Merge,
    Open,
    Reopen,
)
from services.decisions.request.table import REQUESTS, Request
from services.decisions.signs import next_number
from services.decisions.state import State


@decides(Open)
def _open(state: State, c: Open, ctx: Context) -> Iterable[Event]:
    key = c.request or ctx.id
    lookups.whole_place(c.lon, c.lat)
    known = state[REQUESTS].get(key)
    if known and ctx.observed and known.opened_at == ctx.at and lookups.says_again(known, c, "request"):
        return
    lookups.fresh(known, "request.exists", request=key)
    lookups.open_area(state, c.area, ctx)
    lookups.open_incident(state, c.incident, ctx.at, ctx)
    given = {name: getattr(c, name) for name in type(c).model_fields if name not in ("request", SAID)}
    yield RequestOpened(request=key, **given, number=next_number(state, "request"))


@decides(Acknowledge)
def _acknowledge(state: State, c: Acknowledge, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, REQUESTS, c.request)
    if not known.acknowledged and not known.ended:  # an ended request needs nobody's attention
        yield RequestAcknowledged(request=c.request)


@decides(Amend)
def _amend(state: State, c: Amend, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, REQUESTS, c.request)
    before_the_end = known.ended_at is None or ctx.at < known.ended_at
    ctx.rule(before_the_end, "request.ended", request=c.request, state=known.ended)
    given = changes(c, "request")
    if not given.keys().isdisjoint(("lon", "lat")):
        lookups.whole_place(given.get("lon", known.lon), given.get("lat", known.lat))
    if given.get("area"):
        lookups.open_area(state, given["area"], ctx)
    lookups.open_incident(state, given.get("incident"), ctx.at, ctx)
    about = subject(f"request/{c.request}", known, known.opened_at)
    new = news(state, about, given, ctx)
    _enough_slots(c.request, known, in_the_present(new), ctx)
    not_changed_since(state, about, c, new, ctx)
    if new:
        yield RequestAmended(request=c.request, **new, assignments=known.live + known.offers)


def _enough_slots(key: str, known: Request, given: dict[str, int | None], ctx: Context) -> None:
    taken = len(known.live) + len(known.done)
    slots = given.get("slots")
    ctx.rule(
        slots is None or slots >= taken,
        "request.slots_taken",
        request=key,
        slots=slots,
        taken=taken,
    )


def _ends(state: State, key: str, ctx: Context, event: Event, reason: str) -> Iterator[Event]:
    """End a request: release its assignments and offers, then record how it ended."""
    known = lookups.unfinished(state, key, ctx)
    yield from release_all(state, known.live + known.offers, reason)
    yield event


def _ends_once(state: State, key: str, ctx: Context, event: Event, reason: str) -> Iterable[Event]:
    """End a request; no events if it already ended this way."""
    if ended_by(event) == (key, lookups.known(state, REQUESTS, key).ended):
        return ()
    return _ends(state, key, ctx, event, reason)


@decides(Complete)
def _complete(state: State, c: Complete, ctx: Context) -> Iterable[Event]:
    event = RequestCompleted(request=c.request, reason=c.reason, note=c.note)
    if lookups.known(state, REQUESTS, c.request).automatic and (c.reason or c.note):
        return (event,)  # it had completed by itself; now somebody says how it ended
    return _ends_once(state, c.request, ctx, event, "request_completed")


@decides(Cancel)
def _cancel(state: State, c: Cancel, ctx: Context) -> Iterable[Event]:
    event = RequestCancelled(request=c.request, reason=c.reason, note=c.note)
    return _ends_once(state, c.request, ctx, event, "request_cancelled")


@decides(Fail)
def _fail(state: State, c: Fail, ctx: Context) -> Iterable[Event]:
    event = RequestFailed(request=c.request, reason=c.reason, note=c.note)
    return _ends_once(state, c.request, ctx, event, "request_failed")


@decides(Merge)
def _merge(state: State, c: Merge, ctx: Context) -> Iterable[Event]:
    if c.request == c.into:
        raise Refused("request.same", request=c.request)
    if lookups.known(state, REQUESTS, c.request).into == c.into:
        return ()
    lookups.unfinished(state, c.into, ctx)
    return _ends(state, c.request, ctx, RequestMerged(request=c.request, into=c.into), "request_merged")


@decides(Reopen)
def _reopen(state: State, c: Reopen, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, REQUESTS, c.request)
    if not known.ended:
        return
    lookups.open_incident(state, known.incident, ctx.at, ctx)
    yield RequestReopened(request=c.request, reason=c.reason, out_of=known.into)


@decides(Erase)
def _erase(state: State, c: Erase, ctx: Context) -> Iterable[Event]:
    if not lookups.known(state, REQUESTS, c.request).erased:
        yield RequestErased(request=c.request)
