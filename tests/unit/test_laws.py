"""Laws that must hold after every step, for all commands in any order, over a few ids."""

import os
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal, get_args, get_origin

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pydantic import AwareDatetime
from pydantic.fields import FieldInfo

from events.assignment import LIVE
from events.base import Event, EventEnvelope
from events.duty import fold, order
from events.request_state import UNFINISHED
from events.timers import DEFAULTS
from projections.alerts import Known, alerts, all_clear, on_duty, waits
from projections.base import Row
from projections.catalog import views
from projections.fold import step
from projections.instant import READ, Board
from projections.presence import derived
from services.decisions import standing
from services.decisions.assignment.table import ASSIGNMENTS, OFFERS
from services.decisions.base import Command, Refused, Scope, commands
from services.decisions.handover.table import HANDOVERS
from services.decisions.incident.table import INCIDENTS
from services.decisions.references import mentions
from services.decisions.request.table import REQUESTS
from services.decisions.scopes import PUBLIC
from services.decisions.standing import REQUEST_STANDINGS
from services.decisions.team.table import TEAMS
from services.decisions.worker.facts import own_facts
from services.decisions.worker.table import WORKER_STANDINGS, WORKERS
from tests import through_time
from tests.given import DAY, Log, area, incident, request, team, worker
from tests.scale import scaled

