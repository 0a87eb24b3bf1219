"""Amendments mean the same in whatever order they arrive: now, at every instant, and to the decisions."""

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as cases
from hypothesis import strategies as st
from scale import LONG

from projections.catalog import views
from projections.fold import fold
from projections.instant import READ, Board
from services.decisions.amending import CHANGES
from services.decisions.area.table import AREAS
from services.decisions.base import Command, commands
from services.decisions.incident.table import INCIDENTS
from services.decisions.request.table import REQUESTS
from services.decisions.signs import CALL_SIGNS
from services.decisions.team.table import TEAMS
from services.decisions.term.table import TERMS
from services.decisions.worker.table import WORKERS
from tests.given import Given, area, assignment, given, incident, jurisdiction, request, t, team, term, worker

A, B = "230717", "230718"
TRIANGLE = ((((128.9, 47.7), (128.91, 47.7), (128.91, 47.71), (128.9, 47.7)),),)
NIGHT = t("20:00")
"""When what is late arrives."""


def city() -> Given:
    """Set up one of everything that can be amended, at 00:00, with a courier under way from 00:30."""
    begun = given(
        area.define(area=A, name="County 1"),
        area.define(area=B, name="County 2"),
        incident.declare(incident="I1", name="Lockdown"),
        worker.register(worker="W1", role="courier", home_area=A),
        worker.register(worker="W2", role="courier", home_area=A),
        team.form(team="T1", name="Team 1", kind="courier", area=A, members=("W1",), activate=True),
        request.open(request="R1", category="grocery", area=A, slots=None),
    )
    begun.and_(worker.check_in(worker="W2", area=A), now=t("00:20"))
    begun.and_(assignment.dispatch(assignment="A1", request="R1", worker="W2"), now=t("00:30"))
    return begun.and_(assignment.progress(assignment="A1", stage="on_scene"), now=t("02:30"))


class Told(NamedTuple):
    """One amendment, and the minute after 00:00 at which it happened."""

    minute: int
    command: Command


def amendment(
    which: str, key: dict[str, str], /, **fields: st.SearchStrategy[Any]
) -> st.SearchStrategy[Command]:
    """Generate an amendment of some of these fields."""
    some = st.fixed_dictionaries({}, optional=fields).filter(bool)
    return some.map(lambda given: commands[which](**key, **given, **latitude(given)))


