"""Candidates: ranked by free, able, near; and every unit ranked as free can really be sent."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections.areas import AreaRow
from projections.catalog import views
from projections.fold import fold
from projections.requests import RequestRow
from projections.roster import RosterRow
from projections.teams import TeamRow
from services.decisions.base import Command, Refused
from services.decisions.decide import decide
from services.dispatch.abilities import Abilities, AbilitiesInvalid, Ability, load
from services.dispatch.board import VIEWS, Board, assemble, id_of, searched, takes
from services.dispatch.ranking import Candidate, chain, metres, rank, step_metres
from tests.given import DAY, Context, Given, area, assignment, request, team, worker
from tests.given import given as given_

CITY, COUNTY, STREET, HOME, NEXT, FAR = (
    "2307",
    "230717",
    "230717001",
    "230717001001",
    "230717001002",
    "230718",
)
GROCERY = Abilities({"grocery": Ability(roles=("courier",), skills=("cold",), team_kinds=("courier",))})
ASKED = RequestRow(
    request="R1", area=HOME, day="2022-03-28", state="open", category="grocery", priority=3, opened_at=DAY
)


def areas(**places: tuple[float, float]) -> dict[str, AreaRow]:
    """Return a city > county > street > two communities, and a county. `a230718=(lon, lat)` locates one."""
    parents = {CITY: None, COUNTY: CITY, STREET: COUNTY, HOME: STREET, NEXT: STREET, FAR: CITY}
    found: dict[str, AreaRow] = {}
    for code, parent in parents.items():
        lon, lat = places.get(f"a{code}", (None, None))
        found[code] = AreaRow(area=code, name=code, parent=parent, level=len(code), lon=lon, lat=lat)
    return found


def rider(worker: str, **more: Any) -> RosterRow:
    """Return a worker on duty and available in the request's area."""
    given = {"area": HOME, "role": "courier", "presence": "available"}
    return RosterRow(worker=worker, **{**given, **more})


def crew(team: str, **more: Any) -> TeamRow:
    """Return an active team without listed members."""
    given = {"name": team, "kind": "courier", "area": HOME, "state": "active", "formed_at": DAY}
    return TeamRow(team=team, **{**given, **more})


def ranked(*units: RosterRow | TeamRow, abilities: Abilities = GROCERY, **board: Any) -> list[Candidate]:
    """Rank all units."""
    given = {"request": ASKED, "areas": areas(), **board}
    workers = [one for one in units if isinstance(one, RosterRow)]
    teams = [one for one in units if isinstance(one, TeamRow)]
    return rank(Board(workers=workers, teams=teams, **given), abilities, 100)


def names(found: list[Candidate]) -> list[str]:
    return [one.row.worker if one.kind == "worker" else one.row.team for one in found]


def free(*units: RosterRow | TeamRow, **board: Any) -> dict[str, bool]:
    found = ranked(*units, **board)
    return dict(zip(names(found), (one.free for one in found), strict=True))


# -- free ----------------------------------------------------------------------------------------------------


def test_on_duty_with_capacity_left_is_free_and_off_duty_is_not():
    units = (
        rider("idle"),
        rider("resting", presence="on_break"),
        rider("home", presence="off_duty"),
        rider("full", presence="assigned"),
        rider("half", presence="assigned", capacity=2),
    )

    assert free(*units, load={"full": 1, "half": 1}) == {
        "idle": True,
        "half": True,
        "resting": True,
        "full": False,
        "home": False,
    }


def test_who_has_nothing_to_do_comes_before_who_has_and_both_before_who_rests():
    units = (
        rider("1-resting", presence="on_break"),
        rider("2-half", presence="assigned", capacity=2),
        rider("3-idle", area=FAR),
    )

    assert names(ranked(*units, load={"2-half": 1})) == ["3-idle", "2-half", "1-resting"]


def test_whom_the_request_was_offered_to_or_who_is_on_it_is_not_free():
    found = ranked(rider("W1"), rider("W2"), crew("T1"), asked=frozenset({("worker", "W1"), ("team", "T1")}))

    assert [(name, one.free, one.asked) for name, one in zip(names(found), found, strict=True)] == [
        ("W2", True, False),
        ("W1", False, True),
        ("T1", False, True),
    ]


