"""Assignments: one worker or team on one request, from the offer to the end."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from events.assignment import (
    LIVE,
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentDispatched,
    AssignmentDone,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentProgressed,
    AssignmentReleased,
    live_state,
)
from events.base import Event, Happened
from events.stages import RANK, STAGES
from services.decisions import common
from services.decisions.base import Ask, Command, Refused, command, decides, evolves
from services.decisions.fields import AssignmentId, Code, Instant, RequestId, TeamId, WorkerId
from services.decisions.state import Assignment, Request, State, Team, Worker, add_fact
from services.decisions.table import Table

OFFER_LASTS: Final = timedelta(minutes=5)
Override = Annotated[Code | None, Field(description="Reason for passing the capacity, recorded")]


class _OneOf(Command):
    worker: WorkerId | None = None
    team: TeamId | None = None


def _theirs(state: State, key: str, worker: str) -> bool:
    """A worker's own, or of the active team they are in."""
    given, known = state.assignments.get(key), state.workers.get(worker)
    if given is None or known is None:
        return False
    return given.worker == worker or (given.team is not None and given.team == state.active_team(known))


ASSIGNMENTS = Table(
    "assignments",
    Assignment,
    kind="assignment",
    areas=lambda state, key, row: (state.requests[row.request].area,),
    own=_theirs,
)


@command("assignment.offer")
class Offer(_OneOf):
    """Ask a worker or team whether they will go. Holds neither slot nor capacity."""

    assignment: AssignmentId | None = None
    request: RequestId
    expires_at: Instant | None = Field(default=None, description="Default: five minutes from now")


@command("assignment.accept", own=True)
class Accept(Command):
    """Take an offer: takes slot and capacity, or is refused."""

    assignment: AssignmentId
    override: Override = None


@command("assignment.decline", own=True)
class Decline(Command):
    """Do not take an offer."""

    assignment: AssignmentId
    reason: Code


@command("assignment.expire")
class Expire(Command):
    """The time to answer is over. The service sends this itself."""

    assignment: AssignmentId
    reason: Code = "no_answer"


@command("assignment.dispatch")
class Dispatch(Command):
    """Send: an accepted assignment, or at once a new one (then with request and worker or team)."""

    assignment: AssignmentId | None = None
    request: RequestId | None = None
    worker: WorkerId | None = None
    team: TeamId | None = None
    override: Override = None


@command("assignment.progress", fact=True, own=True)
class Progress(Command):
    """A stage was reached: en_route, on_scene, or one that your organisation names."""

    assignment: AssignmentId
    stage: Code


@command("assignment.done", fact=True, own=True)
class Done(Command):
    """Their part is done; the request itself ends by request.complete."""

    assignment: AssignmentId
    reason: Code | None = None


@command("assignment.release")
class Release(Command):
    """End without being done; frees slot and capacity."""

    assignment: AssignmentId
    reason: Code


