"""Heavy reads, whose cost grows with the log: a few run at once beside the small ones, the others queue."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final, ParamSpec, TypeVar

from services.api.problems import Problem
from services.base.threads import beside

AT_ONCE: Final = 2
MOST_WAITING: Final = 32
MOST_OF_ONE: Final = 8
"""Different reads of one token, running and waiting."""
SECONDS: Final = 30.0
"""Time for a read, its wait included."""
LATER: Final = {"Retry-After": "5"}

P = ParamSpec("P")
T = TypeVar("T")


class HeavyReads:
    """Turns of heavy reads, in order of arrival. Equal reads at the same time are one."""

    def __init__(
        self,
        at_once: int = AT_ONCE,
        waiting: int = MOST_WAITING,
        of_one: int = MOST_OF_ONE,
        seconds: float = SECONDS,
    ) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._most, self._of_one, self._seconds = at_once + waiting, of_one, seconds
        self._reads: dict[Hashable, asyncio.Task[Any]] = {}
        """Running and waiting."""
        self._callers = Counter[str]()

    async def run(self, caller: str, read: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """Return what `work` returns. `read` tells what is read: equal ones get the same answer.

        Raises Problem: 429 if this caller has too many under way, 503 if too many wait or it takes too long.
        A late one keeps its turn until its thread ends.
        """
        task = self._reads.get(read)
        if task is None:
            task = self._reads[read] = self._begun(caller, work)
            task.add_done_callback(lambda done: self._ended(caller, read, done))
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.shield(task)
        except TimeoutError:
            raise Problem(503, "busy", headers=LATER, variant="late", seconds=round(self._seconds)) from None

    async def part(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do as `go_on`, on a thread."""
        return await self.go_on(lambda: beside(function, *args, **kwargs))

    async def go_on(self, work: Callable[[], Awaitable[T]]) -> T:
        """Compute a part of an answer that has begun. It waits for its turn, however long: a refusal would
        break the answer off."""
        async with self._turns:
            return await work()

    def _begun(self, caller: str, work: Callable[[], Awaitable[T]]) -> "asyncio.Task[T]":
        if self._callers[caller] >= self._of_one:
            raise Problem(429, "busy", headers=LATER, variant="sender")
        if len(self._reads) >= self._most:
            raise Problem(503, "busy", headers=LATER)
        self._callers[caller] += 1
        return asyncio.create_task(self._in_turn(work))

    def _ended(self, caller: str, read: Hashable, task: "asyncio.Task[Any]") -> None:
        if not task.cancelled():
            task.exception()  # seen, even if every caller has gone
        del self._reads[read]
        self._callers[caller] -= 1
        if not self._callers[caller]:
            del self._callers[caller]

    async def _in_turn(self, work: Callable[[], Awaitable[T]]) -> T:
        async with asyncio.timeout(self._seconds), self._turns:
            return await work()
