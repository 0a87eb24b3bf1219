"""Requests 求助: what is needed, its state, and who is on it."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.assignment import DONE, LIVE, OFFERED, AssignmentEvent, AssignmentProgressed
from events.base import EventEnvelope, Personal
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
from events.request_state import MERGED, OPEN, UNFINISHED
from events.stages import ON_SCENE
from events.worker import WorkerTakenBack
from projections.base import Row, View, amended, personal_fields


class RequestRow(Row, frozen=True, kw_only=True):
    """One request. Overdue means due_at < now while unfinished; computed on request, never stored."""

    request: str
    number: int | None = None
    """Short number, shown as R-0421; None for requests from before numbers."""
    area: str
    incident: str | None = None
    day: str
    """Local day of opening."""
    state: str
    category: str
    priority: int
    changed: int = 0
    """Position of the last amendment, or of the first record: what an amendment is based on."""
    quantity: int = 1
    slots: int | None = 1
    """None means open-ended."""
    taken: int = 0
    """Slots in use: live assignments, and those done since it was last opened."""
    live: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    """Actor who said that it has been seen, since it was last opened."""
    touched: bool = False
    """Whether anyone was ever offered it or dispatched."""
    opened_at: datetime
    entered_at: datetime | None = None
    due_at: datetime | None = None
    waiting_since: datetime | None = None
    """Since when nobody is on it or asked to go; None also once it has ended or is fully staffed."""
    first_assigned_at: datetime | None = None
    first_on_scene_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    automatic: bool = False
    """Whether it completed by itself, because all slots were done."""
    merged_into: str | None = None
    merged_from: tuple[str, ...] = ()
    reopened: int = 0
    lon: float | None = None
    lat: float | None = None
    source: str | None = None
    contact_name: Personal | None = None
    contact_phone: Personal | None = None
    address: Personal | None = None
    text: Personal | None = None
    note: Personal | None = None


def keys(envelope: EventEnvelope) -> Iterable[str]:
    found = dict.fromkeys(move.request for move in envelope.data.requests_moved)
    request = getattr(envelope.data, "request", None)
    if isinstance(request, str):
        found[request] = None
    if isinstance(envelope.data, RequestMerged):
        found[envelope.data.into] = None
    if isinstance(envelope.data, RequestReopened) and envelope.data.out_of:
        found[envelope.data.out_of] = None
    return found


def evolve(row: RequestRow | None, envelope: EventEnvelope, key: str) -> RequestRow | None:
    if isinstance(envelope.data, RequestOpened):
        row = _opened(envelope.data, envelope)
    if row is None:
        return None
    row = _changed(row, envelope, key)
    for move in envelope.data.requests_moved:
        if move.request == key and move.after:
            row = msgspec.structs.replace(
                row,
                day=move.after.day,
                state=move.after.state,
            )
    return msgspec.structs.replace(row, waiting_since=waiting_since(row, envelope.at))


def waiting_since(row: RequestRow, at: datetime) -> datetime | None:
    """Return since when a request waits for somebody to go, if nobody goes or is asked as of `at`."""
    needs_nobody = row.state not in UNFINISHED or (row.slots is not None and row.taken >= row.slots)
    return None if row.live or row.offers or needs_nobody else row.waiting_since or at


def _opened(e: RequestOpened, envelope: EventEnvelope) -> RequestRow:
    same = (
        "request",
        "number",
        "area",
        "incident",
        "category",
        "priority",
        "quantity",
        "slots",
        "due_at",
        "entered_at",
        "lon",
        "lat",
        "source",
        *personal_fields(type(e)),
    )
    given = {f: getattr(e, f) for f in same}
    return RequestRow(day="", state=OPEN, opened_at=envelope.at, changed=envelope.position, **given)


def _changed(row: RequestRow, envelope: EventEnvelope, key: str) -> RequestRow:
    match envelope.data:
        case AssignmentEvent() as e:
            return _assigned(row, e, envelope)
        case WorkerTakenBack() as e if e.assignment:
            return _listed(row, e.assignment, e.state)
        case RequestAmended() as e:
            return amended(row, e, envelope)
        case RequestAcknowledged():
            return msgspec.structs.replace(row, acknowledged_at=envelope.at, acknowledged_by=envelope.actor)
        case RequestMerged() as e if e.into == key:
            return msgspec.structs.replace(row, merged_from=(*row.merged_from, e.request))
        case RequestMerged() as e:
            return msgspec.structs.replace(row, ended_at=envelope.at, merged_into=e.into, reason=MERGED)
        case RequestCompleted() | RequestCancelled() | RequestFailed() as e:
            return _ended(row, e, envelope)
        case RequestReopened() as e if e.out_of == key:
            apart = tuple(one for one in row.merged_from if one != e.request)
            return msgspec.structs.replace(row, merged_from=apart)
        case RequestReopened() as e:
            return _reopened(row, e)
        case RequestErased():
            return msgspec.structs.replace(row, **dict.fromkeys(personal_fields(RequestRow)))
        case _:
            return row


def _ended(
    row: RequestRow, e: RequestCompleted | RequestCancelled | RequestFailed, envelope: EventEnvelope
) -> RequestRow:
    """Say how it ended. If it had completed by itself, it ended then."""
    automatic = isinstance(e, RequestCompleted) and e.automatic
    ended = min(row.ended_at or envelope.at, envelope.at) if row.automatic else envelope.at
    return msgspec.structs.replace(
        row, ended_at=ended, reason=e.reason, automatic=automatic, note=e.note or row.note
    )


def _reopened(row: RequestRow, e: RequestReopened) -> RequestRow:
    """Forget how it ended; and, unless only a done was taken back, what was done and who had seen it."""
    row = msgspec.structs.replace(row, ended_at=None, reason=e.reason, automatic=False, merged_into=None)
    if e.automatic:
        return msgspec.structs.replace(row, reason=None)
    return msgspec.structs.replace(
        row,
        done=(),
        taken=len(row.live),
        acknowledged_at=None,
        acknowledged_by=None,
        reopened=row.reopened + 1,
    )


def _assigned(row: RequestRow, e: AssignmentEvent, envelope: EventEnvelope) -> RequestRow:
    """Put the assignment in the list for its state; first times are kept."""
    row = _listed(row, e.assignment, e.state)
    first_assigned = row.first_assigned_at or (envelope.at if e.state in LIVE else None)
    first_on_scene = row.first_on_scene_at
    if isinstance(e, AssignmentProgressed) and e.stage == ON_SCENE:
        first_on_scene = min(first_on_scene or envelope.at, envelope.at)
    return msgspec.structs.replace(
        row, touched=True, first_assigned_at=first_assigned, first_on_scene_at=first_on_scene
    )


def _listed(row: RequestRow, assignment: str, state: str) -> RequestRow:
    live = _with(row.live, assignment, member=state in LIVE)
    was_done = assignment in row.done
    newly_done = state == DONE and (was_done or assignment in row.live)
    done = _with(row.done, assignment, member=newly_done)
    offers = _with(row.offers, assignment, member=state == OFFERED)
    return msgspec.structs.replace(row, live=live, done=done, offers=offers, taken=len(live) + len(done))


def _with(items: tuple[str, ...], item: str, *, member: bool) -> tuple[str, ...]:
    rest = tuple(i for i in items if i != item)
    return (*rest, item) if member else rest


VIEW = View(
    name="requests",
    row=RequestRow,
    keys=keys,
    evolve=evolve,
    events=(
        AssignmentEvent,
        WorkerTakenBack,
        RequestOpened,
        RequestAcknowledged,
        RequestAmended,
        RequestCompleted,
        RequestCancelled,
        RequestFailed,
        RequestMerged,
        RequestReopened,
        RequestErased,
    ),
    version=6,
    filters=(
        "number",
        "area",
        "incident",
        "state",
        "category",
        "priority",
        "day",
        "touched",
        "opened_at",
        "due_at",
        "ended_at",
    ),
)
