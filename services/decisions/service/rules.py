"""What shows a person's service in the state: their duty, their tasks, and what was recorded by hand."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from events.alliance_history import ENDED, standing
from events.assignment import DONE
from events.service import ACTIVITY, Source
from events.serving import Confirmed, Served, Stretch, attended, duties, served, task
from services.decisions.activity.table import ACTIVITIES
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.request.table import REQUESTS
from services.decisions.service.table import CONFIRMATIONS, SERVICE_LIMITS, SERVICES
from services.decisions.state import State
from services.decisions.worker.table import WORKERS

MOST_DAYS: Final = 31
"""Longest plan or record."""


def stretches(state: State, worker: str, now: datetime) -> Iterator[Stretch]:
    """Yield what shows that somebody served, up to an instant, at home or not."""
    yield from duties(worker, state[WORKERS][worker].facts, now)
    for key, row in state[SERVICES].items():
        if row.worker == worker and row.actual and not row.withdrawn:
            yield Stretch(worker, ACTIVITY, key, row.area, row.since, row.until)
    for key, row in state[ACTIVITIES].items():
        then = standing(row.facts)
        if row.serves and then and then.state not in ENDED and worker in then.came:
            one = attended(worker, key, row.area, row.begins, row.ends, now)
            if one:
                yield one
    for key, given in state[ASSIGNMENTS].items():
        if given.worker == worker and given.state == DONE and given.ended_at:
            area = state[REQUESTS][given.request].area
            one = task(worker, key, area, (at for _, at in given.stages), given.ended_at)
            if one:
                yield one


def confirmed(state: State, worker: str) -> Confirmed:
    """Return what was confirmed of somebody."""
    rows = (one for one in state[CONFIRMATIONS].values() if one.worker == worker)
    return frozenset((one.source, one.shown_by, one.since, one.until) for one in rows)


def service_of(state: State, worker: str, now: datetime) -> list[Served]:
    """Return somebody's service up to an instant: what began while they were reported home."""
    known = state[WORKERS][worker]
    shown = (one for one in stretches(state, worker, now) if known.home_at(one.since) is not None)
    return served(shown, tuple(state[SERVICE_LIMITS].values()), confirmed(state, worker))


def shown(state: State, worker: str, source: Source, shown_by: str, now: datetime) -> Stretch | None:
    """Return a stretch of somebody's by what shows it."""
    found = stretches(state, worker, now)
    return next((one for one in found if (one.source, one.shown_by) == (source, shown_by)), None)
