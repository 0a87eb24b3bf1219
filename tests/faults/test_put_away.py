"""Rows that were put away are missed by nobody: writers that hold few rows answer and record like one that
holds all, also two of them that share a log and its snapshots, and after the rows were lost."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from scripted import Scripted, Topic

from events.commit import decode
from services.adapters.sqlite.keys import local_vault
from services.adapters.sqlite.snapshots import FolderSnapshots
from services.decisions.decide import apply
from services.decisions.snapshot import freeze
from services.decisions.state import Away, RecordedCommand, State
from services.decisions.worker import facts, packs
from services.log.chained import ChainedLog
from services.recorder import replica, snapshotting, writer
from services.recorder.envelope import CommandEnvelope, Outcome
from services.recorder.writer import Writer
from services.snapshots.port import RowsLost
from services.vault import Vault
from tests.given import DAY, assignment, request, worker
from tests.scale import LONG

J = "2307"
TURNS = 1_000 if LONG else 50
"""Groups of commands."""


@pytest.fixture(autouse=True)
def _few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put rows away all the time."""
    for module in (snapshotting, writer, replica):
        monkeypatch.setattr(module, "EVERY" if module is not writer else "LEAST", 20)
    monkeypatch.setattr(snapshotting, "PART", 10**6)
    monkeypatch.setattr(replica, "MOST_AT_ONCE", 50)
    monkeypatch.setattr(packs, "SIZE", 2)
    monkeypatch.setattr(facts, "NEWEST", 1)


class Hands:
    """A clock that shows when the last command was received."""

    def __init__(self) -> None:
        self.instant = datetime(2022, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant


class Office:
    """Writers, as of several processes, on one log."""

    def __init__(self, vault: Vault, snapshots: FolderSnapshots | None, count: int) -> None:
        self._vault, self._snapshots, self._count = vault, snapshots, count
        self._clock, self._topic = Hands(), Topic(2)
        self._running: list[asyncio.Task[None]] = []
        self.writers: list[Writer] = []

    async def __aenter__(self) -> "Office":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        for _ in range(self._count):
            log = await ChainedLog(Scripted(self._topic), self._topic.identity).open()
            one = Writer(
                J,
                log=log,
                vault=self._vault,
                clock=self._clock,
                timezone="Asia/Shanghai",
                lookup=_nothing,
                recorded=lambda jurisdiction, stored, *, bulk: None,
                erased=lambda code, position: None,
                snapshots=self._snapshots,
            )
            self.writers.append(one)
            self._running.append(asyncio.create_task(one.run()))
            await one.ready()

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)
        self.writers, self._running = [], []

    async def send(self, group: list[CommandEnvelope], by: Writer) -> list[Outcome]:
        self._clock.instant = group[0].received
        async with asyncio.timeout(30):
            return [msgspec.structs.replace(one, position=None) for one in await by.submit(group)]

    async def put_away(self) -> None:
        """Wait until a snapshot is stored, and rows are put away along with it."""
        async with asyncio.timeout(30):
            while not any(one.state.partial for one in self.writers):
                await asyncio.sleep(0.01)

    async def recorded(self) -> State:
        """Return the fold of the whole log."""
        state, log = State(J), await ChainedLog(Scripted(self._topic), self._topic.identity).open()
        async for batch in log.read(J, 0):
            for stored in batch:
                apply(state, decode(stored.data), stored.head)
        await log.close()
        return state


async def _nothing(ids: object, upto: int) -> dict[str, RecordedCommand]:
    return {}


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[Vault]:
    opened = await local_vault(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def snapshots(tmp_path: Path) -> AsyncIterator[FolderSnapshots]:
    store = FolderSnapshots(tmp_path / "snapshots")
    yield store
    await store.close()


def story(seed: int) -> Iterator[list[CommandEnvelope]]:
    """Yield groups of arbitrary commands about few people and tasks, many of them late."""
    random = Random(seed)
    instants = [DAY + timedelta(minutes=n) for n in range(0, 600, 5)]
    for turn in range(TURNS):
        now = DAY + timedelta(days=1, minutes=turn)
        yield [_arbitrary(random, turn * 10 + n, now, random.choice(instants)) for n in range(10)]


def _arbitrary(random: Random, number: int, now: datetime, at: datetime) -> CommandEnvelope:
    who, what = f"W{random.randrange(4)}", f"R{random.randrange(12)}"
    task, fact = f"A{random.randrange(24)}", f"C{random.randrange(max(1, number))}"
    command = random.choice(
        [
            worker.register(worker=who, role="courier"),
            worker.check_in(worker=who, area=J),
            worker.check_in(worker=who, area=J),
            worker.check_out(worker=who),
            worker.set_presence(worker=who, presence="on_break"),
            worker.take_back(worker=who, command=fact),
            worker.correct_duty(worker=who, fact=fact, happened_at=at, reason="mistyped"),
            worker.report(worker=who, area=J),
            request.open(request=what, category="food", area=J),
            request.cancel(request=what, reason="gone"),
            request.reopen(request=what, reason="again"),
            assignment.dispatch(assignment=task, request=what, worker=who),
            assignment.progress(assignment=task, stage="arrived"),
            assignment.done(assignment=task),
            assignment.release(assignment=task, reason="other"),
        ]
    )
    late = at if random.random() < 0.7 else None
    return CommandEnvelope(
        id=f"C{number}",
        command=command,
        actor="desk/1",
        received=now,
        at=late,
        observed=random.random() < 0.3,
    )


async def whole(one: Writer, like: State) -> dict[str, dict[str, Any]]:
    """Return the rows of a writer's state, taking back all that another state has; but not its commands."""
    keys = {key for rows in freeze(like).tables.values() for key in rows}
    async with asyncio.timeout(30):
        while True:  # a snapshot that is being stored may put some away again
            await one.take_back(one.state, Away(keys))
            rows = without_commands(one.state)
            if all(rows[name].keys() == kept.keys() for name, kept in without_commands(like).items()):
                return rows


def without_commands(state: State) -> dict[str, dict[str, Any]]:
    return {name: rows for name, rows in freeze(state).tables.items() if name != "commands"}


@pytest.mark.parametrize("count", [1, 2])
async def test_whoever_holds_few_rows_answers_and_records_alike(
    vault: Vault, snapshots: FolderSnapshots, count: int
) -> None:
    """The second writer of two is behind each time, and the first one stored snapshots meanwhile."""
    async with Office(vault, None, 1) as plain, Office(vault, snapshots, count) as few:
        for number, group in enumerate(story(count)):
            if number == 15:
                await few.put_away()
            if number % 20 == 19:
                await few.close()
                await few.open()
            by = few.writers[number // 3 % count]
            assert await few.send(group, by) == await plain.send(group, plain.writers[0]), group
        straight = await few.recorded()
        for one in few.writers:
            await one.status("nobody's")
            assert one.state.partial
            assert await whole(one, straight) == without_commands(straight)


async def test_rows_that_are_lost_are_made_again_from_the_log(
    vault: Vault, snapshots: FolderSnapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, lost, find = 0, 0, snapshots.find

    async def loses(*of: Any) -> Any:
        nonlocal asked, lost
        asked += 1
        if asked % 10 == 5:
            lost += 1
            raise RowsLost("by the test")
        return await find(*of)

    monkeypatch.setattr(snapshots, "find", loses)
    async with Office(vault, None, 1) as plain, Office(vault, snapshots, 1) as few:
        for number, group in enumerate(story(3)):
            if number == 15:
                await few.put_away()
            assert await few.send(group, few.writers[0]) == await plain.send(group, plain.writers[0]), group
    assert lost