def test_a_member_of_an_active_team_goes_with_the_team():
    found = ranked(rider("W1", team="T1"), crew("T1", members=("W1",), member_count=1), manned={"T1": 1})

    assert [(name, one.free, one.in_team) for name, one in zip(names(found), found, strict=True)] == [
        ("T1", True, None),
        ("W1", False, "T1"),
    ]


@pytest.mark.parametrize(
    ("team", "manned", "expected"),
    [
        (crew("T1"), {}, True),
        (crew("T1", state="forming"), {}, False),
        (crew("T1", state="stood_down"), {}, False),
        (crew("T1", capacity=1, live=("A1",), live_count=1), {}, False),
        (crew("T1", capacity=None, live=("A1",), live_count=1), {}, True),
        (crew("T1", members=("W1",), member_count=1), {}, False),
        (crew("T1", members=("W1", "W2"), member_count=2), {"T1": 1}, True),
    ],
    ids=["no listed members", "forming", "stood down", "full", "open-ended", "all off duty", "one on duty"],
)
def test_a_team_is_free(team: TeamRow, manned: Mapping[str, int], expected: bool):
    assert free(team, manned=manned) == {"T1": expected}


@pytest.mark.parametrize(
    ("unit", "why", "can_go"),
    [
        (rider("W1"), None, True),
        (rider("W1", presence="off_duty"), "off_duty", False),
        (rider("W1", capacity=0), "full", True),
        (rider("W1", team="T1"), "in_team", True),
        (crew("T1", state="forming"), "not_active", False),
        (crew("T1", members=("W1",), member_count=1), "nobody_on_duty", False),
        (crew("T1", capacity=1, live=("A1",), live_count=1), "full", True),
    ],
)
def test_whoever_is_not_free_says_why_and_whether_they_can_go_at_all(
    unit: Any, why: str | None, can_go: bool
):
    (found,) = ranked(unit)
    assert (found.why, found.can_go, found.free) == (why, can_go, why is None)


def test_whoever_was_asked_cannot_go_twice_and_those_who_can_go_come_first():
    found = ranked(
        rider("W1", presence="off_duty"),
        rider("W2"),
        rider("W3", team="T1"),
        asked=frozenset({("worker", "W2")}),
    )
    assert [(name, one.why) for name, one in zip(names(found), found, strict=True)] == [
        ("W3", "in_team"),
        ("W1", "off_duty"),
        ("W2", "asked"),
    ]


@pytest.mark.parametrize(
    ("changed", "more"),
    [
        ({}, 1),
        ({"slots": None, "taken": 7, "state": "assigned"}, None),
        ({"slots": 2, "taken": 2, "state": "assigned"}, 0),
        ({"slots": 1, "taken": 2, "state": "assigned"}, 0),
        ({"state": "cancelled"}, 0),
        ({"state": "done", "slots": None}, 0),
    ],
)
def test_how_many_a_request_takes_and_that_who_is_free_may_take_over_from_another(
    changed: dict[str, Any], more: int | None
):
    asked = msgspec.structs.replace(ASKED, **changed)

    assert takes(asked) == more
    assert free(rider("W1"), crew("T1"), request=asked) == {"W1": True, "T1": True}


# -- able ----------------------------------------------------------------------------------------------------


def test_whom_the_table_names_is_able_and_it_says_why():
    found = ranked(
        rider("W1"),
        rider("W2", role="driver", skills=("cold", "night")),
        rider("W3", role="driver"),
        crew("T1"),
        crew("T2", kind="vehicle"),
    )

    assert [(name, one.able, one.matched) for name, one in zip(names(found), found, strict=True)] == [
        ("W1", True, ("role:courier",)),
        ("W2", True, ("skill:cold",)),
        ("T1", True, ("team_kind:courier",)),
        ("W3", False, ()),
        ("T2", False, ()),
    ]


