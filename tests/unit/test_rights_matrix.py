"""Every command with every reference out of the token's reach: all are refused, and the refusal tells nothing
that the sender may not know."""

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import pytest
from each import each

from events.refs import Ref
from services.decisions.authorise import authorise
from services.decisions.base import Command, Context, Refused, Scope, commands, refuse_gaps
from services.decisions.references import ARRIVES, CONCERNS, NAMED, Mention, mentions, undeclared
from services.decisions.scopes import PUBLIC
from services.decisions.state import State
from services.decisions.table import AREA, kinds
from tests.built import NOW, Build
from tests.examples import placed
from tests.given import Aggregate, Given, area, given, team, worker

station = Aggregate("station")
MINE, OTHER = "230717", "230718"
AFTER_ALL = [name for name, one in PUBLIC.items() if mentions(one)]
"""Commands that refer to something in an established jurisdiction."""
WHOLE = [name for name, one in PUBLIC.items() if not mentions(one)]
"""Commands about the whole jurisdiction, such as its settings."""
OWNERS = {"inspection.report": f"{MINE}-1-inspector"}
"""Command -> the worker whose own it is, where the example has another one than its assignment's."""


@pytest.fixture(scope="module")
def state() -> State:
    """Return a state with one of each kind in both areas, and a person without a home area."""
    city: Given = given(area.define(area=MINE, name="County 1"), area.define(area=OTHER, name="County 2"))
    for example in placed.values():
        city.and_(*example(MINE, f"{MINE}-1"), *example(OTHER, f"{OTHER}-1"))
    for kept in (f"{MINE}-1", f"{MINE}-1-of-need"):
        city.and_(station.entrust(station=kept, worker=f"worker-{MINE}-1"))
    return city.and_(worker.register(worker="nowhere", role="rider")).state


def example(kind: str, where: str) -> str:
    """Return the id of this kind's example."""
    return where if kind == "area" else f"{where}-1"


def made(command: type[Command], replaced: Mention | None = None, by: str = "") -> Any:
    """Return a command about MINE, except for one reference."""
    return Build(lambda kind: example(kind, MINE), replaced, by).command(command)


def ctx(scope: Scope) -> Context:
    """Return the context of a token with this scope."""
    return Context(id="c", actor="test", now=NOW, at=NOW, scope=scope, anomalies=[])


def outside() -> Iterator[Any]:
    """Yield (command, one of its references). Who is named beside a call for help may be anywhere by now
    (test_rules_sos.py)."""
    for name in AFTER_ALL:
        for mention in (one for one in mentions(PUBLIC[name]) if one.touch is not NAMED):
            yield pytest.param(PUBLIC[name], mention, id=f"{name}-{'.'.join(mention.path)}")


def test_each_kind_has_an_example():
    assert set(placed) == set(kinds)


def test_there_is_a_matrix_to_walk():
    assert len(list(outside())) > 60
    assert all(undeclared(one) == [] for one in commands.values())


@each("name", AFTER_ALL)
def test_a_token_of_the_area_reaches_what_lies_in_it(state: State, name: str):
    command = made(PUBLIC[name])
    authorise(state, command, ctx(Scope(areas=(MINE,))))


@pytest.mark.parametrize("name", WHOLE)
def test_a_token_of_an_area_does_not_reach_the_whole(state: State, name: str):
    assert PUBLIC[name].BY == "admin"
    with pytest.raises(Refused) as refused:
        authorise(state, made(PUBLIC[name]), ctx(Scope(areas=(MINE,))))
    assert refused.value.code == "forbidden"


def refusal(state: State, command: Any, context: Context | None = None) -> Refused:
    """Return why a token of one area may not send this."""
    with pytest.raises(Refused) as refused:
        authorise(state, command, context or ctx(Scope(areas=(MINE,))))
    return refused.value


