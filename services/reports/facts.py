"""Collect the facts for reports in one pass over the log."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from events import assignment, incident, jurisdiction, request, team, worker
from events.base import EventEnvelope, RequestMove
from events.catalog import envelopes
from events.commit import Head, decode
from events.duty import Interval, corrected, intervals, order
from events.facts import fact_of
from events.stage_order import OUT_OF_ORDER, Reached, contradicted
from events.stages import ON_SCENE
from services.log.port import Log
from services.reports.records import Call, IncidentRecord, Person, Run, Unit, amend


class Facts:
    """Workers, teams, requests, assignments and incidents by id."""

    def __init__(self, code: str) -> None:
        self.jurisdiction, self.head, self.zone = code, Head(), ZoneInfo("UTC")
        self.people: dict[str, Person] = {}
        self.units: dict[str, Unit] = {}
        self.calls: dict[str, Call] = {}
        self.runs: dict[str, Run] = {}
        self.incidents: dict[str, IncidentRecord] = {}
        self._offers: dict[str, tuple[str, str]] = {}
        self._contradiction: tuple[str, Run, tuple[Reached, Reached]] | None = None

    def stamp(self) -> dict[str, Any]:
        """Return what the report is based on, to check with `muster verify --expect`."""
        return {
            "jurisdiction": self.jurisdiction,
            "position": self.head.position,
            "hash": self.head.hash,
            "timezone": str(self.zone),
        }

    def local(self, at: datetime | None) -> datetime | None:
        """Convert an instant to the jurisdiction's time zone."""
        return at.astimezone(self.zone) if at else None

    def chosen(self, incident: str | None) -> str | None:
        """Return the given incident, or the only one; None if there are none. Raise ValueError."""
        if incident is not None and incident not in self.incidents:
            raise ValueError(f"no incident {incident}; this log has: {', '.join(self.incidents) or 'none'}.")
        if incident is None and len(self.incidents) > 1:
            raise ValueError(f"choose an incident with --incident: {', '.join(self.incidents)}.")
        return incident or next(iter(self.incidents), None)

    def calls_of(self, incident: str | None) -> dict[str, Call]:
        """Return the requests of an incident; None = all requests."""
        return {k: c for k, c in self.calls.items() if incident is None or c.incident == incident}

    def runs_of(self, incident: str | None) -> list[Run]:
        """Return the assignments of an incident's requests, in the order of the log."""
        calls = self.calls_of(incident)
        return [run for run in self.runs.values() if run.request in calls]

    def duties(self, key: str) -> list[Interval]:
        """Return the person-times of a worker."""
        return intervals(key, sorted(self.people[key].facts, key=order))

    def take(self, event: EventEnvelope) -> None:
        """Apply an event."""
        self._take_request(event)
        for move in event.data.requests_moved:
            self._take_move(move)
        self._take_worker(event)
        self._take_fact(event)
        self._take_team(event)
        self._take_incident(event)
        self._take_assignment(event)
        self._note(event)

    def _take_move(self, move: RequestMove) -> None:
        call, now = self.calls.get(move.request), move.after
        if call and now:
            call.state, call.day, call.priority = now.state, now.day, now.priority
            call.area, call.incident = now.area, now.incident

    def _take_worker(self, event: EventEnvelope) -> None:
        match event.data:
            case worker.WorkerRegistered() as e:
                amend(self.people.setdefault(e.worker, Person(e.role, e.organisation)), e)
            case worker.WorkerAmended() as e:
                amend(self.people[e.worker], e)
            case worker.WorkerDutyCorrected() as e:
                facts = self.people[e.worker].facts
                place = next(i for i, fact in enumerate(facts) if fact.position == e.position)
                facts[place] = corrected(facts[place], e.at, e.area)
            case worker.WorkerTakenBack() as e:
                self._void(e)
            case jurisdiction.JurisdictionEstablished() as e:
                self.zone = ZoneInfo(e.timezone)
            case _:
                pass

    def _take_fact(self, event: EventEnvelope) -> None:
        if told := fact_of(event):
            key, fact = told
            self.people[key].facts.append(fact)

    def _void(self, e: worker.WorkerTakenBack) -> None:
        person = self.people[e.worker]
        person.facts = [fact for fact in person.facts if fact.position != e.position]
        run = self.runs.get(e.assignment or "")
        if run and e.stage == assignment.DONE and e.state in assignment.LIVE:
            run.ended_at = None
        elif run and e.stage and e.at and (e.stage, e.at) in run.stages:
            run.stages.remove((e.stage, e.at))
            self._update_arrival(run.request)

    def _update_arrival(self, key: str) -> None:
        runs = (run for run in self.runs.values() if run.request == key)
        arrivals = [at for run in runs for stage, at in run.stages if stage == ON_SCENE]
        self.calls[key].arrived_at = min(arrivals, default=None)

    def _take_team(self, event: EventEnvelope) -> None:
        match event.data:
            case team.TeamFormed() as e:
                self.units[e.team] = Unit(e.name, e.kind, e.incident, event.at)
            case team.TeamActivated() as e:
                self.units[e.team].activated_at = event.at
            case team.TeamStoodDown() as e:
                self.units[e.team].stood_down_at = event.at
            case _:
                pass

    def _take_incident(self, event: EventEnvelope) -> None:
        match event.data:
            case incident.IncidentDeclared() as e:
                self.incidents[e.incident] = IncidentRecord(
                    e.name, e.starts_at, expected_days=e.expected_days
                )
            case incident.IncidentAmended() as e:
                amend(self.incidents[e.incident], e)
            case incident.IncidentClosed() as e:
                self.incidents[e.incident].ends_at = e.ends_at
            case incident.IncidentReopened() as e:
                self.incidents[e.incident].ends_at = None
            case _:
                pass

    def _take_request(self, event: EventEnvelope) -> None:
        match event.data:
            case request.RequestOpened() as e:
                call = Call(e.category, e.priority, e.area, e.incident, event.at, e.entered_at)
                self.calls[e.request] = call
            case request.RequestAmended() as e:
                amend(self.calls[e.request], e)
            case _:
                pass

    def _take_assignment(self, event: EventEnvelope) -> None:
        match event.data:
            case assignment.AssignmentOffered() as e:
                self._offers[e.assignment] = e.request, e.worker or e.team or ""
            case assignment.AssignmentAccepted() as e if e.state in assignment.LIVE:
                self._begin(e.assignment, *self._offers[e.assignment], event.at)
            case assignment.AssignmentDispatched() as e if e.state in assignment.LIVE:
                self._begin(e.assignment, e.request, e.worker or e.team or "", event.at)
            case assignment.AssignmentProgressed() as e:
                self._contradict(event, e, (e.stage, event.at))
                self._stage(e.assignment, e.stage, event.at)
            case assignment.AssignmentDone() as e:
                self._contradict(event, e, (assignment.DONE, event.at))
                if e.state == assignment.DONE:
                    self._end(e.assignment, event.at)
            case assignment.AssignmentReleased() as e:
                self._end(e.assignment, event.at)
            case _:
                pass

    def _begin(self, key: str, request: str, unit: str, at: datetime) -> None:
        if key not in self.runs:
            self.runs[key] = Run(key, request, unit, at)
            self.calls[request].units[unit] = None

    def _contradict(
        self,
        event: EventEnvelope,
        e: assignment.AssignmentProgressed | assignment.AssignmentDone,
        new: Reached,
    ) -> None:
        """Find what a stage contradicts. It counts once the command's last event notes it."""
        run, after = self.runs.get(e.assignment), e.after
        if after == assignment.AS_RECORDED and not event.observed:
            after = None  # of a device, whose order of sending says nothing
        if run and (pair := contradicted(new, run.begun_at, run.stages, after)):
            self._contradiction = event.command, run, pair

    def _note(self, event: EventEnvelope) -> None:
        if self._contradiction is None or OUT_OF_ORDER not in event.data.anomalies:
            return
        command, run, pair = self._contradiction
        if command == event.command:
            run.contradictions.append(pair)
            self._contradiction = None

    def _stage(self, key: str, stage: str, at: datetime) -> None:
        run = self.runs.get(key)
        if run is None:
            return
        run.stages.append((stage, at))
        if stage == ON_SCENE:
            call = self.calls[run.request]
            call.arrived_at = min(call.arrived_at or at, at)

    def _end(self, key: str, at: datetime) -> None:
        run = self.runs.get(key)
        if run and run.ended_at is None:
            run.ended_at = at


async def gather(log: Log, code: str) -> Facts:
    """Read the whole log of a jurisdiction."""
    facts = Facts(code)
    async for batch in log.read(code):
        for stored in batch:
            for event in envelopes(decode(stored.data)):
                facts.take(event)
            facts.head = stored.head
    return facts
