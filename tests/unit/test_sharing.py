"""Many who ask for the same at the same time wait for one piece of work; who asks later gets a new one."""

import asyncio

import pytest

from services.api.sharing import Shared


class Work:
    """Counts how often it is done, and waits until it may end."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()

    async def __call__(self) -> int:
        self.begun += 1
        mine = self.begun
        await self.may_end.wait()
        return mine


async def test_equal_work_at_the_same_time_is_done_once() -> None:
    shared, work = Shared[int](), Work()
    asked = [asyncio.create_task(shared.get(key, work)) for key in ("a", "a", "b", "a")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    work.may_end.set()
    assert await asyncio.gather(*asked) == [1, 1, 2, 1]
    assert await shared.get("a", work) == 3, "it is not kept once it is made"


async def test_it_goes_on_though_who_asked_first_has_gone() -> None:
    shared, work = Shared[int](), Work()
    first, second = (asyncio.create_task(shared.get("a", work)) for _ in range(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    first.cancel()
    work.may_end.set()
    assert await second == 1


async def test_what_began_before_an_erasure_is_not_given_to_who_asks_after_it() -> None:
    shared, work = Shared[int](), Work()
    before = asyncio.create_task(shared.get("a", work))
    await asyncio.sleep(0)
    shared.drop()
    after = asyncio.create_task(shared.get("a", work))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    work.may_end.set()
    assert (await before, await after) == (1, 2)


async def test_everybody_learns_of_a_failure() -> None:
    async def fails() -> int:
        await asyncio.sleep(0)
        raise OSError("for a test")

    shared = Shared[int]()
    found = await asyncio.gather(*(shared.get("a", fails) for _ in range(2)), return_exceptions=True)
    assert [str(one) for one in found] == ["for a test"] * 2
    with pytest.raises(OSError, match="for a test"):
        await shared.get("a", fails)
