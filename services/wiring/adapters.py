"""Adapters of a cluster: Kafka and PostgreSQL. Imported only if the settings ask for a cluster."""

from pathlib import Path

from projections.catalog import views as catalog
from services.access import Tokens
from services.adapters.kafka.changes import KafkaAnnouncer, KafkaFeed
from services.adapters.kafka.connection import Connection
from services.adapters.kafka.locations import KafkaLocations
from services.adapters.kafka.log import open_log
from services.adapters.kafka.topics import inspected, topic_problems
from services.adapters.kafka.topics import migrate as migrate_topics
from services.adapters.kafka.transport import KafkaTransport
from services.adapters.postgres.checkpoints import projected, refuse_other
from services.adapters.postgres.files import PgFiles
from services.adapters.postgres.keys import PgKeyStore
from services.adapters.postgres.migrate import migrate as migrate_tables
from services.adapters.postgres.phones import PgPushStore
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
from services.vault import Vault, open_vault
from services.vault.master import given_key
from services.views.changes import Announcement
from services.views.follower import Follower
from services.views.port import Views
from services.wiring.projecting import STORE_SECONDS, dsn, kafka, shared_pool
from services.wiring.settings import load as settings


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
        snapshots=PgSnapshots(await shared_pool()),
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

    Return (the log's UUID, changes to tables, wrong topic settings). Raise OtherLog or LogUnavailable if the
    views are of a log that is not there: a new one beside them would be taken for it.
    """
    found = settings()
    applied = await migrate_tables(dsn())
    pool = await shared_pool()
    if await projected(pool):
        await refuse_other(pool, await _log_there())
    views = await PgViews.open(pool, catalog)
    dropped = await views.drop_unused()
    await views.close()
    users = await grant(dsn())
    identity = await migrate_topics(
        kafka(),
        partitions=found.kafka_partitions,
        replication=found.kafka_replication,
        min_insync=found.kafka_min_insync,
    )
    done = [*applied, *(f"{table} (unused, dropped)" for table in dropped)]
    done += [f"rights of {user}" for user in users] if done else []
    return identity.log, done, await topic_problems(kafka(), found.kafka_min_insync)


async def _log_there() -> str:
    transport = await KafkaTransport(kafka()).open()
    try:
        return (await read_identity(transport)).log
    finally:
        await transport.close()


async def announce_rebuilt(views: Views, jurisdiction: str) -> None:
    """Reset the streams of all API processes. Raise ViewsUnavailable."""
    position = (await views.head(jurisdiction)).position
    announcer = await KafkaAnnouncer(kafka()).open()
    rebuilt = Announcement(jurisdiction=jurisdiction, after=position, upto=position, reset=True)
    await announcer.send(rebuilt)
    await announcer.close()


async def shared(data: Path, *, readonly: bool = False) -> tuple[ChainedLog, PgViews, Vault]:
    """Open log, views and keys; `readonly` writes nothing, so a database that takes no writes can be read.

    Raise LogUnavailable, also for another log than the views', DatabaseUnavailable, ViewsUnavailable or
    VaultError.
    """
    log = await open_log(kafka())
    try:
        pool = await shared_pool()
        views = await PgViews.open(pool, catalog, readonly=readonly)
        try:
            await refuse_other(pool, log.id)
            keys = await vault(data)
        except BaseException:
            await views.close()
            raise
    except BaseException:
        await log.close()
        raise
    return log, views, keys


async def vault(data: Path) -> Vault:
    """Open the shared keys with this process's master key. Raise VaultError."""
    path = settings().master_key_file
    master = given_key(path) if path else None
    return await open_vault(data, PgKeyStore(await shared_pool(STORE_SECONDS)), master)


async def tokens(data: Path) -> Tokens:
    """Open the shared access tokens. Raise AccessUnavailable or DatabaseUnavailable."""
    return await Tokens.open(data, PgTokenStore(await shared_pool(STORE_SECONDS)))


async def push_store() -> PgPushStore:
    """Open the shared push subscriptions. Raise DatabaseUnavailable."""
    return PgPushStore(await shared_pool(STORE_SECONDS))


async def files() -> PgFiles:
    """Open the shared sealed files. Raise DatabaseUnavailable."""
    return PgFiles(await shared_pool(STORE_SECONDS))
