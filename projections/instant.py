"""The board at an instant, late facts included: what was so then, by all that is known now.

Events count from when they happened (`at`), in (at, position) order; what was taken back never counts. An
assignment stands by its most advanced stage of that time. At the present instant this is the live board,
except where an observed claim (a join, an amendment) came later than a newer one of the same kind.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

import msgspec

from events import assignment, request, team, worker
from events.base import Event, Happened, Place
from events.duty import ACT, AVAILABLE, BREAK, IN, OFF, OUT, Duty, Fact, step
from events.jurisdiction import JurisdictionEstablished
from projections import busy, headcount, requests
from projections.base import Own, Row, View
from projections.requests import RequestRow

_ORDER = attrgetter("at", "position")
_RANK: Final = {"en_route": 1, "on_scene": 2}
_UNDER_WAY: Final = frozenset(_RANK)


class StandRow(Row, frozen=True, kw_only=True):
    """Where one worker stood."""

    worker: str
    area: str
    role: str
    presence: str
    team: str | None = None
    since: datetime | None = None
    """Of the duty; None = off duty."""


class _Worker(msgspec.Struct):
    role: str
    home_area: str | None
    duty: Duty = OFF
    retired: bool = False
    teams: dict[str, None] = {}
    live: dict[str, None] = {}


class _Team(msgspec.Struct):
    state: str = "forming"
    members: dict[str, None] = {}
    live: dict[str, None] = {}


class _Assignment(msgspec.Struct):
    request: str
    worker: str | None
    team: str | None
    begun_at: datetime | None = None
    stage: str | None = None
    """The most advanced of en_route and on_scene."""
    dispatched: bool = False
    offered: bool = False
    ended: str | None = None
    late_done: bool = False
    """Done was heard of only after it had been released: done until then, released from then on."""

    @property
    def state(self) -> str:
        if self.ended:
            return self.ended
        if self.begun_at is None:
            return "offered"
        return self.stage or ("dispatched" if self.dispatched else "accepted")

    @property
    def live(self) -> bool:
        return self.ended is None and self.begun_at is not None


class Board:
    """All that the four views need, at one instant."""

    def __init__(self, jurisdiction: str, events: Iterable[Happened], at: datetime) -> None:
        self.jurisdiction = jurisdiction
        self.workers: dict[str, _Worker] = {}
        self.teams: dict[str, _Team] = {}
        self.assignments: dict[str, _Assignment] = {}
        self.rows: dict[str, requests.RequestRow] = {}
        self.done: dict[str, dict[str, None]] = {}
        self.ended: dict[str, str | None] = {}
        self.ends: dict[str, datetime] = {}
        """When each assignment ended, though that be after the instant."""
        self._first: dict[str, worker.WorkerRegistered] = {}
        for event in sorted(self._counting(events, at), key=_ORDER):
            self._take(event)

    def _counting(self, events: Iterable[Happened], at: datetime) -> list[Happened]:
        known = list(events)
        void = {e.data.position for e in known if isinstance(e.data, worker.WorkerTakenBack)}
        counting: list[Happened] = []
        for event in known:
            if event.position in void:
                continue
            if isinstance(event.data, worker.WorkerRegistered):
                self._first.setdefault(event.data.worker, event.data)
            if isinstance(event.data, assignment.AssignmentDone | assignment.AssignmentReleased):
                self.ends.setdefault(event.data.assignment, event.at)
            if event.at <= at:
                counting.append(event)
        return counting

    # -- folding -------------------------------------------------------------------------------------------

    def _take(self, event: Happened) -> None:
        e = event.data
        if isinstance(e, assignment.AssignmentEvent):
            self._take_assignment(e, event)
        elif isinstance(e, _TEAM):
            self._take_team(e)
        elif isinstance(e, _WORKER):
            self._take_worker(e, event)
        self._take_request(event)

    def _worker(self, key: str) -> _Worker:
        """A worker; news of them may be older than their registration."""
        known = self.workers.get(key)
        if known is None:
            first = self._first[key]
            known = self.workers[key] = _Worker(first.role, first.home_area)
        return known

    def _take_worker(self, e: Event, event: Happened) -> None:
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
            case worker.WorkerCheckedIn():
                self._fact(e.worker, event, IN, e.area)
            case worker.WorkerCheckedOut():
                self._fact(e.worker, event, OUT)
            case worker.WorkerPresenceSet():
                self._fact(e.worker, event, BREAK if e.presence == "on_break" else AVAILABLE)
            case _:
                pass

    def _fact(self, key: str, event: Happened, kind: str, area: str | None = None) -> None:
        known = self._worker(key)
        known.duty = step(known.duty, Fact(event.at, event.position, kind, area))

    def _take_team(self, e: Event) -> None:
        known = self.teams.setdefault(str(getattr(e, "team", "")), _Team())
        match e:
            case team.TeamActivated():
                known.state = "active"
            case team.TeamStoodDown():
                known.state = "stood_down"
            case team.TeamJoined():
                known.members[e.worker] = None
                self._worker(e.worker).teams[e.team] = None
            case team.TeamLeft():
                known.members.pop(e.worker, None)
                self._worker(e.worker).teams.pop(e.team, None)
            case _:
                pass

    def _take_assignment(self, e: assignment.AssignmentEvent, event: Happened) -> None:
        given = self.assignments.setdefault(e.assignment, _Assignment(e.request, e.worker, e.team))
        match e:
            case assignment.AssignmentOffered():
                given.offered = True
            case assignment.AssignmentAccepted():
                given.begun_at = given.begun_at or event.at
            case assignment.AssignmentDispatched():
                given.begun_at, given.dispatched = given.begun_at or event.at, True
            case assignment.AssignmentProgressed():
                if _RANK.get(e.stage, 0) > _RANK.get(given.stage or "", 0):
                    given.stage = e.stage
                self._act(e, event)
            case assignment.AssignmentDone():
                self._end(e, given, "done")
                given.late_done = e.state != "done"
                self._act(e, event)
            case assignment.AssignmentReleased():
                self._undone(e, given)
                self._end(e, given, "released")
            case assignment.AssignmentDeclined():
                self._end(e, given, "declined")
            case assignment.AssignmentExpired():
                self._end(e, given, "expired")
            case _:
                pass
        self._hold(e, given)

    def _act(self, e: assignment.AssignmentEvent, event: Happened) -> None:
        if e.worker:
            self._fact(e.worker, event, ACT)

    def _end(self, e: assignment.AssignmentEvent, given: _Assignment, how: str) -> None:
        if given.ended is None:
            given.ended = how
            if how == "done":
                self.done.setdefault(e.request, {})[e.assignment] = None

    def _undone(self, e: assignment.AssignmentEvent, given: _Assignment) -> None:
        if given.ended == "done" and given.late_done:
            given.ended = None
            self.done.get(e.request, {}).pop(e.assignment, None)

    def _hold(self, e: assignment.AssignmentEvent, given: _Assignment) -> None:
        holder = self._worker(e.worker) if e.worker else self.teams.setdefault(e.team or "", _Team())
        if given.live:
            holder.live[e.assignment] = None
        else:
            holder.live.pop(e.assignment, None)

    def _take_request(self, event: Happened) -> None:
        e = event.data
        for key in requests.keys(event):
            row = requests.evolve(self.rows.get(key), event, key)
            if row:
                self.rows[key] = row
        match e:
            case request.RequestCompleted():
                self.ended[e.request] = "done"
            case request.RequestCancelled():
                self.ended[e.request] = "cancelled"
            case request.RequestFailed():
                self.ended[e.request] = "failed"
            case request.RequestMerged():
                self.ended[e.request] = "merged"
            case request.RequestReopened():
                self.ended[e.request] = None
                self.done.pop(e.request, None)
            case _:
                pass

    # -- reading -------------------------------------------------------------------------------------------

    def place(self, key: str) -> Place | None:
        """Where a worker counted."""
        known = self.workers[key]
        if known.retired:
            return None
        active = next((t for t in known.teams if self.teams[t].state == "active"), None)
        area = known.duty.area if known.duty.on else known.home_area
        return Place(area or self.jurisdiction, known.role, self._presence(known, active), active)

    def _presence(self, known: _Worker, active: str | None) -> str:
        if not known.duty.on:
            return "off_duty"
        live = [*known.live, *(self.teams[active].live if active else ())]
        states = {self.assignments[a].state for a in live}
        for state in ("on_scene", "en_route"):
            if state in states:
                return state
        return "assigned" if states else "on_break" if known.duty.on_break else "available"

    def headcount(self) -> dict[str, Row]:
        """Rows of `headcount`, as counted then."""
        counts: dict[str, tuple[Place, int]] = {}
        for key in self.workers:
            place = self.place(key)
            if place:
                row = headcount.key_of(place)
                counts[row] = place, counts.get(row, (place, 0))[1] + 1
        return {
            key: headcount.HeadcountRow(
                area=place.area, role=place.role, presence=place.presence, team=place.team, count=count
            )
            for key, (place, count) in counts.items()
        }

    def presence(self) -> dict[str, Row]:
        """One row per worker on the roster."""
        found: dict[str, Row] = {}
        for key, known in self.workers.items():
            place = self.place(key)
            if place:
                found[key] = StandRow(
                    worker=key,
                    area=place.area,
                    role=place.role,
                    presence=place.presence,
                    team=place.team,
                    since=known.duty.since,
                )
        return found

    def requests(self) -> dict[str, Row]:
        by_request: dict[str, list[str]] = {}
        for key, given in self.assignments.items():
            by_request.setdefault(given.request, []).append(key)
        return {key: self._request(key, row, by_request.get(key, [])) for key, row in self.rows.items()}

    def _request(self, key: str, row: RequestRow, mine: list[str]) -> RequestRow:
        live = tuple(a for a in mine if self.assignments[a].live)
        offers = tuple(a for a in mine if self.assignments[a].state == "offered")
        done = tuple(self.done.get(key, ()))
        return msgspec.structs.replace(
            row,
            live=live,
            offers=offers,
            done=done,
            taken=len(live) + len(done),
            state=self._state(key, live, done),
        )

    def _state(self, key: str, live: tuple[str, ...], done: tuple[str, ...]) -> str:
        ended = self.ended.get(key)
        if ended:
            return ended
        if done or any(self.assignments[a].state in _UNDER_WAY for a in live):
            return "in_progress"
        return "assigned" if live else "open"

    def busy(self) -> dict[str, Row]:
        """Rows of `busy`; a task's `until` says when it ended later."""
        tasks: dict[str, list[busy.Task]] = {}
        for key, given in self.assignments.items():
            if given.live and given.begun_at:
                unit = f"team:{given.team}" if given.team else f"worker:{given.worker}"
                asked = self.rows.get(given.request)
                task = busy.Task(
                    key,
                    given.request,
                    given.begun_at,
                    given.state,
                    self.ends.get(key),
                    asked.area if asked else None,
                )
                tasks.setdefault(unit, []).append(task)
        rows = {unit: busy.busy_row(unit, tuple(mine)) for unit, mine in tasks.items()}
        return {unit: row for unit, row in rows.items() if row}


