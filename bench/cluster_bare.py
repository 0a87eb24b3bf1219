"""The peer of a projector: a bare aiokafka loop around the same `run_batch` (`python -m bench.cluster_bare`).

It has no consumer group, checkpoints, announcements or watchdog, and starts at the end of the topic.
"""

import asyncio
import contextlib
import signal

import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

from events.commit import Head
from projections.catalog import views as catalog
from services.adapters.kafka.connection import FETCH_BYTES, Connection
from services.adapters.kafka.transport import KafkaTransport
from services.adapters.postgres.pool import WRITER, Pool
from services.adapters.postgres.views import PgViews
from services.base.tuning import tune
from services.log.cold import ColdLog
from services.log.identity import read_identity
from services.log.port import Stored
from services.projector.app import TAKE
from services.views.batch import run_batch
from services.wiring.settings import load


async def main() -> None:
    """Project until SIGTERM."""
    tune()
    found = load()
    connection = Connection(servers=found.kafka or "")
    transport = await KafkaTransport(connection).open()
    log = ColdLog(transport, (await read_identity(transport)).log)
    dsn = found.postgres.get_secret_value() if found.postgres else ""
    views = await PgViews.open(await Pool.open(dsn, settings=WRITER), catalog)
    consumer = AIOKafkaConsumer(
        **connection.options(),
        enable_auto_commit=False,
        fetch_max_bytes=FETCH_BYTES * 2,
        max_partition_fetch_bytes=FETCH_BYTES,
    )
    await consumer.start()
    tps = [TopicPartition(connection.topic, partition) for partition in range(transport.partitions)]
    consumer.assign(tps)
    await consumer.seek_to_end(*tps)
    print("ready", flush=True)
    while True:
        for records in (await consumer.getmany(timeout_ms=200, max_records=TAKE)).values():
            groups: dict[str, list[Stored]] = {}
            for record in records:
                if record.key is not None:
                    groups.setdefault(record.key.decode(), []).append(Stored(record.value or b"", Head()))
            for jurisdiction, commits in groups.items():
                await run_batch(views, jurisdiction, commits, log.read)


async def until_ended() -> None:
    """Run until SIGTERM, then stop immediately."""
    task = asyncio.current_task()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: task and task.cancel())
    with contextlib.suppress(asyncio.CancelledError):
        await main()


if __name__ == "__main__":
    uvloop.run(until_ended())
