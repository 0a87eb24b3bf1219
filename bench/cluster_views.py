"""Log to PostgreSQL, all live views: a Faust worker compared to a bare loop with the same `run_batch`."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from aiokafka import AIOKafkaProducer

from bench.cluster_tools import Cpu, Figures, chained, cut, median, process, spread, until
from events.commit import Head, Recorded
from projections.catalog import views as catalog
from services.adapters.kafka.connection import MAX_RECORD_BYTES, Connection
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.views import PgViews
from services.log.identity import partition_of
from services.sandbox.cluster import Cluster

PARTITIONS: Final = 12
EVENTS: Final = 100
"""Events per commit."""
PROBES: Final = 2
"""Commits sent before timing; once the second is visible, everything earlier was delivered."""
ROUNDS: Final = 3


class Run(msgspec.Struct):
    """One pass over the history: events per second and CPU seconds by process."""

    rate: float
    cpu: dict[str, float]


class Stage:
    """The topic, the views and the history."""

    def __init__(self, cluster: Cluster, views: PgViews, events: Sequence[Recorded]) -> None:
        self.cluster, self.views = cluster, views
        self.groups = cut(events, EVENTS)

    async def one(self, name: str, command: Sequence[str], pids: dict[str, int]) -> Run:
        """Run one pass with a new process and a new jurisdiction."""
        commits = list(chained(name, self.groups))
        log = self.cluster.folder / "logs" / f"bench-{name}.log"
        env = {"MUSTER_METRICS_PORT": "0"}
        with process("-m", *command, env=env, log=log) as child:
            if "bench.cluster_bare" in command:
                await until(lambda: _says(log, b"ready"), "the bare loop")
            for data, head in commits[:PROBES]:
                await send(self.cluster, name, [data])
                await self.shows(name, head)
            cpu = Cpu.of({**pids, "worker": child.pid})
            begun = time.perf_counter()
            await send(self.cluster, name, [data for data, _ in commits[PROBES:]])
            ended = await self.shows(name, commits[-1][1])
            events = commits[-1][1].position - commits[PROBES - 1][1].position
            return Run(events / (ended - begun), cpu.used())

    async def shows(self, jurisdiction: str, head: Head, pause: float = 0.01) -> float:
        """Wait until the views reach `head`, looking at intervals; return the time."""

        async def there() -> bool:
            return await self.views.head(jurisdiction) == head

        return await until(there, f"{jurisdiction} at {head.position}", pause)


async def _says(log: Path, word: bytes) -> bool:
    return word in log.read_bytes()


async def send(cluster: Cluster, jurisdiction: str, commits: Iterable[bytes]) -> None:
    """Send commits directly to the topic, in order, and wait until all are durable."""
    options = Connection(servers=cluster.broker.servers).options()
    producer = AIOKafkaProducer(**options, acks="all", max_request_size=MAX_RECORD_BYTES, linger_ms=2)
    await producer.start()
    where = partition_of(jurisdiction, PARTITIONS)
    topic, key = Connection(servers="").topic, jurisdiction.encode()
    sent = [await producer.send(topic, value=data, key=key, partition=where) for data in commits]
    await asyncio.gather(*sent)
    await producer.stop()


async def measure(
    figures: Figures, cluster: Cluster, events: Sequence[Recorded], pids: dict[str, int]
) -> Stage:
    """Measure figures 3 and 4; return what they were measured with, whose views are open."""
    views = await PgViews.open(await Pool.open(cluster.database.dsn), catalog)
    stage = Stage(cluster, views, events)
    faust: list[Run] = []
    bare: list[Run] = []
    projector = ("services.cli", "projector", "--data", str(cluster.folder / "bench-projector"))
    for n in range(ROUNDS):
        faust.append(await stage.one(f"Y{n}-faust", projector, pids))
        bare.append(await stage.one(f"Y{n}-bare", ("bench.cluster_bare",), pids))
    _say(figures, len(events), faust, bare)
    return stage


def _say(figures: Figures, events: int, faust: list[Run], bare: list[Run]) -> None:
    ours, peers = [run.rate for run in faust], [run.rate for run in bare]
    ratios = [one / peer for one, peer in zip(ours, peers, strict=True)]
    figures.say(
        f"3  Faust -> PostgreSQL, {len(catalog)} views, {events:,} events, {EVENTS} per commit",
        f"{median(ours):,.0f}/s",
        f"goal >= 20,000; {spread(ours, '/s')}",
        runs=ours,
        cpu_seconds=[run.cpu for run in faust],
    )
    figures.say(
        "4  the same, relative to a bare aiokafka loop with run_batch",
        f"ratio {median(ratios):.2f}",
        f"bare {median(peers):,.0f}/s (goal >= 0.9; {spread(ratios, '', 2)})",
        ratio=ratios,
        peer=peers,
        cpu_seconds=[run.cpu for run in bare],
    )
