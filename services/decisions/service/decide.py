"""Decisions about service."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from events.base import Event
from events.service import (
    ServiceConfirmed,
    ServiceCorrected,
    ServiceLimits,
    ServiceLimitsSet,
    ServicePlanned,
    ServiceRecorded,
    ServiceWithdrawn,
)
from events.serving import limits_at
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides
from services.decisions.service.commands import Confirm, Correct, Plan, Record, SetLimits, Withdraw
from services.decisions.service.rules import MOST_DAYS, shown
from services.decisions.service.table import (
    CONFIRMATIONS,
    SERVICE_LIMITS,
    SERVICES,
    Service,
    confirmation_key,
)
from services.decisions.state import State
from services.decisions.worker.facts import home_at
from services.decisions.worker.table import WORKERS


@decides(Plan)
def _plan(state: State, c: Plan, ctx: Context) -> Iterable[Event]:
    key = c.service or ctx.id
    known = state[SERVICES].get(key)
    if known and known == Service(c.worker, c.area, c.since, c.until, c.what):
        return
    lookups.fresh(known, "service.exists", service=key)
    lookups.active_worker(state, c.worker, ctx)
    lookups.open_area(state, c.area, ctx)
    _lasts(c.since, c.until)
    ctx.rule(home_at(state, c.worker, ctx.now) is not None, "service.not_reported", worker=c.worker)
    _free(state, c.worker, c.since, c.until, ctx)
    yield ServicePlanned(service=key, worker=c.worker, area=c.area, since=c.since, until=c.until, what=c.what)


def _lasts(since: datetime, until: datetime) -> None:
    """Check that it ends after it begins, within a month. Raises Refused."""
    if until <= since:
        raise Refused("service.ends_first", since=since, until=until)
    if until - since > timedelta(days=MOST_DAYS):
        raise Refused("service.too_long", days=MOST_DAYS)


def _free(state: State, worker: str, since: datetime, until: datetime, ctx: Context) -> None:
    """Check that a person is not planned twice at one time. Raises Refused."""
    for key, row in state[SERVICES].items():
        planned = row.worker == worker and not row.actual and not row.withdrawn
        if planned and row.since < until and since < row.until:
            ctx.rule(False, "service.planned_already", worker=worker, service=key)


@decides(Record)
def _record(state: State, c: Record, ctx: Context) -> Iterable[Event]:
    key = c.service or ctx.id
    known = state[SERVICES].get(key)
    if known and known == Service(c.worker, c.area, c.since, c.until, c.what, actual=True):
        return
    planned = known is not None and not known.actual and not known.withdrawn
    lookups.fresh(known and not planned, "service.exists", service=key)
    lookups.known(state, WORKERS, c.worker)
    lookups.area(state, c.area)
    if known and known.worker != c.worker:
        raise Refused("service.of_another", service=key, worker=c.worker)
    _over(c.since, c.until, ctx)
    yield ServiceRecorded(
        service=key,
        worker=c.worker,
        area=c.area,
        since=c.since,
        until=c.until,
        what=c.what or (known.what if known else None),
    )


def _over(since: datetime, until: datetime, ctx: Context) -> None:
    """Check the times of what took place. Raises Refused."""
    _lasts(since, until)
    if until > ctx.now:
        raise Refused("service.future", until=until)


@decides(Correct)
def _correct(state: State, c: Correct, ctx: Context) -> Iterable[Event]:
    known = _standing(state, c.service)
    if not known.actual:
        raise Refused("service.only_planned", service=c.service)
    since, until, area = c.since or known.since, c.until or known.until, c.area or known.area
    lookups.area(state, area)
    _over(since, until, ctx)
    if (since, until, area) != (known.since, known.until, known.area):
        yield ServiceCorrected(
            service=c.service, worker=known.worker, area=area, since=since, until=until, reason=c.reason
        )


@decides(Withdraw)
def _withdraw(state: State, c: Withdraw, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, SERVICES, c.service)
    if not known.withdrawn:
        yield ServiceWithdrawn(service=c.service, worker=known.worker, area=known.area, reason=c.reason)


def _standing(state: State, key: str) -> Service:
    known = lookups.known(state, SERVICES, key)
    if known.withdrawn:
        raise Refused("service.withdrawn", service=key)
    return known


@decides(Confirm)
def _confirm(state: State, c: Confirm, ctx: Context) -> Iterable[Event]:
    lookups.known(state, WORKERS, c.worker)
    found = shown(state, c.worker, c.source, c.shown_by, ctx.now)
    if found is None or found.ongoing or (found.since, found.until) != (c.since, c.until):
        raise Refused("service.not_shown", worker=c.worker, shown_by=c.shown_by)
    said = state[CONFIRMATIONS].get(confirmation_key(c.worker, c.source, c.shown_by))
    if said is None or (said.since, said.until) != (c.since, c.until):
        yield ServiceConfirmed(
            worker=c.worker,
            area=found.area,
            source=c.source,
            shown_by=c.shown_by,
            since=c.since,
            until=c.until,
        )


@decides(SetLimits)
def _set_limits(state: State, c: SetLimits, ctx: Context) -> Iterable[Event]:
    limits = ServiceLimits(longest_hours=c.longest_hours, shortest_minutes=c.shortest_minutes)
    said = any(one.at == ctx.at for one in state[SERVICE_LIMITS].values())
    if limits != limits_at(state[SERVICE_LIMITS].values(), ctx.at) or (ctx.late and not said):
        yield ServiceLimitsSet(limits=limits)
