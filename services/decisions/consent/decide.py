"""Decisions about consent."""

from collections.abc import Iterable

from events.base import Event
from events.consent import ConsentGiven, ConsentWithdrawn, consents
from services.decisions import lookups
from services.decisions.base import Context, decides
from services.decisions.consent.commands import Consent, WithdrawConsent
from services.decisions.consent.rules import home, unnamed
from services.decisions.consent.table import CONSENTS, handle
from services.decisions.state import State
from services.decisions.worker.table import WORKERS


@decides(Consent)
def _consent(state: State, c: Consent, ctx: Context) -> Iterable[Event]:
    worker = lookups.active_worker(state, c.worker, ctx)
    lookups.fresh(worker.erased, "worker.erased", worker=c.worker)
    if handle(state, c.worker) is None:
        _refuse_before_the_last(state, c.worker, ctx)
        yield ConsentGiven(worker=c.worker, area=home(state, c.worker), consent=ctx.id)


@decides(WithdrawConsent)
def _withdraw(state: State, c: WithdrawConsent, ctx: Context) -> Iterable[Event]:
    lookups.known(state, WORKERS, c.worker)
    given = handle(state, c.worker)
    if given is not None:
        _refuse_before_the_last(state, c.worker, ctx)
        yield ConsentWithdrawn(worker=c.worker, area=home(state, c.worker), consent=given)
        yield from unnamed(state, given, "withdrawn")


def _refuse_before_the_last(state: State, worker: str, ctx: Context) -> None:
    """Require the time of a change not to lie before that of the last one, which it would contradict."""
    last = consents(state[CONSENTS].get(worker, ()))
    ctx.rule(last is None or last.at <= ctx.at, "consent.later", worker=worker, since=last and last.at)
