"""Several processes on one PostgreSQL key store: each vault has its own threads and connections."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from pg_server import database, execute, files_of, server

from services.adapters.postgres.keys import PgKeyStore
from services.adapters.postgres.pool import Pool
from services.base.unavailable import DatabaseUnavailable
from services.vault import (
    Erased,
    MasterKeyMissing,
    NoKey,
    Vault,
    VaultUnavailable,
    WrongMasterKey,
    open_vault,
)
from services.vault import keyring as module
from services.vault.master import given_key

ID = "0d7c1c52-0f6a-4a53-9c58-8a7a1f1b2c3d"
MASTER = b"k" * 32
STORES: WeakKeyDictionary[Vault, PgKeyStore] = WeakKeyDictionary()
"""Of the vaults that are open."""


class Deaf(Pool):
    """As behind a proxy that shares connections: listening seems to work, and nothing ever comes."""

    async def dedicated(self, seconds: float) -> Any:
        connection = await super().dedicated(seconds)

        async def add_listener(*_: object) -> None:
            """Do nothing."""

        return SimpleNamespace(add_listener=add_listener, terminate=connection.terminate)


@pytest.fixture
def dsn() -> str:
    return database()


async def opened(dsn: str, folder: Path, master: bytes | None = MASTER) -> Vault:
    return await on(await Pool.open(dsn), folder, master)


async def on(pool: Pool, folder: Path, master: bytes | None = MASTER) -> Vault:
    store = PgKeyStore(pool)
    vault = await open_vault(folder, store, master)
    STORES[vault] = store
    return vault


@pytest.fixture
async def two(dsn: str, tmp_path: Path) -> AsyncIterator[tuple[Vault, Vault]]:
    one, other = await opened(dsn, tmp_path), await opened(dsn, tmp_path)
    await one.ensure("2307", ["worker/W1", "worker/W2"])
    yield one, other
    await one.close()
    await other.close()


async def until(holds: Callable[[], object], seconds: float) -> float:
    """Wait until it holds. Return the seconds it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() < began + seconds, "it did not come about"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


def listening(vault: Vault) -> bool:
    since, heard = STORES[vault].notice_window
    return heard > since > 0


def in_memory(vault: Vault, subject: str) -> bool:
    """Sealing asks nobody; a key that is only too old is an error."""
    try:
        sealed(vault, subject)
    except (NoKey, Erased):
        return False
    return True


def sealed(vault: Vault, subject: str = "worker/W1") -> str:
    return vault.seal("2307", subject, ID, "name", "测试人员 1")


