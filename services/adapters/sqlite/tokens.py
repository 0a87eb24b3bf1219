"""Hashed tokens and sessions in a small SQLite file shared by the server and the command line."""

import asyncio
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw
import msgspec

from services.access.port import AccessUnavailable, Code, Session, Token, TokenTable
from services.access.tokens import Tokens
from services.adapters.sqlite.data_file import FileDamaged, explained, open_store

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    jurisdictions TEXT NOT NULL,
    areas TEXT NOT NULL,
    worker TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS tokens_by_name ON tokens (name) WHERE revoked_at IS NULL;
CREATE TABLE IF NOT EXISTS sessions (
    hash TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS used (
    token TEXT PRIMARY KEY,
    used_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS codes (
    hash TEXT PRIMARY KEY,
    jurisdiction TEXT NOT NULL,
    worker TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    UNIQUE (jurisdiction, worker)
) STRICT, WITHOUT ROWID;
"""
_ADD: Final = "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"
_REVOKE: Final = "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
_LIMIT: Final = "UPDATE tokens SET areas = ?, expires_at = ? WHERE id = ?"
_USED: Final = (
    "INSERT INTO used (token, used_at) SELECT id, ?1 FROM tokens WHERE id = ?2"
    " ON CONFLICT (token) DO UPDATE SET used_at = max(used_at, excluded.used_at)"
)
_ALL: Final = "SELECT * FROM tokens ORDER BY created_at, rowid"
_REMEDY: Final = (
    "restore it from a backup, or move it away: the next start prints a new admin token, with which the"
    " others are created again"
)
_REDEEM: Final = "DELETE FROM codes WHERE hash = ? RETURNING jurisdiction, worker, expires_at"

T = TypeVar("T")


class SqliteTokenStore:
    """See services.access.port. Blocking calls run on threads, one at a time."""

    def __init__(self, path: Path) -> None:
        """Blocking. Raises AccessUnavailable."""
        self._lock = threading.Lock()
        self._version, self._table = -1, TokenTable({}, {})
        self._path = path
        try:
            self._db = open_store(path, _SCHEMA)
        except (FileDamaged, apsw.Error, OSError) as error:
            raise self._unavailable(error) from error

    @classmethod
    async def open(cls, path: Path) -> "SqliteTokenStore":
        """Open the store, creating it on first use. Raises AccessUnavailable."""
        return await asyncio.to_thread(cls, path)

    @property
    def table(self) -> TokenTable:
        return self._table

    async def refresh(self) -> None:
        await self._run(self._refresh)

    async def add_token(self, token: Token, hash_: str) -> None:
        def work() -> None:
            try:
                self._db.execute(_ADD, _values(token, hash_))
            except apsw.ConstraintError:
                raise KeyError(token.name) from None
            self._table = self._table.with_token(hash_, token)

        await self._run(work)

    async def revoke_token(self, id_: str, now: datetime) -> None:
        def work() -> None:
            with self._db:
                self._db.execute(_REVOKE, (now.isoformat(), id_))
                self._db.execute("DELETE FROM sessions WHERE token = ?", (id_,))
            self._table = self._table.with_revoked(id_, now)

        await self._run(work)

    async def limit_token(self, id_: str, areas: tuple[str, ...], expires_at: datetime | None) -> None:
        def work() -> None:
            self._db.execute(_LIMIT, (_list(areas), expires_at.isoformat() if expires_at else None, id_))
            self._table = self._table.with_limits(id_, areas, expires_at)

        await self._run(work)

    async def note_used(self, used: Mapping[str, datetime]) -> None:
        def work() -> None:
            with self._db:
                for id_, at in used.items():
                    self._db.execute(_USED, (at.isoformat(), id_))

        await self._run(work)

    async def last_used(self) -> dict[str, datetime]:
        def work() -> list[Any]:
            return self._db.execute("SELECT token, used_at FROM used").fetchall()

        return {id_: datetime.fromisoformat(at) for id_, at in await self._run(work)}

    async def delete_tokens(self, ids: Collection[str]) -> None:
        def work() -> None:
            with self._db:
                for id_ in ids:
                    self._db.execute("DELETE FROM sessions WHERE token = ?", (id_,))
                    self._db.execute("DELETE FROM used WHERE token = ?", (id_,))
                    self._db.execute("DELETE FROM tokens WHERE id = ?", (id_,))
            self._table = self._table.without_tokens(ids)

        await self._run(work)

    async def add_session(self, hash_: str, session: Session, now: datetime) -> None:
        def work() -> None:
            with self._db:
                self._db.execute("DELETE FROM sessions WHERE expires_at <= ?", (now.isoformat(),))
                values = (hash_, session.token, session.expires_at.isoformat())
                self._db.execute("INSERT INTO sessions VALUES (?, ?, ?)", values)
            self._table = self._table.with_session(hash_, session, now)

        await self._run(work)

    async def delete_session(self, hash_: str) -> None:
        def work() -> None:
            self._db.execute("DELETE FROM sessions WHERE hash = ?", (hash_,))
            self._table = self._table.without_session(hash_)

        await self._run(work)

    async def add_code(self, hash_: str, code: Code, now: datetime) -> None:
        def work() -> None:
            with self._db:
                self._db.execute("DELETE FROM codes WHERE expires_at <= ?", (now.isoformat(),))
                values = (hash_, code.jurisdiction, code.worker, code.expires_at.isoformat())
                self._db.execute("DELETE FROM codes WHERE jurisdiction = ? AND worker = ?", values[1:3])
                self._db.execute("INSERT INTO codes VALUES (?, ?, ?, ?)", values)

        await self._run(work)

    async def redeem_code(self, hash_: str, now: datetime) -> Code | None:
        def work() -> list[Any]:
            return self._db.execute(_REDEEM, (hash_,)).fetchall()

        for jurisdiction, worker, expires_at in await self._run(work):
            code = Code(jurisdiction, worker, datetime.fromisoformat(expires_at))
            return code if now < code.expires_at else None
        return None

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(self._exclusive, work)

    def _exclusive(self, work: Callable[[], T]) -> T:
        try:
            with self._lock:
                return work()
        except (FileDamaged, apsw.Error) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> AccessUnavailable:
        what = f"access tokens cannot be read from or written to {self._path}"
        return AccessUnavailable(explained(error, self._path, what, _REMEDY))

    def _refresh(self) -> None:
        """Reread if another connection wrote; this connection's own writes are already in the table."""
        (version,) = next(self._db.execute("PRAGMA data_version"))
        if version != self._version:
            try:
                table = TokenTable(self._tokens(), self._sessions())
            except (ValueError, TypeError) as error:  # also msgspec's and Unicode's
                raise FileDamaged(self._path, f"a row is none of ours: {error}") from error
            self._version, self._table = version, table

    def _tokens(self) -> dict[str, Token]:
        return {row[1]: _token(row) for row in self._db.execute(_ALL)}

    def _sessions(self) -> dict[str, Session]:
        rows = self._db.execute("SELECT hash, token, expires_at FROM sessions")
        return {row[0]: Session(row[1], datetime.fromisoformat(row[2])) for row in rows}

    def _close(self) -> None:
        with self._lock:
            self._db.close()


def _values(token: Token, hash_: str) -> tuple[str | None, ...]:
    return (
        token.id,
        hash_,
        token.name,
        token.scope,
        _list(token.jurisdictions),
        _list(token.areas),
        token.worker,
        token.created_at.isoformat(),
        token.expires_at.isoformat() if token.expires_at else None,
    )


def _list(values: tuple[str, ...]) -> str:
    return msgspec.json.encode(values).decode()


def _token(row: tuple[str | None, ...]) -> Token:
    id_, _, name, scope, jurisdictions, areas, worker, created_at, expires_at, revoked_at = row
    fields = {
        "id": id_,
        "name": name,
        "scope": scope,
        "jurisdictions": msgspec.json.decode(jurisdictions or "[]"),
        "areas": msgspec.json.decode(areas or "[]"),
        "worker": worker,
        "created_at": created_at,
        "expires_at": expires_at,
        "revoked_at": revoked_at,
    }
    return msgspec.convert(fields, Token)


async def local_tokens(folder: Path | str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Tokens:
    """Open the tokens in `access.sqlite` in a folder. Raises AccessUnavailable."""
    return await Tokens.open(folder, await SqliteTokenStore.open(Path(folder) / "access.sqlite"), now)
