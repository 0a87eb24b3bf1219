"""Adapters of a cluster: Kafka and PostgreSQL. Imported only if the settings ask for a cluster."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from projections.catalog import views as catalog
from services.access import Tokens
from services.adapters.kafka.changes import KafkaAnnouncer, KafkaFeed
from services.adapters.kafka.connection import Connection
from services.adapters.kafka.locations import KafkaLocations
from services.adapters.kafka.log import open_log
from services.adapters.kafka.topics import inspected, topic_problems
from services.adapters.kafka.topics import migrate as migrate_topics
from services.adapters.kafka.transport import KafkaTransport
from services.adapters.postgres.checkpoints import PgCheckpoints
from services.adapters.postgres.files import PgFiles
from services.adapters.postgres.keys import PgKeyStore
from services.adapters.postgres.migrate import migrate as migrate_tables
from services.adapters.postgres.phones import PgPushStore
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.rights import grant
from services.adapters.postgres.snapshots import PgSnapshots
from services.adapters.postgres.tokens import PgTokenStore
from services.adapters.postgres.views import PgViews
from services.application.inspecting import Inspected
from services.application.muster import Muster
from services.base.clock import Clock
from services.dispatch.abilities import SHIPPED
from services.dispatch.abilities import load as load_abilities
from services.log.chained import ChainedLog
from services.log.identity import read_identity
from services.projector.partitions import PartitionProjector
from services.vault import Vault, open_vault
from services.vault.master import given_key
from services.views.changes import Announcement
from services.views.follower import Follower
from services.views.port import Views
from services.wiring.settings import load as settings

STORE_SECONDS: Final = 15.0
"""Timeout of one operation on keys, tokens, phones or checkpoints, including the wait for a connection."""
_opened: Final[dict[str, Pool]] = {}
"""The connection pool of this process."""


async def runtime(data: Path, clock: Clock, timezone: str) -> Muster:
    """Open a runtime that shares log, views and keys with other processes.

    Raise LogUnavailable, DatabaseUnavailable or ViewsUnavailable.
    """
    able = load_abilities(settings().abilities or SHIPPED)
    connection = kafka()
    log, views, keys = await shared(data)
    feed = KafkaFeed(connection)
    return Muster(
        log=log,
        views=views,
        vault=keys,
        clock=clock,
        timezone=timezone,
        following=lambda announcements: Follower(views, feed, announcements.advanced, announcements.reset),
        shared=True,
        snapshots=PgSnapshots(await _pool()),
        locations=await KafkaLocations(connection).open(),
        files=await files(),
        abilities=able,
        inspect=lambda: _inspected(connection),
        reach=log.reach,
    )


async def _inspected(connection: Connection) -> Inspected:
    return Inspected(*await inspected(connection, settings().kafka_min_insync))


async def migrate() -> tuple[str, list[str], list[str]]:
    """Create missing topics and tables, and drop unused ones.

    Return (the log's UUID, changes to tables, wrong topic settings).
    """
    found = settings()
    applied = await migrate_tables(_dsn())
    views = await PgViews.open(await _pool(), catalog)
    dropped = await views.drop_unused()
    await views.close()
    users = await grant(_dsn())
    identity = await migrate_topics(
        kafka(),
        partitions=found.kafka_partitions,
        replication=found.kafka_replication,
        min_insync=found.kafka_min_insync,
    )
    done = [*applied, *(f"{table} (unused, dropped)" for table in dropped)]
    done += [f"rights of {user}" for user in users] if done else []
    return identity.log, done, await topic_problems(kafka(), found.kafka_min_insync)


async def projecting() -> tuple[PartitionProjector, Callable[[], Awaitable[None]]]:
    """Return a projector and its close function. Raise OtherLog, LogUnavailable or ViewsUnavailable."""
    connection = kafka()
    transport = await KafkaTransport(connection).open()
    identity = await read_identity(transport)
    views = await PgViews.open(await _pool(), catalog)
    kept = PgCheckpoints(await _pool(STORE_SECONDS))
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
    return PgCheckpoints(await Pool.open(_dsn(), STORE_SECONDS))


async def announce_rebuilt(views: Views, jurisdiction: str) -> None:
    """Reset the streams of all API processes. Raise ViewsUnavailable."""
    position = (await views.head(jurisdiction)).position
    announcer = await KafkaAnnouncer(kafka()).open()
    rebuilt = Announcement(jurisdiction=jurisdiction, after=position, upto=position, reset=True)
    await announcer.send(rebuilt)
    await announcer.close()


async def partitions() -> int:
    """Return the number of partitions of the log. Raise LogUnavailable."""
    transport = await KafkaTransport(kafka()).open()
    await transport.close()
    return transport.partitions


async def shared(data: Path) -> tuple[ChainedLog, PgViews, Vault]:
    """Open log, views and keys, for reading or writing.

    Raise LogUnavailable, DatabaseUnavailable, ViewsUnavailable or VaultError.
    """
    log = await open_log(kafka())
    try:
        views = await PgViews.open(await _pool(), catalog)
        try:
            keys = await vault(data)
        except BaseException:
            await views.close()
            raise
    except BaseException:
        await log.close()
        raise
    return log, views, keys


def kafka() -> Connection:
    """Return the connection settings of the brokers."""
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


def _dsn() -> str:
    found = settings().postgres
    return found.get_secret_value() if found else ""


async def _pool(seconds: float | None = None) -> Pool:
    """Return a handle on the process's connection pool, which closes with its last handle.

    `seconds` limits each use of a connection. Raise DatabaseUnavailable.
    """
    known = _opened.get("pool")
    if known and known.shareable:
        return known.share(seconds)
    _opened["pool"] = opened = await Pool.open(_dsn(), seconds)
    return opened


async def vault(data: Path) -> Vault:
    """Open the shared keys with this process's master key. Raise VaultError."""
    path = settings().master_key_file
    master = given_key(path) if path else None
    return await open_vault(data, PgKeyStore(await _pool(STORE_SECONDS)), master)


async def tokens(data: Path) -> Tokens:
    """Open the shared access tokens. Raise AccessUnavailable or DatabaseUnavailable."""
    return await Tokens.open(data, PgTokenStore(await _pool(STORE_SECONDS)))


async def push_store() -> PgPushStore:
    """Open the shared push subscriptions. Raise DatabaseUnavailable."""
    return PgPushStore(await _pool(STORE_SECONDS))


async def files() -> PgFiles:
    """Open the shared sealed files. Raise DatabaseUnavailable."""
    return PgFiles(await _pool(STORE_SECONDS))
