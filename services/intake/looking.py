"""A jurisdiction's state, looked at by a preview on a thread of its own."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from services.decisions.base import Context
from services.decisions.state import Away, State

T = TypeVar("T")


class Looking(NamedTuple):
    """A state, and how to look at it."""

    state: State
    context: Callable[[], Context]
    """Make the context of a command that is not recorded."""
    take_back: Callable[[State, Away], None] | None = None
    """Take back rows that were put away; None if none are."""

    def decided(self, work: Callable[[], T]) -> T:
        """Return the result of some work, taking back the rows that it misses."""
        while True:
            try:
                return work()
            except Away as away:
                if self.take_back is None:
                    raise
                self.take_back(self.state, away)
