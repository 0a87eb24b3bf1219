"""The Yichun scenario with real decisions but no service: figures recomputed from events."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import msgspec
import pytest

from events import team, worker
from events.activity import ActivityAnnounced, ActivityAttended
from events.base import EventEnvelope
from events.catalog import envelopes
from events.commit import Commit
from events.duty import ACT, Fact, intervals, order
from events.facts import fact_of
from events.incident import IncidentClosed, IncidentDeclared
from events.request import RequestOpened
from events.request_state import ENDED, STATES
from services.decisions.area.table import AREAS
from services.decisions.assignment.table import ASSIGNMENTS, OFFERS
from services.decisions.base import Refused, commands
from services.decisions.decide import decide
from services.decisions.request.table import REQUESTS
from services.decisions.state import COMMANDS, State
from services.decisions.team.table import TEAMS
from services.decisions.worker.table import WORKER_STANDINGS, WORKERS
from services.demo.scenarios import SCENARIOS, Timed
from services.demo.scenarios.yichun.institutions.reviews import FORMATION
from services.recorder.envelope import CommandEnvelope, context_of
from services.reports.institutions import FIGURES, Folded, InstitutionsReport
from tests.by_hand import Line, counted, exported, person_times
from tests.scale import LONG

LOCKDOWN = datetime.fromisoformat("2022-03-28T00:00:00+08:00")
END = datetime.fromisoformat("2022-04-11T00:00:00+08:00")
EVE = LOCKDOWN - timedelta(microseconds=1)
FOUNDING = {
    "R1.lead": 1,
    "R1.act_jointly": 3,
    "R1.guarantee": 50,
    "R2.registered": 378,
    "R2.ledger": 377,
    "R3.covered": 227,
    "R3.joint": 6,
    "R4.person_times": 42,
    "R5.activities": 11,
    "R5.visits": 1_153,
    "R5.solved": 283,
    "R5.reliefs": 13,
    "R6.stations": 121,
    "R6.on_map": 113,
    "R9.published": 23,
    "R9.brands": 4,
    "R10.fields": 4,
    "R10.measures": 10,
    "R10.campaigns": 6,
    "R7.reported": 238,
    "R7.person_times": 114,
}
"""Figures of the report on Yichun before the lockdown."""


class Run:
    """The outcome of a whole scenario."""

    def __init__(self, seed: int, most: int | None = None, items: Iterable[Timed] | None = None) -> None:
        """`most` = the number of commands; None = all. `items`: these, instead of the whole scenario's."""
        self.seed, started = seed, time.process_time()
        self.items = list(islice(items or SCENARIOS["yichun"](seed).timed, most))
        self.state, self.events = State("2307"), list[EventEnvelope]()
        self.outcomes = Counter[str]()
        self.unforeseen: list[tuple[str, str, str]] = []
        for one in self.items:
            outcome = self.submit(one)
            self.outcomes[outcome] += 1
            if one.expect not in (None, outcome):
                self.unforeseen.append((one.item["name"], str(one.expect), outcome))
        self.seconds = time.process_time() - started

    def submit(self, one: Timed) -> str:
        """Process a command as a writer does: detect repeats by id, decide, then apply or undo."""
        item = one.item
        if item["id"] in self.state[COMMANDS]:
            return "known"
        command = commands[item["name"]].model_validate_json(msgspec.json.encode(item["data"]), strict=True)
        now = one.received.astimezone(UTC)
        envelope = CommandEnvelope(
            id=item["id"],
            command=command,
            actor=one.actor,
            received=now,
            at=_instant(item.get("at")),
            sent_at=_instant(item.get("sent_at")),
            observed=item.get("observed", False),
        )
        question = msgspec.structs.replace(context_of(envelope, now, "Asia/Shanghai"), anomalies=[])
        first = len(self.events) + 1
        try:
            recorded = decide(self.state, command, question, first, "body")
        except Refused as refused:
            self.state.undo()
            return refused.code
        self.state.settle()
        if not recorded:
            return "known" if envelope.observed else "unchanged"
        commit = Commit(
            id="c", jurisdiction="2307", first=first, prev="", recorded_at=now, events=tuple(recorded)
        )
        self.events += envelopes(commit)
        return "accepted"

    def facts(self) -> dict[str, list[Fact]]:
        """Return each worker's own facts that were not taken back, by (at, position)."""
        found: dict[str, dict[int, Fact]] = {}
        for event in self.events:
            fact = fact_of(event)
            if fact:
                found.setdefault(fact[0], {})[event.position] = fact[1]
            elif isinstance(event.data, worker.WorkerTakenBack):
                del found[event.data.worker][event.data.position]
        return {who: sorted(facts.values(), key=order) for who, facts in found.items()}


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@pytest.fixture(scope="module", params=[328, 2022] if LONG else [328])
def run(request: pytest.FixtureRequest) -> Run:
    return Run(request.param)


