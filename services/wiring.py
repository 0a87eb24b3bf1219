"""The one place that knows concrete adapters and settings."""

import asyncio
from pathlib import Path

from projections.catalog import views as catalog
from services.access import Tokens
from services.clock import Clock, SystemClock
from services.log.port import Log
from services.log.sqlite import SqliteLog
from services.runtime import Muster
from services.settings import Settings
from services.vault import Vault
from services.views.port import Views
from services.views.sqlite import SqliteViews


def settings() -> Settings:
    """From the environment."""
    return Settings()


async def embedded(data: Path, *, clock: Clock | None = None, timezone: str | None = None) -> Muster:
    """A runtime on SQLite in a data folder. Raises LogLocked where another process writes there."""
    await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True, mode=0o700)
    log = await asyncio.to_thread(SqliteLog, data / "log.sqlite")
    try:
        views = await asyncio.to_thread(SqliteViews, data / "views.sqlite", catalog)
        vault = await asyncio.to_thread(Vault, data)
    except BaseException:
        await log.close()
        raise
    return Muster(
        log=log,
        views=views,
        vault=vault,
        clock=clock or SystemClock(),
        timezone=timezone or settings().timezone,
    )


async def readonly(data: Path) -> tuple[Log, Views, Vault]:
    """Log, views and vault for reading, beside a running server or without one."""
    log = await asyncio.to_thread(SqliteLog.open_readonly, data / "log.sqlite")
    views = await asyncio.to_thread(SqliteViews.open_readonly, data / "views.sqlite", catalog)
    return log, views, await asyncio.to_thread(Vault, data)


def vault(data: Path) -> Vault:
    """The keys of a data folder."""
    return Vault(data)


def tokens(data: Path) -> Tokens:
    """The access tokens of a data folder."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Tokens(data)
