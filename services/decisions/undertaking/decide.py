"""Decisions about undertakings."""

from collections.abc import Iterable
from typing import Any, Final

from events.base import Event
from events.undertaking import (
    Due,
    UndertakingDone,
    UndertakingErased,
    UndertakingEvidenced,
    UndertakingHandedOver,
    UndertakingReopened,
    UndertakingRescheduled,
    UndertakingReworded,
    UndertakingSetUp,
    UndertakingStepDone,
    UndertakingStepDropped,
    UndertakingStepPlanned,
    UndertakingWaitsSet,
    UndertakingWithdrawn,
)
from events.undertaking_history import MOST_STEPS, UndertakingThen, days_of, standing
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides
from services.decisions.state import State
from services.decisions.undertaking.commands import (
    AddEvidence,
    DropStep,
    EraseIt,
    FinishIt,
    FinishStep,
    HandOver,
    PlanStep,
    ReopenIt,
    Reschedule,
    Reword,
    SetUp,
    SetWaits,
    WithdrawIt,
)
from services.decisions.undertaking.rules import (
    at_its_time,
    due_of,
    is_leaders,
    is_others,
    not_ended_since,
    responsible,
)
from services.decisions.undertaking.table import SUBTASKS, UNDERTAKINGS, WAITS, Undertaking

MOST_FILES: Final = 40


@decides(SetUp)
def _set_up(state: State, c: SetUp, ctx: Context) -> Iterable[Event]:
    key = c.undertaking or ctx.id
    above = at_its_time(state, c.parent, "step_planned", ctx)[0] if c.parent else None
    area = c.area or (above.area if above else None) or state.jurisdiction
    known = state[UNDERTAKINGS].get(key)
    due = due_of(state, c.due, c.due_in, ctx)
    if known and ctx.observed and _same(known, c, area, due, ctx):
        return
    lookups.fresh(known, "undertaking.exists", undertaking=key)
    lookups.open_area(state, area, ctx)
    unit = responsible(state, c.leader, c.unit, ctx)
    yield UndertakingSetUp(
        undertaking=key,
        area=area,
        title=c.title,
        category=c.category,
        leader=c.leader,
        unit=unit,
        goal=c.goal,
        measures=c.measures,
        due=due,
        parent=c.parent,
    )
    for one in c.steps:
        planned = due_of(state, one.due, None, ctx)
        if planned:
            yield UndertakingStepPlanned(undertaking=key, area=area, step=one.step, due=planned)


def _same(known: Undertaking, c: SetUp, area: str, due: Due | None, ctx: Context) -> bool:
    """Whether an observed command says again what was set up."""
    first = next(one for one in known.facts if one.kind == "set_up")
    if c.unit not in (None, first.unit) or due not in (None, first.due):
        return False
    told = (known.area, known.category, known.parent, first.title, first.leader, first.goal, first.measures)
    return first.at == ctx.at and told == (area, c.category, c.parent, c.title, c.leader, c.goal, c.measures)


@decides(Reword)
def _reword(state: State, c: Reword, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.undertaking, "reworded", ctx)
    if (then.title, then.goal, then.measures) != (c.title, c.goal, c.measures):
        yield UndertakingReworded(
            undertaking=c.undertaking, area=row.area, title=c.title, goal=c.goal, measures=c.measures
        )


@decides(HandOver)
def _hand_over(state: State, c: HandOver, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.undertaking, "handed_over", ctx)
    unit = responsible(state, c.leader, c.unit, ctx)
    if (then.leader, then.unit) != (c.leader, unit):
        yield UndertakingHandedOver(undertaking=c.undertaking, area=row.area, leader=c.leader, unit=unit)


@decides(Reschedule)
def _reschedule(state: State, c: Reschedule, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.undertaking, "rescheduled", ctx)
    is_others(state, c.undertaking, then, ctx)
    due = _needed(due_of(state, c.due, c.due_in, ctx))
    if then.due != due:
        yield UndertakingRescheduled(undertaking=c.undertaking, area=row.area, due=due, reason=c.reason)


def _needed(due: Due | None) -> Due:
    if due is None:
        raise Refused("undertaking.no_deadline")
    return due


