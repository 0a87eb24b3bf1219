"""Apply events to requests."""

import msgspec

from events.amendment import present
from events.base import Event, EventEnvelope
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
from services.decisions.amending import note_changes
from services.decisions.base import evolves
from services.decisions.request.table import REQUESTS, Request
from services.decisions.signs import counted
from services.decisions.state import State


def _replace(state: State, key: str, /, **fields: object) -> None:
    state.put(state[REQUESTS], key, msgspec.structs.replace(state[REQUESTS][key], **fields))


@evolves(RequestOpened)
def _opened(state: State, e: RequestOpened, envelope: EventEnvelope) -> None:
    day = envelope.at.astimezone(state.meta.zone).date().isoformat()
    new = Request(
        category=e.category,
        priority=e.priority,
        area=e.area,
        incident=e.incident,
        day=day,
        opened_at=envelope.at,
        quantity=e.quantity,
        slots=e.slots,
        due_at=e.due_at,
        lon=e.lon,
        lat=e.lat,
    )
    state.put(state[REQUESTS], e.request, new)
    counted(state, "request", e.number)


@evolves(RequestAcknowledged)
def _acknowledged(state: State, e: RequestAcknowledged, envelope: EventEnvelope) -> None:
    _replace(state, e.request, acknowledged=True)


@evolves(RequestAmended)
def _amended(state: State, e: RequestAmended, envelope: EventEnvelope) -> None:
    known = state[REQUESTS][e.request]
    _replace(state, e.request, **{f: value for f, value in present(e).items() if hasattr(known, f)})
    note_changes(state, f"request/{e.request}", e, envelope)


@evolves(RequestCompleted, RequestCancelled, RequestFailed, RequestMerged)
def _ended(state: State, e: Event, envelope: EventEnvelope) -> None:
    if ended := ended_by(e):
        request, how = ended
        into = e.into if isinstance(e, RequestMerged) else None
        automatic = isinstance(e, RequestCompleted) and e.automatic
        _replace(state, request, ended=how, ended_at=envelope.at, into=into, automatic=automatic)


@evolves(RequestReopened)
def _reopened(state: State, e: RequestReopened, envelope: EventEnvelope) -> None:
    _replace(state, e.request, ended=None, ended_at=None, into=None, automatic=False)
    if not e.automatic:
        _replace(state, e.request, done=(), acknowledged=False)


@evolves(RequestErased)
def _erased(state: State, e: RequestErased, envelope: EventEnvelope) -> None:
    _replace(state, e.request, erased=True)
