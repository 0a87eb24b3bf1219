"""Alerts: what must be looked at, from when, and how it rises until somebody acts."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from events.timers import DEFAULTS, Timers
from projections.alerts import KINDS, Alert, Known, alerts, all_clear, on_duty, things
from projections.assignments import AssignmentRow, Stage
from projections.requests import RequestRow
from projections.roster import RosterRow
from projections.sos import SosRow
from projections.teams import TeamRow
from tests.given import t

A = "230717001"
NOON = t("12:00")
SHORT = Timers(
    untouched=(60, 60, 60, 60),
    offered=(60, 60, 60, 60),
    accepted=(60, 60, 60, 60),
    en_route=(60, 60, 60, 60),
    on_scene=(60, 60, 60, 60),
    welfare=60,
    duty=60,
)
"""A minute for everything."""


def ago(seconds: float) -> datetime:
    """Return the instant that many seconds before noon."""
    return NOON - timedelta(seconds=seconds)


def request(priority: int = 3, /, age: float = 0, **fields: Any) -> RequestRow:
    """Return an open request that waits since it was opened."""
    given: dict[str, Any] = {"request": "R1", "area": A, "day": "", "state": "open", "category": "grocery"}
    given |= {"priority": priority, "opened_at": ago(age), "waiting_since": ago(age)}
    return RequestRow(**{**given, **fields})


def taken(priority: int = 3, /, state: str = "assigned", **fields: Any) -> RequestRow:
    """Return a request with assignment A1 on it."""
    given: dict[str, Any] = {"state": state, "touched": True, "waiting_since": None}
    return request(priority, **{**given, "live": ("A1",), "taken": 1, **fields})


def assignment(state: str, **fields: Any) -> AssignmentRow:
    """Return worker W1's assignment to R1."""
    unit = {"unit": "W1", "worker": "W1"} if "team" not in fields else {"unit": fields["team"]}
    return AssignmentRow(assignment="A1", request="R1", area=A, state=state, **unit, **fields)


def person(worker: str = "W1", presence: str = "available", **fields: Any) -> RosterRow:
    """Return somebody on duty."""
    return RosterRow(worker=worker, area=A, role="courier", presence=presence, **fields)


def team(*members: str, state: str = "active") -> TeamRow:
    """Return team T1."""
    return TeamRow(
        team="T1", name="Team", kind="courier", area=A, state=state, members=members, formed_at=NOON
    )


def found(timers: Timers = SHORT, **rows: Any) -> list[Alert]:
    """Return the alerts at noon."""
    return alerts(Known(**rows), timers, NOON)


def told(timers: Timers = SHORT, **rows: Any) -> list[tuple[str, int]]:
    """Return (kind, level) of the alerts at noon."""
    return [(one.kind, one.level) for one in found(timers, **rows)]


def test_life_safety_that_waits_is_an_alert_from_the_first_second():
    known: dict[str, Any] = {"requests": [request(1)], "roster": [person()]}
    assert ("waiting", 1) in told(DEFAULTS, **known)


def test_others_become_alerts_when_their_time_is_over():
    for priority, limit in ((2, 300), (3, 3600), (4, 14400)):
        early = told(DEFAULTS, requests=[request(priority, age=limit - 1)], roster=[person()])
        late = told(DEFAULTS, requests=[request(priority, age=limit)], roster=[person()])
        assert "untouched" not in dict(early)
        assert ("untouched", priority) in late


@pytest.mark.parametrize(("age", "level"), [(60, 4), (119, 4), (120, 3), (180, 2), (240, 1), (9999, 1)])
def test_an_alert_rises_one_level_each_further_time_its_limit_passes(age: int, level: int):
    assert told(requests=[request(4, age=age)], roster=[person()]) == [("untouched", level)]


def test_how_fast_alerts_rise_is_set_apart_from_the_limits():
    def level(times: int) -> int:
        timers = Timers(untouched=(60, 60, 60, 60), level=times)
        return dict(told(timers, requests=[request(4, age=180)], roster=[person()]))["untouched"]

    assert [level(times) for times in (0, 1, 2, 3)] == [4, 2, 3, 4]


