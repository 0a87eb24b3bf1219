"""A dumped and loaded state decides like the original, after any history."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from events.commit import Head
from services.decisions.area.table import AREAS
from services.decisions.base import Command, Refused
from services.decisions.decide import decide
from services.decisions.snapshot import TABLES, dump, encode, freeze, idle_rows, load, row_of, schema
from services.decisions.state import COMMANDS, Away, Meta, State
from services.decisions.table import tables
from services.decisions.worker import facts, packs
from services.decisions.worker.table import WORKERS
from tests.given import Log, area, given, jurisdiction, t, worker
from tests.scale import LONG
from tests.unit.test_laws import SCOPES, Laws, asked, some, st
from tests.unit.test_scenario import Run

T = TypeVar("T")


def plain(state: State) -> bytes:
    """Return all content, with the order of tables and the UTC offsets of instants."""
    return msgspec.json.encode((freeze(state).header, freeze(state).tables))


class Shelf:
    """Rows that were put away, and how they are taken back."""

    def __init__(self) -> None:
        self.rows = defaultdict[str, dict[str, bytes]](dict)
        """Key -> table -> row."""
        self.taken = 0

    def put_away(self, state: State) -> State:
        """Return the state as restored, with all idle rows put away."""
        frozen = freeze(state, put_away=True)
        for name, key, data in idle_rows(frozen):
            self.rows[key][name] = data
        return load(encode(frozen)).state

    def decided(self, state: State, work: Callable[[], T]) -> T:
        """Return the result of some work, taking back what it misses."""
        while True:
            mark = state.mark()
            try:
                return work()
            except Away as away:
                state.undo(mark)
                self.take_back(state, away)

    def take_back(self, state: State, away: Away) -> None:
        found = [
            (name, key, row_of(name, data))
            for key in away.keys
            for name, data in self.rows.get(key, {}).items()
        ]
        assert not away.exist or {key for _, key, _ in found} == set(away.keys)
        state.take_back(away.keys, found)
        self.taken += 1

    def whole(self, state: State) -> State:
        """Return the state with everything taken back."""
        whole = load(encode(freeze(state))).state
        for key, kept in self.rows.items():
            for name, data in kept.items():
                whole[tables[name]].setdefault(key, row_of(name, data))
        return whole


class Doubled(Log):
    """A log whose commands are also decided by a restored state, with the same answer: one that has as few
    rows as possible, and takes back what it misses."""

    contexts: Any = None

    def context(self, command: Command, **how: Any) -> Any:
        self.asks = super().context(command, **how)
        return self.asks

    def do(self, command: Command, **how: Any) -> list[Any]:
        """Record a command, and compare."""
        shelf = Shelf()
        twin = shelf.put_away(self.state)
        try:
            new = super().do(command, **how)
        except Refused as refused:
            assert self.decided(shelf, twin, command) == (refused.code, refused.values)  # noqa: PT017
            raise
        assert self.decided(shelf, twin, command) == (list(self.commits[-1].events) if new else [])
        return new

    def decided(self, shelf: Shelf, twin: State, command: Command) -> object:
        """Return the restored state's decision on the last command."""
        position = twin.head.position + 1
        try:
            return shelf.decided(
                twin, lambda: decide(twin, command, self._again(self.asks), position, "body")
            )
        except Refused as refused:
            return refused.code, refused.values


