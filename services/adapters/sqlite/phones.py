"""One data folder's push subscriptions: `push.sqlite`."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw
import msgspec

from services.adapters.sqlite.data_file import FileDamaged, explained, open_store
from services.push.port import MAX_PHONES, PushUnavailable, Subscription

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS push_key (one INTEGER PRIMARY KEY CHECK (one = 1), private BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS subscriptions (
    endpoint TEXT PRIMARY KEY,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    jurisdiction TEXT NOT NULL,
    worker TEXT NOT NULL,
    token TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS subscriptions_by_worker ON subscriptions (jurisdiction, worker);
CREATE TABLE IF NOT EXISTS claims (push TEXT PRIMARY KEY, until TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""
_REMEDY: Final = "restore it from a backup, or move it away: phones subscribe again when they are next opened"
_INSERT: Final = "INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?, ?, ?, ?, ?)"
_TRIM: Final = (
    "DELETE FROM subscriptions WHERE jurisdiction = ? AND worker = ? AND rowid NOT IN"
    " (SELECT rowid FROM subscriptions WHERE jurisdiction = ? AND worker = ? ORDER BY rowid DESC LIMIT ?)"
)
_OF_WORKERS: Final = (
    "SELECT endpoint, p256dh, auth, jurisdiction, worker, token, created_at FROM subscriptions"
    " WHERE jurisdiction = ? AND worker IN (SELECT value FROM json_each(?)) ORDER BY rowid"
)

T = TypeVar("T")


class SqlitePushStore:
    """See services.push.port. Blocking calls run on threads, one transaction at a time."""

    def __init__(self, path: Path) -> None:
        """Blocking. Raises PushUnavailable."""
        self._lock = threading.Lock()
        self._path = path
        try:
            self._connection = open_store(path, _SCHEMA)
        except (FileDamaged, apsw.Error, OSError) as error:
            raise self._unavailable(error) from error

    @classmethod
    async def open(cls, path: Path) -> "SqlitePushStore":
        """Open the store, creating it on first use. Raises PushUnavailable."""
        return await asyncio.to_thread(cls, path)

    async def private_key(self, new: bytes) -> bytes:
        def work(db: apsw.Connection) -> bytes:
            db.execute("INSERT OR IGNORE INTO push_key VALUES (1, ?)", (new,))
            found: Any = db.execute("SELECT private FROM push_key").fetchall()
            return found[0][0]

        return await self._run(work)

    async def save(self, subscription: Subscription) -> None:
        whose = (subscription.jurisdiction, subscription.worker)
        *values, created_at = msgspec.structs.astuple(subscription)

        def work(db: apsw.Connection) -> None:
            db.execute(_INSERT, (*values, created_at.isoformat()))
            db.execute(_TRIM, (*whose, *whose, MAX_PHONES))

        await self._run(work)

    async def delete(self, endpoint: str, worker: tuple[str, str] | None = None) -> None:
        statement, given = "DELETE FROM subscriptions WHERE endpoint = ?", (endpoint,)
        if worker is not None:
            statement, given = f"{statement} AND jurisdiction = ? AND worker = ?", (endpoint, *worker)
        await self._run(lambda db: db.execute(statement, given))

    async def of_workers(self, jurisdiction: str, workers: Sequence[str]) -> list[Subscription]:
        def work(db: apsw.Connection) -> Any:
            return db.execute(_OF_WORKERS, (jurisdiction, msgspec.json.encode(workers).decode())).fetchall()

        fields = Subscription.__struct_fields__
        rows = await self._run(work)
        try:
            return [msgspec.convert(dict(zip(fields, row, strict=True)), Subscription) for row in rows]
        except msgspec.ValidationError as error:
            raise self._unavailable(FileDamaged(self._path, f"a row is none of ours: {error}")) from error

    async def claim(self, push: str, now: datetime, until: datetime) -> bool:
        def work(db: apsw.Connection) -> bool:
            db.execute("DELETE FROM claims WHERE until <= ?", (now.isoformat(),))
            db.execute("INSERT OR IGNORE INTO claims VALUES (?, ?)", (push, until.isoformat()))
            return db.changes() == 1

        return await self._run(work)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    async def _run(self, work: Callable[[apsw.Connection], T]) -> T:
        return await asyncio.to_thread(self._transaction, work)

    def _transaction(self, work: Callable[[apsw.Connection], T]) -> T:
        with self._begun() as db:
            return work(db)

    @contextmanager
    def _begun(self) -> Iterator[apsw.Connection]:
        try:
            with self._lock, self._connection:
                yield self._connection
        except (apsw.Error, UnicodeDecodeError) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> PushUnavailable:
        what = f"push subscriptions cannot be read from or written to {self._path}"
        return PushUnavailable(explained(error, self._path, what, _REMEDY))

    def _close(self) -> None:
        with self._lock:
            self._connection.close()