def test_every_answer_is_the_one_the_story_foresees(run: Run) -> None:
    assert run.unforeseen == []


def test_the_areas_are_all_of_yichun(run: Run) -> None:
    lengths = Counter(len(code) for code in run.state[AREAS])
    assert lengths == {6: 10, 9: 50, 12: 394}


def test_238_workers_report_to_their_home_communities_before_the_lockdown(run: Run) -> None:
    reports = [(e.at, e.data) for e in run.events if isinstance(e.data, worker.WorkerReported)]
    assert len({report.worker for _, report in reports}) == len(reports) == 238
    assert all(at < LOCKDOWN for at, _ in reports)
    for _, report in reports:
        known = run.state[WORKERS][report.worker]
        assert report.area == known.home_area
        assert known.role in ("courier", "rider", "driver")


def test_114_person_times_of_service_before_the_lockdown(run: Run) -> None:
    duties = [d for who, facts in run.facts().items() for d in intervals(who, facts)]
    before = [d for d in duties if d.since < LOCKDOWN]
    assert len(before) == 114
    assert all(d.until and d.until < LOCKDOWN for d in before)
    assert all(run.state[WORKERS][d.worker].role != "property_staff" for d in before)


def test_396_staff_of_18_firms_are_on_duty_during_the_lockdown(run: Run) -> None:
    staff = {who for who, known in run.state[WORKERS].items() if known.role == "property_staff"}
    facts = run.facts()
    there = {
        who
        for who in staff
        if any(
            d.since < END and (d.until is None or d.until > LOCKDOWN)
            for d in intervals(who, facts.get(who, ()))
        )
    }
    assert (len(there), len(staff)) == (396, 396)
    assert len({run.state[WORKERS][who].organisation for who in there}) == 18


def test_67_teams_serve_and_stand_down(run: Run) -> None:
    formed = [e.data for e in run.events if isinstance(e.data, team.TeamFormed)]
    assert len(formed) == 67
    assert {t.kind for t in formed} == {"vehicle", "courier"}
    assert {t.incident for t in formed} == {"lockdown-328"}
    assert all(t.state == "stood_down" and t.leader in t.members for t in run.state[TEAMS].values())
    served = {a.team for a in run.state[ASSIGNMENTS].values() if a.state == "done" and a.team}
    assert len(served) > 60


def test_the_incident_lasts_14_local_days_and_facts_come_in_after_it(run: Run) -> None:
    ((began, declared),) = ((e.at, e.data) for e in run.events if isinstance(e.data, IncidentDeclared))
    ((closed, ended),) = ((e, e.data) for e in run.events if isinstance(e.data, IncidentClosed))
    assert declared.starts_at == began == LOCKDOWN
    assert ended.ends_at == closed.recorded_at == END
    assert (closed.recorded_at - began).days == declared.expected_days == 14
    after = [e for e in run.events if e.position > closed.position]
    assert after
    assert all(e.name == "worker.checked_out" and e.at < END for e in after)


