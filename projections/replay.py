"""Fold events in the order they happened, late ones included, into who was where and doing what at an
instant, or through time.

Events count from when they happened (`at`), in (at, position) order; facts taken back never count, and
corrected ones count as corrected. An
assignment's state is its most advanced stage at that time.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter

import msgspec

from events import assignment, request, team, worker
from events.amendment import at_its_time
from events.base import Event, EventEnvelope
from events.duty import HOME, OFF, Duty, order, step
from events.facts import as_corrected, correction, fact_of
from events.request_state import ended_by
from projections import requests


class Worker(msgspec.Struct):
    """A worker at the instant."""

    role: str
    home_area: str | None
    duty: Duty = OFF
    retired: bool = False
    teams: dict[str, None] = {}
    live: dict[str, None] = {}


class Team(msgspec.Struct):
    """A team at the instant."""

    state: str = team.FORMING
    live: dict[str, None] = {}


class Assignment(msgspec.Struct):
    """An assignment at the instant."""

    request: str
    worker: str | None
    team: str | None
    number: int = 0
    """How many assignments began before it."""
    begun_at: datetime | None = None
    stages: list[str] = []
    dispatched: bool = False
    ended: str | None = None
    late_done: bool = False
    """`done` was reported only after the release: done until the release, released afterwards."""

    @property
    def state(self) -> str:
        if self.ended:
            return self.ended
        if self.begun_at is None:
            return assignment.OFFERED
        return assignment.live_state(self.stages, dispatched=self.dispatched)

    @property
    def live(self) -> bool:
        return self.ended is None and self.begun_at is not None

    def take(self, e: assignment.AssignmentEvent, at: datetime) -> None:
        """Apply one more of its events."""
        match e:
            case assignment.AssignmentAccepted():
                self.begun_at = self.begun_at or at
            case assignment.AssignmentDispatched():
                self.begun_at, self.dispatched = self.begun_at or at, True
            case assignment.AssignmentProgressed():
                self.stages.append(e.stage)
            case _:
                self._end(e)

    def _end(self, e: assignment.AssignmentEvent) -> None:
        if isinstance(e, assignment.AssignmentReleased) and self.ended == assignment.DONE and self.late_done:
            self.ended = None
        if isinstance(e, assignment.AssignmentDone):
            self.late_done = e.state != assignment.DONE
        self.ended = self.ended or assignment.ended_by(e)


class Replay:
    """A jurisdiction's workers, teams, assignments and requests as they were at an instant.

    Each follows from the events that name it, so that some can also be replayed alone.
    """

    def __init__(
        self, jurisdiction: str, events: Iterable[EventEnvelope], at: datetime | None = None
    ) -> None:
        """`events`: in the log's order. Without an instant nothing is applied yet; see `instants`."""
        self.jurisdiction = jurisdiction
        self.workers: dict[str, Worker] = {}
        self.teams: dict[str, Team] = {}
        self.assignments: dict[str, Assignment] = {}
        self.rows: dict[str, requests.RequestRow] = {}
        self.by_request: dict[str, list[str]] = {}
        self.done: dict[str, dict[str, None]] = {}
        """Request -> its assignments done since it was last opened."""
        self.ended: dict[str, str | None] = {}
        self.ends: dict[str, datetime] = {}
        """When each assignment ended, even if after the instant."""
        self._first: dict[str, worker.WorkerRegistered] = {}
        counting = self._counting(events)
        if at:
            counting = [event for event in counting if event.at <= at]
        self._ahead = sorted(counting, key=order)
        if at:
            for event in self._ahead:
                self._take(event)

    def instants(self) -> Iterator[datetime]:
        """Go through time: yield each instant at which something happened, once all of it is applied."""
        for at, events in groupby(self._ahead, key=attrgetter("at")):
            for event in events:
                self._take(event)
            yield at

    def _counting(self, events: Iterable[EventEnvelope]) -> list[EventEnvelope]:
        known = list(events)
        void = {e.data.position for e in known if isinstance(e.data, worker.WorkerTakenBack)}
        void |= _undone_by_itself(known)
        counting: list[EventEnvelope] = []
        corrections = correction(known)
        for recorded in known:
            if recorded.position in void:
                continue
            event = at_its_time(as_corrected(recorded, corrections.get(recorded.position)))
            if isinstance(event.data, worker.WorkerRegistered):
                self._first.setdefault(event.data.worker, event.data)
            if isinstance(event.data, assignment.AssignmentDone | assignment.AssignmentReleased):
                self.ends.setdefault(event.data.assignment, event.at)
            counting.append(event)
        return counting

    def _take(self, event: EventEnvelope) -> None:
        e = event.data
        if isinstance(e, assignment.AssignmentEvent):
            self._take_assignment(e, event.at)
        self._take_team(e)
        self._take_worker(e)
        self._take_fact(event)
        self._take_request(event)

    def _worker(self, key: str) -> Worker:
        """Return a worker, also for events older than their registration, or replayed without it."""
        known = self.workers.get(key)
        if known is None:
            first = self._first.get(key)
            known = Worker(first.role, first.home_area) if first else Worker("", None)
            self.workers[key] = known
        return known

    def _take_worker(self, e: Event) -> None:
        match e:
            case worker.WorkerRegistered():
                known = self._worker(e.worker)
                known.role, known.home_area = e.role, e.home_area
                if known.retired:
                    known.retired, known.duty = False, OFF
            case worker.WorkerAmended():
                known = self._worker(e.worker)
                known.role = known.role if e.role is msgspec.UNSET else e.role
                known.home_area = known.home_area if e.home_area is msgspec.UNSET else e.home_area
            case worker.WorkerRetired():
                self._worker(e.worker).retired = True
            case _:
                pass

    def _take_fact(self, event: EventEnvelope) -> None:
        told = fact_of(event)
        if told and told[1].kind not in HOME:  # a report is not a duty and may predate the registration
            known = self._worker(told[0])
            known.duty = step(known.duty, told[1])

    def _team(self, key: str) -> Team:
        return self.teams.setdefault(key, Team())

    def _take_team(self, e: Event) -> None:
        match e:
            case team.TeamActivated():
                self._team(e.team).state = team.ACTIVE
            case team.TeamStoodDown():
                self._team(e.team).state = team.STOOD_DOWN
            case team.TeamJoined():
                self._team(e.team)
                self._worker(e.worker).teams[e.team] = None
            case team.TeamLeft():
                self._worker(e.worker).teams.pop(e.team, None)
            case _:
                pass

    def _take_assignment(self, e: assignment.AssignmentEvent, at: datetime) -> None:
        task = self.assignments.get(e.assignment)
        if task is None:
            task = Assignment(e.request, e.worker, e.team, len(self.assignments))
            self.assignments[e.assignment] = task
            self.by_request.setdefault(e.request, []).append(e.assignment)
        before = task.ended
        task.take(e, at)
        if task.ended != before:
            _hold(self.done.setdefault(e.request, {}), e.assignment, task.ended == assignment.DONE)
        holder = self._worker(e.worker) if e.worker else self._team(e.team or "")
        _hold(holder.live, e.assignment, task.live)

    def _take_request(self, event: EventEnvelope) -> None:
        for key in requests.keys(event):
            row = requests.evolve(self.rows.get(key), event, key)
            if row:
                self.rows[key] = row
        e = event.data
        if isinstance(e, request.RequestReopened):
            self.ended[e.request] = None
            self.done.pop(e.request, None)
        elif told := ended_by(e):
            key, how = told
            self.ended[key] = how


def _undone_by_itself(events: Iterable[EventEnvelope]) -> set[int]:
    """Return positions of completions that taking back a done reverted, and of the reopenings that did so."""
    completed: dict[str, int] = {}
    found: set[int] = set()
    for event in events:  # in log order
        match event.data:
            case request.RequestCompleted(automatic=True) as e:
                completed[e.request] = event.position
            case request.RequestReopened(automatic=True) as e:
                found |= {completed[e.request], event.position}
            case _:
                pass
    return found


def _hold(keys: dict[str, None], key: str, member: bool) -> None:
    if member:
        keys[key] = None
    else:
        keys.pop(key, None)