def test_of_a_category_that_the_table_does_not_have_everybody_is_able():
    other = msgspec.structs.replace(ASKED, category="snow")

    assert all(
        one.able and one.matched == () for one in ranked(rider("W1", role="x"), crew("T1"), request=other)
    )


def test_free_counts_more_than_able_and_able_more_than_near():
    units = (
        rider("1-busy", presence="en_route"),
        rider("2-other", role="driver"),
        rider("3-far", area=FAR),
    )

    assert names(ranked(*units, load={"1-busy": 1})) == ["3-far", "2-other", "1-busy"]


def test_a_vehicle_is_recognised_whatever_its_case():
    assert Ability(vehicles=("Van",)).of_worker("x", (), "VAN") == ("vehicle:VAN",)


@pytest.mark.parametrize(
    ("category", "able"),
    [
        ("grocery", {"courier", "rider", "volunteer"}),
        ("medicine", {"courier", "rider", "medic"}),
        ("transport", {"driver"}),
        ("welfare", {"volunteer", "property_staff", "medic"}),
    ],
)
def test_the_shipped_table_knows_the_lockdown(category: str, able: set[str]):
    roles = ("courier", "rider", "driver", "volunteer", "property_staff", "medic")
    one = load().categories[category]

    assert {role for role in roles if one.of_worker(role, (), None)} == able


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("categories = 3", "Expected `object`"),
        ("[categories.grocery]\nrole = ['courier']", "unknown field `role`"),
        ("[categories.grocery]\nroles = ['Courier!']", "matching regex"),
        ("[categories.grocery]", "nobody can serve grocery"),
        ("[[", "wrong"),
    ],
)
def test_a_table_that_is_wrong_is_refused_by_its_file_and_reason(tmp_path: Path, text: str, says: str):
    file = tmp_path / "mine.toml"
    file.write_text(text)

    with pytest.raises(AbilitiesInvalid, match=says) as refused:
        load(file)
    assert str(file) in str(refused.value)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(AbilitiesInvalid, match="No such file"):
        load(tmp_path / "none.toml")


# -- near ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "steps"),
    [(HOME, 0), (f"{HOME}-3", 0), (NEXT, 1), (STREET, 1), (COUNTY, 2), (FAR, 3), (CITY, 3)],
)
def test_steps_are_the_levels_to_go_up_from_the_request(there: str, steps: int):
    tree = areas() | {f"{HOME}-3": AreaRow(area=f"{HOME}-3", name="grid", parent=HOME, level=4)}

    assert [one.steps for one in ranked(rider("W1", area=there), areas=tree)] == [steps]


def test_without_places_fewer_steps_are_nearer():
    units = (rider("1", area=FAR), rider("2", area=COUNTY), rider("3", area=NEXT), rider("4"))

    found = ranked(*units)

    assert names(found) == ["4", "3", "2", "1"]
    assert all(one.distance is None and one.placed is None for one in found)


def test_a_phone_counts_before_the_area_and_the_nearer_comes_first():
    asked = msgspec.structs.replace(ASKED, lon=128.90, lat=47.72)
    found = ranked(
        rider("1-area", area=FAR),
        rider("2-phone", area=FAR),
        request=asked,
        areas=areas(a230718=(129.5, 47.72)),
        places={"2-phone": (128.91, 47.72)},
    )

    assert [(one.placed, round(one.distance or 0)) for one in found] == [("phone", 748), ("area", 44884)]


def test_a_request_without_a_place_of_its_own_is_where_its_area_is():
    found = ranked(rider("W1"), areas=areas(**{f"a{HOME}": (128.90, 47.72)}), places={"W1": (128.90, 47.73)})

    assert [round(one.distance or 0) for one in found] == [1112]


def test_a_team_is_where_its_leader_is_else_its_first_member_who_is_anywhere():
    asked = msgspec.structs.replace(ASKED, lon=0.0, lat=0.0)
    led = crew("T1", members=("W1", "W2"), member_count=2, leader="W2")
    places = {"W1": (0.0, 1.0), "W2": (0.0, 2.0)}

    both = ranked(led, request=asked, places=places)
    alone = ranked(led, request=asked, places={"W1": (0.0, 1.0)})

    assert [round((both[0].distance or 0) / 1000), round((alone[0].distance or 0) / 1000)] == [222, 111]