def test_requests_reconcile_at_the_end_of_each_day_and_all_of_them_end(run: Run) -> None:
    opened, states, day = 0, dict[str, str](), LOCKDOWN
    for event in run.events:
        while event.recorded_at >= day + timedelta(days=1) and day < END:
            day += timedelta(days=1)
            assert opened == len(states)
            assert set(states.values()) <= set(STATES)
        opened += isinstance(event.data, RequestOpened)
        for move in event.data.requests_moved:
            assert move.before is None or states[move.request] == move.before.state
            assert move.after is not None
            states[move.request] = move.after.state
    assert 3000 <= opened == len(states) <= 5000
    assert set(states.values()) == set(ENDED)
    days = {known.day for known in run.state[REQUESTS].values()}
    assert days == {(LOCKDOWN + timedelta(days=n)).date().isoformat() for n in range(14)}


def test_nobody_is_left_on_duty_or_on_a_task(run: Run) -> None:
    assert {place.presence for place in run.state[WORKER_STANDINGS].values()} == {"off_duty"}
    assert not run.state[OFFERS]
    assert not any(known.live for known in run.state[WORKERS].values())


def test_a_third_of_the_duty_facts_is_minutes_to_hours_late_and_keeps_its_time(run: Run) -> None:
    duty = [
        e for e in run.events if e.name in ("worker.checked_in", "worker.checked_out") and e.at >= LOCKDOWN
    ]
    late = [e for e in duty if e.recorded_at - e.at > timedelta(minutes=3)]
    assert 0.25 < len(late) / len(duty) < 0.42
    assert max(e.recorded_at - e.at for e in late) > timedelta(hours=3)
    corrected = [e for e in run.events if e.claimed]
    assert len(corrected) > 300
    assert max(abs(e.claimed - e.at) for e in corrected if e.claimed) > timedelta(minutes=10)


def test_facts_come_out_of_order_twice_and_are_taken_back(run: Run) -> None:
    newest, overtaken = dict[str, datetime](), 0
    for event in run.events:
        fact = fact_of(event)
        if fact:
            overtaken += event.at < newest.get(fact[0], event.at)
            newest[fact[0]] = max(event.at, newest.get(fact[0], event.at))
    assert overtaken > 20
    assert run.outcomes["known"] > 200
    assert run.outcomes["unchanged"] > 50
    taken = [e.data.kind for e in run.events if isinstance(e.data, worker.WorkerTakenBack)]
    assert Counter(taken) == {"in": 14, ACT: 4}


def test_the_refusals_are_the_documented_ones(run: Run) -> None:
    answers = ("accepted", "known", "unchanged")
    refused = {code: count for code, count in run.outcomes.items() if code not in answers}
    assert refused == {
        "request.full": 24,
        "offer.gone": 15,
        "worker.has_assignment": 8,
        "fact.not_newest": 3,
        "incident.unfinished": 1,
    }
    anomalies = Counter(code for e in run.events for code in e.data.anomalies)
    assert set(anomalies) == {"assignment.ended"}


def test_sick_riders_hand_their_tasks_over_before_they_check_out(run: Run) -> None:
    sick = [
        e for e in run.events if getattr(e.data, "reason", None) == "sick" and e.name == "assignment.released"
    ]
    assert len(sick) == 6
    for event in sick:
        rider = getattr(event.data, "worker", None)
        assert rider is not None
        after = [
            e for e in run.events if e.position > event.position and getattr(e.data, "worker", None) == rider
        ]
        assert next(e.name for e in after if e.name.startswith("worker.")) == "worker.checked_out"


def test_size_and_speed(run: Run) -> None:
    assert 25_000 < len(run.events) < 60_000
    assert run.seconds < 30, "a few seconds of processor time"


def test_a_seed_always_tells_the_same_story_and_another_seed_another_one(run: Run) -> None:
    mine = run.items[:8000]
    assert list(islice(SCENARIOS["yichun"](run.seed).timed, 8000)) == mine
    assert list(islice(SCENARIOS["yichun"](1).timed, 8000)) != mine
    assert len({one.item["id"] for one in run.items}) > 36_000


def test_nobody_in_it_can_be_telephoned(run: Run) -> None:
    data = [one.item["data"] for one in run.items]
    phones = [d[f] for d in data for f in ("phone", "contact_phone") if f in d]
    assert len(phones) > 3600
    assert all(phone.startswith("000") and not phone.startswith("00086") for phone in phones)