class Reassignment(BaseModel):
    """One assignment that goes to somebody else. Without `new` its id is made from the command's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assignment: AssignmentId
    new: AssignmentId | None = None
    worker: WorkerId | None = None
    team: TeamId | None = None


@command("assignment.reassign")
class Reassign(Command):
    """Give live assignments to others, in this order, all or none."""

    items: Annotated[tuple[Reassignment, ...], Field(min_length=1, max_length=500)]
    reason: Code
    override: Override = None


# -- rules ------------------------------------------------------------------------------------------------


def _free_slot(state: State, key: str, ask: Ask) -> Request:
    asked = common.unfinished(state, key, ask)
    free = state.free_slots(asked)
    if free is not None and free <= 0 and not asked.ended:
        taken = [state.assignments[a] for a in asked.done + asked.live]
        last = max(taken, key=lambda given: given.begun_at or ask.at)
        ask.rule(False, "request.full", request=key, worker=last.worker, team=last.team)
    return asked


def free_to_take(
    subject: Worker | Team, worker: str | None, team: str | None, override: str | None, ask: Ask
) -> str | None:
    """The capacity rule for a worker or a team; the override, where one was needed."""
    full = subject.capacity is not None and len(subject.live) >= subject.capacity
    ask.rule(
        not full or override,
        "capacity.exceeded",
        worker=worker,
        team=team,
        live=subject.live,
    )
    return override if full else None


def _either(worker: str | None, team: str | None) -> None:
    if (worker is None) == (team is None):
        raise Refused("assignment.subject")


def _subject(state: State, worker: str | None, team: str | None, ask: Ask) -> Worker | Team:
    """The worker or team, who must be on duty or active."""
    if worker:
        known = common.active_worker(state, worker, ask)
        ask.rule(known.duty.on or known.retired, "worker.off_duty", worker=worker)
        return known
    known_team = common.team(state, str(team))
    ask.rule(known_team.state == "active", "team.not_active", team=team, state=known_team.state)
    return known_team


def _not_twice(state: State, asked: Request, worker: str | None, team: str | None, ask: Ask) -> None:
    for key in asked.live + asked.offers:
        other = state.assignments[key]
        ask.rule(
            (other.worker, other.team) != (worker, team),
            "assignment.duplicate",
            assignment=key,
            worker=worker,
            team=team,
        )


# -- decide -----------------------------------------------------------------------------------------------


@decides(Offer)
def _offer(state: State, c: Offer, ask: Ask) -> Iterable[Event]:
    key = c.assignment or ask.id
    _either(c.worker, c.team)
    given = state.assignments.get(key)
    if given and ask.observed and (given.request, given.worker, given.team) == (c.request, c.worker, c.team):
        return
    common.fresh(given, "assignment.exists", assignment=key)
    asked = _free_slot(state, c.request, ask)
    _subject(state, c.worker, c.team, ask)
    _not_twice(state, asked, c.worker, c.team, ask)
    expires = c.expires_at or ask.at + OFFER_LASTS
    ask.rule(expires > ask.at, "offer.expired", assignment=key)
    yield AssignmentOffered(
        assignment=key,
        request=c.request,
        worker=c.worker,
        team=c.team,
        area=asked.area,
        incident=asked.incident,
        expires_at=expires,
    )


@decides(Accept)
def _accept(state: State, c: Accept, ask: Ask) -> Iterable[Event]:
    given = common.assignment(state, c.assignment)
    if given.state in LIVE or (ask.observed and given.begun_at):
        return
    override = _takes(state, c.assignment, given, c.override, ask)
    yield AssignmentAccepted(**ids(state, c.assignment), override=override)


def _takes(state: State, key: str, given: Assignment, override: str | None, ask: Ask) -> str | None:
    """Slot and capacity for an offer that is still open; of one that is gone that alone is said."""
    if given.state != "offered":
        ask.rule(False, "offer.gone", assignment=key, state=given.state)
        return override
    expires = given.expires_at
    ask.rule(expires is None or ask.at < expires, "offer.expired", assignment=key, expired=expires)
    _free_slot(state, given.request, ask)
    subject = _subject(state, given.worker, given.team, ask)
    return free_to_take(subject, given.worker, given.team, override, ask)


@decides(Decline)
def _decline(state: State, c: Decline, ask: Ask) -> Iterable[Event]:
    given = common.assignment(state, c.assignment)
    if given.state == "declined":
        return
    ask.rule(given.state == "offered", "offer.gone", assignment=c.assignment, state=given.state)
    yield AssignmentDeclined(**ids(state, c.assignment), reason=c.reason)


@decides(Expire)
def _expire(state: State, c: Expire, ask: Ask) -> Iterable[Event]:
    given = common.assignment(state, c.assignment)
    if given.state != "offered" or given.expires_at is None:
        return
    ask.rule(
        ask.at >= given.expires_at,
        "offer.not_due",
        assignment=c.assignment,
        expires=given.expires_at,
    )
    yield AssignmentExpired(**ids(state, c.assignment), reason=c.reason)


@decides(Dispatch)
def _dispatch(state: State, c: Dispatch, ask: Ask) -> Iterable[Event]:
    key = c.assignment or ask.id
    given = state.assignments.get(key)
    if given is None:
        if c.request is None:
            raise Refused("assignment.unknown", assignment=key, missing="request")
        yield _send_new(state, key, c.request, c.worker, c.team, c.override, ask)
        return
    if not _same(c, given):
        raise Refused(
            "assignment.exists",
            assignment=key,
            request=given.request,
            worker=given.worker,
            team=given.team,
        )
    if given.dispatched and (given.state in LIVE or ask.observed):
        return
    override = None
    if given.state not in LIVE:
        override = _takes(state, key, given, c.override, ask)
    yield _dispatched_event(state, key, given.request, given.worker, given.team, override)


def _same(c: Dispatch, given: Assignment) -> bool:
    """Whether what the command says of an assignment, if anything, is so."""
    said = ((c.request, given.request), (c.worker, given.worker), (c.team, given.team))
    return all(asked is None or asked == known for asked, known in said)


def _send_new(
    state: State, key: str, request: str, worker: str | None, team: str | None, override: str | None, ask: Ask
) -> Event:
    _either(worker, team)
    asked = _free_slot(state, request, ask)
    override = free_to_take(_subject(state, worker, team, ask), worker, team, override, ask)
    _not_twice(state, asked, worker, team, ask)
    return _dispatched_event(state, key, request, worker, team, override)


def _dispatched_event(
    state: State, key: str, request: str, worker: str | None, team: str | None, override: str | None
) -> Event:
    asked = state.requests[request]
    return AssignmentDispatched(
        assignment=key,
        request=request,
        worker=worker,
        team=team,
        area=asked.area,
        incident=asked.incident,
        override=override,
    )


def ids(state: State, key: str) -> dict[str, Any]:
    """The fields that every event of this assignment has."""
    given = state.assignments[key]
    return {
        "assignment": key,
        "request": given.request,
        "worker": given.worker,
        "team": given.team,
        "area": state.requests[given.request].area,
    }


@decides(Progress)
def _progress(state: State, c: Progress, ask: Ask) -> Iterable[Event]:
    given = common.assignment(state, c.assignment)
    if (c.stage, ask.at) in given.stages:
        return
    if given.begun_at is None:
        _never_begun(c.assignment, given, ask)
    elif given.ended_at:
        ask.rule(
            ask.at <= given.ended_at,
            "assignment.ended",
            assignment=c.assignment,
            state=given.state,
            ended=given.ended_at,
        )
    if _out_of_order(given, c.stage, ask.at):
        ask.note("stage.out_of_order")
    yield AssignmentProgressed(**ids(state, c.assignment), stage=c.stage)


def _never_begun(key: str, given: Assignment, ask: Ask) -> None:
    """Work on what nobody took."""
    ask.rule(False, "assignment.not_accepted", assignment=key, state=given.state)


def _out_of_order(given: Assignment, stage: str, at: datetime) -> bool:
    """Earlier than what comes before it, or later than what comes after it."""
    rank = RANK.get(stage, 0)
    earlier = [t for name, t in given.stages if 0 < RANK.get(name, 0) < rank]
    later = [t for name, t in given.stages if 0 < rank < RANK.get(name, 0)]
    if given.begun_at:
        earlier.append(given.begun_at)
    return any(at < t for t in earlier) or any(at > t for t in later)


@decides(Done)
def _done(state: State, c: Done, ask: Ask) -> Iterable[Event]:
    given = common.assignment(state, c.assignment)
    if given.state == "done":
        return
    if given.begun_at is None:
        _never_begun(c.assignment, given, ask)
    elif given.ended_at and ask.late and ask.at <= given.ended_at:
        ask.note("assignment.ended")  # true when it happened, known too late
    else:
        ask.rule(given.state in LIVE, "assignment.ended", assignment=c.assignment, state=given.state)
    yield AssignmentDone(**ids(state, c.assignment), reason=c.reason)


@decides(Release)
def _release(state: State, c: Release, ask: Ask) -> Iterable[Event]:
    given = common.assignment(state, c.assignment)
    if given.state == "released":
        return
    ask.rule(
        given.state in LIVE or given.state == "offered",
        "assignment.ended",
        assignment=c.assignment,
        state=given.state,
    )
    yield AssignmentReleased(**ids(state, c.assignment), reason=c.reason)


@decides(Reassign)
def _reassign(state: State, c: Reassign, ask: Ask) -> Iterable[Event]:
    for item in c.items:  # all are free first, so that two may swap
        given = common.assignment(state, item.assignment)
        ask.rule(given.state in LIVE, "assignment.ended", assignment=item.assignment, state=given.state)
        yield AssignmentReleased(**ids(state, item.assignment), reason=c.reason)
    for number, item in enumerate(c.items):
        new = item.new or f"{ask.id}-{number}"
        common.fresh(new in state.assignments, "assignment.exists", assignment=new)
        request = state.assignments[item.assignment].request
        yield _send_new(state, new, request, item.worker, item.team, c.override, ask)


def release_all(state: State, keys: Iterable[str], reason: str) -> Iterator[Event]:
    """Release these assignments and offers."""
    for key in tuple(keys):
        yield AssignmentReleased(**ids(state, key), reason=reason)


# -- evolve -----------------------------------------------------------------------------------------------


def _replace(state: State, key: str, /, **fields: object) -> Assignment:
    new = msgspec.structs.replace(state.assignments[key], **fields)
    state.put(state.assignments, key, new)
    return new


def _without(items: tuple[str, ...], key: str) -> tuple[str, ...]:
    return tuple(i for i in items if i != key)


def _hold(state: State, key: str, given: Assignment, *, live: bool, offer: bool) -> None:
    """Enter or remove the assignment in the lists of its request and its worker or team."""
    request = state.requests[given.request]
    state.put(state.requests, given.request, _listed(request, key, live, offer))
    if given.worker:
        state.put(state.workers, given.worker, _listed(state.workers[given.worker], key, live, offer))
    elif given.team:
        state.put(state.teams, given.team, _listed(state.teams[given.team], key, live, offer))
    expires = given.expires_at if offer else None
    if expires or key in state.offers:
        state.put(state.offers, key, expires)


H = TypeVar("H", Worker, Team, Request)


def _listed(holder: H, key: str, live: bool, offer: bool) -> H:
    rest, offers = _without(holder.live, key), _without(holder.offers, key)
    return msgspec.structs.replace(
        holder, live=(*rest, key) if live else rest, offers=(*offers, key) if offer else offers
    )


@evolves(AssignmentOffered)
def _offered(state: State, e: AssignmentOffered, h: Happened) -> None:
    given = Assignment(e.request, e.worker, e.team, "offered", expires_at=e.expires_at)
    state.put(state.assignments, e.assignment, given)
    _hold(state, e.assignment, given, live=False, offer=True)


@evolves(AssignmentAccepted)
def _accepted(state: State, e: AssignmentAccepted, h: Happened) -> None:
    if state.assignments[e.assignment].state == "offered":
        given = _replace(state, e.assignment, state="accepted", begun_at=h.at)
        _hold(state, e.assignment, given, live=True, offer=False)


@evolves(AssignmentDispatched)
def _dispatched(state: State, e: AssignmentDispatched, h: Happened) -> None:
    old = state.assignments.get(e.assignment)
    if old is None:
        given = Assignment(e.request, e.worker, e.team, "dispatched", begun_at=h.at, dispatched=True)
        state.put(state.assignments, e.assignment, given)
    elif old.state in ("offered", *LIVE):
        stage = old.state if old.state in STAGES else "dispatched"
        given = _replace(state, e.assignment, state=stage, begun_at=old.begun_at or h.at, dispatched=True)
    else:
        return
    _hold(state, e.assignment, given, live=True, offer=False)


@evolves(AssignmentProgressed)
def _progressed(state: State, e: AssignmentProgressed, h: Happened) -> None:
    given = state.assignments[e.assignment]
    stages = (*given.stages, (e.stage, h.at))
    reached = _most_advanced(given, stages) if given.state in LIVE else given.state
    _replace(state, e.assignment, stages=stages, state=reached)
    add_fact(state, h)


def _most_advanced(given: Assignment, stages: tuple[tuple[str, datetime], ...]) -> str:
    return live_state([name for name, _ in stages], dispatched=given.dispatched)


@evolves(AssignmentDone)
def _finished(state: State, e: AssignmentDone, h: Happened) -> None:
    given = state.assignments[e.assignment]
    if given.state in LIVE:
        given = _end(state, e.assignment, "done", h)
        request = state.requests[given.request]
        done = (*request.done, e.assignment)
        state.put(state.requests, given.request, msgspec.structs.replace(request, done=done))
    add_fact(state, h)


def _end(state: State, key: str, how: str, h: Happened) -> Assignment:
    given = _replace(state, key, state=how, ended_at=h.at)
    _hold(state, key, given, live=False, offer=False)
    return given


@evolves(AssignmentDeclined)
def _declined(state: State, e: AssignmentDeclined, h: Happened) -> None:
    if state.assignments[e.assignment].state == "offered":
        _end(state, e.assignment, "declined", h)


@evolves(AssignmentExpired)
def _expired(state: State, e: AssignmentExpired, h: Happened) -> None:
    _end(state, e.assignment, "expired", h)


@evolves(AssignmentReleased)
def _released(state: State, e: AssignmentReleased, h: Happened) -> None:
    if state.assignments[e.assignment].state in ("offered", *LIVE):
        _end(state, e.assignment, "released", h)


def revive(state: State, key: str) -> None:
    """A done was taken back: live again, where it had ended by it."""
    given = state.assignments[key]
    if given.state != "done":
        return
    given = _replace(state, key, state=_most_advanced(given, given.stages), ended_at=None)
    request = state.requests[given.request]
    done = _without(request.done, key)
    state.put(state.requests, given.request, msgspec.structs.replace(request, done=done))
    _hold(state, key, given, live=True, offer=False)


def unstage(state: State, key: str, stage: str, at: datetime) -> None:
    """A stage was taken back."""
    given = state.assignments[key]
    stages = tuple(s for s in given.stages if s != (stage, at))
    reached = _most_advanced(given, stages) if given.state in LIVE else given.state
    _replace(state, key, stages=stages, state=reached)
