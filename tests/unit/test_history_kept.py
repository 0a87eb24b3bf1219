"""What was read of the past: what is given up is continued by the next read, and nothing is kept for long."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from events.commit import Head
from services.decisions.area.commands import DefineArea
from services.decisions.worker.commands import CheckIn, Register
from services.history.history import History
from services.log.port import Stored
from services.views.port import Page, Query
from tests.make import BEGIN, chain
from tests.make import JURISDICTION as J

WORKERS = 6
COMMITS = chain(
    DefineArea(area="230717", name="County 1"),
    *(Register(worker=f"W{n}", role="courier") for n in range(WORKERS)),
    *(CheckIn(worker=f"W{n}", area="230717") for n in range(WORKERS)),
)
NONE: Any = SimpleNamespace()
"""Views that these reads do not need."""
LATER: Any = SimpleNamespace(now=lambda: BEGIN + timedelta(days=1))


class SlowLog:
    """A log that stops before the last commits until told to go on."""

    def __init__(self, commits: Sequence[Stored] = COMMITS) -> None:
        self.commits, self.asked = commits, list[int]()
        self.stopped, self.goes_on = asyncio.Event(), asyncio.Event()

    async def end(self, jurisdiction: str) -> Head:
        return self.commits[-1].head

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        self.asked.append(after)
        for number, stored in enumerate(self.commits):
            if number >= len(self.commits) - 2 and not self.goes_on.is_set():
                self.stopped.set()
                await self.goes_on.wait()
            if stored.head.position > after:
                yield [stored]


def as_of(history: History) -> Awaitable[Page]:
    return history.as_of(J, "presence", COMMITS[-1].head.position, Query())


def at(history: History) -> Awaitable[Page]:
    return history.at(J, "presence", BEGIN + timedelta(hours=23), Query())


@pytest.mark.parametrize("ask", [as_of, at])
async def test_a_read_that_is_given_up_is_continued_by_the_next(
    ask: Callable[[History], Awaitable[Page]],
) -> None:
    log: Any = SlowLog()
    history = History(log, NONE, LATER)
    given_up = asyncio.ensure_future(ask(history))
    await log.stopped.wait()
    given_up.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await given_up
    log.goes_on.set()
    page = await ask(history)
    assert {row.worker for _, row in page.items} == {f"W{n}" for n in range(WORKERS)}  # type: ignore[attr-defined]
    assert log.asked == [0, COMMITS[-3].head.position]


@pytest.mark.parametrize("ask", [as_of, at])
async def test_nothing_is_kept_for_long(ask: Callable[[History], Awaitable[Page]]) -> None:
    log: Any = SlowLog()
    log.goes_on.set()
    history = History(log, NONE, LATER)
    page = await ask(history)
    await ask(history)
    assert log.asked == [0, COMMITS[-1].head.position], "kept, and only what is new is read"

    log.asked.clear()
    history = History(log, NONE, LATER, keep=0.02)
    async with asyncio.timeout(30):
        while log.asked.count(0) < 2:  # read again from the start
            assert (await ask(history)).items == page.items
            await asyncio.sleep(0.05)
