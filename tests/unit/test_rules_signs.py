"""Numbers of requests and call signs: given by the log, in its order."""

import msgspec
import pytest
from pydantic import ValidationError

from events import catalog
from events.commit import Recorded
from events.request import RequestAcknowledged, RequestOpened
from events.signs import number_of, sign
from events.team import TeamAmended, TeamFormed
from events.worker import WorkerAmended, WorkerRegistered
from services.decisions.base import Command
from services.decisions.decide import decide
from services.decisions.request.table import REQUESTS
from services.decisions.scopes import PUBLIC
from services.decisions.snapshot import dump, load
from services.decisions.team.table import TEAMS
from services.decisions.worker.table import WORKERS
from tests.given import Given, area, given, request, t, team, worker
from tests.golden.make_events import FOLDER

A = "230717"


@pytest.fixture
def city() -> Given:
    """Set up an area."""
    return given(area.define(area=A, name="County 1"))


def opening(key: str) -> Command:
    return request.open(request=key, category="grocery", area=A)


def numbers(case: Given) -> list[int | None]:
    """Return the numbers that openings gave, in log order."""
    return [e.data.number for e in case.log.events if isinstance(e.data, RequestOpened)]


# -- numbers of requests -------------------------------------------------------------------------------------


def test_requests_are_numbered_in_the_order_of_the_log_also_those_that_arrive_late(city: Given):
    city.and_(opening("R1"), now=t("01:00"))
    city.and_(opening("R2"), at=t("00:10"), now=t("02:00"), observed=True)
    city.and_(opening("R3"), now=t("03:00"))
    assert numbers(city) == [1, 2, 3]


def test_a_refused_opening_and_a_repeated_one_use_no_number(city: Given):
    city.and_(opening("R1"))
    city.when(request.open(request="R2", category="grocery", area="230799")).refused("area.unknown")
    city.when(opening("R1"), observed=True).unchanged()
    city.and_(opening("R3"))
    assert numbers(city) == [1, 2]


def test_a_number_that_lost_a_race_goes_to_the_next_request_in_the_log(city: Given):
    """Another writer's commit comes first: what was decided is undone, and decided again behind it."""
    state, late = city.log.state, opening("R2")
    ctx = city.log.context(late)
    decide(state, late, ctx, state.head.position + 1, "body")
    state.undo()
    city.and_(opening("R1"))
    city.and_(late)
    assert numbers(city) == [1, 2]


def test_numbers_go_on_after_a_restart_from_a_snapshot(city: Given):
    city.and_(opening("R1"), opening("R2"))
    twin = load(dump(city.state)).state
    recorded = decide(twin, opening("R3"), city.log.context(opening("R3")), twin.head.position + 1, "body")
    opened = catalog.decode(recorded[0], twin.head.position + 1)
    assert isinstance(opened, RequestOpened)
    assert opened.number == 3


@pytest.mark.parametrize(
    ("name", "kind"),
    [("request.opened", RequestOpened), ("worker.registered", WorkerRegistered), ("team.formed", TeamFormed)],
)
def test_events_from_before_have_neither_number_nor_call_sign(name: str, kind: type):
    data = msgspec.Raw((FOLDER / f"{name}.1.json").read_bytes())
    old = Recorded(name=name, schema=1, at=t("00:00"), actor="test", command="c1", body="b", data=data)
    read = catalog.decode(old, 1)
    assert isinstance(read, kind)
    assert (getattr(read, "number", None), getattr(read, "call_sign", None)) == (None, None)


def test_a_number_is_written_with_four_digits_and_read_in_every_spelling():
    assert (sign("R", 421), sign("R", 12345)) == ("R-0421", "R-12345")
    assert [number_of(text) for text in ("R-0421", "r421", " #421", "R 421", "0421")] == [421] * 5
    assert [number_of(text) for text in ("", "R-", "Rose", "C-0421", "4.21", "R-²")] == [None] * 6


# -- call signs ----------------------------------------------------------------------------------------------


def test_workers_and_teams_get_call_signs_in_order(city: Given):
    city.and_(worker.register(worker="W1", role="courier"), worker.register(worker="W2", role="courier"))
    city.and_(worker.check_in(worker="W3", area=A, walk_in=True))
    city.and_(team.form(team="T1", name="Team 1", kind="courier", area=A))
    assert [city.state[WORKERS][key].call_sign for key in ("W1", "W2", "W3")] == [
        "C-0001",
        "C-0002",
        "C-0003",
    ]
    assert city.state[TEAMS]["T1"].call_sign == "T-0001"


