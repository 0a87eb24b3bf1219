"""The key store of a cluster: PostgreSQL, shared by all its API processes."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from services.postgres.blocking import Blocking, Connection, DatabaseUnavailable
from services.postgres.listening import Listener
from services.vault.errors import VaultUnavailable
from services.vault.wrapping import SERVICE, Wrapping

CHANNEL: Final = "muster_keys"
_OWN: Final = "INSERT INTO vault_own (name, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING"
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
    'SELECT subject FROM vault_keys WHERE phone = $1 AND jurisdiction = $2 ORDER BY subject COLLATE "C"'
)

T = TypeVar("T")


class PgKeyStore(Wrapping):
    """As services.vault.port, in the tables of services/postgres/sql/010_keys.sql.

    PostgreSQL overwrites nothing: what was erased stays in dead rows until a vacuum, in the write-ahead log
    and in backups until those go (docs/privacy.md); wrapped by the master key, all the while.
    """

    def __init__(self, dsn: str) -> None:
        """Connects; the tables must be there. Raises VaultUnavailable."""
        super().__init__("the key store in PostgreSQL")
        self._dsn = dsn
        self._listener: Listener | None = None
        try:
            self._blocking = Blocking(dsn)
        except DatabaseUnavailable as error:
            raise self._trouble(error) from error

    @property
    def empty(self) -> bool:
        return self._run(lambda c: c.fetchrow("SELECT 1 FROM vault_own LIMIT 1")) is None

    @property
    def heard(self) -> tuple[float, float]:
        return self._listener.heard if self._listener else (0.0, 0.0)

    def watch(self, erased: Callable[[str, str], None], lost: Callable[[], None]) -> None:
        def notice(payload: str) -> None:
            jurisdiction, subject = msgspec.json.decode(payload, type=tuple[str, str])
            erased(jurisdiction, subject)

        self._listener = Listener(self._blocking, self._dsn, CHANNEL, notice, lost)

    def _first(self, name: str, wrapped: bytes) -> bytes:
        async def work(connection: Connection) -> bytes:
            await connection.execute(_OWN, name, wrapped)
            return await connection.fetchval("SELECT wrapped FROM vault_own WHERE name = $1", name)

        return self._run(work)

    def keys(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        asked = list(subjects)
        return self._opened(jurisdiction, self._run(lambda c: c.fetch(_KEYS, jurisdiction, asked)))

    def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        asked = sorted(set(subjects))  # in one order, or two that make the same keys wait for each other
        return self._opened(jurisdiction, self._run(lambda c: self._ensured(c, jurisdiction, asked)))

    async def _ensured(self, connection: Connection, jurisdiction: str, asked: list[str]) -> list[Any]:
        rows = await connection.fetch(_KEYS, jurisdiction, asked)
        known = {row["subject"] for row in rows}
        missing = [subject for subject in asked if subject not in known]
        if missing:
            fresh = [self.fresh(jurisdiction, subject) for subject in missing]
            await connection.execute(_ADD, jurisdiction, missing, fresh)
            rows += await connection.fetch(_KEYS, jurisdiction, missing)  # another's, where it came first
        return rows

    def adopt(self, jurisdiction: str, keys: Mapping[str, bytes]) -> None:
        """The notice tells the other processes of the service's key, if it is among them."""
        subjects = sorted(keys)
        wrapped = [self.wrap(keys[s], jurisdiction, s) for s in subjects]
        notice = msgspec.json.encode((jurisdiction, SERVICE)).decode()

        async def work(connection: Connection) -> None:
            async with connection.transaction():
                await connection.execute(_ADD, jurisdiction, subjects, wrapped)
                if SERVICE in keys:
                    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, notice)

        self._run(work)

    def erase(self, jurisdiction: str, subject: str) -> bool:
        """The notice goes to the other processes with the erasure, or neither does."""
        notice = msgspec.json.encode((jurisdiction, subject)).decode()

        async def work(connection: Connection) -> bool:
            async with connection.transaction():
                erased = await connection.fetchval(_ERASE, jurisdiction, subject)
                if erased:
                    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, notice)
            return bool(erased)

        return self._run(work)

    def scrub(self) -> bool:
        """Take the dead rows away; True, as what an older transaction may still see goes with autovacuum."""
        self._run(lambda c: c.execute("VACUUM (INDEX_CLEANUP ON, SKIP_LOCKED) vault_keys"))
        return True

    def set_phones(self, jurisdiction: str, hashes: Mapping[str, bytes | None]) -> None:
        """Rows are locked in one order: two processes that set the same ones do not block each other."""
        subjects = sorted(hashes)

        async def work(connection: Connection) -> None:
            async with connection.transaction():
                await connection.execute(_LOCK, jurisdiction, subjects)
                await connection.execute(_PHONES, jurisdiction, subjects, [hashes[s] for s in subjects])

        self._run(work)

    def by_phone(self, jurisdiction: str, hash_: bytes) -> list[str]:
        return [row["subject"] for row in self._run(lambda c: c.fetch(_FIND, hash_, jurisdiction))]

    def close(self) -> None:
        try:
            self._blocking.close()
        except DatabaseUnavailable as error:
            raise self._trouble(error) from error

    def _opened(self, jurisdiction: str, rows: list[Any]) -> dict[str, bytes | None]:
        found: dict[str, bytes | None] = {}
        for subject, wrapped in rows:
            found[subject] = None if wrapped is None else self.unwrap(wrapped, jurisdiction, subject)
        return found

    def _run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        try:
            return self._blocking.run(work)
        except DatabaseUnavailable as error:
            raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> VaultUnavailable:
        return VaultUnavailable(f"{self._where} cannot be used: {error}")
