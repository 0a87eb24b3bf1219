"""One projector process: opens its stores on Faust's loop, watches itself, shuts down cleanly."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Final, NoReturn

import faust
from prometheus_client import start_http_server
from prometheus_client.process_collector import ProcessCollector

from services.adapters.kafka.connection import Connection
from services.base.clock import SystemClock
from services.base.signals import ending
from services.base.tuning import tune
from services.projector.app import build
from services.projector.membership import Membership
from services.projector.metrics import registry
from services.projector.partitions import PartitionProjector
from services.projector.watchdog import OpenCheckpoints, Watchdog

try:
    from uvloop import EventLoopPolicy  # a third less processor time a commit than asyncio's own loop
except ImportError:  # uvloop does not support Windows
    from asyncio import DefaultEventLoopPolicy as EventLoopPolicy

SAVE_SECONDS: Final = 1.0
LOOK_EVERY: Final = 5
"""Saves between checks that the store still has everything."""

log_of = logging.getLogger("muster.projector")
Opening = Callable[[], Awaitable[tuple[PartitionProjector, Callable[[], Awaitable[None]]]]]
"""Creates the projector on the calling loop, and a function that closes it."""


class Process:
    """One process's projector, watchdog and metrics."""

    def __init__(
        self, connection: Connection, opening: Opening, checkpoints: OpenCheckpoints, exits: Path
    ) -> None:
        self._connection, self._opening, self._exits = connection, opening, exits
        self._open_checkpoints = checkpoints
        self._gate: asyncio.Lock | None = None
        self._projector: PartitionProjector | None = None
        self._close: Callable[[], Awaitable[None]] | None = None
        self._saving: asyncio.Task[None] | None = None
        self._scrubbing: asyncio.Task[None] | None = None
        self.metrics: tuple[str, int] | None = None

    async def opened(self) -> PartitionProjector:
        """Return the projector, opening it on first use."""
        if self._gate is None:
            self._gate = asyncio.Lock()
        async with self._gate:
            if self._projector is None:
                self._projector, self._close = await self._opening()
                self._saving = asyncio.create_task(self._save(self._projector), name="saving checkpoints")
                scrub = self._projector.scrub.run(SystemClock())
                self._scrubbing = asyncio.create_task(scrub, name="comparing views")
                self._watch(self._projector)
        return self._projector

    async def close(self) -> None:
        """Save the checkpoints and close."""
        for task in (self._saving, self._scrubbing):
            if task:
                task.cancel()
        if self._projector and self._close:
            with suppress(Exception):  # checkpoints are only hints, and the store may be gone
                await self._projector.save_checkpoints()
            await self._close()

    def _watch(self, projector: PartitionProjector) -> None:
        watchdog = Watchdog(self._connection, projector, self._open_checkpoints, self._exits)
        watchdog.start()
        if self.metrics:
            figures = registry(projector, watchdog)
            ProcessCollector(registry=figures)
            start_http_server(self.metrics[1], self.metrics[0], figures)

    async def _save(self, projector: PartitionProjector) -> None:
        for n in count(1):
            await asyncio.sleep(SAVE_SECONDS)
            try:
                await projector.save_checkpoints()
                if n % LOOK_EVERY == 0:
                    await projector.restore_lost()
            except Exception as error:
                log_of.warning("cannot save checkpoints: %s", error)


class _Worker(faust.Worker):
    """Ends on SIGHUP as on SIGTERM: it saves its checkpoints first."""

    def install_signal_handlers(self) -> None:
        super().install_signal_handlers()
        for number in ending():
            self.loop.add_signal_handler(number, self._on_sigterm)


def run(
    connection: Connection,
    partitions: int,
    group: str,
    opening: Opening,
    checkpoints: OpenCheckpoints,
    data: Path,
    metrics: tuple[str, int] | None,
) -> None:
    """Run until a signal, then exit the process."""
    tune()
    asyncio.set_event_loop_policy(EventLoopPolicy())  # for Faust's threads too, which make their own loops
    data.mkdir(parents=True, exist_ok=True)
    process = Process(connection, opening, checkpoints, data / "watchdog-exits")
    process.metrics = metrics
    app = build(connection, partitions, group, data, process.opened, Membership(data).name)

    @app.on_before_shutdown.connect
    async def leaving(*args: Any, **kwargs: Any) -> None:
        await process.close()

    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("a projector needs its own process (run it on the main thread)")
    try:
        _Worker(app, loglevel="WARNING", quiet=True, redirect_stdouts=False).execute_from_commandline()
    except SystemExit as ended:
        _leave(ended)


def _leave(ended: SystemExit) -> NoReturn:
    """Exit without taking the interpreter down, which may crash while the watchdog's thread has a loop."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(ended.code if isinstance(ended.code, int) else int(ended.code is not None))
