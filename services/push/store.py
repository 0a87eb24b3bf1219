"""Push subscriptions of one data folder: `push.sqlite`."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from services.base.private import connect
from services.push.port import MOST_PHONES, PushUnavailable, Subscription

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
_PUT: Final = "INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?, ?, ?, ?, ?)"
_TRIM: Final = (
    "DELETE FROM subscriptions WHERE jurisdiction = ? AND worker = ? AND rowid NOT IN"
    " (SELECT rowid FROM subscriptions WHERE jurisdiction = ? AND worker = ? ORDER BY rowid DESC LIMIT ?)"
)
_OF: Final = (
    "SELECT endpoint, p256dh, auth, jurisdiction, worker, token, created_at FROM subscriptions"
    " WHERE jurisdiction = ? AND worker IN (SELECT value FROM json_each(?)) ORDER BY rowid"
)


class SqlitePushStore:
    """As services.push.port."""

    def __init__(self, path: Path) -> None:
        """Raises PushUnavailable."""
        self._gate = threading.Lock()
        try:
            self._connection = connect(path, _SCHEMA)
        except (apsw.Error, OSError) as error:
            raise PushUnavailable(f"{path} cannot be opened: {error}") from error

    @contextmanager
    def _db(self) -> Iterator[apsw.Connection]:
        """One transaction at a time."""
        try:
            with self._gate, self._connection:
                yield self._connection
        except apsw.Error as error:
            raise PushUnavailable(f"push subscriptions cannot be read or written: {error}") from error

    def key(self, made: bytes) -> bytes:
        with self._db() as db:
            db.execute("INSERT OR IGNORE INTO push_key VALUES (1, ?)", (made,))
            found: Any = db.execute("SELECT private FROM push_key").fetchall()
        return found[0][0]

    def put(self, subscription: Subscription) -> None:
        whose = (subscription.jurisdiction, subscription.worker)
        *values, created_at = msgspec.structs.astuple(subscription)
        with self._db() as db:
            db.execute(_PUT, (*values, created_at.isoformat()))
            db.execute(_TRIM, (*whose, *whose, MOST_PHONES))

    def drop(self, endpoint: str, worker: tuple[str, str] | None = None) -> None:
        with self._db() as db:
            if worker is None:
                db.execute("DELETE FROM subscriptions WHERE endpoint = ?", (endpoint,))
            else:
                whose = "DELETE FROM subscriptions WHERE endpoint = ? AND jurisdiction = ? AND worker = ?"
                db.execute(whose, (endpoint, *worker))

    def of(self, jurisdiction: str, workers: Sequence[str]) -> list[Subscription]:
        with self._db() as db:
            rows: Any = db.execute(_OF, (jurisdiction, msgspec.json.encode(workers).decode())).fetchall()
        fields = Subscription.__struct_fields__
        return [msgspec.convert(dict(zip(fields, row, strict=True)), Subscription) for row in rows]

    def claim(self, push: str, now: datetime, until: datetime) -> bool:
        with self._db() as db:
            db.execute("DELETE FROM claims WHERE until <= ?", (now.isoformat(),))
            db.execute("INSERT OR IGNORE INTO claims VALUES (?, ?)", (push, until.isoformat()))
            return db.changes() == 1

    def close(self) -> None:
        with self._gate:
            self._connection.close()
