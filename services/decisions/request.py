"""Requests: from the receipt to an end, and back."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec
from pydantic import Field

from events.base import Event, Happened
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
from services.decisions.assignment import release_all
from services.decisions.base import Ask, Command, Refused, changes, command, decides, evolves
from services.decisions.fields import (
    WHOLE,
    AreaCode,
    Code,
    IncidentConcerned,
    Instant,
    Label,
    Lat,
    Lon,
    PersonalLine,
    PersonalText,
    Priority,
    RequestId,
    omitted,
)
from services.decisions.state import Request, State
from services.decisions.table import Table

Quantity = Annotated[int, Field(ge=1, le=1_000_000), WHOLE]
Slots = Annotated[
    int | None, Field(ge=1, le=10_000, description="Assignees it needs; null = open-ended"), WHOLE
]

REQUESTS = Table(
    "requests",
    Request,
    kind="request",
    areas=lambda state, key, row: (row.area,),
    erasure=RequestErased,
)


@command("request.open", fact=True)
class Open(Command):
    """Receive a request; `at` is when it was received. Without `request` the command's id becomes its id."""

    request: RequestId | None = None
    category: Code
    priority: Priority = 3
    area: AreaCode
    incident: IncidentConcerned | None = None
    quantity: Quantity = 1
    slots: Slots = 1
    due_at: Instant | None = None
    entered_at: Instant | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    source: Label | None = None
    contact_name: PersonalLine | None = None
    contact_phone: PersonalLine | None = None
    address: PersonalLine | None = None
    text: PersonalText | None = None


@command("request.amend")
class Amend(Command):
    """Change what is known of a request; fields left out stay."""

    request: RequestId
    category: Code = omitted()
    priority: Priority = omitted()
    area: AreaCode = omitted()
    incident: IncidentConcerned | None = None
    quantity: Quantity = omitted()
    slots: Slots = None
    due_at: Instant | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    contact_name: PersonalLine | None = None
    contact_phone: PersonalLine | None = None
    address: PersonalLine | None = None
    text: PersonalText | None = None


@command("request.complete")
class Complete(Command):
    """It was served. Ends its live assignments and offers too."""

    request: RequestId
    reason: Code | None = None
    note: PersonalText | None = None


@command("request.cancel")
class Cancel(Command):
    """It is no longer needed. Ends its live assignments and offers too."""

    request: RequestId
    reason: Code
    note: PersonalText | None = None


@command("request.fail")
class Fail(Command):
    """It could not be served. Ends its live assignments and offers too."""

    request: RequestId
    reason: Code
    note: PersonalText | None = None


@command("request.merge")
class Merge(Command):
    """It is the same need as another request, which goes on. Both stay received."""

    request: RequestId
    into: RequestId


@command("request.reopen")
class Reopen(Command):
    """It is needed after all; assignments done before no longer count."""

    request: RequestId
    reason: Code | None = None


@command("request.erase", by="admin")
class Erase(Command):
    """Destroy the request's key: contact, address and texts can never be read again."""

    request: RequestId


# -- decide ------------------------------------------------------------------------------------------------


@decides(Open)
def _open(state: State, c: Open, ask: Ask) -> Iterable[Event]:
    key = c.request or ask.id
    known = state.requests.get(key)
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


# -- evolve ------------------------------------------------------------------------------------------------


def _replace(state: State, key: str, /, **fields: object) -> None:
    state.put(state.requests, key, msgspec.structs.replace(state.requests[key], **fields))


@evolves(RequestOpened)
def _opened(state: State, e: RequestOpened, h: Happened) -> None:
    day = h.at.astimezone(state.meta["zone"]).date().isoformat()
    new = Request(
        category=e.category,
        priority=e.priority,
        area=e.area,
        incident=e.incident,
        day=day,
        opened_at=h.at,
        quantity=e.quantity,
        slots=e.slots,
        due_at=e.due_at,
        lon=e.lon,
        lat=e.lat,
    )
    state.put(state.requests, e.request, new)


@evolves(RequestAmended)
def _amended(state: State, e: RequestAmended, h: Happened) -> None:
    known = state.requests[e.request]
    fields = (f for f in e.__struct_fields__ if hasattr(known, f))
    given = {f: getattr(e, f) for f in fields if getattr(e, f) is not msgspec.UNSET}
    _replace(state, e.request, **given)


@evolves(RequestCompleted)
def _completed(state: State, e: RequestCompleted, h: Happened) -> None:
    _replace(state, e.request, ended="done", into=None)


@evolves(RequestCancelled)
def _cancelled(state: State, e: RequestCancelled, h: Happened) -> None:
    _replace(state, e.request, ended="cancelled", into=None)


@evolves(RequestFailed)
def _failed(state: State, e: RequestFailed, h: Happened) -> None:
    _replace(state, e.request, ended="failed", into=None)


@evolves(RequestMerged)
def _merged(state: State, e: RequestMerged, h: Happened) -> None:
    _replace(state, e.request, ended="merged", into=e.into)


@evolves(RequestReopened)
def _reopened(state: State, e: RequestReopened, h: Happened) -> None:
    _replace(state, e.request, ended=None, into=None, done=())


@evolves(RequestErased)
def _erased(state: State, e: RequestErased, h: Happened) -> None:
    _replace(state, e.request, erased=True)