INSTANTS_COMPARED = 4
DEEP = bool(os.environ.get("MUSTER_DEEP"))
AREA_IDS = st.sampled_from(["230717", "230718", "230717-1", "2307"])
WORKER_IDS = st.sampled_from(["W1", "W2", "W3", "W4"])
TEAM_IDS = st.sampled_from(["T1", "T2", "T3"])
REQUEST_IDS = st.sampled_from(["R1", "R2", "R3"])
TASK_IDS = st.sampled_from(["A1", "A2", "A3", "A4", "A5", "A6"])
INCIDENT_IDS = st.sampled_from(["I1", "I2"])
CALL_IDS = st.sampled_from(["S1", "S2"])
NOTE_IDS = st.sampled_from(["N1", "N2"])
TRIANGLE = ((((128.9, 47.7), (128.91, 47.7), (128.91, 47.71), (128.9, 47.7)),),)
REASON = st.sampled_from(["sick", "far"])
INSTANTS = st.sampled_from([DAY - timedelta(hours=hours) for hours in (1, 3, 30)])
SCOPES = st.sampled_from([Scope()] * 4 + [Scope(areas=("230717",)), Scope(worker="W1")])


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Generate a value or None."""
    return st.none() | values


def subject() -> st.SearchStrategy[dict[str, Any]]:
    """Generate a worker or a team."""
    return WORKER_IDS.map(lambda w: {"worker": w}) | TEAM_IDS.map(lambda t: {"team": t})


def handover() -> st.SearchStrategy[dict[str, Any]]:
    """Generate the reassignment of one assignment."""
    return st.builds(
        lambda a, new, who: {"assignment": a, "new": new, **who}, TASK_IDS, some(TASK_IDS), subject()
    )


CASES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "area.define": {"area": st.sampled_from(["230717-1", "230718-2", "2308"]), "name": REASON},
    "area.rename": {"area": AREA_IDS, "name": REASON},
    "area.close": {"area": st.sampled_from(["230717-1", "230718"])},
    "area.bound": {"area": AREA_IDS, "boundary": st.sampled_from([(), TRIANGLE])},
    "worker.register": {
        "worker": WORKER_IDS,
        "role": REASON,
        "home_area": some(AREA_IDS),
        "capacity": st.integers(1, 2),
    },
    "worker.amend": {"worker": WORKER_IDS, "home_area": some(AREA_IDS), "capacity": st.integers(1, 3)},
    "worker.retire": {"worker": WORKER_IDS},
    "worker.report": {"worker": WORKER_IDS, "area": AREA_IDS},
    "worker.check_in": {"worker": WORKER_IDS, "area": AREA_IDS, "walk_in": st.booleans()},
    "worker.set_presence": {"worker": WORKER_IDS, "presence": st.sampled_from(["available", "on_break"])},
    "worker.check_out": {"worker": WORKER_IDS, "release": some(REASON)},
    "worker.take_back": {"worker": WORKER_IDS, "command": st.just("")},
    "worker.correct_duty": {"worker": WORKER_IDS, "fact": st.just(""), "reason": REASON},
    "worker.erase": {"worker": st.just("W4")},
    "worker.raise_sos": {"worker": WORKER_IDS, "sos": CALL_IDS, "area": some(AREA_IDS)},
    "worker.acknowledge_sos": {"worker": WORKER_IDS, "sos": CALL_IDS},
    "worker.end_sos": {"worker": WORKER_IDS, "sos": CALL_IDS, "reason": REASON},
    "worker.cancel_sos": {"worker": WORKER_IDS, "sos": CALL_IDS},
    "team.form": {
        "team": TEAM_IDS,
        "name": REASON,
        "kind": REASON,
        "area": AREA_IDS,
        "incident": some(INCIDENT_IDS),
        "capacity": some(st.integers(1, 2)),
        "members": st.lists(WORKER_IDS, max_size=2).map(tuple),
        "leader": some(WORKER_IDS),
        "activate": st.booleans(),
    },
    "team.amend": {"team": TEAM_IDS, "capacity": some(st.integers(1, 2)), "area": AREA_IDS},
    "team.join": {"team": TEAM_IDS, "worker": WORKER_IDS},
    "team.leave": {"team": TEAM_IDS, "worker": WORKER_IDS},
    "team.appoint_leader": {"team": TEAM_IDS, "worker": WORKER_IDS},
    "team.activate": {"team": TEAM_IDS},
    "team.stand_down": {"team": TEAM_IDS, "release": some(REASON)},
    "incident.declare": {"incident": INCIDENT_IDS, "name": REASON, "expected_days": some(st.integers(1, 2))},
    "incident.amend": {"incident": INCIDENT_IDS, "kind": REASON, "expected_days": some(st.integers(1, 2))},
    "incident.close": {"incident": INCIDENT_IDS},
    "incident.reopen": {"incident": INCIDENT_IDS},
    "request.open": {
        "request": REQUEST_IDS,
        "category": REASON,
        "area": AREA_IDS,
        "incident": some(INCIDENT_IDS),
        "slots": some(st.integers(1, 2)),
        "priority": st.integers(1, 4),
    },
    "request.amend": {
        "request": REQUEST_IDS,
        "area": AREA_IDS,
        "incident": some(INCIDENT_IDS),
        "slots": some(st.integers(1, 2)),
    },
    "request.complete": {"request": REQUEST_IDS},
    "request.cancel": {"request": REQUEST_IDS, "reason": REASON},
    "request.fail": {"request": REQUEST_IDS, "reason": REASON},
    "request.merge": {"request": REQUEST_IDS, "into": REQUEST_IDS},
    "request.reopen": {"request": REQUEST_IDS},
    "request.erase": {"request": REQUEST_IDS},
    "assignment.accept": {"assignment": TASK_IDS, "override": some(REASON)},
    "assignment.decline": {"assignment": TASK_IDS, "reason": REASON},
    "assignment.expire": {"assignment": TASK_IDS},
    "assignment.progress": {
        "assignment": TASK_IDS,
        "stage": st.sampled_from(["en_route", "on_scene", "hospital"]),
    },
    "assignment.done": {"assignment": TASK_IDS},
    "assignment.release": {"assignment": TASK_IDS, "reason": REASON},
    "assignment.give_back": {"assignment": TASK_IDS, "request": REQUEST_IDS, "reason": REASON},
    "assignment.attach_proof": {
        "assignment": TASK_IDS,
        "request": REQUEST_IDS,
        "kind": st.just("code"),
        "code": st.just("sealed:t"),
    },
    "assignment.reassign": {
        "items": st.lists(handover(), min_size=1, max_size=2).map(tuple),
        "reason": REASON,
    },
    "handover.write": {"note": NOTE_IDS, "area": some(AREA_IDS), "text": st.just("sealed:t")},
    "handover.acknowledge": {"note": NOTE_IDS},
    "handover.resolve": {"note": NOTE_IDS},
    "handover.erase": {"note": st.just("N2")},
    "jurisdiction.establish": {"name": REASON},
    "jurisdiction.set_timers": {"timers": st.sampled_from([{}, {"duty": 3600}])},
    "jurisdiction.set_disclosure": {"rules": st.sampled_from([{}, {"viewer": {"name": "clear"}}])},
    "term.define": {
        "list": st.sampled_from(["category", "door"]),
        "code": REASON,
        "names": st.just({"en": "Word"}),
        "confirm": st.booleans(),
    },
}
"""Values for every command except offer and dispatch, which take a worker or a team."""
ENDS_ALL = {"jurisdiction.move", "jurisdiction.close"}
"""Commands after which nothing is accepted, see tests/unit/test_rules_moved.py."""
KEYS: dict[str, st.SearchStrategy[str]] = {
    "area": AREA_IDS,
    "worker": WORKER_IDS,
    "team": TEAM_IDS,
    "request": REQUEST_IDS,
    "assignment": TASK_IDS,
    "incident": INCIDENT_IDS,
    "handover": NOTE_IDS,
}
TO_SOMEBODY = {
    "assignment.offer": {"assignment": TASK_IDS, "request": REQUEST_IDS},
    "assignment.dispatch": {"assignment": TASK_IDS, "request": REQUEST_IDS, "override": some(REASON)},
}


def _plain(field: FieldInfo) -> st.SearchStrategy[Any]:
    """Return values for a required field that refers to nothing."""
    hint = field.annotation
    pattern = next((one.pattern for one in field.metadata if getattr(one, "pattern", None)), None)
    if pattern and not re.search(pattern, "sick"):
        return st.from_regex(pattern, fullmatch=True)
    if hint is int:
        return st.integers(1, 5)
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    return INSTANTS if hint is AwareDatetime else REASON


def some_fields(command: type[Command]) -> dict[str, st.SearchStrategy[Any]]:
    """Return values for a command without its own case: its required fields and all references."""
    refers = {one.path[0]: KEYS.get(one.kind, st.sampled_from(["X1", "X2"])) for one in mentions(command)}
    required = {name for name, field in command.model_fields.items() if field.is_required()}
    plain = {name: _plain(command.model_fields[name]) for name in required - refers.keys()}
    return plain | {name: _ids(command.model_fields[name].annotation, keys) for name, keys in refers.items()}


def _ids(hint: Any, keys: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return values for a field of references: one, several, or perhaps none."""
    if get_origin(hint) is tuple:
        return st.lists(keys, min_size=1, max_size=2).map(tuple)
    return some(keys) if type(None) in get_args(hint) else keys