def test_with_nobody_on_duty_every_request_that_waits_is_an_alert():
    assert told(requests=[request(4)]) == [("nobody_on_duty", 4)]
    assert ("nobody_on_duty", 1) in told(requests=[request(1)])
    assert told(requests=[request(4)], roster=[person(presence="off_duty")]) == [("nobody_on_duty", 4)]
    assert told(requests=[request(4)], roster=[person()]) == []


def test_a_team_that_lists_no_members_counts_as_somebody():
    assert told(requests=[request(4)], teams=[team()]) == []
    assert told(requests=[request(4)], teams=[team("W9")]) == [("nobody_on_duty", 4)]
    assert told(requests=[request(4)], teams=[team(state="forming")]) == [("nobody_on_duty", 4)]


def test_a_request_that_everybody_refused_is_an_alert_at_once():
    row = request(3, touched=True)
    assert told(requests=[row], roster=[person()]) == [("refused", 3)]


def test_a_request_of_which_a_part_is_done_gets_its_time_again():
    def at(age: int) -> list[tuple[str, int]]:
        row = request(3, age=age, touched=True, slots=2, taken=1, done=("A1",), state="in_progress")
        return told(requests=[row], roster=[person()])

    assert (at(59), at(60)) == ([], [("refused", 3)])


def test_what_is_done_by_all_needs_nobody_more():
    row = request(1, age=9999, waiting_since=None, touched=True, taken=1, done=("A1",), state="in_progress")
    assert told(requests=[row], roster=[person()]) == []


def test_overdue_counts_whoever_is_on_it():
    row = taken(3, due_at=ago(1))
    on_scene = assignment("on_scene", on_scene_at=ago(10))
    assert told(requests=[row], assignments=[on_scene], roster=[person()]) == [("overdue", 3)]
    assert told(requests=[taken(3, due_at=NOON)], assignments=[on_scene], roster=[person()]) == []


def test_new_urgent_requests_are_alerts_until_acknowledged_or_touched():
    assert ("unacknowledged", 2) in told(requests=[request(2)], roster=[person()])
    assert told(requests=[request(3)], roster=[person()]) == []
    offered = request(2, touched=True, waiting_since=None, offers=("A1",))
    assert told(requests=[offered], roster=[person()]) == []


def test_an_offer_without_an_answer():
    def at(age: int, row: RequestRow) -> list[tuple[str, int]]:
        offer = assignment("offered", offered_at=ago(age))
        return told(requests=[row], assignments=[offer], roster=[person()])

    asked = request(3, touched=True, waiting_since=None, offers=("A1",))
    assert (at(59, asked), at(60, asked)) == ([], [("offered_silent", 3)])
    assert at(60, taken(3)) == [], "somebody else took the only slot"


@pytest.mark.parametrize(
    ("state", "kind", "begun"),
    [
        ("accepted", "not_moving", "accepted_at"),
        ("dispatched", "not_moving", "dispatched_at"),
        ("en_route", "en_route_long", "en_route_at"),
        ("on_scene", "on_scene_silent", "on_scene_at"),
    ],
)
def test_an_assignment_that_does_not_move_on(state: str, kind: str, begun: str):
    def at(age: int) -> list[tuple[str, int]]:
        given: Any = {begun: ago(age)}
        return told(requests=[taken(2)], assignments=[assignment(state, **given)], roster=[person()])

    assert at(59) == []
    assert at(60) == [(kind, 2)]
    assert at(120) == [(kind, 1)]


def test_a_stage_of_the_organisation_is_a_sign_of_life_on_scene():
    stages = (Stage("on_scene", ago(600), ago(600), 1), Stage("triage", ago(90), ago(30), 2))
    row = assignment("on_scene", on_scene_at=ago(600), stages=stages)
    assert told(requests=[taken(2)], assignments=[row], roster=[person()]) == []


