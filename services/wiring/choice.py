"""Choose adapters by the settings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from projections.catalog import views as catalog
from services.access import Tokens
from services.adapters.folder.files import FolderFiles
from services.adapters.sqlite import projecting
from services.adapters.sqlite.data_file import has_room
from services.adapters.sqlite.keys import local_vault
from services.adapters.sqlite.locations import SqliteLocations
from services.adapters.sqlite.log import SqliteLog
from services.adapters.sqlite.phones import SqlitePushStore
from services.adapters.sqlite.snapshots import FolderSnapshots
from services.adapters.sqlite.tokens import local_tokens
from services.adapters.sqlite.views import SqliteViews
from services.api.server.edge import Edge
from services.application.announcing import Announcements
from services.application.muster import Muster
from services.base.clock import Clock, SharedClock, SystemClock
from services.base.private import make_folder
from services.dispatch.abilities import SHIPPED, Abilities
from services.dispatch.abilities import load as load_abilities
from services.files.port import Files
from services.history.past import Past
from services.log.port import Log
from services.push.pusher import Pusher
from services.push.rules import DEFAULT_HOSTS, Rules
from services.vault import Vault
from services.views.beside import ProjectorBeside
from services.views.port import Views
from services.wiring import cluster, making, settings
from services.wiring.rebuilding import rebuild as rebuild


async def opened(
    data: Path, *, clock: Clock | None = None, timezone: str | None = None, serving: bool = False
) -> Muster:
    """Open the runtime chosen by the settings: a cluster process, or a data folder.

    `serving`: for long, or for many events, so that a projector of its own is worth its start.
    """
    found = settings()
    if found.clustered:
        return await cluster().runtime(data, clock or _clock(), timezone or found.timezone)
    beside = serving and found.two_processes
    return await embedded(data, clock=clock, timezone=timezone, beside=beside)


async def embedded(
    data: Path, *, clock: Clock | None = None, timezone: str | None = None, beside: bool = False
) -> Muster:
    """Open a runtime on SQLite in a data folder. Raise LogLocked if another process writes there.

    `beside`: its projector runs in a process of its own, not in this one.
    """
    able = abilities()
    await asyncio.to_thread(make_folder, data)
    log = await asyncio.to_thread(SqliteLog, data / "log.sqlite")
    try:
        views = await asyncio.to_thread(SqliteViews, data / "views.sqlite", catalog)
        if beside:  # checked and brought to this version above, from now on only read
            await views.close()
            views = await asyncio.to_thread(SqliteViews.open_readonly, data / "views.sqlite", catalog)
        keys = await local_vault(data)
    except BaseException:
        await log.close()
        raise
    return Muster(
        log=log,
        views=views,
        vault=keys,
        clock=clock or _clock(),
        timezone=timezone or settings().timezone,
        following=partial(_beside, data, views) if beside else None,
        snapshots=FolderSnapshots(data / "snapshots"),
        files=FolderFiles(data / "files"),
        locations=await asyncio.to_thread(SqliteLocations, data / "telemetry.sqlite"),
        abilities=able,
    )


async def past(data: Path, log: Log) -> Past | None:
    """Open the views as of earlier positions and instants; None if the settings allow them no room.

    In a cluster each API process has its own, of the jurisdictions whose past it is asked for.
    """
    found = settings()
    if not found.past_mb:
        return None
    apart = found.two_processes and not found.clustered
    return await making.past(data, log, found.past_mb, apart=apart, asked_only=found.clustered)


def _beside(data: Path, views: SqliteViews, announcements: Announcements) -> ProjectorBeside:
    begin = partial(projecting.start, data.absolute())
    return ProjectorBeside(views, begin, announcements.advanced, announcements.reset)


async def readonly(data: Path) -> tuple[Log, Views, Vault]:
    """Open log, views and vault for reading, whether or not a server is running."""
    if settings().clustered:
        return await cluster().shared(data, readonly=True)
    log, keys = await resting(data)
    views = await asyncio.to_thread(SqliteViews.open_readonly, data / "views.sqlite", catalog)
    return log, views, keys


async def resting(data: Path) -> tuple[Log, Vault]:
    """Open log and vault for reading: what can be exported even if the views are damaged."""
    if settings().clustered:
        log, views, keys = await cluster().shared(data, readonly=True)
        await views.close()
        return log, keys
    log = await asyncio.to_thread(SqliteLog.open_readonly, data / "log.sqlite")
    return log, await local_vault(data, reading=True)


def fixed(data: Path) -> bool:
    """Whether nothing can be written to a data folder: a backup mounted for reading, or a full disk."""
    return not settings().clustered and not has_room(data)


def abilities() -> Abilities:
    """Load the abilities file from the settings, or the built-in one. Raise AbilitiesInvalid."""
    return load_abilities(settings().abilities or SHIPPED)


async def announce_rebuilt(views: Views, jurisdiction: str) -> None:
    """Tell clients of other processes to reload."""
    if settings().clustered:
        await cluster().announce_rebuilt(views, jurisdiction)


async def vault(data: Path) -> Vault:
    """Open the keys of a data folder or of the cluster. Raise VaultError."""
    return await (cluster().vault(data) if settings().clustered else local_vault(data))


async def tokens(data: Path) -> Tokens:
    """Open the access tokens of a data folder or of the cluster. Raise AccessUnavailable."""
    await asyncio.to_thread(make_folder, data)
    return await (cluster().tokens(data) if settings().clustered else local_tokens(data))


@asynccontextmanager
async def open_tokens(data: Path) -> AsyncIterator[Tokens]:
    """Open the tokens, and close them on exit."""
    opened = await tokens(data)
    try:
        yield opened
    finally:
        await opened.close()


@asynccontextmanager
async def open_files(data: Path) -> AsyncIterator[Files]:
    """Open the sealed files of a data folder or of the cluster, and close them on exit."""
    opened: Files = await cluster().files() if settings().clustered else FolderFiles(data / "files")
    try:
        yield opened
    finally:
        await opened.close()


def edge() -> Edge:
    """Return the settings for the pages. Raise BadTiles."""
    found = settings()
    return Edge(
        tiles=found.tiles,
        basemap=found.basemap,
        attribution=found.tiles_attribution.strip(),
        datum=found.tiles_datum,
        desk_phone=found.desk_phone,
    )


async def pusher(data: Path, tokens: Tokens) -> Pusher | None:
    """Open the sender of push notifications; None if no contact is set. Raise BadPush or PushUnavailable."""
    found = settings()
    if found.push_contact is None:
        return None
    names = [name.strip().lower() for name in (found.push_hosts or "").split(",") if name.strip()]
    rules = Rules(contact=found.push_contact, hosts=tuple(names) or DEFAULT_HOSTS)
    store = await (cluster().push_store() if found.clustered else SqlitePushStore.open(data / "push.sqlite"))
    return await Pusher.open(store, rules, valid=tokens.holds)


def shared_clock() -> SharedClock | None:
    """Return the clock shared by processes, or None if the settings name none."""
    path = settings().clock
    return SharedClock(path) if path else None


def _clock() -> Clock:
    return shared_clock() or SystemClock()
