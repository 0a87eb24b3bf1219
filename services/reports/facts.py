"""One pass over the log: what reports need of workers, teams, requests and assignments."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from events import assignment, incident, jurisdiction, request, team, worker
from events.base import Happened
from events.catalog import happened
from events.commit import Head, decode
from events.duty import ACT, AVAILABLE, BREAK, IN, OUT, REPORT, Fact, Interval, intervals, order
from services.log.port import Log

RANK = {"en_route": 1, "on_scene": 2}
"""Order of stages; those an organisation names come after, in the order in which they were recorded."""


class Person(msgspec.Struct):
    """A worker as reports see them."""

    role: str
    organisation: str | None
    facts: list[Fact] = []

    @property
    def reported_at(self) -> datetime | None:
        """When they first registered with a home community; None = never, or taken back."""
        return min((fact.at for fact in self.facts if fact.kind == REPORT), default=None)


class Unit(msgspec.Struct):
    """A team."""

    name: str
    kind: str
    incident: str | None
    formed_at: datetime
    activated_at: datetime | None = None
    stood_down_at: datetime | None = None


class Call(msgspec.Struct):
    """A request."""

    category: str
    priority: int
    area: str
    incident: str | None
    received_at: datetime
    entered_at: datetime | None
    state: str = "open"
    day: str = ""
    units: dict[str, None] = {}
    """Everybody who was dispatched or accepted."""
    arrived_at: datetime | None = None
    """First on scene."""


class Run(msgspec.Struct):
    """An assignment that became live: one unit on one request."""

    key: str
    request: str
    unit: str
    begun_at: datetime
    stages: list[tuple[str, datetime]] = []
    ended_at: datetime | None = None

    def ordered(self) -> list[tuple[str, datetime]]:
        """Stages in their order of meaning."""
        return sorted(self.stages, key=lambda stage: RANK.get(stage[0], 3))


class Happening(msgspec.Struct):
    """An incident."""

    name: str
    starts_at: datetime
    ends_at: datetime | None = None
    expected_days: int | None = None
    """How many local days it is expected to last; None = not known."""


class Facts:
    """Everything, keyed by id."""

    def __init__(self, code: str) -> None:
        self.jurisdiction, self.head, self.zone = code, Head(), ZoneInfo("UTC")
        self.people: dict[str, Person] = {}
        self.units: dict[str, Unit] = {}
        self.calls: dict[str, Call] = {}
        self.runs: dict[str, Run] = {}
        self.incidents: dict[str, Happening] = {}
        self._offers: dict[str, tuple[str, str]] = {}

    def stamp(self) -> dict[str, Any]:
        """What the report holds for: hold it against `muster verify --expect`."""
        return {
            "jurisdiction": self.jurisdiction,
            "position": self.head.position,
            "hash": self.head.hash,
            "timezone": str(self.zone),
        }

    def local(self, at: datetime | None) -> datetime | None:
        """An instant with the jurisdiction's offset."""
        return at.astimezone(self.zone) if at else None

    def chosen(self, incident: str | None) -> str | None:
        """The incident asked for, or the only one; None where there is none. Raises ValueError."""
        if incident is not None and incident not in self.incidents:
            raise ValueError(
                f"there is no incident {incident}; there are {', '.join(self.incidents) or 'none'}."
            )
        if incident is None and len(self.incidents) > 1:
            raise ValueError(f"say which with --incident: {', '.join(self.incidents)}.")
        return incident or next(iter(self.incidents), None)

    def calls_of(self, incident: str | None) -> dict[str, Call]:
        """Requests of an incident; all where None."""
        return {k: c for k, c in self.calls.items() if incident is None or c.incident == incident}

    def runs_of(self, incident: str | None) -> list[Run]:
        """Assignments of an incident's requests, in the order in which they began to be known."""
        calls = self.calls_of(incident)
        return [run for run in self.runs.values() if run.request in calls]

    def duties(self, key: str) -> list[Interval]:
        """Person-times of one worker."""
        return intervals(key, sorted(self.people[key].facts, key=order))

    def take(self, event: Happened) -> None:
        """One event."""
        for move in event.data.requests_moved:
            if move.after and move.request in self.calls:
                call = self.calls[move.request]
                call.state, call.day = move.after.state, move.after.day
                call.priority, call.area, call.incident = (
                    move.after.priority,
                    move.after.area,
                    move.after.incident,
                )
        self._take_worker(event)
        self._take_team(event)
        self._take_request(event)
        self._take_assignment(event)

    def _take_worker(self, event: Happened) -> None:
        match event.data:
            case worker.WorkerRegistered() as e:
                known = self.people.setdefault(e.worker, Person(e.role, e.organisation))
                known.role, known.organisation = e.role, e.organisation
            case worker.WorkerAmended() as e:
                person = self.people[e.worker]
                person.role = person.role if e.role is msgspec.UNSET else e.role
                person.organisation = (
                    person.organisation if e.organisation is msgspec.UNSET else e.organisation
                )
            case worker.WorkerReported() as e:
                self._fact(e.worker, event, REPORT, e.area)
            case worker.WorkerCheckedIn() as e:
                self._fact(e.worker, event, IN, e.area)
            case worker.WorkerCheckedOut() as e:
                self._fact(e.worker, event, OUT, None)
            case worker.WorkerPresenceSet() as e:
                self._fact(e.worker, event, BREAK if e.presence == "on_break" else AVAILABLE, None)
            case worker.WorkerTakenBack() as e:
                self._void(e)
            case jurisdiction.JurisdictionEstablished() as e:
                self.zone = ZoneInfo(e.timezone)
            case _:
                pass

    def _fact(self, key: str, event: Happened, kind: str, area: str | None) -> None:
        self.people[key].facts.append(Fact(event.at, event.position, kind, area, event.command))

    def _void(self, e: worker.WorkerTakenBack) -> None:
        person = self.people[e.worker]
        person.facts = [fact for fact in person.facts if fact.position != e.position]
        run = self.runs.get(e.assignment or "")
        if run and e.stage == "done" and e.state in assignment.LIVE:
            run.ended_at = None
        elif run and e.stage and e.at and (e.stage, e.at) in run.stages:
            run.stages.remove((e.stage, e.at))
            self._arrive_anew(run.request)

    def _arrive_anew(self, key: str) -> None:
        mine = (run for run in self.runs.values() if run.request == key)
        arrivals = [at for run in mine for stage, at in run.stages if stage == "on_scene"]
        self.calls[key].arrived_at = min(arrivals, default=None)

    def _take_team(self, event: Happened) -> None:
        match event.data:
            case team.TeamFormed() as e:
                self.units[e.team] = Unit(e.name, e.kind, e.incident, event.at)
            case team.TeamActivated() as e:
                self.units[e.team].activated_at = event.at
            case team.TeamStoodDown() as e:
                self.units[e.team].stood_down_at = event.at
            case incident.IncidentDeclared() as e:
                self.incidents[e.incident] = Happening(e.name, e.starts_at, expected_days=e.expected_days)
            case incident.IncidentAmended() as e:
                given = self.incidents[e.incident]
                given.starts_at = given.starts_at if e.starts_at is msgspec.UNSET else e.starts_at
                given.name = given.name if e.name is msgspec.UNSET else e.name
                if e.expected_days is not msgspec.UNSET:
                    given.expected_days = e.expected_days
            case incident.IncidentClosed() as e:
                self.incidents[e.incident].ends_at = e.ends_at
            case incident.IncidentReopened() as e:
                self.incidents[e.incident].ends_at = None
            case _:
                pass

    def _take_request(self, event: Happened) -> None:
        match event.data:
            case request.RequestOpened() as e:
                call = Call(e.category, e.priority, e.area, e.incident, event.at, e.entered_at)
                self.calls[e.request] = call
                for move in e.requests_moved:
                    if move.request == e.request and move.after:
                        call.state, call.day = move.after.state, move.after.day
            case request.RequestAmended() as e:
                call = self.calls[e.request]
                call.category = call.category if e.category is msgspec.UNSET else e.category
            case _:
                pass

    def _take_assignment(self, event: Happened) -> None:
        match event.data:
            case assignment.AssignmentOffered() as e:
                self._offers[e.assignment] = e.request, e.worker or e.team or ""
            case assignment.AssignmentAccepted() as e if e.state in assignment.LIVE:
                self._begin(e.assignment, *self._offers[e.assignment], event.at)
            case assignment.AssignmentDispatched() as e if e.state in assignment.LIVE:
                self._begin(e.assignment, e.request, e.worker or e.team or "", event.at)
            case assignment.AssignmentProgressed() as e:
                self._stage(e.assignment, e.stage, event.at)
                self._act(e, event)
            case assignment.AssignmentDone() as e:
                if e.state == "done":
                    self._end(e.assignment, event.at)
                self._act(e, event)
            case assignment.AssignmentReleased() as e:
                self._end(e.assignment, event.at)
            case _:
                pass

    def _act(self, e: assignment.AssignmentEvent, event: Happened) -> None:
        """Who acts is on duty (events.duty)."""
        if e.worker:
            self._fact(e.worker, event, ACT, None)

    def _begin(self, key: str, asked: str, unit: str, at: datetime) -> None:
        if key not in self.runs:
            self.runs[key] = Run(key, asked, unit, at)
            self.calls[asked].units[unit] = None

    def _stage(self, key: str, stage: str, at: datetime) -> None:
        run = self.runs.get(key)
        if run is None:
            return
        run.stages.append((stage, at))
        call = self.calls[run.request]
        if stage == "on_scene" and (call.arrived_at is None or at < call.arrived_at):
            call.arrived_at = at

    def _end(self, key: str, at: datetime) -> None:
        run = self.runs.get(key)
        if run and run.ended_at is None:
            run.ended_at = at


async def gather(log: Log, code: str) -> Facts:
    """Read the whole log of a jurisdiction."""
    facts = Facts(code)
    async for batch in log.read(code):
        for stored in batch:
            for event in happened(decode(stored.data)):
                facts.take(event)
            facts.head = stored.head
    return facts
