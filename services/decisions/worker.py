"""Workers: who they are, and their duty."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from pydantic import Field

from events.base import Event, Happened
from events.duty import ACT, ANEW, AVAILABLE, BREAK, IN, OUT, REPORT, Fact, fold
from events.team import TeamLeft
from events.worker import (
    WorkerAmended,
    WorkerCheckedIn,
    WorkerCheckedOut,
    WorkerErased,
    WorkerPresenceSet,
    WorkerRegistered,
    WorkerReported,
    WorkerRetired,
    WorkerTakenBack,
)
from services.decisions import common
from services.decisions.assignment import free_to_take, release_all, revive, unstage
from services.decisions.base import Ask, Command, Refused, changes, command, decides, evolves
from services.decisions.fields import WHOLE, AreaCode, Code, Label, PersonalLine, WorkerId, omitted
from services.decisions.references import ARRIVES, PLAIN
from services.decisions.state import State, Worker, add_fact, with_fact
from services.decisions.table import Table

Skills = Annotated[tuple[Code, ...], Field(max_length=50)]
CommandId = Annotated[
    str, Field(min_length=1, max_length=64, description="Id of the command to take back"), PLAIN
]
Capacity = Annotated[int, Field(ge=1, le=1000, description="Live assignments at once"), WHOLE]


def _lies(state: State, key: str, row: Worker) -> tuple[str]:
    place = state.places.get(key)
    return (place.area if place else row.home_area or state.jurisdiction,)


WORKERS = Table(
    "workers",
    Worker,
    kind="worker",
    areas=_lies,
    nowhere=lambda row: not row.duty.on and row.home_area is None,
    own=lambda state, key, worker: key == worker and key in state.workers,
    erasure=WorkerErased,
)


@command("worker.register", gateway=True)
class Register(Command):
    """Add a person who can be sent. Without `worker` the command's id becomes theirs."""

    worker: WorkerId | None = None
    role: Code
    home_area: AreaCode | None = None
    organisation: Label | None = None
    skills: Skills = ()
    vehicle: Label | None = None
    capacity: Capacity = 1
    name: PersonalLine | None = None
    phone: PersonalLine | None = None


@command("worker.amend")
class Amend(Command):
    """Change what is known of a worker; fields left out stay."""

    worker: WorkerId
    role: Code = omitted()
    home_area: AreaCode | None = None
    organisation: Label | None = None
    skills: Skills = omitted()
    vehicle: Label | None = None
    capacity: Capacity = omitted()
    name: PersonalLine | None = None
    phone: PersonalLine | None = None


@command("worker.retire")
class Retire(Command):
    """A person can no longer be sent; refused while they have a live assignment of their own."""

    worker: WorkerId
    reason: Code | None = None


@command("worker.report", fact=True, own=True)
class Report(Command):
    """Register once with the home community as available for service there; not a shift."""

    worker: Annotated[WorkerId, ARRIVES]
    area: AreaCode


@command("worker.check_in", fact=True, own=True)
class CheckIn(Command):
    """Go on duty at an area, or move there. With walk_in an unknown worker is registered at once."""

    worker: Annotated[WorkerId, ARRIVES]
    area: AreaCode
    walk_in: bool = False
    role: Code = "volunteer"
    organisation: Label | None = None
    name: PersonalLine | None = None
    phone: PersonalLine | None = None


@command("worker.set_presence", fact=True, own=True)
class SetPresence(Command):
    """Say that you are available, or on a break."""

    worker: WorkerId
    presence: Literal["available", "on_break"]


@command("worker.check_out", fact=True, own=True)
class CheckOut(Command):
    """Go off duty. With a live assignment of your own give `release` (the reason), which releases it."""

    worker: WorkerId
    release: Code | None = None


@command("worker.take_back", own=True)
class TakeBack(Command):
    """A mistap: void the worker's newest own fact, named by the id of the command that recorded it."""

    worker: WorkerId
    command: Annotated[str, PLAIN] = Field(
        min_length=1, max_length=64, description="Id of the command to take back"
    )


@command("worker.erase", by="admin")
class Erase(Command):
    """Destroy the worker's key: their personal data can never be read again. Retires them too."""

    worker: WorkerId


# -- decide ------------------------------------------------------------------------------------------------