def test_a_call_sign_can_be_chosen_and_changed(city: Given):
    city.when(worker.register(worker="W1", role="courier", call_sign="Heron 1")).then(
        WorkerRegistered, call_sign="Heron 1", number=None
    )
    city.when(worker.amend(worker="W1", call_sign="Heron 2")).then(WorkerAmended, call_sign="Heron 2")
    city.when(worker.amend(worker="W1", call_sign="Heron 2")).unchanged()
    city.and_(team.form(team="T1", name="Team 1", kind="courier", area=A, call_sign="Heron 1"))
    city.when(team.amend(team="T1", call_sign="Engine 7")).then(TeamAmended, call_sign="Engine 7")


def test_no_two_active_workers_or_teams_have_one_call_sign(city: Given):
    city.and_(worker.register(worker="W1", role="courier", call_sign="Heron"))
    city.and_(team.form(team="T1", name="Team 1", kind="courier", area=A, call_sign="Engine 7"))
    city.when(worker.register(worker="W2", role="courier", call_sign="HERON")).refused(
        "call_sign.taken", "worker W1"
    )
    city.when(team.form(team="T2", name="Two", kind="courier", area=A, call_sign="heron")).refused(
        "call_sign.taken"
    )
    city.when(worker.amend(worker="W1", call_sign="engine 7")).refused("call_sign.taken", "team T1")
    city.when(team.amend(team="T1", call_sign="Heron")).refused("call_sign.taken")


@pytest.mark.parametrize(
    "twin",
    ["\uff28eron", "Heron\u202e", "He\u2066ron", "He\u200bron", "\u200fHeron", "Heron\u061c", "He\u2060ron"],
)
def test_a_call_sign_that_only_looks_like_another_one_is_not_taken(twin: str):
    with pytest.raises(ValidationError):
        worker.register(worker="W2", role="courier", call_sign=twin)


def test_a_call_sign_observed_twice_is_noted_and_stays_with_the_first(city: Given):
    city.and_(worker.register(worker="W1", role="courier", call_sign="Heron"))
    city.when(worker.register(worker="W2", role="courier", call_sign="Heron"), observed=True).anomaly(
        "call_sign.taken"
    )
    city.and_(worker.retire(worker="W2"))
    city.when(worker.amend(worker="W2", call_sign="Heron")).refused("worker.retired")
    city.when(worker.register(worker="W3", role="courier", call_sign="Heron")).refused(
        "call_sign.taken", "W1"
    )


def test_who_leaves_gives_up_the_call_sign_and_gets_it_back_if_it_is_free(city: Given):
    city.and_(worker.register(worker="W1", role="courier"), worker.retire(worker="W1"))
    city.when(worker.register(worker="W1", role="courier")).then(WorkerRegistered, call_sign="C-0001")
    city.and_(worker.retire(worker="W1"), worker.register(worker="W2", role="courier", call_sign="C-0001"))
    city.when(worker.register(worker="W1", role="courier")).then(WorkerRegistered, call_sign="C-0002")
    city.and_(team.form(team="T1", name="Team 1", kind="courier", area=A), team.stand_down(team="T1"))
    city.when(team.form(team="T2", name="Team 2", kind="courier", area=A, call_sign="T-0001")).then(
        TeamFormed, call_sign="T-0001"
    )


def test_the_log_skips_call_signs_in_use(city: Given):
    city.and_(worker.register(worker="W1", role="courier", call_sign="C-0001"))
    city.when(worker.register(worker="W2", role="courier")).then(
        WorkerRegistered, call_sign="C-0002", number=2
    )


# -- acknowledging -------------------------------------------------------------------------------------------


def test_a_request_is_acknowledged_once_and_again_after_reopening(city: Given):
    city.and_(opening("R1"))
    city.when(request.acknowledge(request="R1")).only(RequestAcknowledged)
    city.when(request.acknowledge(request="R1")).unchanged()
    city.and_(request.cancel(request="R1", reason="not_needed"))
    city.when(request.acknowledge(request="R1")).unchanged()
    city.and_(request.reopen(request="R1"))
    assert not city.state[REQUESTS]["R1"].acknowledged
    city.when(request.acknowledge(request="R1")).only(RequestAcknowledged)
    city.when(request.acknowledge(request="R9")).refused("request.unknown")


TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("control", TURNING, ids=ascii)
def test_no_text_of_any_command_turns_around_what_follows(control: str):
    """Neither in people's names and addresses nor in names of teams, areas, incidents and terms."""
    checked = 0
    for name, one in PUBLIC.items():
        for field, about in one.model_json_schema()["properties"].items():
            kinds = [about, *about.get("anyOf", ())]
            if not any(kind.get("type") == "string" and kind.get("maxLength", 0) > 64 for kind in kinds):
                continue
            checked += 1
            with pytest.raises(ValidationError) as refused:
                one.model_validate({field: f"a{control}b"})
            assert any(error["loc"] == (field,) for error in refused.value.errors()), (name, field)
    assert checked > 25
