"""The state of one jurisdiction: only what decisions need, changed only through one journaled put."""

from bisect import insort
from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from events.base import Happened, Move, Place, RequestMove, Standing
from events.commit import Head
from events.duty import ANEW, OFF, REPORT, Duty, Fact, fold, order, step
from events.facts import fact_of
from events.presence import presence_of
from events.request_state import UNFINISHED, state_of
from services.decisions.table import Table

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
R = TypeVar("R")


class Area(msgspec.Struct, frozen=True, gc=False):
    """An area; its code is its key. The root is none of these."""

    name: str
    lon: float | None = None
    lat: float | None = None
    closed_at: datetime | None = None


class Worker(msgspec.Struct, frozen=True):
    """`facts` are all own facts that are not taken back, in (at, position) order; `duty` is their fold."""

    role: str
    home_area: str | None = None
    organisation: str | None = None
    skills: tuple[str, ...] = ()
    vehicle: str | None = None
    capacity: int = 1
    retired_at: datetime | None = None
    """Set while they are off the roster."""
    erased: bool = False
    facts: tuple[Fact, ...] = ()
    duty: Duty = OFF
    teams: tuple[str, ...] = ()
    """Teams joined and not stood down."""
    live: tuple[str, ...] = ()
    """Own live assignments."""
    offers: tuple[str, ...] = ()

    @property
    def retired(self) -> bool:
        return self.retired_at is not None

    @property
    def reported(self) -> str | None:
        """The home community they last registered with for service."""
        kinds = (fact for fact in reversed(self.facts) if fact.kind in (REPORT, ANEW))
        newest = next(kinds, None)
        return newest.area if newest else None


class Team(msgspec.Struct, frozen=True):
    """A team; members in the order they joined."""

    name: str
    kind: str
    area: str
    organisation: str | None = None
    capacity: int | None = None
    state: str = "forming"
    leader: str | None = None
    members: tuple[str, ...] = ()
    live: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


class Incident(msgspec.Struct, frozen=True):
    """What is being responded to."""

    name: str
    kind: str
    areas: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None = None
    """Set while it is closed."""
    unfinished: int = 0
    """Its requests that are open, assigned or in_progress."""
    expected_days: int | None = None
    """How many local days it is expected to last; None = not known."""


class Request(msgspec.Struct, frozen=True):
    """A service that someone needs; `day` is the local day of opening."""

    category: str
    priority: int
    area: str
    incident: str | None
    day: str
    opened_at: datetime
    quantity: int = 1
    slots: int | None = 1
    due_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    ended: str | None = None
    """done, failed, cancelled or merged."""
    into: str | None = None
    """The request it was merged into."""
    erased: bool = False
    live: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    """Assignments done since it was last opened."""


class Assignment(msgspec.Struct, frozen=True):
    """One worker or team on one request."""

    request: str
    worker: str | None
    team: str | None
    state: str
    expires_at: datetime | None = None
    begun_at: datetime | None = None
    """When it became live (accepted or dispatched)."""
    ended_at: datetime | None = None
    stages: tuple[tuple[str, datetime], ...] = ()
    dispatched: bool = False


class Handover(msgspec.Struct, frozen=True):
    """A note that one shift leaves to the next."""

    area: str
    priority: int
    acknowledged: tuple[str, ...] = ()
    """By which actors."""
    resolved: bool = False
    erased: bool = False


class Known(msgspec.Struct, frozen=True, gc=False):
    """A command that is in the log: for repeats."""

    position: int
    """Of its last event."""
    body: str
    name: str = ""
    """Of its first event, as in the view of commands."""


