"""The past is made in a process of its own, which is started when that is worth it and ends with its work."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from events.commit import Head
from projections import roster
from services.adapters.sqlite.log import SqliteLog
from services.base import children
from services.decisions.worker.commands import Register
from services.history import making
from services.history.making import Maker
from services.views.port import Query
from services.wiring import making as opened
from tests.given import J
from tests.make import Chain


async def test_the_process_makes_the_past_while_nobody_here_folds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Chain(J)
    for n in range(1_100):
        made.commit(Register(worker=f"W{n}", role="courier"))
    log = SqliteLog(tmp_path / "log.sqlite")
    for one in made.commits:
        assert await log.append(J, one.data)
    past = await opened.past(tmp_path, log, 100, apart=True)
    monkeypatch.setattr(past, "follow", None)
    end = made.commits[-1].head.position
    following = asyncio.create_task(past.run(cast("Any", SimpleNamespace(positions={J: end}))))
    async with asyncio.timeout(30):
        while (page := await past.page(J, roster.VIEW, end, Query(limit=2_000))) is None:
            await asyncio.sleep(0.05)
    assert len(page.items) == 1_100
    following.cancel()
    await asyncio.wait((following,))
    await past.close()
    await log.close()


async def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    await SqliteLog(tmp_path / "log.sqlite").close()
    child = await children.start(opened.__name__, str(tmp_path), "100")
    child.writer.close()
    async with asyncio.timeout(60):
        assert await child.wait() == 0


class Store:
    """A store whose past ends at a position."""

    def __init__(self, position: int) -> None:
        self.position = position

    async def head(self, jurisdiction: str) -> Head:
        return Head(self.position)


class Child:
    """A process that works until it is let go, and then moves the stores."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work, self.ended = work, False

    async def wait(self) -> int:
        await self._work()
        return 0

    async def end(self) -> int:
        self.ended = True
        return 0


def maker(stores: list[Store], work: Callable[[], Awaitable[None]]) -> tuple[Maker, list[Child]]:
    started: list[Child] = []

    async def start() -> Child:
        started.append(Child(work))
        return started[-1]

    return Maker(stores, start), started


async def test_a_process_is_started_once_the_past_is_so_many_events_behind() -> None:
    stores = [Store(2_000), Store(1_500)]

    async def work() -> None:
        stores[0].position = stores[1].position = 2_600

    made, started = maker(stores, work)
    await made.follow({J: 2_499}, 1_000)
    assert started == []
    await made.follow({J: 2_500}, 1_000)
    assert [one.ended for one in started] == [True]
    await made.follow({J: 2_600}, 1_000)
    assert len(started) == 1


async def test_a_process_that_gets_nowhere_is_not_started_again_at_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(making, "FIRST_REST", 0.04)

    async def work() -> None:
        pass

    made, started = maker([Store(0)], work)
    with caplog.at_level(logging.WARNING, "muster.history"):
        for _ in range(3):
            await made.follow({J: 5_000}, 1_000)
        assert len(started) == 1
        await asyncio.sleep(0.05)
        await made.follow({J: 5_000}, 1_000)
        assert len(started) == 2
    assert len(caplog.records) == 2


async def test_whoever_stops_following_ends_the_process() -> None:
    async def work() -> None:
        await asyncio.Event().wait()

    made, started = maker([Store(0)], work)
    following = asyncio.create_task(made.follow({J: 5_000}, 1_000))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    following.cancel()
    await asyncio.wait((following,))
    assert [one.ended for one in started] == [True]


async def test_a_store_that_gets_nowhere_rests_while_the_other_moves() -> None:
    stores = [Store(0), Store(0)]

    async def work() -> None:
        stores[0].position += 1_000

    made, started = maker(stores, work)
    await made.follow({J: 1_000}, 1_000)
    await made.follow({J: 1_500}, 1_000)
    assert len(started) == 1
    await made.follow({J: 2_000}, 1_000)
    assert len(started) == 2
