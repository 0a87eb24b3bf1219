"""Work that many ask for at the same time, as after a restart, done once for all of them."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from services.base.threads import alone

T = TypeVar("T")


class Shared(Generic[T]):
    """Results in the making, each with a key that holds all that it depends on."""

    def __init__(self) -> None:
        self._making: dict[Hashable, asyncio.Task[T]] = {}

    async def get(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the result that is being made for this key, or make it. Raises what `make` raises.

        It goes on though who asked first has gone.
        """
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = alone(make())
            task.add_done_callback(lambda done: self._made(key, done))
        return await asyncio.shield(task)

    def _made(self, key: Hashable, task: "asyncio.Task[T]") -> None:
        if self._making.get(key) is task:
            del self._making[key]

    def drop(self) -> None:
        """Do not share reads that have begun with later callers."""
        self._making.clear()