class Restarted(RuleBasedStateMachine):
    """A jurisdiction under arbitrary commands, restored before each; two facts are enough for a past."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes = packs.SIZE, facts.NEWEST
        packs.SIZE = facts.NEWEST = 1  # pyright: ignore[reportAttributeAccessIssue, reportConstantRedefinition]
        self.laws = Laws()
        self.laws.log = Doubled()

    @initialize()
    def a_city(self) -> None:
        self.laws.a_city()

    @rule(
        what=asked(),
        wait=st.integers(0, 4),
        ago=some(st.integers(0, 12)),
        observed=st.booleans(),
        taken=st.integers(1, 3),
        scope=SCOPES,
    )
    def ctx(self, **how: Any) -> None:
        self.laws.ask(**how)

    def teardown(self) -> None:
        packs.SIZE, facts.NEWEST = self.sizes  # pyright: ignore[reportAttributeAccessIssue]

    @invariant()
    def a_restored_state_is_the_same(self) -> None:
        state = self.laws.log.state
        assert plain(load(dump(state)).state) == plain(state)


TestRestarted = Restarted.TestCase
TestRestarted.settings = settings(
    max_examples=60 if LONG else 30,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
    print_blob=False,
)


MOST = None if LONG else 11_000
"""Commands of the scenario: the first days; `make long` sends all."""


class Interrupted(Run):
    """The scenario, with a restart after every 1,000 commands, in which all idle rows are put away."""

    count = 0

    def __init__(self, *how: Any) -> None:
        self.shelf = Shelf()
        super().__init__(*how)

    def submit(self, one: Any) -> str:
        self.count += 1
        if self.count % 1000 == 0:
            self.state = self.shelf.put_away(self.state)
        return self.shelf.decided(self.state, lambda: super(Interrupted, self).submit(one))


class TestALockdown:
    def test_goes_on_over_restarts_as_if_there_were_none(self) -> None:
        straight, interrupted = Run(7, MOST), Interrupted(7, MOST)

        assert interrupted.count > 10_000
        assert interrupted.outcomes == straight.outcomes
        assert interrupted.events == straight.events
        assert freeze(interrupted.shelf.whole(interrupted.state)).tables == freeze(straight.state).tables
        assert interrupted.shelf.taken > 100


class TestWhatIsKept:
    def test_is_every_field_of_a_state_but_its_journal(self) -> None:
        state = State("2307")
        assert set(vars(state)) == {"jurisdiction", "head", "_meta", "_tables", "_journal", "partial"}
        assert dict(sorted(tables.items())) == TABLES

    def test_is_all_that_commands_say_of_the_jurisdiction(self) -> None:
        state = given(area.define(area="230717", name="County 1"), jurisdiction.move(to="elsewhere")).state

        assert None not in msgspec.structs.astuple(state.meta)
        assert load(dump(state)).state.meta == state.meta
        assert load(dump(state)).state.meta.zone == state.meta.zone

    def test_meta_is_taken_back_with_all_else(self) -> None:
        state = given(area.define(area="230717", name="County 1")).state
        before, mark = state.meta, state.mark()
        state.meta = msgspec.structs.replace(before, moved="elsewhere")
        state.meta = msgspec.structs.replace(state.meta, name="another")

        with pytest.raises(ValueError, match="unconfirmed"):
            dump(state)
        state.undo(mark)

        assert state.meta == before
        assert load(dump(state)).state.meta == before

    def test_the_unconfirmed_is_refused(self) -> None:
        state = given(area.define(area="230717", name="County 1")).state
        state.put(state[AREAS], "230718", state[AREAS]["230717"])

        with pytest.raises(ValueError, match="unconfirmed"):
            dump(state)

    def test_an_empty_state(self) -> None:
        restored = load(dump(State("2307"))).state

        assert (restored.jurisdiction, restored.head, restored.meta) == ("2307", Head(), Meta())
        assert not restored.established

    def test_the_frozen_does_not_move_on_with_the_state(self) -> None:
        log = given(area.define(area="230717", name="County 1")).log
        frozen = freeze(log.state)
        before = msgspec.json.encode(frozen.tables)
        log.do(worker.register(worker="W1", role="courier"), now=t("09:00"))

        assert msgspec.json.encode(frozen.tables) == before

    def test_the_restored_moves_on_by_itself(self) -> None:
        log = given(area.define(area="230717", name="County 1")).log
        twin = load(dump(log.state)).state
        log.do(worker.register(worker="W1", role="courier"), now=t("09:00"))

        assert "W1" in log.state[WORKERS]
        assert "W1" not in twin[WORKERS]

    def test_ids_of_commands_may_stay_out_up_to_a_position(self) -> None:
        log = given(*(area.define(area=f"23071{n}", name="County") for n in range(1, 6))).log
        restored = load(dump(log.state, forget_commands_upto=4))
        everything = load(dump(log.state))

        assert (restored.forgotten, everything.forgotten) == (4, 0)
        assert [k.position for k in restored.state[COMMANDS].values()] == [5, 6]
        assert everything.state[COMMANDS] == log.state[COMMANDS]
        assert len(log.state[COMMANDS]) == 5


class TestWhatIsNoDump:
    @pytest.mark.parametrize("some", [b"", b"abc", b"\xff\0\0\0\5abcde", b"\5abcdef", b"\xff\0\0\0\0"])
    def test_strange_bytes(self, some: bytes) -> None:
        with pytest.raises(ValueError, match=r"."):
            load(some)

    def test_one_that_is_cut_off_anywhere(self) -> None:
        whole = dump(given(area.define(area="230717", name="County 1")).state)
        for end in range(len(whole)):
            with pytest.raises(ValueError, match=r"."):
                load(whole[:end])

    def test_one_with_a_table_of_another_version(self) -> None:
        with pytest.raises(ValueError, match="a table 99"):
            load(dump(State("2307")) + b"\x63\0\0\0\0")

    def test_schemas_differ_with_a_field(self, monkeypatch: pytest.MonkeyPatch) -> None:
        one = schema()
        monkeypatch.setattr(TABLES["worker_standings"], "row", Head)

        assert schema() != one