def test_sending_to_nobody_leaves_an_alert_until_somebody_is_there():
    row = assignment("dispatched", team="T1", dispatched_at=ago(0))
    known: dict[str, Any] = {"requests": [taken(1)], "assignments": [row], "teams": [team("W1", "W2")]}
    assert told(**known, roster=[person("W9")]) == [("sent_to_nobody", 1)]
    assert told(**known, roster=[person("W1", team="T1")]) == []
    assert told(**{**known, "teams": [team()]}, roster=[person("W9")]) == [], "its members are not known"


def test_whoever_goes_off_duty_on_a_task_leaves_an_alert():
    row = assignment("en_route", dispatched_at=ago(30), en_route_at=ago(20))
    assert told(requests=[taken(3)], assignments=[row], roster=[person("W9")]) == [("sent_to_nobody", 3)]


def test_people_on_scene_or_alone_on_the_way_are_checked():
    def of(presence: str, **fields: Any) -> list[tuple[str, int]]:
        return told(roster=[person(presence=presence, since=ago(60), **fields)])

    assert of("on_scene") == [("welfare", 2)]
    assert of("on_scene", team="T1") == [("welfare", 2)], "the only one of the team on duty is alone"
    assert of("en_route") == [("welfare", 2)]
    assert of("assigned") == of("available") == []


def crew(*since: float, presence: str = "on_scene", **fields: Any) -> list[RosterRow]:
    """Return members W1, W2, ... of team T1, by the age of their place."""
    return [
        person(f"W{n}", presence, team="T1", since=ago(age), **fields) for n, age in enumerate(since, start=1)
    ]


def test_a_team_on_scene_is_one_alert_about_the_member_heard_of_last():
    (one,) = found(roster=crew(90, 70, 80))
    assert (one.kind, one.level, one.people) == ("welfare", 3, 3)
    assert (one.id, one.subject, one.worker, one.team) == ("welfare:team/T1", "worker/W2", "W2", "T1")
    assert one.since == ago(70)
    assert told(roster=crew(90, 90, presence="en_route")) == [], "in company on the way"
    assert len(found(roster=[*crew(90, 90), person("W9", "on_scene", team="T2", since=ago(90))])) == 2


def test_a_sign_of_life_of_any_member_is_one_of_the_team():
    members = crew(600, 600)
    assert told(roster=members) == [("welfare", 2)]
    members[0] = msgspec.structs.replace(members[0], welfare_at=ago(1))
    assert told(roster=members) == []


@pytest.mark.parametrize(("priority", "worst"), [(1, 1), (2, 2), (3, 2)])
def test_a_check_of_people_in_company_is_red_only_where_a_life_is_at_stake(priority: int, worst: int):
    row = assignment("on_scene", team="T1", on_scene_at=ago(9999))
    known: dict[str, Any] = {"requests": [taken(priority)], "assignments": [row], "teams": [team("W1", "W2")]}
    (one,) = [one for one in found(**known, roster=crew(9999, 9999)) if one.kind == "welfare"]
    assert (one.level, one.priority, one.request) == (worst, priority, "R1")


def test_a_check_of_somebody_alone_rises_to_red():
    assert told(roster=[person(presence="on_scene", since=ago(9999))]) == [("welfare", 1)]


def test_a_member_on_a_task_of_their_own_is_alone():
    row = assignment("on_scene", on_scene_at=ago(60))
    members = [*crew(60), person("W2", "available", team="T1")]
    some = found(requests=[taken(4)], assignments=[row], roster=members)
    assert ("welfare", 2, 1) in [(one.kind, one.level, one.people) for one in some]


def test_a_stage_reported_meanwhile_is_a_sign_of_life():
    row = assignment("on_scene", on_scene_at=ago(70), stages=(Stage("on_scene", ago(70), ago(10), 1),))
    known: dict[str, Any] = {"requests": [taken(3)], "assignments": [row]}
    assert told(**known, roster=[person(presence="on_scene", since=ago(70))]) == []


