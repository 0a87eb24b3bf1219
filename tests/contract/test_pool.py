"""The connection pool of a process: sharing between stores, shutdown, and errors."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pg_server import database, execute
from pydantic import SecretStr

from services.adapters.postgres.pool import BadValue, ConnectionLost, Pool
from services.base.unavailable import DatabaseUnavailable
from services.wiring import adapters, projecting
from services.wiring.settings import Settings


@pytest.fixture
def dsn() -> str:
    return database()


def connections(dsn: str) -> int:
    """Return the program's number of connections, as counted by the server."""
    counted = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'muster' AND datname = $1"
    return execute(dsn, counted, execute(dsn, "SELECT current_database()")[0][0])[0][0]


async def test_the_last_handle_ends_the_connections(dsn: str) -> None:
    first = await Pool.open(dsn)
    second = first.share()
    await first.close()
    await first.close()
    with pytest.raises(DatabaseUnavailable, match="closed"):
        await first.value("SELECT 1")
    assert await second.value("SELECT 1") == 1
    assert second.shareable
    await second.close()

    assert not second.shareable
    assert connections(dsn) == 0


async def test_another_event_loop_is_refused_rather_than_crashed(dsn: str) -> None:
    pool = await Pool.open(dsn)
    with pytest.raises(RuntimeError, match="another event loop"):
        await asyncio.to_thread(lambda: asyncio.run(pool.value("SELECT 1")))
    await pool.close()


async def test_all_stores_of_a_process_share_one(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, open_pool = list[str](), Pool.open

    async def noted(dsn: str, seconds: float | None = None) -> Pool:
        opened.append(dsn)
        return await open_pool(dsn, seconds)

    monkeypatch.setattr(Pool, "open", noted)
    monkeypatch.setattr(projecting, "settings", lambda: Settings(postgres=SecretStr(dsn)))
    tokens, phones = await adapters.tokens(tmp_path), await adapters.push_store()
    vault = await adapters.vault(tmp_path)
    await phones.of_workers("2307", ["W1"])

    assert opened == [dsn]
    for one in (tokens, phones, vault):
        await one.close()
    assert connections(dsn) == 0


async def test_a_value_that_cannot_be_held_is_told_apart_from_a_server_that_is_away(dsn: str) -> None:
    pool = await Pool.open(dsn)
    for sql, value in (("SELECT $1::int", "x"), ("SELECT $1::text", "\udc80"), ("SELECT $1::text", "a\0b")):
        with pytest.raises(BadValue):
            await pool.fetch(sql, value)
    with pytest.raises(DatabaseUnavailable) as away:
        await pool.fetch("SELECT * FROM no_such_table")

    assert not isinstance(away.value, BadValue)
    assert await pool.value("SELECT 1") == 1
    await pool.close()


async def test_a_use_of_a_connection_ends_in_its_time(dsn: str) -> None:
    pool = await Pool.open(dsn, seconds=0.3)
    async with asyncio.timeout(5):
        with pytest.raises(DatabaseUnavailable, match="TimeoutError"):
            await pool.fetch("SELECT pg_sleep(20)")

    assert await pool.value("SELECT 1") == 1
    await pool.close()


def end_sessions(dsn: str) -> None:
    """End all sessions, as a restart does. The loop stands still, so that only a use of one tells of it."""
    ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    execute(dsn, f"{ended} AND datname = current_database()")


async def with_idle_connections(dsn: str) -> Pool:
    pool = await Pool.open(dsn)
    await pool.fetch("CREATE TABLE noted (id text)")
    await asyncio.gather(*(pool.value("SELECT 1 FROM pg_sleep(0.05)") for _ in range(5)))
    return pool


async def noted(pool: Pool) -> list[str]:
    return [row["id"] for row in await pool.fetch("SELECT id FROM noted ORDER BY id")]


async def test_what_has_not_begun_takes_another_session_when_the_server_ended_all(dsn: str) -> None:
    pool = await with_idle_connections(dsn)

    async def insert() -> None:
        async with pool.writing() as db:
            await db.execute("INSERT INTO noted VALUES ('in a transaction')")

    async def count(db: Any) -> int:
        return await db.fetchval("SELECT count(*) FROM noted")

    uses = (
        lambda: pool.value("SELECT 1"),
        lambda: pool.read(count),
        lambda: pool.fetch("INSERT INTO noted VALUES ('alone')"),
        insert,
    )
    for use in uses:
        end_sessions(dsn)
        await use()

    assert await noted(pool) == ["alone", "in a transaction"]
    await pool.close()


async def test_a_session_that_ends_amid_reading_is_made_up_for_by_reading_again(dsn: str) -> None:
    pool = await with_idle_connections(dsn)
    tries = 0

    async def read(db: Any) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            end_sessions(dsn)
        return await db.fetchval("SELECT 7")

    assert await pool.read(read) == 7
    assert tries == 2
    await pool.close()


async def test_a_session_that_ends_amid_writing_is_told_and_nothing_is_written_twice(dsn: str) -> None:
    pool = await with_idle_connections(dsn)

    async def write(end: bool) -> None:
        async with pool.writing() as db:
            await db.execute("INSERT INTO noted VALUES ('first')")
            if end:
                end_sessions(dsn)
            await db.execute("INSERT INTO noted VALUES ('second')")

    with pytest.raises(ConnectionLost):
        await write(end=True)
    assert await noted(pool) == []
    await write(end=False)

    assert await noted(pool) == ["first", "second"]
    await pool.close()


async def ended_by_the_first_insert(dsn: str) -> Pool:
    """A pool on whose table the first insert ends its own session."""
    pool = await with_idle_connections(dsn)
    await pool.fetch("CREATE UNIQUE INDEX ON noted (id)")
    await pool.fetch("CREATE SEQUENCE tries")
    await pool.fetch(
        "CREATE FUNCTION ending() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF nextval('tries') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;"
        " RETURN NEW; END $$"
    )
    await pool.fetch("CREATE TRIGGER ending BEFORE INSERT ON noted FOR EACH ROW EXECUTE FUNCTION ending()")
    return pool


ONCE = "INSERT INTO noted VALUES ('once') ON CONFLICT DO NOTHING"


async def test_what_may_be_written_twice_is_written_again_when_its_session_ends(dsn: str) -> None:
    pool = await ended_by_the_first_insert(dsn)

    await pool.put(ONCE)

    assert await noted(pool) == ["once"]
    await pool.close()


async def test_anything_else_is_told(dsn: str) -> None:
    pool = await ended_by_the_first_insert(dsn)

    with pytest.raises(ConnectionLost):
        await pool.fetch(ONCE)

    assert await noted(pool) == []
    await pool.close()