@decides(PlanStep)
def _plan_step(state: State, c: PlanStep, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.undertaking, "step_planned", ctx)
    due = _needed(due_of(state, c.due, c.due_in, ctx))
    known = next((one for one in then.steps if one.step == c.step), None)
    if known and known.due == due and known.state != "dropped":
        return
    if known:
        is_others(state, c.undertaking, then, ctx)
        if known.state == "done":
            raise Refused("undertaking.step_done", undertaking=c.undertaking, step=c.step)
        if c.reason is None:
            raise Refused("undertaking.no_reason", undertaking=c.undertaking, step=c.step)
    elif len(then.steps) >= MOST_STEPS:
        raise Refused("undertaking.too_many_steps", undertaking=c.undertaking, most=MOST_STEPS)
    yield UndertakingStepPlanned(
        undertaking=c.undertaking, area=row.area, step=c.step, due=due, reason=c.reason
    )


@decides(FinishStep)
def _finish_step(state: State, c: FinishStep, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.undertaking, "step_done", ctx)
    is_leaders(state, c.undertaking, then, ctx)
    if _open_step(then, c.undertaking, c.step) == "open":
        yield UndertakingStepDone(undertaking=c.undertaking, area=row.area, step=c.step, note=c.note)


@decides(DropStep)
def _drop_step(state: State, c: DropStep, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.undertaking, "step_dropped", ctx)
    is_others(state, c.undertaking, then, ctx)
    if _open_step(then, c.undertaking, c.step) == "open":
        yield UndertakingStepDropped(undertaking=c.undertaking, area=row.area, step=c.step, reason=c.reason)


def _open_step(then: UndertakingThen, key: str, step: str) -> str:
    """Return the state of a step. Raises Refused if there was none of this name."""
    known = next((one for one in then.steps if one.step == step), None)
    if known is None:
        raise Refused("undertaking.no_step", undertaking=key, step=step)
    return known.state


@decides(AddEvidence)
def _evidence(state: State, c: AddEvidence, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.undertaking, "evidenced", ctx)
    if c.step is not None:
        _open_step(then, c.undertaking, c.step)
    files = {one.file for one in row.facts if one.file}
    if c.file in files:
        return
    if c.file and len(files) >= MOST_FILES:
        raise Refused("undertaking.files", undertaking=c.undertaking, most=MOST_FILES)
    yield UndertakingEvidenced(
        undertaking=c.undertaking,
        area=row.area,
        evidence=c.evidence,
        digest=c.digest,
        step=c.step,
        file=c.file,
    )


@decides(FinishIt)
def _finish(state: State, c: FinishIt, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.undertaking, "done", ctx)
    is_leaders(state, c.undertaking, then, ctx)
    not_ended_since(state, c.undertaking, row, ctx)
    parts = state[SUBTASKS].get(c.undertaking, ())
    waiting = sum(_is_open(state, one, ctx) for one in parts)
    ctx.rule(not waiting, "undertaking.open_subtasks", undertaking=c.undertaking, subtasks=waiting)
    yield UndertakingDone(undertaking=c.undertaking, area=row.area, note=c.note)


def _is_open(state: State, key: str, ctx: Context) -> bool:
    then = standing(state[UNDERTAKINGS][key].facts, ctx.at)
    return then is not None and then.state == "open"


@decides(WithdrawIt)
def _withdraw(state: State, c: WithdrawIt, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.undertaking, "withdrawn", ctx)
    is_others(state, c.undertaking, then, ctx)
    not_ended_since(state, c.undertaking, row, ctx)
    yield UndertakingWithdrawn(undertaking=c.undertaking, area=row.area, reason=c.reason)


@decides(ReopenIt)
def _reopen(state: State, c: ReopenIt, ctx: Context) -> Iterable[Event]:
    row, _ = at_its_time(state, c.undertaking, "reopened", ctx)
    not_ended_since(state, c.undertaking, row, ctx)
    yield UndertakingReopened(undertaking=c.undertaking, area=row.area, reason=c.reason)


@decides(EraseIt)
def _erase(state: State, c: EraseIt, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, UNDERTAKINGS, c.undertaking)
    if not row.erased:
        yield UndertakingErased(undertaking=c.undertaking, area=row.area)


@decides(SetWaits)
def _set_waits(state: State, c: SetWaits, ctx: Context) -> Iterable[Event]:
    days: dict[str, Any] = {"remind": c.remind, "escalate": c.escalate, "finding": c.finding}
    new = UndertakingWaitsSet(**days)
    known = [one for one in state[WAITS].get(state.jurisdiction, ()) if one.at <= ctx.at]
    if not known or known[-1].days != days_of(new):
        yield new
