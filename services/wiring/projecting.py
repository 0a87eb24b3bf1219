"""What a projector needs of a cluster, and nothing else: it starts in half the time."""

from collections.abc import Awaitable, Callable
from typing import Final

from projections.catalog import views as catalog
from services.adapters.kafka.changes import KafkaAnnouncer
from services.adapters.kafka.connection import Connection
from services.adapters.kafka.quieting import quieten
from services.adapters.kafka.transport import KafkaTransport
from services.adapters.postgres.checkpoints import PgCheckpoints
from services.adapters.postgres.pool import WRITER, Pool
from services.adapters.postgres.views import PgViews
from services.log.identity import read_identity
from services.projector.partitions import PartitionProjector
from services.wiring.settings import load as settings

STORE_SECONDS: Final = 15.0
"""Timeout of one operation on keys, tokens, phones or checkpoints, including the wait for a connection."""
_opened: Final[dict[str, Pool]] = {}
"""The connection pool of this process."""


async def projecting() -> tuple[PartitionProjector, Callable[[], Awaitable[None]]]:
    """Return a projector and its close function. Raise OtherLog, LogUnavailable or ViewsUnavailable."""
    connection = kafka()
    transport = await KafkaTransport(connection).open()
    identity = await read_identity(transport)
    pool = await Pool.open(dsn(), settings=WRITER)
    views = await PgViews.open(pool, catalog)
    kept = PgCheckpoints(pool.share(STORE_SECONDS))
    await kept.claim(identity.log)
    announcer = await KafkaAnnouncer(connection).open()

    async def close() -> None:
        await announcer.close()
        await views.close()
        await kept.close()
        await transport.close()

    return PartitionProjector(views, transport, identity.log, kept, announcer), close


async def checkpoints() -> PgCheckpoints:
    """Open checkpoints with a separate pool, for a second event loop. Raise DatabaseUnavailable."""
    return PgCheckpoints(await Pool.open(dsn(), STORE_SECONDS))


async def partitions() -> int:
    """Return the number of partitions of the log. Raise LogUnavailable (also if these views belong to another
    log) or DatabaseUnavailable."""
    transport = await KafkaTransport(kafka()).open()
    try:
        identity = await read_identity(transport)
        kept = PgCheckpoints(await Pool.open(dsn(), STORE_SECONDS))
        try:
            await kept.claim(identity.log)
        finally:
            await kept.close()
    finally:
        await transport.close()
    return transport.partitions


def kafka() -> Connection:
    """Return the connection settings of the brokers, whose client says the same thing only now and then."""
    quieten()
    found = settings()
    return Connection(
        servers=found.kafka or "",
        security=found.kafka_security,
        mechanism=found.kafka_mechanism,
        user=found.kafka_user,
        password=found.kafka_password.get_secret_value() if found.kafka_password else None,
        ca=found.kafka_ca,
        certificate=found.kafka_certificate,
        key=found.kafka_key,
    )


def dsn() -> str:
    """Return PostgreSQL's address."""
    found = settings().postgres
    return found.get_secret_value() if found else ""


async def shared_pool(seconds: float | None = None) -> Pool:
    """Return a handle on the process's connection pool, which closes with its last handle.

    `seconds` limits each use of a connection. Raise DatabaseUnavailable.
    """
    known = _opened.get("pool")
    if known and known.shareable:
        return known.share(seconds)
    _opened["pool"] = opened = await Pool.open(dsn(), seconds)
    return opened