class State:
    """All tables of one jurisdiction. Values are immutable; every change goes through `put`."""

    def __init__(self, jurisdiction: str) -> None:
        self.jurisdiction = jurisdiction
        self.head = Head()
        self.meta: dict[str, Any] = {}
        """timezone, name, zone, recorded_at (of the last commit), moved."""
        self.areas: dict[str, Area] = {}
        self.workers: dict[str, Worker] = {}
        self.teams: dict[str, Team] = {}
        self.incidents: dict[str, Incident] = {}
        self.requests: dict[str, Request] = {}
        self.assignments: dict[str, Assignment] = {}
        self.commands: dict[str, Known] = {}
        self.offers: dict[str, datetime] = {}
        """Open offers and when they expire."""
        self.places: dict[str, Place] = {}
        self.standings: dict[str, Standing] = {}
        self.handovers: dict[str, Handover] = {}
        self._journal: list[tuple[dict[Any, Any], Any, Any]] = []

    def __getitem__(self, table: Table[R]) -> dict[str, R]:
        return getattr(self, table.name)

    @property
    def established(self) -> bool:
        return "timezone" in self.meta

    @property
    def moved(self) -> str | None:
        """Where to, in words, perhaps none; None = it is here."""
        return self.meta.get("moved")

    def put(self, table: dict[K, V], key: K, value: V | None) -> None:
        """Set, or with None remove, a value; remembered until `settle` so that `undo` can take it back."""
        self._journal.append((table, key, table.get(key)))
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value

    def mark(self) -> int:
        """A point that `undo` can go back to."""
        return len(self._journal)

    def undo(self, mark: int = 0) -> None:
        """Take back every change since `mark`, newest first."""
        while len(self._journal) > mark:
            table, key, old = self._journal.pop()
            if old is None:
                table.pop(key, None)
            else:
                table[key] = old

    def settle(self) -> None:
        """All changes so far are confirmed."""
        self._journal.clear()

    def changed(self, mark: int) -> Iterable[tuple[dict[Any, Any], Any, Any]]:
        """(table, key, value before) of the changes since `mark`."""
        return self._journal[mark:]

    # -- derived ---------------------------------------------------------------------------------------

    def area_exists(self, code: str) -> bool:
        return code == self.jurisdiction or code in self.areas

    def active_team(self, worker: Worker) -> str | None:
        """The one active team a worker is in."""
        for team in worker.teams:
            if self.teams[team].state == "active":
                return team
        return None

    def place(self, worker: str) -> Place | None:
        """Where a worker counts now (interface: presence); None = not on the roster."""
        known = self.workers.get(worker)
        if known is None or known.retired:
            return None
        team = self.active_team(known)
        area = known.duty.area if known.duty.on else known.home_area
        return Place(area or self.jurisdiction, known.role, self._presence(known, team), team)

    def _presence(self, worker: Worker, team: str | None) -> str:
        live = worker.live + (self.teams[team].live if team else ())
        return presence_of(worker.duty, (self.assignments[a].state for a in live))

    def request_state(self, request: Request) -> str:
        """open, assigned, in_progress; or how it ended."""
        live = (self.assignments[a].state for a in request.live)
        return state_of(request.ended, done=bool(request.done), live=live)

    def standing(self, request: str) -> Standing | None:
        """How a request counts in the ledger now."""
        known = self.requests.get(request)
        if known is None:
            return None
        state = self.request_state(known)
        return Standing(known.area, known.incident, known.day, state, known.priority)

    def free_slots(self, request: Request) -> int | None:
        """How many more it takes; None = open-ended."""
        return None if request.slots is None else request.slots - len(request.live) - len(request.done)

    def moves(
        self, mark: int, always: Iterable[str] = ()
    ) -> tuple[tuple[Move, ...], tuple[RequestMove, ...]]:
        """Who and what moved by the changes since `mark`; workers in `always` even where nothing changed."""
        workers, requests = self._touched(mark, always)
        moved: list[Move] = []
        for worker in workers:
            before, after = self.places.get(worker), self.place(worker)
            if before != after or (worker in always and after is not None):
                moved.append(Move(worker, before, after))
        shifted: list[RequestMove] = []
        for request in requests:
            was, now = self.standings.get(request), self.standing(request)
            if was != now:
                shifted.append(RequestMove(request, was, now))
        return tuple(moved), tuple(shifted)

    def _touched(self, mark: int, always: Iterable[str]) -> tuple[dict[str, None], dict[str, None]]:
        workers, requests = dict.fromkeys(always), dict[str, None]()
        for table, key, old in self._journal[mark:]:
            if table is self.workers:
                workers[key] = None
            elif table is self.requests:
                requests[key] = None
            elif table is self.teams:
                now = self.teams.get(key)
                workers.update(dict.fromkeys(old.members if old else ()))
                workers.update(dict.fromkeys(now.members if now else ()))
            elif table is self.assignments:
                subject = self.assignments.get(key) or old
                requests[subject.request] = None
                if subject.worker:
                    workers[subject.worker] = None
                elif subject.team:
                    workers.update(dict.fromkeys(self.teams[subject.team].members))
        return workers, requests

    def settle_moves(self, moved: Iterable[Move], shifted: Iterable[RequestMove]) -> None:
        """Take over the places and standings that an event carries."""
        for move in moved:
            self.put(self.places, move.worker, move.after)
        for shift in shifted:
            self.put(self.standings, shift.request, shift.after)
            self._count(shift.before, -1)
            self._count(shift.after, 1)

    def _count(self, standing: Standing | None, by: int) -> None:
        if standing is None or standing.state not in UNFINISHED:
            return
        incident = self.incidents.get(standing.incident or "")
        if incident and standing.incident:
            counted = msgspec.structs.replace(incident, unfinished=incident.unfinished + by)
            self.put(self.incidents, standing.incident, counted)


def with_fact(worker: Worker, fact: Fact) -> Worker:
    """The worker with one more own fact, wherever its time puts it."""
    if not worker.facts or order(worker.facts[-1]) <= order(fact):
        return msgspec.structs.replace(worker, facts=(*worker.facts, fact), duty=step(worker.duty, fact))
    facts = list(worker.facts)
    insort(facts, fact, key=order)
    return msgspec.structs.replace(worker, facts=tuple(facts), duty=fold(facts))


def add_fact(state: State, happened: Happened) -> None:
    """Enter the own fact of a worker that an event tells, if any."""
    if told := fact_of(happened):
        worker, fact = told
        state.put(state.workers, worker, with_fact(state.workers[worker], fact))
