"""A projector in a process of its own: what it is told and tells, and what is done when it ends."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from events.commit import Head
from projections.catalog import views as catalog
from services.adapters.sqlite.views import SqliteViews
from services.base.clock import SystemClock
from services.log.port import LogDamaged, Stored
from services.views import beside
from services.views.beside import ProjectorBeside
from services.views.wire import (
    Advanced,
    Condition,
    FromProjector,
    Hurry,
    Look,
    Offered,
    Rebuilt,
    ToProjector,
    from_projector,
    packed,
    to_projector,
)
from services.views.working import Worker
from tests.make import JURISDICTION as J
from tests.unit.test_patience import COMMITS, Nothing

WELL = Condition(None, {}, 0, {})


class Played:
    """A projector's process, played by the test."""

    def __init__(self, ours: Any, theirs: Any) -> None:
        (self.reader, self.writer), (self._asked, self._said) = ours, theirs
        self.heard = to_projector(self._asked)
        self.ended = asyncio.Event()

    async def end(self) -> int:
        self.writer.close()
        self._said.close()
        self.ended.set()
        return -9

    def say(self, said: FromProjector) -> None:
        self._said.write(packed(said))

    def die(self) -> None:
        self._said.transport.abort()

    def kill(self) -> None:
        self.die()

    async def hears(self) -> ToProjector:
        async with asyncio.timeout(5):
            return await anext(self.heard)


class Views:
    """A view store that others write."""

    def __init__(self) -> None:
        self.renewed = 0

    async def jurisdictions(self) -> list[str]:
        return ["old"]

    async def head(self, jurisdiction: str) -> Head:
        return Head(7, "x")

    def renew_readers(self) -> None:
        self.renewed += 1


class Scene:
    """A running `ProjectorBeside` and the processes that it started."""

    def __init__(self) -> None:
        self.views, self.broken = Views(), False
        self.lives: asyncio.Queue[Played] = asyncio.Queue()
        self.advanced: list[tuple[str, int]] = []
        self.reset: list[str] = []
        views: Any = self.views
        self.projector = ProjectorBeside(
            views, self._start, lambda *moved: self.advanced.append(moved), self.reset.append
        )

    async def _start(self) -> Played:
        if self.broken:
            raise OSError("no memory")
        ends = [await asyncio.open_unix_connection(sock=one) for one in socket.socketpair()]
        played = Played(*ends)
        self.lives.put_nowait(played)
        return played

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not true():
                await asyncio.sleep(0.001)


@asynccontextmanager
async def running() -> AsyncIterator[tuple[Scene, Played]]:
    scene = Scene()
    task = asyncio.create_task(scene.projector.run())
    first = await scene.lives.get()
    yield scene, first
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_PAUSE", "LONGEST_PAUSE", "SEND_AGAIN_SECONDS"):
        monkeypatch.setattr(beside, name, 0.001)


def stored(position: int, data: bytes = b"{}") -> Stored:
    return Stored(data, Head(position, "h"))


async def test_what_is_recorded_is_offered_in_order():
    async with running() as (scene, process):
        scene.projector.offer(J, stored(1))
        scene.projector.offer(J, stored(2), bulk=True)
        assert await process.hears() == Offered(J, b"{}", 1, "h", bulk=False)
        assert await process.hears() == Offered(J, b"{}", 2, "h", bulk=True)


async def test_who_waits_for_a_position_hurries_the_projector_and_is_told():
    async with running() as (scene, process):
        waiting = asyncio.create_task(scene.projector.reached(J, 5, 5))
        assert await process.hears() == Hurry()
        process.say(Advanced({J: 4}, 0))
        process.say(Advanced({J: 5}, 0))
        assert await waiting
        assert scene.advanced == [("old", 7), (J, 4), (J, 5)]
        assert await scene.projector.reached(J, 5, 0)
        assert not await scene.projector.reached(J, 6, 0.01)


async def test_positions_are_known_before_the_process_has_started():
    async with running() as (scene, _):
        assert scene.projector.positions == {"old": 7}


async def test_the_process_is_told_to_read_the_log_when_it_cannot_keep_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(beside, "MOST_UNSENT", 0)
    async with running() as (scene, process):
        large = stored(1, bytes(2**20))
        for _ in range(8):
            scene.projector.offer(J, large)
        said = [await process.hears()]
        while not isinstance(said[-1], Look):
            said.append(await process.hears())
        assert 0 < len(said) - 1 < 8
        assert said[-1] == Look(J)


async def test_a_process_that_ends_is_told_of_and_started_again():
    async with running() as (scene, first):
        first.say(Advanced({J: 3}, 0))
        await scene.until(lambda: J in scene.projector.positions)
        first.die()
        second = await scene.lives.get()
        assert first.ended.is_set()
        assert scene.projector.trouble == "the projector's process ended with status -9; it is started again"
        assert sorted(scene.reset) == [J, "old"], "it may have folded rows again unheard"
        second.say(WELL)
        await scene.until(lambda: scene.projector.trouble is None)
        scene.projector.offer(J, stored(4))
        assert await second.hears() == Offered(J, b"{}", 4, "h", bulk=False)