@each(("command", "mention"), list(outside()))
def test_one_reference_to_another_area_is_enough(state: State, command: type[Command], mention: Mention):
    key = example(mention.kind, OTHER)
    elsewhere = made(command, mention, key)
    assert key in mention.keys(elsewhere)
    refused = refusal(state, elsewhere)
    if mention.kind == AREA:
        assert (refused.code, refused.values) == ("forbidden", {"area": OTHER})
    elif mention.new or mention.own_id:  # an id for something new cannot hide that it is taken
        assert (refused.code, refused.values) == (f"{mention.kind}.exists", {mention.kind: key})
    else:
        assert (refused.code, refused.values) == (f"{mention.kind}.unknown", {mention.kind: key})


@each(("command", "mention"), [one for one in outside() if not (one.values[1].new or one.values[1].own_id)])
def test_what_lies_elsewhere_is_refused_like_what_does_not_exist(
    state: State, command: type[Command], mention: Mention
):
    told = [
        str(refusal(state, made(command, mention, key))).replace(key, "it")
        for key in (example(mention.kind, OTHER), "999999")
    ]
    assert told[0] == told[1]


def test_a_walk_in_takes_nobodys_id(state: State):
    walk_in = worker.check_in(worker=f"{OTHER}-1", area=MINE, walk_in=True)
    assert refusal(state, walk_in).code == "worker.exists"


def test_a_second_reason_for_a_refusal_does_not_tell_them_apart(state: State):
    """What is missing must be refused as early as what lies elsewhere."""
    for key in (f"{OTHER}-1", "999999"):
        refused = refusal(state, worker.check_in(worker=key, area=OTHER))
        assert refused.code == "worker.unknown"


def test_a_taken_call_sign_does_not_tell_whose_it_is_elsewhere():
    city = given(area.define(area=MINE, name="County 1"), area.define(area=OTHER, name="County 2"))
    for where in (MINE, OTHER):
        city.and_(
            worker.register(worker=f"W{where}", role="rider", home_area=where, call_sign=f"Fox {where}")
        )
    desk = Scope(areas=(MINE,))
    told = {
        where: city.when(
            worker.register(worker="W", role="rider", home_area=MINE, call_sign=f"Fox {where}"), scope=desk
        ).refusal
        for where in (MINE, OTHER)
    }
    assert {where: one and one.values.keys() for where, one in told.items()} == {
        MINE: {"call_sign", "worker"},
        OTHER: {"call_sign"},
    }


@each("name", AFTER_ALL)
def test_another_workers_token_is_refused(state: State, name: str):
    command = made(PUBLIC[name])
    with pytest.raises(Refused) as refused:
        authorise(state, command, ctx(Scope(worker=f"{OTHER}-1")))
    assert refused.value.code == "forbidden"


@pytest.mark.parametrize("name", [name for name, one in PUBLIC.items() if one.IS_OWN])
def test_a_workers_own_token_sends_own_commands(state: State, name: str):
    named = any(one.kind == "worker" for one in mentions(PUBLIC[name]))
    whose = f"{MINE}-1" if named else OWNERS.get(name, f"worker-{MINE}-1")  # of the example's assignment
    command = made(PUBLIC[name])
    if {"worker", "holder"} <= command.model_fields_set:  # it takes one of them
        command = command.model_copy(update={"holder": None})
    authorise(state, command, ctx(Scope(worker=whose)))


def _placed(one: Mention) -> bool:
    """Whether the reference is to a worker whose place matters."""
    return one.kind == "worker" and one.touch is not NAMED


def test_whoever_lies_nowhere_is_taken_up_only_by_arriving(state: State):
    for name in AFTER_ALL:
        for mention in (one for one in mentions(PUBLIC[name]) if _placed(one)):
            command = made(PUBLIC[name], mention, "nowhere")
            if mention.touch is ARRIVES:
                authorise(state, command, ctx(Scope(areas=(MINE,))))
                continue
            assert refusal(state, command).code == ("worker.exists" if mention.new else "worker.unknown")