def test_items_come_in_the_order_in_which_they_reach_the_service(run: Run) -> None:
    received = [one.received for one in run.items]
    assert received == sorted(received)
    story = SCENARIOS["yichun"](328)
    assert story.starts <= received[0]
    assert received[-1] <= story.ends


def test_eleven_activities_took_place_before_the_lockdown(run: Run) -> None:
    """Counted from raw events: announced, not called off, and somebody was there."""
    names = {event.name for event in run.events}
    assert "activity.called_off" not in names
    came: dict[str, set[str]] = {}
    for event in run.events:
        if isinstance(event.data, ActivityAttended) and event.at < LOCKDOWN:
            came.setdefault(event.data.activity, set()).add(event.data.worker)
    announced = {e.data.activity for e in run.events if isinstance(e.data, ActivityAnnounced)}
    assert came.keys() == announced
    assert len(announced) == 11


@pytest.fixture(scope="module")
def folded(run: Run) -> Folded:
    """Return the rows that the report of the institutions has after these events."""
    return _folded(run.events)


@pytest.fixture(scope="module")
def lines(run: Run) -> list[Line]:
    return exported(run.events)


def _folded(events: Iterable[EventEnvelope]) -> Folded:
    found = Folded("2307")
    for event in events:
        found.take(event)
    found.zone = ZoneInfo("Asia/Shanghai")
    return found


def _values(report: InstitutionsReport) -> dict[str, float]:
    return {one.figure: one.value for section in report.sections for one in section.figures}


@pytest.mark.parametrize("when", [FORMATION, LOCKDOWN - timedelta(days=9, hours=5), EVE, END])
def test_the_report_says_what_a_count_by_hand_of_the_exported_events_gives(
    lines: list[Line], folded: Folded, when: datetime
) -> None:
    found = _values(folded.worked(when).report())
    by_hand = counted(lines, when)
    assert {name: found[name] for name in by_hand} == by_hand
    if when < LOCKDOWN:
        assert found["R7.person_times"] == person_times(lines, when)


def test_the_report_has_the_figures_of_the_founding_case(folded: Folded) -> None:
    eve, end = folded.worked(EVE, FORMATION).report(), folded.worked(END, EVE).report()
    figures = {one.figure: one for section in eve.sections for one in section.figures}
    told = {name: figures[name].value for name in FOUNDING}
    assert told == FOUNDING
    assert (figures["R3.covered"].before, figures["R2.ledger"].before) == (39, 375)
    assert (f"{figures['R3.covered'].share_before:.1%}", f"{figures['R3.covered'].share:.1%}") == (
        "10.4%",
        "60.2%",
    )
    assert figures["R3.own"].came == 51
    assert figures["R6.uses"].value > 700
    lockdown = _values(end)
    assert [lockdown[f"R8.{name}"] for name in ("firms", "property_staff", "teams", "days")] == [
        18,
        396,
        67,
        14,
    ]


@pytest.mark.parametrize("when", [FORMATION, LOCKDOWN + timedelta(days=5, hours=14)])
def test_a_report_at_a_date_is_that_of_what_had_happened_by_then(
    run: Run, folded: Folded, when: datetime
) -> None:
    """What came later changes nothing of it, so that it can be made at any time."""
    undone = {e.data.position for e in run.events if isinstance(e.data, worker.WorkerTakenBack)}
    until = [e for e in run.events if e.at <= when and e.position not in undone]
    since = when - timedelta(days=7)
    now, then = folded.worked(when, since), _folded(until).worked(when, since)
    assert now.report() == then.report()
    for name in FIGURES:
        assert now.opened(name) == then.opened(name), name


def test_a_report_before_facts_came_late_is_that_of_the_log_of_then(run: Run, folded: Folded) -> None:
    prefix = takewhile(lambda event: event.recorded_at <= EVE, run.events)
    assert folded.worked(EVE).report() == _folded(prefix).worked(EVE).report()