def test_a_degree_of_the_meridian_is_111_km():
    assert metres((10.0, 0.0), (10.0, 1.0)) == pytest.approx(111_195, abs=1)
    assert metres((0.0, 0.0), (180.0, 0.0)) == pytest.approx(20_015_115, abs=2)


def test_more_steps_always_count_as_farther():
    assert all(step_metres(n) < step_metres(n + 1) for n in range(10))


def test_a_tree_that_is_not_known_ends_somewhere():
    assert chain("999", {}) == ["999"]
    circle = {c: AreaRow(area=c, name=c, parent=p, level=1) for c, p in (("a", "b"), ("b", "a"))}
    assert chain("a", circle) == ["a", "b"]


# -- search --------------------------------------------------------------------------------------------------


def test_a_text_is_found_in_ids_organisations_and_names_of_teams_never_in_names():
    board = Board(
        request=ASKED,
        areas=areas(),
        workers=[
            rider("courier-001", name="sealed:1:worker/x:Firm"),
            rider("W2", organisation="Fast FIRM"),
            rider("W3", team="T1"),
            rider("W4"),
        ],
        teams=[crew("T1", name="Firm 8"), crew("T2", name="Other")],
    )

    found = searched(board, "firm")

    assert [row.worker for row in found.workers] == ["W2", "W3"]
    assert [row.team for row in found.teams] == ["T1"]
    assert [row.worker for row in searched(board, "COURIER-0").workers] == ["courier-001"]


# -- laws ----------------------------------------------------------------------------------------------------

WORKERS, TEAMS, REQUESTS = ("W1", "W2", "W3", "W4"), ("T1", "T2"), ("R1", "R2")
UNITS = [{"worker": w} for w in WORKERS] + [{"team": t} for t in TEAMS]
STEPS: dict[str, st.SearchStrategy[Any]] = {
    "check_in": st.builds(
        lambda w, a: worker.check_in(worker=w, area=a),
        st.sampled_from(WORKERS),
        st.sampled_from((HOME, NEXT, FAR)),
    ),
    "presence": st.builds(
        lambda w, p: worker.set_presence(worker=w, presence=p),
        st.sampled_from(WORKERS),
        st.sampled_from(("available", "on_break")),
    ),
    "check_out": st.builds(lambda w: worker.check_out(worker=w), st.sampled_from(WORKERS)),
    "join": st.builds(
        lambda t, w: team.join(team=t, worker=w), st.sampled_from(TEAMS), st.sampled_from(WORKERS)
    ),
    "activate": st.builds(lambda t: team.activate(team=t), st.sampled_from(TEAMS)),
    "stand_down": st.builds(lambda t: team.stand_down(team=t), st.sampled_from(TEAMS)),
    "retire": st.builds(lambda w: worker.retire(worker=w), st.sampled_from(WORKERS)),
    "offer": st.builds(
        lambda r, u: assignment.offer(request=r, **u), st.sampled_from(REQUESTS), st.sampled_from(UNITS)
    ),
    "dispatch": st.builds(
        lambda r, u: assignment.dispatch(request=r, **u), st.sampled_from(REQUESTS), st.sampled_from(UNITS)
    ),
    "done": st.builds(lambda n: assignment.done(assignment=f"c{n}"), st.integers(15, 40)),
    "end": st.builds(lambda r: request.complete(request=r), st.sampled_from(REQUESTS)),
    "reopen": st.builds(lambda r: request.reopen(request=r), st.sampled_from(REQUESTS)),
}
PACE = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def town(steps: list[Any]) -> Given:
    """Return a small town after these steps. Refused steps have no effect."""
    case = given_(
        *(area.define(area=code, name=code) for code in (COUNTY, STREET, HOME, NEXT, FAR)),
        *(
            worker.register(worker=w, role="courier", capacity=n)
            for w, n in zip(WORKERS, (1, 1, 2, 3), strict=True)
        ),
        team.form(team="T1", name="Team 1", kind="courier", area=HOME, capacity=1),
        team.form(team="T2", name="Team 2", kind="vehicle", area=FAR, activate=True),
        request.open(request="R1", category="grocery", area=HOME, slots=2),
        request.open(request="R2", category="snow", area=FAR, slots=None),
    )
    for step in steps:
        case.when(step)
    return case


