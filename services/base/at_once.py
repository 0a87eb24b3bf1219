"""Run what can be awaited without a task of its own, as far as it goes without waiting."""

from collections.abc import Awaitable, Generator
from types import coroutine
from typing import Any


def begun(work: Awaitable[None]) -> Awaitable[None] | None:
    """Run until it first waits. Return what awaits the rest of it; None = it is done.

    Where most never wait, this saves a task, or the wake of one, for each.
    """
    steps = work.__await__()
    try:
        waited = next(steps)
    except StopIteration:
        return None
    return _rest(steps, waited)


@coroutine
def _rest(steps: Generator[Any, Any, None], waited: Any) -> Generator[Any, Any, None]:
    while True:
        try:
            try:
                told = yield waited
            except BaseException as error:  # who waits was cancelled
                waited = steps.throw(error)
            else:
                waited = steps.send(told)
        except StopIteration:
            return
