"""End a stalled process: consumers stall after broker trouble, and workers are stateless."""

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from services.adapters.kafka.connection import Connection
from services.adapters.kafka.transport import KafkaTransport
from services.base.unavailable import DatabaseUnavailable
from services.log.port import LogUnavailable
from services.log.transport import Transport, TransportDown
from services.projector.partitions import PartitionProjector
from services.projector.ports import Checkpoints

LOOK_SECONDS: Final = 2.0
PATIENCE: Final = 10.0
"""Seconds without progress while records wait."""
STORE_PATIENCE: Final = 300.0
"""Same, while the view store has known trouble, which a restart would not fix."""
UNOWNED_PATIENCE: Final = 60.0
"""Same, for other processes' partitions, in a process that owns none."""
MOST_BETWEEN: Final = 6.0
"""A longer gap between two checks means that this process or the brokers were away."""
EXIT: Final = 75  # EX_TEMPFAIL

log_of = logging.getLogger("muster.watchdog")
OpenCheckpoints = Callable[[], Awaitable[Checkpoints]]
"""Connects on the calling loop. Raises DatabaseUnavailable."""


class Lag:
    """How long each partition has made no progress. Pure."""

    def __init__(self) -> None:
        self._since: dict[int, tuple[tuple[int, int], float]] = {}
        self._looked = 0.0
        self._ages: dict[int, float] = {}
        self.behind: dict[int, int] = {}
        """Waiting records by partition."""

    def observe(
        self, ends: Mapping[int, int], seen: Mapping[int, int], heartbeats: Mapping[int, int], now: float
    ) -> float:
        """Return the seconds for which the slowest partition has stalled. `seen` has owned partitions only;
        `heartbeats` counts signs of life while catching up. A check long after the previous one proves
        nothing and starts over."""
        if now - self._looked > MOST_BETWEEN:
            self._since.clear()
        self._looked = now
        self.behind = {p: max(0, ends[p] - offset) for p, offset in seen.items() if p in ends}
        for partition, offset in seen.items():
            known, moved = self._since.get(partition), (offset, heartbeats.get(partition, 0))
            if known is None or known[0] != moved or not self.behind.get(partition):
                self._since[partition] = moved, now
        self._since = {p: since for p, since in self._since.items() if p in seen}
        self._ages = {p: now - since for p, (_, since) in self._since.items()}
        return max(self._ages.values(), default=0.0)

    def age(self, partition: int) -> float:
        """Seconds for which a partition with waiting records had stalled at the last check."""
        return self._ages.get(partition, 0.0)


def signs_of_life(seen: Mapping[int, int], heartbeats: Mapping[int, int]) -> dict[int, int]:
    """Return each owned partition's signs of life. Those that catch up take turns: they share theirs, so that
    one that waits does not count as stalled while another moves."""
    shared = sum(heartbeats.get(partition, 0) for partition in seen)
    return {p: heartbeats.get(p, 0) if offset >= 0 else shared for p, offset in seen.items()}


class Watchdog(threading.Thread):
    """Runs on a thread with its own event loop and connections, independent of the loop it watches."""

    def __init__(
        self,
        connection: Connection,
        projector: PartitionProjector,
        checkpoints: OpenCheckpoints,
        exits: Path,
        end: Callable[[int], None] = os._exit,
    ) -> None:
        super().__init__(name="watchdog", daemon=True)
        self.lag = Lag()
        self.stalled = 0.0
        self._others = Lag()
        self._connection, self._projector, self._exits, self._end = connection, projector, exits, end
        self._open_checkpoints = checkpoints
        self._checkpoints: Checkpoints | None = None

    def run(self) -> None:
        """Run until the process ends."""
        asyncio.run(self._watch())

    async def _watch(self) -> None:
        while True:
            try:
                transport = await KafkaTransport(self._connection).open()
                try:
                    await self._observe_until_lost(transport)
                finally:
                    await transport.close()
            except (LogUnavailable, TransportDown) as error:
                log_of.warning("watchdog cannot read the log: %s", error)
            except Exception:
                log_of.exception("watchdog error; retrying")
            await asyncio.sleep(LOOK_SECONDS)

    async def _observe_until_lost(self, transport: KafkaTransport) -> None:
        while True:
            seen = {
                partition: self._projector.next_offsets.get(partition, -1)
                for partition in list(self._projector.owned)
            }
            ends = {partition: await transport.end(partition) for partition in seen}
            life = signs_of_life(seen, dict(self._projector.heartbeats))
            self.stalled = self.lag.observe(ends, seen, life, time.monotonic())
            patience = STORE_PATIENCE if self._projector.trouble or self._projector.rebuilding else PATIENCE
            still = {p: offset for p, offset in seen.items() if self.lag.age(p) > patience}
            if still and await self._holds_records(transport, ends, still):
                log_of.critical(
                    "no progress for %.0f s with %s records waiting; exiting to be restarted",
                    self.stalled,
                    self.lag.behind,
                )
                self._count_exit()
                self._end(EXIT)
            if not seen:
                await self.observe_others(transport, time.monotonic())
            await asyncio.sleep(LOOK_SECONDS)

    async def observe_others(self, transport: Transport, now: float) -> None:
        """End a process that owns no partition while nobody projects waiting records: it silently left the
        consumer group, or never joined it. `now` in monotonic seconds."""
        try:
            read = await self._read_checkpoints()
        except DatabaseUnavailable:
            return
        ends = {partition: await transport.end(partition) for partition in range(transport.partitions)}
        done = {partition: read.get(partition, 0) for partition in ends}
        if self._others.observe(ends, done, {}, now) > UNOWNED_PATIENCE:
            log_of.critical("records are waiting unprojected and this process owns no partition; exiting")
            self._count_exit()
            self._end(EXIT)

    async def _read_checkpoints(self) -> dict[int, int]:
        """Return how far all partitions were read by any process. Raises DatabaseUnavailable."""
        if self._checkpoints is None:
            self._checkpoints = await self._open_checkpoints()
        return await self._checkpoints.read()

    @property
    def exits(self) -> int:
        """How often a watchdog has ended a process with this data folder."""
        try:
            return int(self._exits.read_text())
        except (OSError, ValueError):
            return 0

    def _count_exit(self) -> None:
        with contextlib.suppress(OSError):  # exit all the same
            self._exits.parent.mkdir(parents=True, exist_ok=True)
            self._exits.write_text(str(self.exits + 1))

    async def _holds_records(
        self, transport: KafkaTransport, ends: dict[int, int], seen: dict[int, int]
    ) -> bool:
        """Whether actual records are waiting, not just offsets without one."""
        for partition, offset in seen.items():
            async for records in transport.fetch(partition, max(offset, 0), ends[partition]):
                if records:
                    return True
            self._projector.skip_to(partition, ends[partition])
        return False
