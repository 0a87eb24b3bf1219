"""Tokens and sessions of a cluster: PostgreSQL, shared by all its API processes and the command line."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from services.access.port import AccessUnavailable, Code, Held, Session, Token
from services.postgres.blocking import TROUBLE, Blocking, Connection, DatabaseUnavailable, Taken

LOOK_SECONDS: Final = 0.25
MISSES: Final = 20
"""Unknown secrets make it look no more often in a second than that, however many are tried."""
_ADD: Final = (
    "INSERT INTO access_tokens"
    " (id, hash, name, scope, jurisdictions, areas, worker, created_at, expires_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
)
_REVOKE: Final = "UPDATE access_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL"
_BEGIN: Final = (
    "INSERT INTO access_sessions (hash, token, expires_at)"
    " SELECT $1, id, $3 FROM access_tokens WHERE id = $2 AND revoked_at IS NULL"
)
_ISSUE: Final = (
    "INSERT INTO access_codes (hash, jurisdiction, worker, expires_at) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (jurisdiction, worker) DO UPDATE"
    " SET hash = excluded.hash, expires_at = excluded.expires_at"
)
_REDEEM: Final = "DELETE FROM access_codes WHERE hash = $1 RETURNING jurisdiction, worker, expires_at"
_BUMP: Final = "UPDATE access_version SET version = version + 1 RETURNING version"
_DROP: Final = (
    "DELETE FROM access_sessions WHERE token = ANY($1::text[])",
    "DELETE FROM access_tokens WHERE id = ANY($1::text[])",
)

T = TypeVar("T")
log_of = logging.getLogger("muster.access")


class PgTokenStore:
    """As services.access.port, in the tables of services/postgres/sql/011_tokens.sql.

    It looks four times a second, on a thread of its own; who asks it is answered from memory.
    """

    def __init__(self, dsn: str) -> None:
        """Connects; the tables must be there. Raises AccessUnavailable."""
        self._version, self._misses, self._second = -1, 0, 0.0
        self._held, self._fails = Held({}, {}), False
        try:
            self._blocking = Blocking(dsn, size=2)
        except DatabaseUnavailable as error:
            raise _trouble(error) from error
        self._blocking.start(self._look_on())

    def recent(self) -> Held:
        return self._held

    def missed(self) -> Held:
        if not self._fails and self._may_look():
            try:
                return self.now()
            except AccessUnavailable as error:
                self._fails = True  # until the thread has reached it again: nobody else waits for it
                log_of.warning("%s", error)
        return self._held

    def _may_look(self) -> bool:
        if (now := time.monotonic()) - self._second >= 1:
            self._second, self._misses = now, 0
        self._misses += 1
        return self._misses <= MISSES

    def now(self) -> Held:
        self._run(self._look)
        return self._held

    def add(self, token: Token, hash_: str) -> None:
        values = (token.id, hash_, token.name, token.scope, token.jurisdictions, token.areas, token.worker)
        try:
            self._write(
                lambda held: held.added(hash_, token), (_ADD, *values, token.created_at, token.expires_at)
            )
        except Taken:
            raise KeyError(token.name) from None

    def revoke(self, id_: str, now: datetime) -> None:
        self._write(
            lambda held: held.revoked(id_, now),
            (_REVOKE, id_, now),
            ("DELETE FROM access_sessions WHERE token = $1", id_),
        )

    def drop(self, ids: Collection[str]) -> None:
        self._write(lambda held: held.dropped(ids), *((statement, list(ids)) for statement in _DROP))

    def begin(self, hash_: str, session: Session, now: datetime) -> None:
        self._write(
            lambda held: held.begun(hash_, session, now),
            ("DELETE FROM access_sessions WHERE expires_at <= $1", now),
            (_BEGIN, hash_, session.token, session.expires_at),
        )

    def end(self, hash_: str) -> None:
        self._write(lambda held: held.ended(hash_), ("DELETE FROM access_sessions WHERE hash = $1", hash_))

    def issue(self, hash_: str, code: Code, now: datetime) -> None:
        async def work(connection: Connection) -> None:
            async with connection.transaction():
                await connection.execute("DELETE FROM access_codes WHERE expires_at <= $1", now)
                await connection.execute(_ISSUE, hash_, code.jurisdiction, code.worker, code.expires_at)

        self._run(work)

    def redeem(self, hash_: str, now: datetime) -> Code | None:
        async def work(connection: Connection) -> Any:
            return await connection.fetchrow(_REDEEM, hash_)

        taken = self._run(work)
        code = Code(**taken) if taken else None
        return code if code and now < code.expires_at else None

    def close(self) -> None:
        try:
            self._blocking.close()
        except DatabaseUnavailable as error:
            raise _trouble(error) from error

    def _write(self, change: Callable[[Held], Held], *statements: tuple[Any, ...]) -> None:
        """All or none; the version first, so that writers wait for each other in one order. `change` = the
        same on what is held here, where nobody else has written meanwhile."""

        async def work(connection: Connection) -> None:
            async with connection.transaction():
                version = await connection.fetchval(_BUMP)
                for statement, *values in statements:
                    await connection.execute(statement, *values)
            if version == self._version + 1:
                self._held, self._version = change(self._held), version
            await self._look(connection)

        self._run(work)

    async def _look(self, connection: Connection) -> None:
        """What is kept, read again only where the version has moved."""
        if await connection.fetchval("SELECT version FROM access_version") != self._version:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                version = await connection.fetchval("SELECT version FROM access_version")
                tokens = await connection.fetch("SELECT * FROM access_tokens ORDER BY number")
                sessions = await connection.fetch("SELECT * FROM access_sessions")
            if version > self._version:  # two may look at once
                self._held, self._version = _held(tokens, sessions), version
        self._fails = False

    async def _look_on(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._blocking.on_connection(self._look)
            except TROUBLE as error:
                if not self._fails:
                    log_of.warning("tokens stay as last known: %s", str(error) or type(error).__name__)
                self._fails = True

    def _run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        try:
            return self._blocking.run(work)
        except DatabaseUnavailable as error:
            raise _trouble(error) from error


def _held(tokens: list[Any], sessions: list[Any]) -> Held:
    fields = Token.__struct_fields__
    return Held(
        {row["hash"]: msgspec.convert({name: row[name] for name in fields}, Token) for row in tokens},
        {row["hash"]: Session(row["token"], row["expires_at"]) for row in sessions},
    )


def _trouble(error: Exception) -> AccessUnavailable:
    return AccessUnavailable(f"access tokens cannot be read or written: {error}")
