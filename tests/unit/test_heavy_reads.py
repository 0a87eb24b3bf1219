"""Reads whose cost grows with the log take turns, and none waits for ever."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from services.api.heavy import HeavyReads
from services.api.problems import Problem


class Work:
    """A read that ends when told to, and counts how often it began."""

    def __init__(self) -> None:
        self.begun, self.running, self.most = 0, 0, 0
        self.end = asyncio.Event()

    async def __call__(self) -> str:
        self.begun, self.running = self.begun + 1, self.running + 1
        self.most = max(self.most, self.running)
        await self.end.wait()
        self.running -= 1
        return "rows"


async def under_way(reads: HeavyReads, work: Callable[[], Awaitable[str]], count: int, caller: str = "A"):
    """Start different reads of one caller."""
    tasks = [asyncio.create_task(reads.run(caller, (caller, n), work)) for n in range(count)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def refused(reads: HeavyReads, caller: str, work: Callable[[], Awaitable[str]]) -> tuple[int, str, str]:
    """Return status, code and Retry-After of one more read."""
    with pytest.raises(Problem) as error:
        await reads.run(caller, "one more", work)
    return error.value.status, error.value.code, (error.value.headers or {})["Retry-After"]


async def test_two_run_at_once_and_the_others_wait() -> None:
    reads, work = HeavyReads(at_once=2), Work()
    tasks = await under_way(reads, work, 5)
    assert (work.begun, work.running) == (2, 2)
    work.end.set()
    assert await asyncio.gather(*tasks) == ["rows"] * 5
    assert work.most == 2


async def test_equal_reads_at_the_same_time_are_one() -> None:
    reads, work = HeavyReads(of_one=1), Work()
    tasks = [asyncio.create_task(reads.run("A", "the same", work)) for _ in range(20)]
    await asyncio.sleep(0)
    work.end.set()
    assert await asyncio.gather(*tasks) == ["rows"] * 20
    assert work.begun == 1
    assert await reads.run("A", "the same", work) == "rows"
    assert work.begun == 2, "an answer is not kept"


async def test_one_token_has_a_share_of_the_queue() -> None:
    reads, work = HeavyReads(of_one=3), Work()
    tasks = await under_way(reads, work, 3)
    assert await refused(reads, "A", work) == (429, "busy", "5")
    work.end.set()
    assert await reads.run("B", "another's", work) == "rows"
    await asyncio.gather(*tasks)
    assert await reads.run("A", "one more", work) == "rows"


async def test_a_full_queue_refuses() -> None:
    reads, work = HeavyReads(at_once=1, waiting=2), Work()
    tasks = await under_way(reads, work, 3)
    assert await refused(reads, "B", work) == (503, "busy", "5")
    work.end.set()
    await asyncio.gather(*tasks)


async def test_a_late_read_is_refused_and_keeps_its_turn_until_its_thread_ends() -> None:
    reads, ended = HeavyReads(at_once=1, seconds=0.2), asyncio.Event()

    async def on_a_thread() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await ended.wait()
            raise
        return "never"

    assert await refused(reads, "A", on_a_thread) == (503, "busy", "5")
    assert await refused(reads, "B", Work()) == (503, "busy", "5")
    ended.set()
    await asyncio.sleep(0.03)
    work = Work()
    work.end.set()
    assert await reads.run("B", "next", work) == "rows"


async def test_a_failed_read_tells_all_its_callers() -> None:
    reads, begun = HeavyReads(), asyncio.Event()

    async def failing() -> str:
        await begun.wait()
        raise Problem(400, "parameter.invalid")

    tasks = [asyncio.create_task(reads.run("A", "the same", failing)) for _ in range(2)]
    await asyncio.sleep(0)
    begun.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one.code for one in found if isinstance(one, Problem)] == ["parameter.invalid"] * 2


async def test_an_answer_that_has_begun_waits_instead_of_being_refused() -> None:
    reads, work = HeavyReads(at_once=1, waiting=0), Work()
    tasks = await under_way(reads, work, 1)
    goes_on = asyncio.create_task(reads.go_on(work))
    await asyncio.sleep(0)
    assert work.begun == 1
    work.end.set()
    assert await asyncio.gather(*tasks, goes_on) == ["rows", "rows"]