@decides(Register)
def _register(state: State, c: Register, ask: Ask) -> Iterable[Event]:
    key = c.worker or ask.id
    if c.home_area:
        common.open_area(state, c.home_area, ask)
    known = state.workers.get(key)
    if known:
        if ask.observed and not known.retired and _registered_alike(known, c):
            return
        if known.erased:
            raise Refused("worker.erased", worker=key)
        ask.rule(known.retired, "worker.exists", worker=key)
    yield WorkerRegistered(
        worker=key,
        role=c.role,
        home_area=c.home_area,
        organisation=c.organisation,
        skills=tuple(c.skills),
        vehicle=c.vehicle,
        capacity=c.capacity,
        name=c.name,
        phone=c.phone,
    )


def _registered_alike(known: Worker, c: Register) -> bool:
    return all(
        getattr(known, field) == getattr(c, field)
        for field in ("role", "home_area", "organisation", "skills", "vehicle", "capacity")
    )


@decides(Amend)
def _amend(state: State, c: Amend, ask: Ask) -> Iterable[Event]:
    known = common.active_worker(state, c.worker, ask)
    given = changes(c, "worker")
    if given.get("home_area"):
        common.open_area(state, given["home_area"], ask)
    new = {k: v for k, v in given.items() if k in ("name", "phone") or getattr(known, k) != v}
    if new:
        yield WorkerAmended(worker=c.worker, **new)


@decides(Retire)
def _retire(state: State, c: Retire, ask: Ask) -> Iterator[Event]:
    known = common.worker(state, c.worker)
    if known.retired:
        return
    ask.rule(not known.live, "worker.has_assignment", worker=c.worker, live=known.live)
    yield from release_all(state, known.offers, "retired")
    for team in known.teams:
        yield TeamLeft(team=team, worker=c.worker, reason="retired")
    if known.duty.on:
        yield WorkerCheckedOut(worker=c.worker)  # a person-time ends with the duty
    yield WorkerRetired(worker=c.worker, reason=c.reason)


@decides(Report)
def _report(state: State, c: Report, ask: Ask) -> Iterable[Event]:
    known = common.active_worker(state, c.worker, ask)
    common.open_area(state, c.area, ask)
    if known.reported != c.area and not _holds(known, REPORT, c.area, ask.at):
        yield WorkerReported(worker=c.worker, area=c.area)


@decides(CheckIn)
def _check_in(state: State, c: CheckIn, ask: Ask) -> Iterable[Event]:
    common.open_area(state, c.area, ask)
    if c.worker not in state.workers and c.walk_in:
        yield WorkerRegistered(
            worker=c.worker,
            role=c.role,
            organisation=c.organisation,
            name=c.name,
            phone=c.phone,
            walk_in=True,
        )
    known = common.active_worker(state, c.worker, ask)
    if not _holds(known, IN, c.area, ask.at):
        yield WorkerCheckedIn(worker=c.worker, area=c.area)


@decides(SetPresence)
def _set_presence(state: State, c: SetPresence, ask: Ask) -> Iterable[Event]:
    known = common.active_worker(state, c.worker, ask)
    if _holds(known, BREAK if c.presence == "on_break" else AVAILABLE, None, ask.at):
        return
    ask.rule(
        known.duty.on or known.retired or ask.late,
        "worker.off_duty",
        worker=c.worker,
    )  # news of the past may come before the news of the check-in
    yield WorkerPresenceSet(worker=c.worker, presence=c.presence)


@decides(CheckOut)
def _check_out(state: State, c: CheckOut, ask: Ask) -> Iterable[Event]:
    known = common.active_worker(state, c.worker, ask)
    if _holds(known, OUT, None, ask.at):
        return
    if known.live and known.duty.on and not with_fact(known, Fact(ask.at, 1 << 62, OUT)).duty.on:
        yield from _leave_assignments(state, known, c, ask)
    yield WorkerCheckedOut(worker=c.worker)


def _leave_assignments(state: State, known: Worker, c: CheckOut, ask: Ask) -> Iterator[Event]:
    if c.release:
        yield from release_all(state, known.live, c.release)
    elif all(_begun_after(state, a, ask.at) for a in known.live):
        ask.note("duty.ended_under_assignment")  # late news: they had left before they were assigned
    else:
        ask.rule(False, "worker.has_assignment", worker=c.worker, live=known.live)


def _begun_after(state: State, assignment: str, at: datetime) -> bool:
    begun = state.assignments[assignment].begun_at
    return begun is not None and begun > at


