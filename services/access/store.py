"""Where tokens and sessions are kept, hashed: a small SQLite file that server and command line share."""

import time
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from services.access.port import Code, Held, Session, Token
from services.base.private import connect

LOOK_SECONDS: Final = 0.5
"""How often the file is asked whether another process wrote to it."""

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
_ALL: Final = "SELECT * FROM tokens ORDER BY created_at, rowid"
_REDEEM: Final = "DELETE FROM codes WHERE hash = ? RETURNING jurisdiction, worker, expires_at"


class Store:
    """As services.access.port. Blocks for microseconds to a millisecond; not for several threads at once."""

    def __init__(self, path: Path) -> None:
        self._db = connect(path, _SCHEMA)
        self._version, self._looked = -1, 0.0
        self._held = Held({}, {})

    def recent(self) -> Held:
        return self._held if time.monotonic() - self._looked < LOOK_SECONDS else self.now()

    def missed(self) -> Held:
        return self.now()

    def now(self) -> Held:
        self._looked = time.monotonic()
        (version,) = next(self._db.execute("PRAGMA data_version"))
        if version != self._version:
            self._version, self._held = version, Held(self._tokens(), self._sessions())
        return self._held

    def add(self, token: Token, hash_: str) -> None:
        """Raises KeyError where a token that is not revoked has the name."""
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
        self._held = self._held.added(hash_, token)  # its version does not count what this connection writes

    def _tokens(self) -> dict[str, Token]:
        return {row[1]: _token(row) for row in self._db.execute(_ALL)}

    def revoke(self, id_: str, now: datetime) -> None:
        with self._db:
            self._db.execute(_REVOKE, (now.isoformat(), id_))
            self._db.execute("DELETE FROM sessions WHERE token = ?", (id_,))
        self._held = self._held.revoked(id_, now)

    def drop(self, ids: Collection[str]) -> None:
        with self._db:
            for id_ in ids:
                self._db.execute("DELETE FROM sessions WHERE token = ?", (id_,))
                self._db.execute("DELETE FROM tokens WHERE id = ?", (id_,))
        self._held = self._held.dropped(ids)

    def begin(self, hash_: str, session: Session, now: datetime) -> None:
        with self._db:
            self._db.execute("DELETE FROM sessions WHERE expires_at <= ?", (now.isoformat(),))
            values = (hash_, session.token, session.expires_at.isoformat())
            self._db.execute("INSERT INTO sessions VALUES (?, ?, ?)", values)
        self._held = self._held.begun(hash_, session, now)

    def end(self, hash_: str) -> None:
        self._db.execute("DELETE FROM sessions WHERE hash = ?", (hash_,))
        self._held = self._held.ended(hash_)

    def _sessions(self) -> dict[str, Session]:
        rows = self._db.execute("SELECT hash, token, expires_at FROM sessions")
        return {row[0]: Session(row[1], datetime.fromisoformat(row[2])) for row in rows}

    def issue(self, hash_: str, code: Code, now: datetime) -> None:
        with self._db:
            self._db.execute("DELETE FROM codes WHERE expires_at <= ?", (now.isoformat(),))
            values = (hash_, code.jurisdiction, code.worker, code.expires_at.isoformat())
            self._db.execute("DELETE FROM codes WHERE jurisdiction = ? AND worker = ?", values[1:3])
            self._db.execute("INSERT INTO codes VALUES (?, ?, ?, ?)", values)

    def redeem(self, hash_: str, now: datetime) -> Code | None:
        taken: Any = self._db.execute(_REDEEM, (hash_,)).fetchall()
        for jurisdiction, worker, expires_at in taken:
            code = Code(jurisdiction, worker, datetime.fromisoformat(expires_at))
            return code if now < code.expires_at else None
        return None

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
