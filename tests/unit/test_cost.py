"""What one more command costs does not grow with what was recorded before. Steps of Python are counted, so
that neither the machine nor its load matters."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any, cast

import pytest

from events.catalog import envelopes
from events.commit import Commit, Head
from projections.catalog import views
from projections.fold import StraightRows
from services import wiring
from services.decisions.base import FACT, Command, Context
from services.decisions.decide import confirm, decide
from services.decisions.state import COMMANDS, RecordedCommand, State
from services.decisions.worker.commands import Register
from services.log.port import Log
from services.recorder.replica import Replica
from services.recorder.snapshotting import PART, SnapshotKeeper
from services.snapshots.port import Snapshot, Snapshots
from tests.given import DAY, J, assignment, request, worker
from tests.make import Chain

NOW = DAY + timedelta(days=300)
FEW, MANY, MORE = 20, 400, 10
MOST = 1.5
"""Times the steps of the first commands that those after MANY may take."""


def steps(work: Callable[[], Any]) -> int:
    """Return how many instructions of Python some work takes."""
    count = 0

    def trace(frame: FrameType, event: str, arg: Any):
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


class Story:
    """A log whose commands are decided and folded into every view."""

    def __init__(self, *commands: Command) -> None:
        self._state, self._n = State(J), 0
        self._folded = StraightRows(views)
        for one in commands:
            self.one(one)

    def one(self, command: Command, minutes: int = 0) -> None:
        """Record a command; a fact happened so many minutes ago."""
        self._n += 1
        at = NOW - timedelta(minutes=minutes) if command.KIND == FACT else NOW
        ctx = Context(id=f"C{self._n}", actor="desk/1", now=NOW, at=at, claimed=at)
        head = self._state.head
        events = tuple(decide(self._state, command, ctx, head.position + 1, "body"))
        commit = Commit(
            id=ctx.id, jurisdiction=J, first=head.position + 1, prev=head.hash, recorded_at=NOW, events=events
        )
        confirm(self._state, commit, Head(head.position + len(events)))
        for event in envelopes(commit):
            self._folded.take(event)

    def grows(self, make: Iterator[tuple[Command, int]]) -> float:
        """Return how much more the commands after MANY cost than the first ones."""
        self._some(make, FEW)
        first = steps(lambda: self._some(make, MORE))
        self._some(make, MANY)
        return steps(lambda: self._some(make, MORE)) / first

    def _some(self, make: Iterator[tuple[Command, int]], count: int) -> None:
        for _ in range(count):
            self.one(*next(make))


def shuffled() -> Iterator[int]:
    """Yield minutes in no order, each once."""
    return (n * 7919 % 100_003 for n in range(1, 100_000))


IN = worker.check_in(worker="W1", area=J)
TURNS = (
    IN,
    worker.set_presence(worker="W1", presence="on_break"),
    worker.check_out(worker="W1"),
)


def registrations() -> Iterator[tuple[Command, int]]:
    return ((worker.register(worker=f"N{n}", role="courier", skills=("truck",)), 0) for n in range(100_000))


def check_ins() -> Iterator[tuple[Command, int]]:
    return ((IN, minutes) for minutes in range(100_000, 0, -1))


def late_check_ins() -> Iterator[tuple[Command, int]]:
    return ((IN, minutes) for minutes in shuffled())


def late_facts_of_all_kinds() -> Iterator[tuple[Command, int]]:
    return ((TURNS[number % 3], minutes) for number, minutes in enumerate(shuffled()))


def requests() -> Iterator[tuple[Command, int]]:
    return ((request.open(request=f"R{n}", category="grocery", area=J), 0) for n in range(100_000))


def tasks() -> Iterator[tuple[Command, int]]:
    yield IN, 1
    for n in range(100_000):
        yield request.open(request=f"R{n}", category="grocery", area=J), 0
        yield assignment.dispatch(assignment=f"A{n}", request=f"R{n}", worker="W1"), 0
        yield assignment.done(assignment=f"A{n}"), 0


@pytest.mark.parametrize(
    "make", [registrations, check_ins, late_check_ins, late_facts_of_all_kinds, requests, tasks]
)
def test_a_command_costs_no_more_after_hundreds_than_at_first(
    make: Callable[[], Iterator[tuple[Command, int]]],
):
    story = Story(worker.register(worker="W1", role="courier"))
    assert story.grows(make()) < MOST


def test_forgetting_ids_does_not_look_at_those_that_stay(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.recorder.replica.KEEP_IDS", 10)

    def cost(waiting: int) -> int:
        """Forget ten ids while so many are not in the view yet."""
        replica = Replica(J, log=cast("Log", None), lookup=_nobody, keeper=None)
        replica.state.head = Head(10 + waiting)
        replica.state[COMMANDS].update((f"C{n}", RecordedCommand(n, "body")) for n in range(1, 11 + waiting))
        replica.viewed = 10
        taken = steps(replica.settle)
        assert len(replica.state[COMMANDS]) == waiting
        return taken

    assert cost(1_000) == cost(100)


async def test_a_writer_made_after_the_views_have_followed_forgets_ids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Such as the first one after an upgrade, which reads the whole log."""
    monkeypatch.setattr("services.recorder.replica.KEEP_IDS", 10)
    made = Chain(J)
    for n in range(20):
        made.commit(Register(worker=f"W{n}", role="courier"))
    muster = await wiring.embedded(tmp_path)
    async with muster.running():
        for one in made.commits:
            assert await muster.log.append(J, one.data)
            muster.progress.offer(J, one)
        assert await muster.progress.reached(J, made.commits[-1].head.position, 10)
        writer = muster.commands.writer(J)
        await writer.ready()
        assert len(writer.state[COMMANDS]) == 0


async def test_a_large_state_is_packed_after_a_part_of_it_has_changed(monkeypatch: pytest.MonkeyPatch):
    kept = _Kept()
    monkeypatch.setattr("services.recorder.snapshotting.EVERY", 100)
    keeper = SnapshotKeeper(J, log=cast("Log", _Unmarked()), snapshots=cast("Snapshots", kept))
    state = State(J)
    for position in range(4_000):  # every event adds an entry
        state.head = Head(position)
        state[COMMANDS][f"C{position}"] = RecordedCommand(position, "body")
        keeper.offer(state, viewed=0, least=100)
        await keeper.done()
    gaps = [later - one for one, later in pairwise(kept.positions)]
    assert gaps[0] == 100
    assert gaps[-1] >= kept.positions[-1] // (PART + 1) > 300


class _Kept:
    """A store that remembers at which positions it was given a snapshot."""

    def __init__(self) -> None:
        self.positions: list[int] = []

    async def put(self, snapshot: Snapshot, idle: object) -> bool:
        self.positions.append(snapshot.position)
        return True


class _Unmarked:
    """A log that does not know its places."""

    id = "00000000-0000-4000-8000-00000000000f"

    def mark(self, jurisdiction: str) -> None:
        return None


async def _nobody(ids: Any, upto: int) -> dict[str, RecordedCommand]:
    return {}