def test_a_check_begins_the_time_again():
    row = assignment("on_scene", on_scene_at=ago(600), stages=(Stage("on_scene", ago(600), ago(600), 1),))
    known: dict[str, Any] = {"requests": [taken(2)], "assignments": [row]}
    there = person(presence="on_scene", since=ago(600), welfare_at=ago(30))
    assert told(**known, roster=[there]) == []
    assert told(roster=[msgspec.structs.replace(there, welfare_at=ago(60))]) == [("welfare", 2)]


def test_a_check_of_one_is_a_sign_of_life_of_the_team_and_of_its_task():
    row = assignment("on_scene", team="T1", on_scene_at=ago(600))
    members = crew(600, 600)
    members[0] = msgspec.structs.replace(members[0], welfare_at=ago(1))
    assert found(requests=[taken(2)], assignments=[row], roster=members, teams=[team("W1", "W2")]) == []


def test_a_long_duty():
    assert told(roster=[person(duty_since=ago(59))]) == []
    assert told(roster=[person(duty_since=ago(60))]) == [("long_duty", 3)]
    assert told(roster=[person(duty_since=ago(9999))]) == [("long_duty", 2)], "never red"
    assert told(roster=[person(presence="off_duty", duty_since=ago(60))]) == []


def test_long_duties_of_a_team_are_one_alert_about_the_longest():
    members = [person(f"W{n}", team="T1", duty_since=ago(age)) for n, age in enumerate((59, 70, 80), start=1)]
    (one,) = found(roster=members)
    assert (one.kind, one.people, one.subject, one.team) == ("long_duty", 2, "worker/W3", "T1")


def test_a_call_for_help_is_the_worst_until_it_ends():
    sos = SosRow(sos="S1", worker="W1", area=A, raised_at=NOON, recorded_at=NOON)
    one = found(sos=[sos], requests=[request(1)])[0]
    assert (one.kind, one.level, one.subject, one.worker) == ("sos", 1, "sos/S1", "W1")
    assert told(sos=[msgspec.structs.replace(sos, ended_at=NOON, state="ended")]) == []


def test_what_ended_is_no_alert():
    ended = request(1, age=9999, state="done", waiting_since=None)
    row = assignment("dispatched", dispatched_at=ago(9999))
    assert told(requests=[ended], assignments=[row], roster=[person()]) == []


def test_the_worst_come_first_and_each_names_its_request():
    known = [request(4, age=60, request="R4"), request(1, age=60, request="R1")]
    some = found(requests=known, roster=[person()])
    assert [(one.level, one.request) for one in some] == [(1, "R1"), (1, "R1"), (4, "R4")]
    assert [one.id for one in some] == ["waiting:R1", "unacknowledged:R1", "untouched:R4"]
    assert all(one.kind in KINDS for one in some)


def test_a_request_counts_once_by_its_worst_kind():
    some = found(requests=[request(1), request(4, age=60, request="R4")], roster=[])
    assert len(some) == 5
    assert [(one.kind, one.request) for one in things(some)] == [("waiting", "R1"), ("nobody_on_duty", "R4")]
    calls = [SosRow(sos=key, worker="W1", area=A, raised_at=NOON, recorded_at=NOON) for key in ("S1", "S2")]
    assert len(things(found(sos=calls))) == 2


def test_all_is_clear_only_where_nothing_waits_and_somebody_is_there():
    calm, life = [request(4)], [request(1, waiting_since=None, touched=True, offers=("A1",))]
    there = [person()]

    def clear(requests: list[RequestRow], roster: list[RosterRow]) -> bool:
        return all_clear(found(DEFAULTS, requests=requests, roster=roster), requests, on_duty(roster))

    assert clear([], [])
    assert clear(calm, there)
    assert not clear(calm, [])
    assert not clear(life, there), "an offer is nobody on the way"
    assert clear([taken(1)], there)
