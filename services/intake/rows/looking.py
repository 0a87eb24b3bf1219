"""A jurisdiction's state, looked at by a preview on a thread of its own."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, TypeVar

from services.decisions.base import Context
from services.decisions.state import Away, State

T = TypeVar("T")


class Looking(NamedTuple):
    """A state, and how to look at it."""

    state: State
    context: Callable[[], Context]
    """Make the context of a command that is not recorded."""
    take_back: Callable[[State, Away], Coroutine[Any, Any, None]] | None = None
    """Take back rows that were put away, on `loop`; None if none are."""
    loop: asyncio.AbstractEventLoop | None = None

    def decided(self, work: Callable[[], T]) -> T:
        """Return the result of some work, taking back the rows that it misses."""
        while True:
            try:
                return work()
            except Away as away:
                if self.take_back is None or self.loop is None:
                    raise
                asyncio.run_coroutine_threadsafe(self.take_back(self.state, away), self.loop).result()