class TestAnErasedKey:
    async def test_leaves_the_memory_of_the_others_at_once(self, two: tuple[Vault, Vault]) -> None:
        one, other = two
        token, kept = sealed(one), sealed(one, "worker/W2")
        await until(lambda: listening(other), 5)
        assert (await other.open("2307", token), await other.open("2307", kept)) == ("测试人员 1",) * 2
        await one.erase("2307", "worker/W1")

        assert await until(lambda: not in_memory(other, "worker/W1"), 2) < 1
        assert await other.open("2307", token) is None
        assert in_memory(other, "worker/W2")
        assert await other.ensure("2307", ["worker/W1"]) == {"worker/W1": False}

    async def test_is_used_no_longer_where_notices_do_not_arrive(
        self, dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MOST_AGE", 1.0)
        one, other = await opened(dsn, tmp_path), await on(await Deaf.open(dsn), tmp_path)
        await one.ensure("2307", ["worker/W1"])
        token = sealed(one)
        assert await other.open("2307", token)
        await one.erase("2307", "worker/W1")

        began = time.monotonic()
        async with asyncio.timeout(1.5):
            while await other.open("2307", token) is not None:
                await asyncio.sleep(0.01)

        assert time.monotonic() - began > 0.5
        assert not listening(other)
        await one.close()
        await other.close()

    async def test_leaves_the_memory_of_whoever_lost_the_connection(
        self, two: tuple[Vault, Vault], dsn: str
    ) -> None:
        one, other = two
        token = sealed(one)
        await until(lambda: listening(other), 5)
        await other.open("2307", token)
        execute(dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'")

        await until(lambda: not in_memory(other, "worker/W1"), module.MOST_AGE)
        assert await other.open("2307", token)
        await until(lambda: listening(other), 5)

    async def test_that_was_being_read_meanwhile_is_not_remembered(self, two: tuple[Vault, Vault]) -> None:
        one, other = two
        token, read = sealed(one), STORES[other].keys
        await until(lambda: listening(other), 5)

        async def slow(jurisdiction: str, subjects: list[str]) -> dict[str, bytes | None]:
            found = await read(jurisdiction, subjects)
            await one.erase(jurisdiction, "worker/W1")
            await asyncio.sleep(0.5)
            return found

        STORES[other].keys = slow  # type: ignore[method-assign]
        await other.open("2307", token)

        assert not in_memory(other, "worker/W1")

    async def test_never_comes_back_whatever_a_program_does(self, two: tuple[Vault, Vault], dsn: str) -> None:
        await two[0].erase("2307", "worker/W1")

        with pytest.raises(Exception, match="stays so"):
            execute(
                dsn, "UPDATE vault_keys SET erased = false, wrapped = '\\x00' WHERE subject = 'worker/W1'"
            )

    async def test_leaves_no_dead_row(self, two: tuple[Vault, Vault], dsn: str) -> None:
        one, _ = two
        await one.index_phone("2307", "worker/W1", "13800001234")
        [(wrapped, phone)] = execute(dsn, "SELECT wrapped, phone FROM vault_keys WHERE subject = 'worker/W1'")
        await one.erase("2307", "worker/W1")
        vacuumed = "SELECT n_dead_tup, vacuum_count FROM pg_stat_user_tables WHERE relname = 'vault_keys'"
        await until(lambda: execute(dsn, vacuumed)[0][1], 5)

        assert execute(dsn, vacuumed)[0][0] == 0
        execute(dsn, "VACUUM FULL vault_keys")  # removes the bytes from the file too, see docs/privacy.md
        execute(dsn, "CHECKPOINT")
        for file in ("vault_keys", "vault_keys_pkey", "vault_keys_by_phone"):
            assert not [secret for secret in (wrapped, phone) if secret in files_of(dsn, file)]


def name_of(dsn: str) -> str:
    return execute(dsn, "SELECT current_database()")[0][0]


class TestTheDatabase:
    async def test_away_and_back(self, two: tuple[Vault, Vault], dsn: str) -> None:
        one, _ = two
        name, elsewhere = name_of(dsn), server().get_uri()
        execute(elsewhere, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        execute(elsewhere, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        with pytest.raises(VaultUnavailable, match="cannot be used"):
            await one.ensure("2307", ["worker/W3"])
        with pytest.raises(DatabaseUnavailable):
            await Pool.open(dsn)
        execute(elsewhere, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

        assert await one.ensure("2307", ["worker/W3"]) == {"worker/W3": True}
        await until(lambda: listening(one), 5)

    async def test_without_tables(self, dsn: str, tmp_path: Path) -> None:
        execute(dsn, "DROP TABLE vault_own")
        with pytest.raises(VaultUnavailable, match="vault_own"):
            await opened(dsn, tmp_path)

    async def test_a_key_is_durable_whatever_the_default_is(self, dsn: str) -> None:
        execute(dsn, f"ALTER DATABASE {name_of(dsn)} SET synchronous_commit = off")
        pool = await Pool.open(dsn)

        assert await pool.value("SHOW synchronous_commit") == "on"
        await pool.close()

    async def test_closed_it_answers_no_more(self, dsn: str) -> None:
        store = PgKeyStore(await Pool.open(dsn))
        await store.close()
        await store.close()
        with pytest.raises(VaultUnavailable, match="closed"):
            await store.empty()


class TestTheMasterKey:
    async def test_is_one_for_all_processes(self, dsn: str, tmp_path: Path) -> None:
        one = await opened(dsn, tmp_path / "a", None)
        with pytest.raises(MasterKeyMissing, match=r"master\.key is missing"):
            await opened(dsn, tmp_path / "b", None)
        with pytest.raises(WrongMasterKey, match="does not open the key store in PostgreSQL"):
            await opened(dsn, tmp_path / "b", MASTER)
        shared = given_key(tmp_path / "a" / "master.key")
        other = await opened(dsn, tmp_path / "b", shared)

        assert other.import_key() == one.import_key()
        await one.close()
        await other.close()

    async def test_is_read_from_a_file_that_is_not_touched(self, tmp_path: Path) -> None:
        path = tmp_path / "secret"
        with pytest.raises(MasterKeyMissing, match="give the same file to all"):
            given_key(path)
        assert not path.exists()
        path.write_bytes(MASTER)
        path.chmod(0o444)

        assert given_key(path) == MASTER
        assert path.stat().st_mode & 0o777 == 0o444
        path.chmod(0o600)
        path.write_bytes(b"short")
        with pytest.raises(WrongMasterKey, match="5 bytes"):
            given_key(path)
