"""Decisions about workers."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from events.amendment import given as set_by
from events.assignment import DONE, GIVEN_BACK, RELEASED
from events.base import Event
from events.duty import ACT, ATTENDANCE, IN, OUT, REPORT, Fact
from events.facts import SAID
from events.signs import WORKER
from events.team import TeamLeft
from events.worker import (
    WorkerAmended,
    WorkerCheckedIn,
    WorkerCheckedOut,
    WorkerDutyCorrected,
    WorkerErased,
    WorkerLeftHome,
    WorkerPresenceSet,
    WorkerRegistered,
    WorkerReported,
    WorkerRetired,
    WorkerTakenBack,
)
from services.decisions import lookups
from services.decisions.amending import in_the_present, news, not_changed_since, subject, superseded
from services.decisions.assignment.rules import free_slot, free_to_take, not_twice, release_all
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.base import Context, Refused, changes, decides
from services.decisions.request.completing import reopen_if_not_done, revivable
from services.decisions.request.table import REQUESTS
from services.decisions.signs import free_sign, is_free, next_sign
from services.decisions.state import State
from services.decisions.worker.commands import (
    Amend,
    CheckIn,
    CheckOut,
    CorrectDuty,
    Erase,
    LeaveHome,
    Register,
    Report,
    Retire,
    SetPresence,
    TakeBack,
)
from services.decisions.worker.facts import (
    duty_corrected,
    duty_with,
    facts_at,
    home_at,
    newest_facts,
    own_facts,
)
from services.decisions.worker.table import WORKERS, Worker


@decides(Register)
def _register(state: State, c: Register, ctx: Context) -> Iterable[Event]:
    key = c.worker or ctx.id
    if c.home_area:
        lookups.open_area(state, c.home_area, ctx)
    known = state[WORKERS].get(key)
    if known:
        if ctx.observed and not known.retired and _registered_alike(known, c):
            return
        if known.erased:
            raise Refused("worker.erased", worker=key)
        ctx.rule(known.retired, "worker.exists", worker=key)
    new = WorkerRegistered(
        worker=key,
        role=c.role,
        home_area=c.home_area,
        organisation=c.organisation,
        skills=tuple(c.skills),
        vehicle=c.vehicle,
        capacity=c.capacity,
        name=c.name,
        phone=c.phone,
        **_signed(state, key, c.call_sign, ctx),
    )
    if known:
        about = subject(f"worker/{key}", known, known.registered_at)
        new = msgspec.structs.replace(new, superseded=superseded(state, about, set_by(new), ctx))
    yield new


def _signed(state: State, key: str, wanted: str | None, ctx: Context) -> dict[str, Any]:
    """Return the call sign of a worker who registers: as wished, else as before, else the log's next."""
    owner, known = f"worker/{key}", state[WORKERS].get(key)
    if wanted:
        free_sign(state, wanted, owner, ctx)
        return {"call_sign": wanted}
    if known and known.call_sign and is_free(state, known.call_sign, owner):
        return {"call_sign": known.call_sign}
    number, call_sign = next_sign(state, "worker", WORKER)
    return {"call_sign": call_sign, "number": number}


def _registered_alike(known: Worker, c: Register) -> bool:
    return c.call_sign in (None, known.call_sign) and all(
        getattr(known, field) == getattr(c, field)
        for field in ("role", "home_area", "organisation", "skills", "vehicle", "capacity")
    )


@decides(Amend)
def _amend(state: State, c: Amend, ctx: Context) -> Iterable[Event]:
    known = lookups.active_worker(state, c.worker, ctx)
    given = changes(c, "worker")
    if given.get("home_area"):
        lookups.open_area(state, given["home_area"], ctx)
    about = subject(f"worker/{c.worker}", known, known.registered_at)
    new = news(state, about, given, ctx)
    if call_sign := in_the_present(new).get("call_sign"):
        free_sign(state, call_sign, about.key, ctx)
    not_changed_since(state, about, c, new, ctx)
    if new:
        yield WorkerAmended(worker=c.worker, **new)