def latitude(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the latitude that goes with a longitude: half a place is refused."""
    return {"lat": given["lon"]} if "lon" in given else {}


AREAS_OF, WORDS, FEW = st.sampled_from([A, B]), st.sampled_from(["a", "b"]), st.integers(1, 3)
KINDS: tuple[st.SearchStrategy[Command], ...] = (
    amendment(
        "request.amend",
        {"request": "R1"},
        category=WORDS,
        priority=FEW,
        area=AREAS_OF,
        incident=st.sampled_from(["I1", None]),
        quantity=FEW,
        lon=st.sampled_from([1.0, None]),
        address=st.sampled_from(["sealed:a", None]),
    ),
    amendment(
        "worker.amend",
        {"worker": "W1"},
        role=WORDS,
        home_area=st.sampled_from([A, B, None]),
        skills=st.sampled_from([(), ("first_aid",)]),
        capacity=FEW,
        call_sign=st.sampled_from(["Heron", "Crane"]),
        phone=st.sampled_from(["sealed:p", None]),
    ),
    amendment("team.amend", {"team": "T1"}, name=WORDS, area=AREAS_OF, capacity=st.none() | FEW),
    amendment("incident.amend", {"incident": "I1"}, name=WORDS, kind=WORDS, expected_days=FEW),
    amendment("area.rename", {"area": A}, name=WORDS).filter(lambda c: "name" in c.model_fields_set),
    st.sampled_from([(), TRIANGLE]).map(lambda shape: area.bound(area=A, boundary=shape)),
    st.builds(
        lambda name, retired: term.define(list="category", code="water", names={"en": name}, retired=retired),
        WORDS,
        st.booleans(),
    ),
    FEW.map(lambda level: jurisdiction.set_timers(timers={"level": level})),
)


def history(*kinds: st.SearchStrategy[Command]) -> st.SearchStrategy[list[Told]]:
    """Generate amendments of these kinds, each of its own minute."""
    told = st.builds(Told, st.integers(-30, 300).filter(bool), st.one_of(*kinds))
    return st.lists(told, min_size=2, max_size=7, unique_by=lambda one: one.minute)


HISTORIES = history(KINDS[0]) | history(KINDS[1]) | history(*KINDS)
SHOWN = ("requests", "assignments", "roster", "teams", "incidents", "areas", "boundaries", "terms")
KNOWN: tuple[Any, ...] = (REQUESTS, WORKERS, TEAMS, INCIDENTS, AREAS, TERMS, CALL_SIGNS)


def arrived(told: list[Told]) -> Given:
    """Record the amendments in this order of arrival, as an import or a phone long offline tells them."""
    case = city()
    for one in told:
        at = t("00:00") + timedelta(minutes=one.minute)
        case.and_(one.command, at=at, now=NIGHT, observed=True)
    return case


def without_positions(rows: dict[str, Any]) -> dict[str, Any]:
    """Return rows without what tells of the order in which they were recorded.

    On the roster that is also `since`: the time of the event by which a place became the present one.
    """
    told: dict[str, Any] = {}
    for key, row in rows.items():
        fields = {name: getattr(row, name) for name in row.__struct_fields__}
        told[key] = {k: v for k, v in fields.items() if k not in ("changed", "since", "stages", "defined_by")}
    return told


def present(case: Given) -> dict[str, Any]:
    """Return what the live views show."""
    live = {name: fold(views[name], case.log.commits) for name in (*SHOWN, "headcount", "busy", "ledger")}
    return {name: without_positions(rows) for name, rows in live.items()} | {"timers": case.state.meta.timers}


def boards(case: Given) -> dict[int, Any]:
    """Return the board every ten minutes, and now."""
    minutes = (*range(-30, 301, 10), 20 * 60)
    instants = {m: Board("2307", case.log.events, t("00:00") + timedelta(minutes=m)) for m in minutes}
    return {
        m: {name: without_positions(read(board)) for name, (_, read) in READ.items()}
        for m, board in instants.items()
    }


def decided(case: Given) -> dict[str, Any]:
    """Return what decisions know, and since when each amended field is as it is."""
    tables = {table.name: dict(case.state[table]) for table in KNOWN}
    since = {
        key: {name: one.at for name, one in sorted(fields.items())}
        for key, fields in case.state[CHANGES].items()
    }
    return {**tables, "since": since}


@settings(
    max_examples=600 if LONG or os.environ.get("MUSTER_DEEP") else 40,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow],
)
@cases(told=HISTORIES, data=st.data())
def test_any_order_of_arrival_tells_the_same(told: list[Told], data: st.DataObject) -> None:
    one = arrived(sorted(told, key=lambda fact: fact.minute))
    other = arrived(data.draw(st.permutations(told)))
    assert present(one) == present(other)
    assert decided(one) == decided(other)
    past = boards(one)
    assert past == boards(other)
    for case in (one, other):
        live = {name: fold(views[name], case.log.commits) for name in ("headcount", "requests", "busy")}
        now = Board("2307", case.log.events, NIGHT)
        assert without_positions(live["requests"]) == without_positions(now.requests())
        assert live["headcount"] == now.headcount()
        assert live["busy"].keys() == now.busy().keys()


LATE: list[tuple[Any, str]] = [
    (lambda value: request.amend(request="R1", category=value), "requests"),
    (lambda value: worker.amend(worker="W1", role=value), "roster"),
    (lambda value: team.amend(team="T1", name=value), "teams"),
    (lambda value: incident.amend(incident="I1", name=value), "incidents"),
    (lambda value: area.rename(area=A, name=value), "areas"),
]


@pytest.mark.parametrize(("amend", "view"), LATE, ids=[view for _, view in LATE])
def test_what_is_late_changes_only_the_past(amend: Any, view: str):
    case = city().and_(amend("newer"), now=t("10:00"))
    before = fold(views[view], case.log.commits)
    case.and_(amend("older"), at=t("09:00"), now=t("11:00"), observed=True)
    assert fold(views[view], case.log.commits) == before


def test_what_is_late_changes_the_present_of_what_nothing_later_set():
    case = city().and_(request.amend(request="R1", priority=1), now=t("10:00"))
    late = request.amend(request="R1", priority=4, quantity=5)
    case.when(late, at=t("09:00"), now=t("11:00"), observed=True)
    row: Any = fold(views["requests"], case.log.commits)["R1"]
    then: Any = Board("2307", case.log.events, t("09:30")).requests()["R1"]
    assert (row.priority, row.quantity) == (1, 5)
    assert (then.priority, then.quantity) == (4, 5)


def test_the_past_knows_the_area_of_its_own_time():
    """A step recorded before a late amendment said another area; it does not bring that one back."""
    case = city()
    case.and_(request.amend(request="R1", area=B), at=t("00:10"), now=t("11:00"), observed=True)
    past: dict[str, Any] = {
        clock: Board("2307", case.log.events, t(clock)).requests()["R1"]
        for clock in ("00:05", "00:10", "03:00")
    }
    assert {clock: row.area for clock, row in past.items()} == {"00:05": A, "00:10": B, "03:00": B}


def test_of_two_at_one_instant_the_one_recorded_later_counts():
    case = city()
    for priority in (1, 2):
        case.and_(request.amend(request="R1", priority=priority), at=t("09:00"), now=NIGHT, observed=True)
    row: Any = fold(views["requests"], case.log.commits)["R1"]
    now: Any = Board("2307", case.log.events, NIGHT).requests()["R1"]
    assert (row.priority, now.priority) == (2, 2)


def test_the_same_told_again_about_the_same_instant_changes_nothing():
    case, late = city(), request.amend(request="R1", priority=1)
    case.and_(late, at=t("09:00"), now=NIGHT, observed=True)
    case.when(late, at=t("09:00"), now=NIGHT, observed=True).unchanged()


def test_no_conflict_with_what_is_superseded():
    """Who edits the present is not stopped by what somebody tells of the past."""
    case = city().and_(request.amend(request="R1", priority=1), now=t("10:00"))
    seen = case.state.head.position
    case.and_(request.amend(request="R1", priority=4), at=t("09:00"), now=t("11:00"), observed=True)
    case.when(request.amend(request="R1", priority=2, based_on=seen)).anomaly()


def test_a_superseded_call_sign_is_nobodys():
    case = city().and_(worker.amend(worker="W1", call_sign="Heron"), now=t("10:00"))
    case.and_(worker.amend(worker="W1", call_sign="Crane"), at=t("09:00"), now=t("11:00"), observed=True)
    case.when(worker.amend(worker="W2", call_sign="Crane")).anomaly()


def test_an_amendment_from_before_the_end_is_no_contradiction():
    case = city().and_(request.cancel(request="R1", reason="no_longer_needed"), now=t("10:00"))
    late = request.amend(request="R1", quantity=5)
    case.when(late, at=t("09:00"), now=t("11:00"), observed=True).anomaly()
    case.when(request.amend(request="R1", quantity=6), at=t("10:30"), now=t("11:00"), observed=True).anomaly(
        "request.ended"
    )


def test_registered_again_of_an_earlier_time_keeps_what_is_newer():
    case = city().and_(worker.amend(worker="W1", role="medic"), now=t("10:00"))
    again = worker.register(worker="W1", role="driver", home_area=B)
    case.and_(again, at=t("09:00"), now=t("11:00"), observed=True)
    row: Any = fold(views["roster"], case.log.commits)["W1"]
    assert (row.role, row.home_area) == ("medic", B)
    assert fold(views["headcount"], case.log.commits) == Board("2307", case.log.events, NIGHT).headcount()
