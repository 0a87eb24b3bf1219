"""A cluster's key store: PostgreSQL, shared by all API processes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import msgspec

from services.adapters.postgres.listening import Listener
from services.adapters.postgres.pool import Pool
from services.base.unavailable import DatabaseUnavailable
from services.vault.errors import VaultUnavailable
from services.vault.wrapping import SERVICE, KeyWrapper

CHANNEL: Final = "muster_keys"
_OWN: Final = "SELECT wrapped FROM vault_own WHERE name = $1"
_SERVICE: Final = "INSERT INTO vault_own (name, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_KEYS: Final = "SELECT subject, wrapped FROM vault_keys WHERE jurisdiction = $1 AND subject = ANY($2::text[])"
_ADD: Final = (
    "INSERT INTO vault_keys (jurisdiction, subject, wrapped)"
    " SELECT $1, new.subject, new.wrapped FROM unnest($2::text[], $3::bytea[]) AS new (subject, wrapped)"
    " ON CONFLICT DO NOTHING"
)
_ERASE: Final = (
    "INSERT INTO vault_keys AS kept (jurisdiction, subject, erased) VALUES ($1, $2, true)"
    " ON CONFLICT (jurisdiction, subject) DO UPDATE SET wrapped = NULL, phone = NULL, erased = true"
    " WHERE NOT kept.erased RETURNING 1"
)
_PHONES: Final = (
    "UPDATE vault_keys SET phone = new.phone"
    " FROM unnest($2::text[], $3::bytea[]) AS new (subject, phone)"
    " WHERE jurisdiction = $1 AND vault_keys.subject = new.subject AND NOT erased"
    " AND vault_keys.phone IS DISTINCT FROM new.phone"
)
_LOCK: Final = (
    "SELECT FROM vault_keys WHERE jurisdiction = $1 AND subject = ANY($2::text[]) ORDER BY subject FOR UPDATE"
)
_FIND: Final = (
    "SELECT subject FROM vault_keys "
    " WHERE (substr(phone, 1, 16) = ANY($1::bytea[]) OR substr(phone, 17, 16) = ANY($1::bytea[]))"
    " AND jurisdiction = $2"
    ' ORDER BY subject COLLATE "C"'
)
_NOTIFY: Final = "SELECT pg_notify($1, $2)"


class PgKeyStore(KeyWrapper):
    """See services.vault.port. Uses the tables of services/adapters/postgres/sql/010_keys.sql.

    PostgreSQL does not overwrite data: erased keys remain in dead rows until a vacuum, and in the write-ahead
    log and backups until those are removed (docs/privacy.md), always wrapped by the master key.
    """

    def __init__(self, pool: Pool) -> None:
        """Takes ownership of the handle; the tables must exist."""
        super().__init__("the key store in PostgreSQL")
        self._pool = pool
        self._listener: Listener | None = None

    @property
    def notice_window(self) -> tuple[float, float]:
        return self._listener.notice_window if self._listener else (0.0, 0.0)

    def watch(self, erased: Callable[[str, str], None], lost: Callable[[], None]) -> None:
        def notice(payload: str) -> None:
            jurisdiction, subject = msgspec.json.decode(payload, type=tuple[str, str])
            erased(jurisdiction, subject)

        self._listener = Listener(self._pool, CHANNEL, notice, lost)

    async def empty(self) -> bool:
        with self._translated():
            return await self._pool.value("SELECT 1 FROM vault_own LIMIT 1") is None

    async def _first(self, name: str, wrapped: bytes) -> bytes:
        with self._translated():
            kept: bytes | None = await self._pool.value(_OWN, name)
            if kept is None:  # else nothing is written, so a database that takes no writes can be read
                await self._pool.put(_SERVICE, name, wrapped)
                kept = await self._pool.value(_OWN, name)
        return kept or b""

    async def keys(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        with self._translated():
            rows = await self._pool.fetch(_KEYS, jurisdiction, list(subjects))
            return self.readable(((subject, wrapped) for subject, wrapped in rows), jurisdiction)

    async def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        asked = sorted(set(subjects))  # fixed order, to avoid deadlocks
        with self._translated():
            rows = await self._pool.fetch(_KEYS, jurisdiction, asked)
            known = {row["subject"] for row in rows}
            missing = [subject for subject in asked if subject not in known]
            if missing:
                made = [self.new_key(jurisdiction, subject) for subject in missing]
                await self._pool.put(_ADD, jurisdiction, missing, made)
                rows += await self._pool.fetch(_KEYS, jurisdiction, missing)  # another process may have won
        return self._opened(jurisdiction, rows)

    async def adopt(self, jurisdiction: str, keys: Mapping[str, bytes]) -> None:
        """Also notify the other processes if the service key is among the keys."""
        subjects = sorted(keys)
        wrapped = [self.wrap(keys[s], jurisdiction, s) for s in subjects]
        with self._translated():
            async with self._pool.writing() as db:
                await db.execute(_ADD, jurisdiction, subjects, wrapped)
                if SERVICE in keys:
                    await db.execute(_NOTIFY, CHANNEL, _notice(jurisdiction, SERVICE))

    async def erase(self, jurisdiction: str, subject: str) -> bool:
        """Erase and notify the other processes in one transaction."""
        with self._translated():
            async with self._pool.writing() as db:
                erased = await db.fetchval(_ERASE, jurisdiction, subject)
                if erased:
                    await db.execute(_NOTIFY, CHANNEL, _notice(jurisdiction, subject))
        return bool(erased)

    async def scrub(self) -> bool:
        """Remove dead rows. Always True: autovacuum removes those still visible to older transactions."""
        with self._translated():
            await self._pool.fetch("VACUUM (INDEX_CLEANUP ON, SKIP_LOCKED) vault_keys")
        return True

    async def set_phones(self, jurisdiction: str, hashes: Mapping[str, bytes | None]) -> None:
        """Lock rows in a fixed order, so that concurrent calls do not deadlock."""
        subjects = sorted(hashes)
        with self._translated():
            async with self._pool.writing() as db:
                await db.execute(_LOCK, jurisdiction, subjects)
                await db.execute(_PHONES, jurisdiction, subjects, [hashes[s] for s in subjects])

    async def find_phone(self, jurisdiction: str, hashes: Collection[bytes]) -> list[str]:
        with self._translated():
            return [row["subject"] for row in await self._pool.fetch(_FIND, list(hashes), jurisdiction)]

    async def close(self) -> None:
        if self._listener:
            await self._listener.close()
        await self._pool.close()

    def _opened(self, jurisdiction: str, rows: list[Any]) -> dict[str, bytes | None]:
        found: dict[str, bytes | None] = {}
        for subject, wrapped in rows:
            found[subject] = None if wrapped is None else self.stored(wrapped, jurisdiction, subject)
        return found

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DatabaseUnavailable as error:
            raise VaultUnavailable(f"{self._where} cannot be used: {error}") from error


def _notice(jurisdiction: str, subject: str) -> str:
    return msgspec.json.encode((jurisdiction, subject)).decode()