@decides(Retire)
def _retire(state: State, c: Retire, ctx: Context) -> Iterator[Event]:
    known = lookups.known(state, WORKERS, c.worker)
    if known.retired:
        return
    ctx.rule(not known.live, "worker.has_assignment", worker=c.worker, live=known.live)
    yield from release_all(state, known.offers, "retired")
    for team in known.teams:
        yield TeamLeft(team=team, worker=c.worker, reason="retired")
    if known.duty.on:
        yield WorkerCheckedOut(worker=c.worker)  # ends the person-time along with the duty
    yield WorkerRetired(worker=c.worker, reason=c.reason)


@decides(Report)
def _report(state: State, c: Report, ctx: Context) -> Iterable[Event]:
    lookups.active_worker(state, c.worker, ctx)
    lookups.open_area(state, c.area, ctx)
    if home_at(state, c.worker, ctx.at) != c.area and not _holds(state, c.worker, REPORT, c.area, ctx.at):
        yield WorkerReported(worker=c.worker, area=c.area)


@decides(LeaveHome)
def _leave_home(state: State, c: LeaveHome, ctx: Context) -> Iterable[Event]:
    lookups.active_worker(state, c.worker, ctx)
    home = home_at(state, c.worker, ctx.at)
    if home is not None:
        yield WorkerLeftHome(worker=c.worker, area=home)


@decides(CheckIn)
def _check_in(state: State, c: CheckIn, ctx: Context) -> Iterable[Event]:
    lookups.open_area(state, c.area, ctx)
    if c.worker not in state[WORKERS] and c.walk_in:
        yield WorkerRegistered(
            worker=c.worker,
            role=c.role,
            organisation=c.organisation,
            name=c.name,
            phone=c.phone,
            walk_in=True,
            **_signed(state, c.worker, None, ctx),
        )
    lookups.active_worker(state, c.worker, ctx)
    if not _holds(state, c.worker, IN, c.area, ctx.at):
        yield WorkerCheckedIn(worker=c.worker, area=c.area)


@decides(SetPresence)
def _set_presence(state: State, c: SetPresence, ctx: Context) -> Iterable[Event]:
    known = lookups.active_worker(state, c.worker, ctx)
    if _holds(state, c.worker, SAID[c.presence], None, ctx.at):
        return
    ctx.rule(
        known.duty.on or known.retired or ctx.late,
        "worker.off_duty",
        worker=c.worker,
    )  # a late report may arrive before that of the check-in
    yield WorkerPresenceSet(worker=c.worker, presence=c.presence)


@decides(CheckOut)
def _check_out(state: State, c: CheckOut, ctx: Context) -> Iterable[Event]:
    known = lookups.active_worker(state, c.worker, ctx)
    if _holds(state, c.worker, OUT, None, ctx.at):
        return
    if known.live and known.duty.on and not duty_with(state, c.worker, Fact(ctx.at, 1 << 62, OUT)).on:
        yield from _leave_assignments(state, known, c, ctx)
    yield WorkerCheckedOut(worker=c.worker)


def _leave_assignments(state: State, known: Worker, c: CheckOut, ctx: Context) -> Iterator[Event]:
    if c.release:
        yield from release_all(state, known.live, c.release)
    elif all(_begun_after(state, a, ctx.at) for a in known.live):
        ctx.note("duty.ended_under_assignment")  # late report: they had left before being assigned
    else:
        ctx.rule(False, "worker.has_assignment", worker=c.worker, live=known.live)


def _begun_after(state: State, assignment: str, at: datetime) -> bool:
    begun = state[ASSIGNMENTS][assignment].begun_at
    return begun is not None and begun > at