def boards(case: Given) -> list[Board]:
    """Return the board of every request, from the current views."""
    rows = {name: fold(views[name], case.log.commits).items() for name in VIEWS}
    return [assemble(row, rows) for _, row in rows["requests"] if isinstance(row, RequestRow)]


def refusal(case: Given, command: Command) -> str | None:
    """Return the code a command would be refused with, without any change."""
    ask = Context(id="probe", actor="test", now=case.log.now, at=case.log.now, anomalies=[])
    try:
        decide(case.state, command, ask, case.state.head.position + 1, "body")
    except Refused as refused:
        return refused.code
    finally:
        case.state.undo()
    return None


def send(asked: RequestRow, one: Candidate) -> Command:
    """Return a dispatch; if the request is full, a reassignment of its first live assignment, if any."""
    unit = {one.kind: id_of(one.row)}
    if takes(asked) == 0 and asked.live:
        return assignment.reassign(items=({"assignment": asked.live[0], **unit},), reason="far")
    return assignment.dispatch(request=asked.request, **unit)


@PACE
@given(st.lists(st.sampled_from(sorted(STEPS)).flatmap(STEPS.__getitem__), max_size=30))
def test_whoever_is_free_can_be_sent_and_who_is_not_has_a_reason(steps: list[Any]):
    case = town(steps)
    for board in boards(case):
        ended = takes(board.request) == 0 and not board.request.live
        for one in rank(board, GROCERY, 100):
            code = refusal(case, send(board.request, one))
            if one.free:
                assert code is None or (ended and code in ("request.ended", "request.full")), one
            elif code is None:
                manned = isinstance(one.row, RosterRow) or not one.row.members or one.row.team in board.manned
                assert one.in_team or one.asked or one.live or not manned, one


def order(one: Candidate) -> tuple[Any, ...]:
    """Return the sort key, computed from the shown fields."""
    far = step_metres(one.steps) if one.distance is None else one.distance
    ready = (not one.free, not one.can_go, not one.able, one.readiness)
    return *ready, far, one.live, one.kind == "team", id_of(one.row)


some_units = st.lists(
    st.builds(
        lambda n, presence, area, role, load, team: (
            rider(f"W{n}", presence=presence, area=area, role=role, capacity=2, team=team),
            load,
        ),
        st.integers(0, 10_000),
        st.sampled_from(("available", "on_break", "assigned", "off_duty")),
        st.sampled_from((HOME, NEXT, COUNTY, FAR, CITY)),
        st.sampled_from(("courier", "driver")),
        st.integers(0, 2),
        st.sampled_from((None, None, "T1")),
    ),
    unique_by=lambda one: one[0].worker,
    max_size=30,
)


@PACE
@given(some_units, st.randoms(use_true_random=False), st.integers(1, 10))
def test_the_order_is_total_and_does_not_depend_on_the_order_of_rows(
    units: list[Any], chance: Any, most: int
):
    load_ = {row.worker: n for row, n in units if n}
    rows = [row for row, _ in units]
    places = {row.worker: (128.0 + chance.random(), 47.0) for row in rows if chance.random() < 0.5}
    asked = msgspec.structs.replace(ASKED, lon=128.5, lat=47.0)

    def once(some: list[RosterRow]) -> list[Candidate]:
        return ranked(*some, request=asked, load=load_, places=places)

    first = once(rows)
    again = once(chance.sample(rows, len(rows)))

    assert first == again
    assert all(order(a) < order(b) for a, b in pairwise(first))
    few = rank(Board(request=asked, areas=areas(), workers=rows, load=load_, places=places), GROCERY, most)
    assert few == first[:most]