@decides(TakeBack)
def _take_back(state: State, c: TakeBack, ask: Ask) -> Iterable[Event]:
    known = common.active_worker(state, c.worker, ask)
    fact = next((f for f in reversed(known.facts) if f.command == c.command), None)
    if fact is None:
        raise Refused("fact.unknown", worker=c.worker, command=c.command)
    ask.rule(known.facts[-1] is fact, "fact.not_newest", worker=c.worker)
    if fact.kind == ACT and fact.stage == "done":
        _check_revival(state, str(fact.assignment), known, ask)
    yield WorkerTakenBack(
        worker=c.worker,
        taken=c.command,
        position=fact.position,
        kind=fact.kind,
        assignment=fact.assignment,
        request=state.assignments[fact.assignment].request if fact.assignment else None,
        stage=fact.stage,
        at=fact.at,
    )


def _check_revival(state: State, key: str, known: Worker, ask: Ask) -> None:
    """A done that is taken back makes the assignment live again."""
    given = state.assignments[key]
    if given.state != "done":
        return
    common.unfinished(state, given.request, ask)
    if key not in state.requests[given.request].done:
        raise Refused("request.reopened", request=given.request)
    free_to_take(known, given.worker, None, None, ask)


@decides(Erase)
def _erase(state: State, c: Erase, ask: Ask) -> Iterable[Event]:
    known = common.worker(state, c.worker)
    if known.erased:
        return
    yield from _retire(state, Retire(worker=c.worker, reason="erased"), ask)
    yield WorkerErased(worker=c.worker)


def _holds(known: Worker, kind: str, area: str | None, at: datetime) -> bool:
    """Whether an equal fact (worker, kind, area, at) is recorded."""
    for fact in reversed(known.facts):
        if fact.at < at:  # they are in order of their times
            return False
        if fact.at == at and fact.kind == kind and fact.area == area:
            return True
    return False


# -- evolve ------------------------------------------------------------------------------------------------


@evolves(WorkerRegistered)
def _registered(state: State, e: WorkerRegistered, h: Happened) -> None:
    known = state.workers.get(e.worker) or Worker(role=e.role)
    new = msgspec.structs.replace(
        known,
        role=e.role,
        home_area=e.home_area,
        organisation=e.organisation,
        skills=e.skills,
        vehicle=e.vehicle,
        capacity=e.capacity,
        retired_at=None,
    )
    if known.retired:
        new = with_fact(new, Fact(h.at, h.position, ANEW))
    state.put(state.workers, e.worker, new)


@evolves(WorkerAmended)
def _amended(state: State, e: WorkerAmended, h: Happened) -> None:
    fields = ("role", "home_area", "organisation", "skills", "vehicle", "capacity")
    given = {f: getattr(e, f) for f in fields if getattr(e, f) is not msgspec.UNSET}
    state.put(state.workers, e.worker, msgspec.structs.replace(state.workers[e.worker], **given))


@evolves(WorkerRetired)
def _retired(state: State, e: WorkerRetired, h: Happened) -> None:
    state.put(state.workers, e.worker, msgspec.structs.replace(state.workers[e.worker], retired_at=h.at))


@evolves(WorkerErased)
def _erased(state: State, e: WorkerErased, h: Happened) -> None:
    state.put(state.workers, e.worker, msgspec.structs.replace(state.workers[e.worker], erased=True))


@evolves(WorkerReported)
def _reported(state: State, e: WorkerReported, h: Happened) -> None:
    add_fact(state, h)


@evolves(WorkerCheckedIn)
def _checked_in(state: State, e: WorkerCheckedIn, h: Happened) -> None:
    add_fact(state, h)


@evolves(WorkerPresenceSet)
def _presence_set(state: State, e: WorkerPresenceSet, h: Happened) -> None:
    add_fact(state, h)


@evolves(WorkerCheckedOut)
def _checked_out(state: State, e: WorkerCheckedOut, h: Happened) -> None:
    add_fact(state, h)


@evolves(WorkerTakenBack)
def _taken_back(state: State, e: WorkerTakenBack, h: Happened) -> None:
    known = state.workers[e.worker]
    facts = tuple(f for f in known.facts if f.position != e.position)
    gone = next(f for f in known.facts if f.position == e.position)
    state.put(state.workers, e.worker, msgspec.structs.replace(known, facts=facts, duty=fold(facts)))
    if e.assignment and e.stage == "done":
        revive(state, e.assignment)
    elif e.assignment and e.stage:
        unstage(state, e.assignment, e.stage, gone.at)
