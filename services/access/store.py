"""Where tokens and sessions are kept, hashed: a small SQLite file that server and command line share."""

import hashlib
import secrets
from datetime import datetime
from pathlib import Path
from typing import Final

import apsw
import msgspec

from services.access.principal import Principal, ScopeName
from services.private import connect

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
"""
_ADD: Final = "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"
_ALL: Final = "SELECT * FROM tokens ORDER BY created_at, rowid"


class Token(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A token as it is listed; its secret was told once and is not kept."""

    id: str
    name: str
    scope: ScopeName
    jurisdictions: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    worker: str | None = None
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def valid(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def principal(self) -> Principal:
        """Whom the token stands for."""
        return Principal(
            id=self.id,
            name=self.name,
            scope=self.scope,
            jurisdictions=self.jurisdictions,
            areas=self.areas,
            worker=self.worker,
        )


class Session(msgspec.Struct, frozen=True):
    """A cookie's session: of which token (id), until when."""

    token: str
    expires_at: datetime


def hashed(secret: str) -> str:
    """Secrets have 256 random bits, so one plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


class Store:
    """Blocking, for microseconds to a millisecond; not for several threads at once."""

    def __init__(self, path: Path) -> None:
        self._db = connect(path, _SCHEMA)

    def version(self) -> int:
        """Another number once another process has written."""
        (version,) = next(self._db.execute("PRAGMA data_version"))
        return int(version)

    def add(self, token: Token, hash_: str) -> None:
        """Raises KeyError where a valid token has the name."""
        values = (
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
        try:
            self._db.execute(_ADD, values)
        except apsw.ConstraintError:
            raise KeyError(token.name) from None

    def tokens(self) -> dict[str, Token]:
        """By hash, oldest first."""
        return {row[1]: _token(row) for row in self._db.execute(_ALL)}

    def revoke(self, id_: str, now: datetime) -> None:
        """The token and its sessions."""
        with self._db:
            self._db.execute("UPDATE tokens SET revoked_at = ? WHERE id = ?", (now.isoformat(), id_))
            self._db.execute("DELETE FROM sessions WHERE token = ?", (id_,))

    def begin(self, token: str, now: datetime, until: datetime) -> str:
        """A new session's secret; sessions that are over go."""
        secret = secrets.token_urlsafe(32)
        with self._db:
            self._db.execute("DELETE FROM sessions WHERE expires_at <= ?", (now.isoformat(),))
            values = (hashed(secret), token, until.isoformat())
            self._db.execute("INSERT INTO sessions VALUES (?, ?, ?)", values)
        return secret

    def end(self, secret: str) -> None:
        self._db.execute("DELETE FROM sessions WHERE hash = ?", (hashed(secret),))

    def sessions(self) -> dict[str, Session]:
        """By hash."""
        rows = self._db.execute("SELECT hash, token, expires_at FROM sessions")
        return {row[0]: Session(row[1], datetime.fromisoformat(row[2])) for row in rows}

    def close(self) -> None:
        self._db.close()


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