def test_what_is_only_concerned_may_be_the_whole_citys(state: State):
    concerned = [
        (one, mention) for one in PUBLIC.values() for mention in mentions(one) if mention.touch is CONCERNS
    ]
    assert concerned
    city = given(area.define(area=MINE, name="County 1"))
    for kind in {mention.kind for _, mention in concerned}:
        city.and_(*placed[kind]("2307", "all"))
    for example_ in placed.values():
        city.and_(*example_(MINE, f"{MINE}-1"))
    for command, mention in concerned:
        authorise(city.state, made(command, mention, "all"), ctx(Scope(areas=(MINE,))))


def leaving_out() -> Iterator[Any]:
    """Yield (command, field that names its aggregate) for fields that default to the command's id."""
    for name in AFTER_ALL:
        for mention in mentions(PUBLIC[name]):
            if mention.own_id:
                yield pytest.param(PUBLIC[name], mention.path[0], id=name)


@pytest.mark.parametrize(("command", "field"), list(leaving_out()))
def test_an_id_that_is_left_out_is_the_commands_own(state: State, command: type[Command], field: str):
    """Otherwise a command with the id of something elsewhere could change it unchecked."""
    kind = command.NAME.partition(".")[0]
    fields = {**dict(made(command)), field: None}
    context = msgspec.structs.replace(ctx(Scope(areas=(MINE,))), id=example(kind, OTHER))
    refused = refusal(state, command.model_construct(**fields), context)
    assert (refused.code, refused.values) == (f"{kind}.exists", {kind: example(kind, OTHER)})


def test_a_mark_on_what_is_no_text_is_refused():
    class Strange(Command):
        team: Annotated[int, Ref("team")]
        several: dict[str, str]

    assert undeclared(Strange) == ["team", "several"]


def test_an_own_command_must_say_what_of_the_workers_it_is_about(
    state: State, monkeypatch: pytest.MonkeyPatch
):
    close = PUBLIC["area.close"]
    monkeypatch.setattr(close, "IS_OWN", True)
    with pytest.raises(Refused):
        authorise(state, made(close), ctx(Scope(worker=f"{MINE}-1")))
    with pytest.raises(ValueError, match=r"area\.close is for workers"):
        refuse_gaps()


IDENTITIES = ("worker.amend", "worker.retire", "worker.erase")


@pytest.mark.parametrize("name", IDENTITIES)
def test_who_somebody_is_belongs_to_their_home_area(name: str):
    """Duty in an area shows its desk the worker's tasks, but not their name."""
    city = given(area.define(area=MINE, name="County 1"), area.define(area=OTHER, name="County 2"))
    city.and_(worker.register(worker="W1", role="rider", home_area=OTHER))
    city.and_(worker.register(worker="W2", role="rider"))
    city.and_(*(worker.check_in(worker=key, area=MINE) for key in ("W1", "W2")))
    desk = msgspec.structs.replace(ctx(Scope(areas=(MINE,))), actor="dispatcher/desk")
    for key in ("W1", "W2"):
        with pytest.raises(Refused) as refused:
            authorise(city.state, commands[name].model_construct(worker=key), desk)
        assert refused.value.code == "forbidden"
    registrar = msgspec.structs.replace(desk, actor="test")
    authorise(city.state, commands[name].model_construct(worker="W2"), registrar)


def test_nobody_is_taken_out_of_a_team_elsewhere():
    city = given(area.define(area=MINE, name="County 1"), area.define(area=OTHER, name="County 2"))
    city.and_(worker.register(worker="W1", role="rider", home_area=MINE))
    for where in (MINE, OTHER):
        city.and_(team.form(team=f"T{where}", name="Team", kind="courier", area=where, activate=True))
    city.and_(team.join(team=f"T{OTHER}", worker="W1"))
    move = team.join(team=f"T{MINE}", worker="W1")
    city.when(move, observed=True, scope=Scope(areas=(MINE,))).refused("worker.in_team")
    city.when(move, observed=True).anomaly("worker.in_team")


def test_who_has_retired_is_in_nobodys_care():
    city = given(area.define(area=MINE, name="County 1"), worker.register(worker="W1", role="rider"))
    city.and_(worker.retire(worker="W1"))
    check_in = worker.check_in(worker="W1", area=MINE)
    city.when(check_in, observed=True, scope=Scope(areas=(MINE,))).refused("worker.unknown")
