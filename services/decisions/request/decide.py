"""Decisions about requests."""

from collections.abc import Iterable, Iterator

from events.base import Event
from events.request import (
    RequestAmended,
    RequestCancelled,
    RequestCompleted,
    RequestErased,
    RequestFailed,
    RequestMerged,
    RequestOpened,
    RequestReopened,
)
from services.decisions import common
from services.decisions.assignment.rules import release_all
from services.decisions.base import Ask, Refused, changes, decides
from services.decisions.request.commands import Amend, Cancel, Complete, Erase, Fail, Merge, Open, Reopen
from services.decisions.request.table import REQUESTS, Request
from services.decisions.state import State


@decides(Open)
def _open(state: State, c: Open, ask: Ask) -> Iterable[Event]:
    key = c.request or ask.id
    known = state[REQUESTS].get(key)
    if known and ask.observed and (known.category, known.opened_at) == (c.category, ask.at):
        return
    common.fresh(known, "request.exists", request=key)
    common.open_area(state, c.area, ask)
    common.open_incident(state, c.incident, ask.at, ask)
    given = {name: getattr(c, name) for name in type(c).model_fields if name != "request"}
    yield RequestOpened(request=key, **given)


@decides(Amend)
def _amend(state: State, c: Amend, ask: Ask) -> Iterable[Event]:
    known = common.unfinished(state, c.request, ask)
    given = changes(c, "request")
    if given.get("area"):
        common.open_area(state, given["area"], ask)
    common.open_incident(state, given.get("incident"), ask.at, ask)
    _enough_slots(c.request, known, given, ask)
    new = {k: v for k, v in given.items() if not hasattr(known, k) or getattr(known, k) != v}
    if new:
        yield RequestAmended(request=c.request, **new, assignments=known.live + known.offers)


def _enough_slots(key: str, known: Request, given: dict[str, int | None], ask: Ask) -> None:
    taken = len(known.live) + len(known.done)
    slots = given.get("slots")
    ask.rule(
        slots is None or slots >= taken,
        "request.slots_taken",
        request=key,
        slots=slots,
        taken=taken,
    )


def _ends(state: State, key: str, ask: Ask, event: Event, reason: str) -> Iterator[Event]:
    """End a request: first let its assignments and offers go, then say how it ended."""
    known = common.unfinished(state, key, ask)
    yield from release_all(state, known.live + known.offers, reason)
    yield event


@decides(Complete)
def _complete(state: State, c: Complete, ask: Ask) -> Iterable[Event]:
    if common.request(state, c.request).ended == "done":
        return ()
    event = RequestCompleted(request=c.request, reason=c.reason, note=c.note)
    return _ends(state, c.request, ask, event, "request_completed")


@decides(Cancel)
def _cancel(state: State, c: Cancel, ask: Ask) -> Iterable[Event]:
    if common.request(state, c.request).ended == "cancelled":
        return ()
    event = RequestCancelled(request=c.request, reason=c.reason, note=c.note)
    return _ends(state, c.request, ask, event, "request_cancelled")


@decides(Fail)
def _fail(state: State, c: Fail, ask: Ask) -> Iterable[Event]:
    if common.request(state, c.request).ended == "failed":
        return ()
    event = RequestFailed(request=c.request, reason=c.reason, note=c.note)
    return _ends(state, c.request, ask, event, "request_failed")


@decides(Merge)
def _merge(state: State, c: Merge, ask: Ask) -> Iterable[Event]:
    if c.request == c.into:
        raise Refused("request.same", request=c.request)
    if common.request(state, c.request).into == c.into:
        return ()
    common.unfinished(state, c.into, ask)
    return _ends(state, c.request, ask, RequestMerged(request=c.request, into=c.into), "request_merged")


@decides(Reopen)
def _reopen(state: State, c: Reopen, ask: Ask) -> Iterable[Event]:
    known = common.request(state, c.request)
    if not known.ended:
        return
    common.open_incident(state, known.incident, ask.at, ask)
    yield RequestReopened(request=c.request, reason=c.reason)


@decides(Erase)
def _erase(state: State, c: Erase, ask: Ask) -> Iterable[Event]:
    if not common.request(state, c.request).erased:
        yield RequestErased(request=c.request)
