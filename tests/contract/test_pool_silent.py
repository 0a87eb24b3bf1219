"""A PostgreSQL that hangs costs seconds: uses are cut off or fail at once, and it comes back by itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager, suppress

import psutil
import pytest
from pg_server import database, server

from services.adapters.postgres.pool import Pool
from services.base.unavailable import DatabaseUnavailable


@contextmanager
def frozen() -> Iterator[None]:
    """Stop all processes of the server, as a machine that hangs does. The one that starts others comes first:
    a connection of the pulse that began in between would still be answered."""
    postmaster = psutil.Process(int((server().pgdata / "postmaster.pid").read_text().split()[0]))
    postmaster.suspend()
    while postmaster.status() != psutil.STATUS_STOPPED:
        time.sleep(0.001)
    below = postmaster.children(recursive=True)
    for process in below:
        with suppress(psutil.NoSuchProcess):  # it was just ending
            process.suspend()
    try:
        yield
    finally:
        for process in (postmaster, *below):
            with suppress(psutil.NoSuchProcess):
                process.resume()


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    opened = await Pool.open(database())
    yield opened
    await opened.close()


async def back(pool: Pool) -> None:
    while pool.silence:
        await asyncio.sleep(0.02)


async def test_a_use_is_cut_off_and_the_next_fails_at_once(pool: Pool) -> None:
    assert await pool.value("SELECT 1") == 1
    with frozen():
        begun = time.monotonic()
        with pytest.raises(DatabaseUnavailable, match=r"silent since .*: it does not answer"):
            await pool.value("SELECT 2")
        assert time.monotonic() - begun < 5, "2 s on a machine that is not busy"
        begun = time.monotonic()
        with pytest.raises(DatabaseUnavailable, match="silent since"):
            await pool.value("SELECT 3")
        with pytest.raises(DatabaseUnavailable, match="silent since"):
            async with pool.writing() as db:
                await db.execute("SELECT 4")
        assert time.monotonic() - begun < 0.2
    async with asyncio.timeout(10):
        await back(pool)
    assert await pool.value("SELECT 5") == 5


async def write_while_it_freezes(pool: Pool, ice: ExitStack) -> None:
    async with asyncio.timeout(20), pool.writing() as db:
        await db.execute("CREATE TABLE half_done (n int)")
        ice.enter_context(frozen())
        await db.execute("INSERT INTO half_done VALUES (1)")


async def test_a_transaction_under_way_is_cut_off_and_undone(pool: Pool) -> None:
    begun = time.monotonic()
    with ExitStack() as ice:
        with pytest.raises(DatabaseUnavailable, match="silent since"):
            await write_while_it_freezes(pool, ice)
        assert time.monotonic() - begun < 8, "its rollback waited for the server"
    async with asyncio.timeout(10):
        await back(pool)
    assert await pool.value("SELECT to_regclass('half_done')") is None


async def test_a_slow_statement_is_not_silence(pool: Pool) -> None:
    assert await pool.value("SELECT 1 FROM pg_sleep(2.5)") == 1
    assert pool.silence is None


async def test_a_pulse_that_is_cut_off_begins_again(pool: Pool) -> None:
    ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    async with asyncio.timeout(10):
        while not await pool.value(f"{ended} AND datname = current_database()"):
            await asyncio.sleep(0.05)  # it is about to connect
    await asyncio.sleep(1.2)
    assert pool.silence is None
    with frozen(), pytest.raises(DatabaseUnavailable, match="silent since"):
        await pool.value("SELECT 2")
