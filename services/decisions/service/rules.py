"""What shows a person's service in the state: their duty, their tasks, and what was recorded by hand."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from events.alliance_history import ENDED, standing
from events.assignment import DONE
from events.duty import home
from events.service import ACTIVITY, Source
from events.serving import Confirmed, Served, Stretch, attended, duties, served, task
from services.decisions.activity.table import ACTIVITIES
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.request.table import REQUESTS
from services.decisions.service.table import CONFIRMATIONS, SERVICE_LIMITS, SERVICES
from services.decisions.state import State
from services.decisions.worker.facts import keep_at_hand, own_facts

MOST_DAYS: Final = 31
"""Longest plan or record."""


def stretches(state: State, worker: str, now: datetime) -> Iterator[Stretch]:
    """Yield what shows that somebody served, up to an instant, at home or not."""
    at_hand(state, (worker,))
    facts = own_facts(state, worker)
    yield from duties(worker, facts, now)
    for key, row in state[SERVICES].items():
        if row.worker == worker and row.actual and not row.withdrawn:
            yield Stretch(worker, ACTIVITY, key, row.area, row.since, row.until)
    for key, row in state[ACTIVITIES].items():
        then = standing(row.facts)
        if row.serves and then and then.state not in ENDED and worker in then.came:
            one = attended(worker, key, row.area, row.begins, row.ends, now)
            if one:
                yield one
    for key in dict.fromkeys(fact.assignment for fact in facts if fact.stage == DONE):
        given = state[ASSIGNMENTS][str(key)]
        if given.state == DONE and given.ended_at:
            area = state[REQUESTS][given.request].area
            one = task(worker, str(key), area, (at for _, at in given.stages), given.ended_at)
            if one:
                yield one


def at_hand(state: State, workers: Collection[str]) -> None:
    """Raise Away for everything at once that shows the service of these workers and is put away."""
    keep_at_hand(state, workers)
    done = (fact.assignment for key in workers for fact in own_facts(state, key) if fact.stage == DONE)
    tasks = state.some(ASSIGNMENTS, dict.fromkeys(map(str, done)))
    state.some(REQUESTS, dict.fromkeys(given.request for given in tasks))


def confirmed(state: State, worker: str) -> Confirmed:
    """Return what was confirmed of somebody."""
    rows = (one for one in state[CONFIRMATIONS].values() if one.worker == worker)
    return frozenset((one.source, one.shown_by, one.since, one.until) for one in rows)


def service_of(state: State, worker: str, now: datetime) -> list[Served]:
    """Return somebody's service up to an instant: what began while they were reported home."""
    facts = own_facts(state, worker)
    found = stretches(state, worker, now)
    shown = (one for one in found if home(fact for fact in facts if fact.at <= one.since) is not None)
    return served(shown, tuple(state[SERVICE_LIMITS].values()), confirmed(state, worker))


def shown(state: State, worker: str, source: Source, shown_by: str, now: datetime) -> Stretch | None:
    """Return a stretch of somebody's by what shows it."""
    found = stretches(state, worker, now)
    return next((one for one in found if (one.source, one.shown_by) == (source, shown_by)), None)
