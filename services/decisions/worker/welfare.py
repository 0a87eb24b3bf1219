"""Welfare checks: signs of life of people on scene or alone. The roster shows them."""

from collections.abc import Iterable

from events.base import Event, EventEnvelope
from events.standing import area_of
from events.worker import WorkerWelfareChecked
from services.decisions import lookups
from services.decisions.base import Context, decides, evolves
from services.decisions.state import State
from services.decisions.worker.commands import CheckWelfare


@decides(CheckWelfare)
def _check(state: State, c: CheckWelfare, ctx: Context) -> Iterable[Event]:
    known = lookups.active_worker(state, c.worker, ctx)
    there = known.duty.on or known.retired or ctx.late
    ctx.rule(there, "worker.off_duty", worker=c.worker)  # a late report may arrive before the check-in's
    yield WorkerWelfareChecked(worker=c.worker, area=area_of(known, state.jurisdiction), note=c.note)


@evolves(WorkerWelfareChecked)
def _checked(state: State, e: WorkerWelfareChecked, envelope: EventEnvelope) -> None:
    """Change nothing: no rule depends on it."""
