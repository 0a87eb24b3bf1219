"""What never waits is done without a task; the rest of what waits can be awaited, and cancelled."""

import asyncio

import pytest

from services.base.at_once import begun


async def test_what_does_not_wait_is_done_at_once() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    assert begun(work()) is None
    assert done == [1]


async def test_the_rest_of_what_waits_is_awaited() -> None:
    first, second = asyncio.Event(), asyncio.Event()
    done: list[int] = []

    async def work() -> None:
        for n, event in enumerate((first, second)):
            await event.wait()
            done.append(n)

    rest = begun(work())
    assert rest is not None
    waiting = asyncio.ensure_future(rest)
    first.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (done, waiting.done()) == ([0], False)
    second.set()
    await waiting
    assert done == [0, 1]


async def test_an_error_is_raised_where_it_happens() -> None:
    event = asyncio.Event()

    async def early() -> None:
        raise OSError("early")

    async def late() -> None:
        await event.wait()
        raise OSError("late")

    with pytest.raises(OSError, match="early"):
        begun(early())
    rest = begun(late())
    assert rest is not None
    event.set()
    with pytest.raises(OSError, match="late"):
        await rest


async def test_the_work_learns_that_who_waits_was_cancelled() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    rest = begun(work())
    assert rest is not None
    waiting = asyncio.ensure_future(rest)
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    assert waiting.cancelled()
    assert ended == ["cancelled"]