CASES |= {
    name: some_fields(one) for name, one in PUBLIC.items() if name not in {*CASES, *TO_SOMEBODY, *ENDS_ALL}
}


def asked() -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Generate a command's name and fields. Commands about work are more frequent."""
    plain = {name: st.fixed_dictionaries(fields) for name, fields in CASES.items()}
    sent = {
        name: st.builds(lambda a, b: {**a, **b}, st.fixed_dictionaries(fields), subject())
        for name, fields in TO_SOMEBODY.items()
    }
    every = plain | sent
    often = [n for n in every if n.startswith(("assignment.", "worker.check", "worker.take", "worker.set"))]
    names = st.sampled_from(sorted(every) + often)
    return names.flatmap(lambda name: every[name].map(lambda fields: (name, fields)))


class Laws(RuleBasedStateMachine):
    """A jurisdiction under arbitrary commands."""

    observing = True

    def __init__(self) -> None:
        super().__init__()
        self.log = Log()
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in views}
        self.folded = 0
        self.observed = False

    @initialize()
    def a_city(self) -> None:
        for command in (
            area.define(area="230717", name="County 1"),
            area.define(area="230718", name="County 2"),
            area.define(area="230717-1", name="Grid 1"),
            incident.declare(incident="I1", name="Lockdown"),
            *(worker.register(worker=w, role="courier") for w in ("W1", "W2")),
            *(worker.check_in(worker=w, area="230717") for w in ("W1", "W2")),
            team.form(
                team="T1", name="Team 1", kind="courier", area="230717", members=("W1",), activate=True
            ),
            request.open(request="R1", category="grocery", area="230717", incident="I1", slots=2),
            request.open(request="R2", category="grocery", area="230718"),
        ):
            self.log.do(command)
        self.fold()

    @rule(
        what=asked(),
        wait=st.integers(0, 4),
        ago=some(st.integers(0, 12)),
        observed=st.booleans(),
        taken=st.integers(1, 3),
        scope=SCOPES,
    )
    def ask(
        self,
        what: tuple[str, dict[str, Any]],
        wait: int,
        ago: int | None,
        observed: bool,
        taken: int,
        scope: Scope,
    ) -> None:
        name, fields = what
        if name == "worker.take_back":
            fields = {**fields, "command": self.fact_of(fields["worker"], taken)}
        now = self.log.now + timedelta(minutes=wait)
        if name == "worker.correct_duty":
            right = now - timedelta(minutes=5 * (ago or 0))
            fields = {**fields, "fact": self.fact_of(fields["worker"], taken), "happened_at": right}
        at = None if ago is None else now - timedelta(minutes=ago)
        observed = observed and self.observing
        try:
            new = self.log.do(commands[name](**fields), now=now, at=at, observed=observed, scope=scope)
        except Refused:
            return
        self.observed |= bool(new) and observed
        if scope.worker:
            self.touches_own_alone(name, new, scope.worker)
        self.fold()

    def touches_own_alone(self, name: str, new: list[EventEnvelope], worker: str) -> None:
        """Assert that a worker's token records only their own facts and tasks, or those of their team."""
        assert PUBLIC[name].IS_OWN
        for event in new:
            if event.name in ("inspection.reported", "undertaking.set_up"):
                continue  # of an inspection that is theirs, and what they found
            unit = getattr(event.data, "worker", None) or getattr(event.data, "team", None)
            assert unit == worker or unit in self.log.state[WORKERS][worker].teams, event

    def fact_of(self, key: str, back: int) -> str:
        """Return the command of one of the worker's newest facts."""
        known = self.log.state[WORKERS].get(key)
        facts = own_facts(self.log.state, key) if known else ()
        return (facts[-back].command if len(facts) >= back else "") or "nothing"

    def fold(self) -> None:
        """Bring the views up to the end of the log."""
        for event in self.log.events[self.folded :]:
            for name, view in views.items():
                step(view, self.rows[name], event)
        self.folded = len(self.log.events)

    def teardown(self) -> None:
        """Compare the board through time with the board at some instants."""
        commits = through_time.stored(self.log.commits)
        whens = sorted({at for event in self.log.events for at in (event.at, event.recorded_at)})
        through_time.compare(
            self.log.state.jurisdiction, commits, whens[:: 1 + len(whens) // INSTANTS_COMPARED]
        )

    # -- the state -----------------------------------------------------------------------------------------

    @invariant()
    def places_and_standings_are_what_they_would_be_if_rebuilt(self) -> None:
        state = self.log.state
        assert state[WORKER_STANDINGS] == {w: p for w in state[WORKERS] if (p := standing.place(state, w))}
        assert state[REQUEST_STANDINGS] == {r: standing.standing(state, r) for r in state[REQUESTS]}

    @invariant()
    def duty_is_the_fold_of_the_facts(self) -> None:
        for key, known in self.log.state[WORKERS].items():
            facts = own_facts(self.log.state, key)
            assert list(facts) == sorted(facts, key=order), key
            assert known.duty == fold(facts), key

    @invariant()
    def lists_say_what_the_assignments_say(self) -> None:
        state = self.log.state
        for field, table in (
            ("worker", state[WORKERS]),
            ("team", state[TEAMS]),
            ("request", state[REQUESTS]),
        ):
            for key, holder in table.items():
                mine = {k: a.state for k, a in state[ASSIGNMENTS].items() if getattr(a, field) == key}
                assert Counter(holder.live) == Counter(k for k, s in mine.items() if s in LIVE), (field, key)
                assert Counter(holder.offers) == Counter(k for k, s in mine.items() if s == "offered"), (
                    field,
                    key,
                )
        assert set(state[OFFERS]) == {k for k, a in state[ASSIGNMENTS].items() if a.state == "offered"}

    @invariant()
    def memberships_agree(self) -> None:
        state = self.log.state
        for key, known in state[WORKERS].items():
            teams = {t for t, one in state[TEAMS].items() if key in one.members and one.state != "stood_down"}
            assert set(known.teams) == teams, key
            assert sum(state[TEAMS][t].state == "active" for t in teams) <= 1, key

    @invariant()
    def incidents_count_their_unfinished_requests(self) -> None:
        state = self.log.state
        counts = Counter(s.incident for s in state[REQUEST_STANDINGS].values() if s.state in UNFINISHED)
        for key, known in state[INCIDENTS].items():
            assert known.unfinished == counts[key], key

    @invariant()
    def nothing_ended_is_held(self) -> None:
        for key, known in self.log.state[REQUESTS].items():
            if known.ended and not self.observed:
                assert (known.live, known.offers) == ((), ()), key

    @invariant()
    def slots_and_capacity_are_passed_only_by_name(self) -> None:
        state = self.log.state
        for key, known in state[REQUESTS].items():
            free = known.free_slots
            assert free is None or free >= 0 or self.named(key) & SLOTS, key
        for table in (state[WORKERS], state[TEAMS]):
            for key, unit in table.items():
                full = unit.capacity is not None and len(unit.live) > unit.capacity
                assert not full or self.named(key) & CAPACITY, key

    def named(self, key: str) -> set[str]:
        """Return the anomalies of all commands about this id, plus `override` and `amended` if set."""
        found: set[str] = set()
        about = {e.command for e in self.log.events if key in ids_of(e.data)}
        for event in self.log.events:
            if event.command in about:
                found |= {*event.data.anomalies}
                found |= {"override"} if getattr(event.data, "override", None) else set()
                amended = event.name.endswith((".amended", ".registered"))
                found |= {"amended"} if amended and key in ids_of(event.data) else set()
        return found

    @invariant()
    def every_before_is_the_last_after(self) -> None:
        places: dict[str, Any] = {}
        standings: dict[str, Any] = {}
        for event in self.log.events:
            for move in event.data.moved:
                assert move.before == places.get(move.worker), event
                places[move.worker] = move.after
            for shift in event.data.requests_moved:
                assert shift.before == standings.get(shift.request), event
                standings[shift.request] = shift.after

    # -- the views -----------------------------------------------------------------------------------------

    @invariant()
    def views_agree_with_each_other_and_with_the_state(self) -> None:
        self.roster_is_the_headcount()
        self.ledger_and_incidents_are_the_requests()
        self.timeline_adds_up_to_the_present()
        self.units_are_busy_with_what_is_live()

    @invariant()
    def nobody_is_overlooked(self) -> None:
        """Silence becomes an alert on every request that still needs somebody, and is never all clear."""
        rows: Any = self.rows
        requests = [row for row in rows["requests"].values() if row.state in UNFINISHED]
        known = Known(
            requests=requests,
            assignments=list(rows["assignments"].values()),
            roster=list(rows["roster"].values()),
            teams=list(rows["teams"].values()),
            sos=list(rows["sos"].values()),
        )
        for later in (timedelta(0), timedelta(days=30)):
            found = alerts(known, DEFAULTS, self.log.now + later)
            about = {one.request for one in found}
            clear = all_clear(found, requests, on_duty(known.roster))
            for row in requests:
                life = waits(row) and row.priority == 1
                assert not (life and clear), row
                assert row.request in about or not (life and not row.offers), row
                assert row.request in about or not later or (row.done and not waits(row)), row

    def roster_is_the_headcount(self) -> None:
        roster: dict[str, Any] = self.rows["roster"]
        placed = {k: (r.area, r.role, r.presence, r.team) for k, r in roster.items()}
        places = self.log.state[WORKER_STANDINGS]
        assert placed == {k: (p.area, p.role, p.presence, p.team) for k, p in places.items()}
        counted: Any = self.rows["headcount"].values()
        assert {(r.area, r.role, r.presence, r.team): r.count for r in counted} == Counter(placed.values())

    def ledger_and_incidents_are_the_requests(self) -> None:
        requests: Any = self.rows["requests"]
        ledger: Any = self.rows["ledger"].values()
        assert {k: (r.state, r.area, r.incident, r.day, r.priority) for k, r in requests.items()} == {
            k: (s.state, s.area, s.incident, s.day, s.priority)
            for k, s in self.log.state[REQUEST_STANDINGS].items()
        }
        assert {k: (set(r.live), set(r.offers), set(r.done)) for k, r in requests.items()} == {
            k: (set(r.live), set(r.offers), set(r.done)) for k, r in self.log.state[REQUESTS].items()
        }
        counts = Counter((r.incident, r.area, r.day, r.state) for r in requests.values())
        for row in ledger:
            mine = {s: getattr(row, s) for s in STATES}
            assert row.received == sum(mine.values())
            assert mine == {s: counts[row.incident, row.area, row.day, s] for s in STATES}
        assert sum(r.received for r in ledger) == len(requests)
        for row in self.rows["incidents"].values():
            one: Any = row
            own = Counter(r.state for r in requests.values() if r.incident == one.incident)
            assert {s: getattr(one, s) for s in STATES} == {s: own[s] for s in STATES}
            assert one.received == sum(own.values())
            assert one.expected_days == self.log.state[INCIDENTS][one.incident].expected_days

    def timeline_adds_up_to_the_present(self) -> None:
        state, timeline = self.log.state, list(self.rows["timeline"].values())

        def summed(of: Callable[[Any], int]) -> Counter[str]:
            found = Counter[str]()
            for row in timeline:
                one: Any = row
                found[one.area] += of(one)
            return found

        on_duty = Counter(p.area for p in state[WORKER_STANDINGS].values() if p.presence != "off_duty")
        standings = list(state[REQUEST_STANDINGS].values())
        ended = [s for s in standings if s.state not in UNFINISHED]
        assert summed(lambda row: row.came - row.went) == on_duty
        assert summed(lambda row: row.received) == Counter(s.area for s in standings)
        assert summed(lambda row: row.ended) == Counter(s.area for s in ended)
        assert summed(lambda row: row.served) == Counter(s.area for s in ended if s.state == "done")

    def units_are_busy_with_what_is_live(self) -> None:
        state = self.log.state
        live = {f"worker:{k}": set(w.live) for k, w in state[WORKERS].items() if w.live}
        live |= {f"team:{k}": set(t.live) for k, t in state[TEAMS].items() if t.live}
        busy: Any = self.rows["busy"]
        assert {k: {t.assignment for t in r.tasks} for k, r in busy.items()} == live
        teams: Any = self.rows["teams"]
        assert {k: set(r.live) for k, r in teams.items()} == {k: set(t.live) for k, t in state[TEAMS].items()}
        assert {k: (r.state, r.members, r.leader) for k, r in teams.items()} == {
            k: (t.state, t.members, t.leader) for k, t in state[TEAMS].items()
        }
        rows: Any = self.rows["assignments"]
        assert {k: r.state for k, r in rows.items()} == {k: a.state for k, a in state[ASSIGNMENTS].items()}

    @invariant()
    def notes_are_the_handovers(self) -> None:
        notes: Any = self.rows["handovers"]
        assert {k: (r.area, r.priority, r.state == "resolved") for k, r in notes.items()} == {
            k: (n.area, n.priority, n.resolved) for k, n in self.log.state[HANDOVERS].items()
        }
        assert {k: tuple(a.by for a in r.acknowledged) for k, r in notes.items()} == {
            k: n.acknowledged for k, n in self.log.state[HANDOVERS].items()
        }

    @invariant()
    def the_board_at_now_is_the_live_board(self) -> None:
        if self.observed:
            return  # an observed claim may predate one of its kind (see projections.instant)
        board = Board(self.log.state.jurisdiction, self.log.events, self.log.now)
        read: dict[str, Any] = {name: rows(board) for name, (_, rows) in READ.items()}
        assert read["headcount"] == self.rows["headcount"]
        live: Any = self.rows["requests"]
        assert {k: states(r) for k, r in read["requests"].items()} == {k: states(r) for k, r in live.items()}
        assert {k: tasks(r) for k, r in read["busy"].items()} == {
            k: tasks(r) for k, r in self.rows["busy"].items()
        }

    @invariant()
    def whoever_is_on_duty_is_in_one_open_interval(self) -> None:
        if self.observed:
            return  # facts of retired workers
        facts: Any = self.rows["presence"].values()
        state = self.log.state
        open_now = [(i.worker, i.area, i.since) for i in derived(facts) if i.until is None]
        on_duty = [(k, w.duty.area, w.duty.since) for k, w in sorted(state[WORKERS].items()) if w.duty.on]
        assert open_now == on_duty

    @invariant()
    def anomalies_are_rows(self) -> None:
        named = sum(len(e.data.anomalies) for e in self.log.events)
        assert len(self.rows["anomalies"]) == named
        assert len(self.rows["activity"]) == len(self.log.events)


STATES = ("open", "assigned", "in_progress", "done", "failed", "cancelled", "merged")


SLOTS = {"request.full", "request.ended", "request.slots_taken"}
CAPACITY = {"capacity.exceeded", "override", "amended"}


def ids_of(e: Event) -> set[str]:
    """Return the ids an event is about."""
    fields = ("worker", "team", "request", "incident", "assignment")
    return {value for field in fields if isinstance(value := getattr(e, field, None), str)}


def states(row: Any) -> tuple[Any, ...]:
    """Return a request's state and its assignees, ignoring order."""
    return row.state, set(row.live), set(row.offers), set(row.done), row.taken


def tasks(row: Any) -> set[tuple[str, str, datetime]]:
    """Return the tasks of a unit."""
    return {(t.assignment, t.state, t.since) for t in row.tasks}


class Punctual(Laws):
    """Laws without observed commands: facts may be late, every rule applies, and the board at now is live."""

    observing = False


def test_every_command_is_asked() -> None:
    assert {*CASES, *TO_SOMEBODY, *ENDS_ALL} == set(PUBLIC)


PACE = settings(
    max_examples=2000 if DEEP else scaled("MUSTER_EXAMPLES", 40, 400),
    stateful_step_count=60 if DEEP else 30,
    deadline=None,
    derandomize=not DEEP,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
    print_blob=False,
)
TestLaws = Laws.TestCase
TestLaws.settings = PACE
TestPunctual = Punctual.TestCase
TestPunctual.settings = PACE
