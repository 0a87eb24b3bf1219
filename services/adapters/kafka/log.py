"""The log on Apache Kafka: a chained log on one topic."""

from services.adapters.kafka.connection import Connection
from services.adapters.kafka.transport import KafkaTransport
from services.log.chained import ChainedLog
from services.log.identity import read_identity


async def open_log(connection: Connection) -> ChainedLog:
    """Open the log. Raises LogUnavailable, LogDamaged."""
    transport = await KafkaTransport(connection).open()
    try:
        return await ChainedLog(transport, await read_identity(transport)).open()
    except BaseException:
        await transport.close()
        raise
