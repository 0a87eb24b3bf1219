"""Background loops. If one dies, the process ends."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

log_of = logging.getLogger("muster")


class Background:
    """The background loops of one process."""

    def __init__(self) -> None:
        self.died = asyncio.Event()
        self.failure: str | None = None
        """Which loop died and why."""
        self._tasks: asyncio.TaskGroup | None = None
        self._own: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Allow loops to be started; cancel them on exit."""
        failed: BaseException | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                try:
                    yield
                except BaseException as error:  # raised below, not wrapped in a group
                    failed = error
                for task in self._own:
                    task.cancel()
        finally:
            self._tasks = None
        if failed is not None:
            raise failed

    @property
    def is_running(self) -> bool:
        return self._tasks is not None

    def start(self, name: str, loop: Coroutine[Any, Any, None]) -> None:
        """Run a loop until exit. Raise RuntimeError outside of `running`."""
        if self._tasks is None:
            loop.close()
            raise RuntimeError("Muster is not running")
        task = self._tasks.create_task(self._guard(name, loop), name=name)
        self._own.add(task)
        task.add_done_callback(self._own.discard)
        task.add_done_callback(lambda _: loop.close())  # in case it was cancelled before it started

    async def _guard(self, name: str, loop: Coroutine[Any, Any, None]) -> None:
        """Run a loop. If it dies, set `died`, which fails the readiness check and ends the process."""
        try:
            await loop
        except Exception as error:
            log_of.exception("the %s died", name)
            self.failure = f"the {name} died: {error}"
            self.died.set()