@decides(TakeBack)
def _take_back(state: State, c: TakeBack, ctx: Context) -> Iterable[Event]:
    known = lookups.active_worker(state, c.worker, ctx)
    fact, newest = _last_of(state, known, c)
    ctx.rule(newest, "fact.not_newest", worker=c.worker)
    if fact.kind == ACT and fact.stage == DONE:
        _check_revival(state, str(fact.assignment), known, ctx)
    if fact.kind == ACT and fact.stage == GIVEN_BACK:
        _check_regaining(state, str(fact.assignment), fact.at, known, ctx)
    request = state[ASSIGNMENTS][fact.assignment].request if fact.assignment else None
    yield WorkerTakenBack(
        worker=c.worker,
        taken=c.command,
        position=fact.position,
        kind=fact.kind,
        assignment=fact.assignment,
        request=request,
        stage=fact.stage,
        at=fact.at,
    )
    if request:
        yield from reopen_if_not_done(state, request)


def _last_of(state: State, known: Worker, c: TakeBack) -> tuple[Fact, bool]:
    """Return the last fact of a command, and whether it is the worker's newest. Raises Refused."""
    for facts in (newest_facts(known), own_facts(state, c.worker)):
        for fact in reversed(facts):
            if fact.command == c.command:
                return fact, fact is facts[-1]
    raise Refused("fact.unknown", worker=c.worker, command=c.command)


@decides(CorrectDuty)
def _correct_duty(state: State, c: CorrectDuty, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, WORKERS, c.worker)
    fact = _attendance(state, c)
    at, area = c.happened_at or fact.at, c.area or fact.area
    if c.area and fact.kind != IN:
        raise Refused("fact.no_area", worker=c.worker)
    if at > ctx.now:
        raise Refused("fact.future", at=at)
    if c.area:
        lookups.open_area(state, c.area, ctx)
    if (at, area) == (fact.at, fact.area):
        return
    ends = known.duty.on and not known.retired and not duty_corrected(state, c.worker, fact, at, area).on
    ctx.rule(not (ends and known.live), "worker.has_assignment", worker=c.worker, live=known.live)
    yield WorkerDutyCorrected(
        worker=c.worker,
        fact=c.fact,
        position=fact.position,
        kind=fact.kind,
        was_at=fact.at,
        was_area=fact.area,
        at=at,
        area=area,
        reason=c.reason,
    )


def _attendance(state: State, c: CorrectDuty) -> Fact:
    """Return the fact to correct. Raises Refused."""
    found = [fact for fact in own_facts(state, c.worker) if fact.command == c.fact]
    for fact in found:
        if fact.kind in ATTENDANCE:
            return fact
    if found:
        raise Refused("fact.not_attendance", worker=c.worker, command=c.fact)
    raise Refused("fact.unknown", worker=c.worker, command=c.fact)


def _check_revival(state: State, key: str, known: Worker, ctx: Context) -> None:
    """Check that taking back a done may make the assignment live again."""
    given = state[ASSIGNMENTS][key]
    if given.state != DONE:
        return
    revivable(state, given.request, ctx)
    if key not in state[REQUESTS][given.request].done:
        raise Refused("request.reopened", request=given.request)
    free_to_take(known, given.worker, None, None, ctx)


def _check_regaining(state: State, key: str, at: datetime, known: Worker, ctx: Context) -> None:
    """Check that taking back a giving back may make the assignment live again."""
    given = state[ASSIGNMENTS][key]
    if (given.state, given.ended_at) == (RELEASED, at):
        request = free_slot(state, given.request, ctx)
        not_twice(state, request, given.worker, given.team, ctx)
        free_to_take(known, given.worker, given.team, None, ctx)


@decides(Erase)
def _erase(state: State, c: Erase, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, WORKERS, c.worker)
    if known.erased:
        return
    yield from _retire(state, Retire(worker=c.worker, reason="erased"), ctx)
    yield WorkerErased(worker=c.worker)


def _holds(state: State, worker: str, kind: str, area: str | None, at: datetime) -> bool:
    """Whether an equal fact (worker, kind, area, at) is recorded, or was before it was corrected."""
    if any(fact.told == (at, area) and fact.kind == kind for fact in state[WORKERS][worker].corrected):
        return True
    return any(fact.kind == kind and fact.area == area for fact in facts_at(state, worker, at))