_WORKER = (
    worker.WorkerRegistered
    | worker.WorkerAmended
    | worker.WorkerRetired
    | worker.WorkerCheckedIn
    | worker.WorkerCheckedOut
    | worker.WorkerPresenceSet
)
_TEAM = team.TeamFormed | team.TeamActivated | team.TeamStoodDown | team.TeamJoined | team.TeamLeft
COUNTING: Final[tuple[type[Event], ...]] = (
    JurisdictionEstablished,
    worker.WorkerTakenBack,
    worker.WorkerRegistered,
    worker.WorkerAmended,
    worker.WorkerRetired,
    worker.WorkerCheckedIn,
    worker.WorkerCheckedOut,
    worker.WorkerPresenceSet,
    team.TeamFormed,
    team.TeamActivated,
    team.TeamStoodDown,
    team.TeamJoined,
    team.TeamLeft,
    *requests.VIEW.events,
)
"""Events that the board at an instant depends on."""

PRESENCE: Final = View(
    name="presence",
    row=StandRow,
    keys=lambda happened: (),
    evolve=lambda row, happened, key: row,
    filters=("worker", "area", "role", "presence", "team", "since"),
    own=Own("worker"),
)
"""How `presence` is queried at an instant: one row per worker on the roster."""

READ: Final[Mapping[str, tuple[View[Any], Callable[[Board], dict[str, Row]]]]] = {
    "headcount": (headcount.VIEW, Board.headcount),
    "presence": (PRESENCE, Board.presence),
    "requests": (requests.VIEW, Board.requests),
    "busy": (busy.VIEW, Board.busy),
}
"""View name -> (how it is queried, its rows)."""
