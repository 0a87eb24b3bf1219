"""The Faust app: one agent on the commits topic. It only delivers; the views' heads are authoritative."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final

import faust
from faust.types import TP

from services.adapters.kafka.connection import FETCH_BYTES, Connection
from services.log.transport import Record
from services.projector.partitions import PartitionProjector

TAKE: Final = 2_000
WITHIN: Final = 0.02
"""Seconds during which records are gathered into a batch."""
BUFFER: Final = 16_384
"""Well above one fetch's records: Faust sleeps a full second whenever a stream's buffer fills."""

log_of = logging.getLogger("muster.projector")


def build(
    connection: Connection,
    partitions: int,
    group: str,
    data: Path,
    opened: Callable[[], Awaitable[PartitionProjector]],
    member: str | None = None,
) -> faust.App:
    """Build the process's app.

    `opened` returns the projector, whose stores live on the app's loop; `member` is its lasting name in the
    group.
    """
    app = faust.App(
        group,
        broker=f"kafka://{connection.servers.replace(',', ';')}",
        broker_credentials=_credentials(connection),
        store="memory://",
        datadir=data / "faust",
        processing_guarantee="at_least_once",
        web_enabled=False,
        autodiscover=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_replication_factor=1,
        table_standby_replicas=0,
        key_serializer="raw",
        value_serializer="raw",
        stream_buffer_maxsize=BUFFER,
        stream_wait_empty=False,
        consumer_max_fetch_size=FETCH_BYTES,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=6.0,
        broker_heartbeat_interval=0.5,  # also how soon a member hears of a rebalance
        consumer_group_instance_id=member,
        broker_request_timeout=10.0,
        broker_rebalance_timeout=10.0,
        broker_commit_interval=2.8,
        worker_redirect_stdouts=False,
    )
    topic = app.topic(
        connection.topic,
        partitions=partitions,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
    )

    @app.agent(topic)
    async def project(stream: Any) -> AsyncIterator[None]:
        async for events in stream.noack_take(TAKE, within=WITHIN):
            projector = await opened()
            await projector.deliver(_by_partition(events))
            for event in events:
                await stream.ack(event)
            yield

    cost = Rebalance()

    @app.on_partitions_assigned.connect  # type: ignore[arg-type]
    async def assigned(_: Any, tps: set[TP], *args: Any, **kwargs: Any) -> None:
        projector = await opened()
        for tp in sorted(tps):
            projector.assign(tp.partition)
            app.add_future(projector.catch_up(tp.partition))
        app.add_future(cost.tell(projector, [tp.partition for tp in tps]))

    @app.on_partitions_revoked.connect  # type: ignore[arg-type]
    async def revoked(_: Any, tps: set[TP], *args: Any, **kwargs: Any) -> None:
        projector = await opened()
        cost.begin()
        for tp in tps:
            projector.revoke(tp.partition)

    return app


class Rebalance:
    """What a rebalance costs: from giving up partitions until those assigned are projected to their ends."""

    def __init__(self) -> None:
        self._began: float | None = None

    def begin(self) -> None:
        """Partitions are given up."""
        self._began = time.monotonic()

    async def tell(self, projector: PartitionProjector, partitions: Sequence[int]) -> None:
        """Log it, once the partitions have caught up."""
        began, self._began = self._began or time.monotonic(), None
        await asyncio.gather(*map(projector.catch_up, partitions))
        took = time.monotonic() - began
        log_of.warning(
            "rebalance: %d partitions, projected to their ends after %.1f s", len(partitions), took
        )


def _by_partition(events: Any) -> dict[int, list[Record]]:
    found: dict[int, list[Record]] = {}
    for event in events:
        message = event.message
        found.setdefault(message.partition, []).append(Record(message.offset, message.key, message.value))
    return found


def _credentials(connection: Connection) -> Any:
    options = connection.options()
    if connection.security == "PLAINTEXT":
        return None
    if "SASL" in connection.security:
        return faust.SASLCredentials(
            username=connection.user,
            password=connection.password,
            mechanism=connection.mechanism,
            ssl_context=options.get("ssl_context"),
        )
    return faust.SSLCredentials(options["ssl_context"])