async def test_nothing_is_written_to_a_connection_that_is_closed(monkeypatch: pytest.MonkeyPatch):
    def refuse(_: bytes) -> None:
        raise RuntimeError("the handler is closed")  # uvloop's; asyncio's own loop says nothing

    async with running() as (scene, process):
        process.writer.close()
        monkeypatch.setattr(process.writer, "write", refuse)
        scene.projector.offer(J, stored(1))  # before anybody was told that it ended


async def test_a_process_that_cannot_be_started_is_tried_again():
    async with running() as (scene, first):
        scene.broken = True
        first.die()
        await scene.until(lambda: "cannot be started: no memory" in (scene.projector.trouble or ""))
        scene.projector.offer(J, stored(1))  # it will be read from the log
        scene.broken = False
        assert await scene.lives.get()


async def test_the_process_tells_what_is_parked_rebuilt_and_compared():
    async with running() as (scene, process):
        process.say(Condition("the disk is full", {J: "torn"}, 3, {J: "why"}))
        process.say(Rebuilt(J))
        await scene.until(lambda: scene.reset == [J])
        found = scene.projector
        assert (found.trouble, found.parked) == ("the disk is full", {J: "torn"})
        assert found.scrub
        assert (found.scrub.wrong_rows, found.scrub.unhealed) == (3, {J: "why"})


async def test_readers_are_renewed_once_the_statistics_are_new():
    async with running() as (scene, process):
        for position, analysed in ((1, 0), (2, 2), (3, 2)):
            process.say(Advanced({J: position}, analysed))
        await scene.until(lambda: scene.projector.positions.get(J) == 3)
        assert scene.views.renewed == 1


async def test_a_process_that_says_nothing_is_told_of_until_it_speaks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(beside, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(beside, "HUNG_LOOKS", 10**9)
    async with running() as (scene, process):
        await scene.until(lambda: scene.projector.trouble is not None)
        assert scene.projector.trouble == "the projector's process has said nothing for 10 s"
        process.say(WELL)
        await scene.until(lambda: scene.projector.trouble is None)


async def test_a_process_that_hangs_is_ended_and_another_one_started(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(beside, "LOOK_SECONDS", 0.001)
    async with running() as (scene, first):
        await asyncio.wait_for(scene.lives.get(), 5)
        assert first.ended.is_set()


async def test_the_process_ends_with_this_one():
    async with running() as (_, process):
        pass
    assert process.ended.is_set()


@asynccontextmanager
async def working(log: Any) -> AsyncIterator[tuple[asyncio.Task[None], Any, Any]]:
    """Run the other process's part in this one; yield its task and this end of its connection."""
    (reader, writer), theirs = [await asyncio.open_unix_connection(sock=one) for one in socket.socketpair()]
    views = SqliteViews(None, catalog)
    task = asyncio.create_task(Worker(log, views, catalog, *theirs).run(SystemClock()))
    yield task, from_projector(reader), lambda said: writer.write(packed(said)) if said else writer.close()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await views.close()


async def next_advance(said: AsyncIterator[FromProjector]) -> Advanced:
    async with asyncio.timeout(5):
        async for one in said:
            if isinstance(one, Advanced):
                return one
    raise AssertionError("it ended")


async def test_the_worker_folds_what_it_is_offered():
    async with working(Nothing()) as (_, said, say):
        for one in COMMITS:
            say(Offered(J, bytes(one.data), one.head.position, one.head.hash, bulk=False))
        while (last := await next_advance(said)).positions[J] < COMMITS[-1].head.position:
            pass
        assert last == Advanced({J: COMMITS[-1].head.position}, 0)


async def test_the_worker_reads_the_log_where_it_is_told_to():
    async with working(Nothing()) as (_, said, say):
        say(Look(J))
        while (await next_advance(said)).positions[J] < COMMITS[-1].head.position:
            pass


async def test_the_worker_writes_an_import_at_once_when_somebody_waits(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.views.loop.PATIENCE_SECONDS", 3600)
    async with working(Nothing()) as (_, said, say):
        for one in COMMITS:
            say(Offered(J, bytes(one.data), one.head.position, one.head.hash, bulk=True))
        say(Hurry())
        assert await next_advance(said)


class Torn(Nothing):
    """A log that cannot be read."""

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        raise LogDamaged(jurisdiction, 1, "torn")
        yield []  # makes it a generator


async def test_the_worker_tells_of_a_log_that_it_cannot_read():
    async with working(Torn()) as (_, said, say):
        say(Look(J))
        async with asyncio.timeout(5):
            async for one in said:
                if isinstance(one, Condition) and "torn" in one.parked.get(J, ""):
                    return
    raise AssertionError("it told nothing")


async def test_the_worker_says_again_and_again_that_it_lives(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.views.working.TELL_SECONDS", 0.001)
    async with working(Nothing()) as (_, said, _), asyncio.timeout(5):
        assert [await anext(said) for _ in range(3)] == [WELL] * 3


async def test_the_worker_ends_when_the_other_process_is_gone():
    async with working(Nothing()) as (task, _, say):
        say(None)
        async with asyncio.timeout(5):
            await task
