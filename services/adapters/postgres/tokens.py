"""A cluster's tokens and sessions: PostgreSQL, shared by all API processes and the command line."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import asyncpg
import msgspec

from services.access.port import AccessUnavailable, Code, Session, Token, TokenTable
from services.adapters.postgres.pool import Pool
from services.base.unavailable import DatabaseUnavailable

_VERSION: Final = "SELECT version FROM access_version"
_ADD: Final = (
    "INSERT INTO access_tokens"
    " (id, hash, name, scope, jurisdictions, areas, worker, created_at, expires_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING 1"
)
_REVOKE: Final = "UPDATE access_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL"
_LIMIT: Final = "UPDATE access_tokens SET areas = $2, expires_at = $3 WHERE id = $1"
_USED: Final = (
    "INSERT INTO access_used (token, used_at)"
    " SELECT id, at FROM unnest($1::text[], $2::timestamptz[]) AS used (token, at)"
    " JOIN access_tokens ON id = token"
    " ON CONFLICT (token) DO UPDATE SET used_at = greatest(access_used.used_at, excluded.used_at)"
)
_ADD_SESSION: Final = (
    "INSERT INTO access_sessions (hash, token, expires_at)"
    " SELECT $1, id, $3 FROM access_tokens WHERE id = $2 AND revoked_at IS NULL"
)
_ADD_CODE: Final = (
    "INSERT INTO access_codes (hash, jurisdiction, worker, expires_at) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (jurisdiction, worker) DO UPDATE"
    " SET hash = excluded.hash, expires_at = excluded.expires_at"
)
_REDEEM: Final = "DELETE FROM access_codes WHERE hash = $1 RETURNING jurisdiction, worker, expires_at"
_BUMP: Final = "UPDATE access_version SET version = version + 1 RETURNING version"
_DELETE: Final = (
    "DELETE FROM access_sessions WHERE token = ANY($1::text[])",
    "DELETE FROM access_tokens WHERE id = ANY($1::text[])",
)


class PgTokenStore:
    """See services.access.port. Uses the tables of services/adapters/postgres/sql/011_tokens.sql."""

    def __init__(self, pool: Pool) -> None:
        """Takes ownership of the handle; the tables must exist."""
        self._pool = pool
        self._version: int = -1
        self._table = TokenTable({}, {})

    @property
    def table(self) -> TokenTable:
        return self._table

    async def refresh(self) -> None:
        """Reread everything, but only if the version has changed."""
        with _translated():
            if await self._pool.value(_VERSION) == self._version:
                return
            version, tokens, sessions = await self._pool.read(_everything)
        if version > self._version:  # concurrent refreshes may finish out of order
            self._table, self._version = _table(tokens, sessions), version

    async def add_token(self, token: Token, hash_: str) -> None:
        values = (token.id, hash_, token.name, token.scope, token.jurisdictions, token.areas, token.worker)

        async def work(db: Any) -> None:
            if not await db.fetchval(_ADD, *values, token.created_at, token.expires_at):
                raise KeyError(token.name)

        await self._write(lambda table: table.with_token(hash_, token), work)

    async def revoke_token(self, id_: str, now: datetime) -> None:
        async def work(db: Any) -> None:
            await db.execute(_REVOKE, id_, now)
            await db.execute("DELETE FROM access_sessions WHERE token = $1", id_)

        await self._write(lambda table: table.with_revoked(id_, now), work)

    async def limit_token(self, id_: str, areas: tuple[str, ...], expires_at: datetime | None) -> None:
        async def work(db: Any) -> None:
            await db.execute(_LIMIT, id_, areas, expires_at)

        await self._write(lambda table: table.with_limits(id_, areas, expires_at), work)

    async def note_used(self, used: Mapping[str, datetime]) -> None:
        with _translated():
            async with self._pool.writing() as db:
                await db.execute(_USED, list(used), list(used.values()))

    async def last_used(self) -> dict[str, datetime]:
        with _translated():
            rows = await self._pool.fetch("SELECT token, used_at FROM access_used")
        return {row["token"]: row["used_at"] for row in rows}

    async def delete_tokens(self, ids: Collection[str]) -> None:
        async def work(db: Any) -> None:
            for statement in _DELETE:
                await db.execute(statement, list(ids))

        await self._write(lambda table: table.without_tokens(ids), work)

    async def add_session(self, hash_: str, session: Session, now: datetime) -> None:
        async def work(db: Any) -> None:
            await db.execute("DELETE FROM access_sessions WHERE expires_at <= $1", now)
            await db.execute(_ADD_SESSION, hash_, session.token, session.expires_at)

        await self._write(lambda table: table.with_session(hash_, session, now), work)

    async def delete_session(self, hash_: str) -> None:
        async def work(db: Any) -> None:
            await db.execute("DELETE FROM access_sessions WHERE hash = $1", hash_)

        await self._write(lambda table: table.without_session(hash_), work)

    async def add_code(self, hash_: str, code: Code, now: datetime) -> None:
        with _translated():
            async with self._pool.writing() as db:
                await db.execute("DELETE FROM access_codes WHERE expires_at <= $1", now)
                await db.execute(_ADD_CODE, hash_, code.jurisdiction, code.worker, code.expires_at)

    async def redeem_code(self, hash_: str, now: datetime) -> Code | None:
        with _translated():
            taken = await self._pool.fetch(_REDEEM, hash_)
        code = Code(**taken[0]) if taken else None
        return code if code and now < code.expires_at else None

    async def close(self) -> None:
        await self._pool.close()

    async def _write(
        self, change: Callable[[TokenTable], TokenTable], work: Callable[[Any], Awaitable[None]]
    ) -> None:
        """Run a transaction, bumping the version first so that writers queue in one order. `change` makes the
        same edit to the local table if nobody else wrote meanwhile."""
        with _translated():
            async with self._pool.writing() as db:
                version: Any = await db.fetchval(_BUMP)
                await work(db)
        if version == self._version + 1:
            self._table, self._version = change(self._table), version
        else:
            await self.refresh()


async def _everything(db: asyncpg.Connection) -> tuple[int, list[Any], list[Any]]:
    """Return the version, the tokens and the sessions."""
    version: Any = await db.fetchval(_VERSION)
    tokens = await db.fetch("SELECT * FROM access_tokens ORDER BY number")
    return version, tokens, await db.fetch("SELECT * FROM access_sessions")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailable as error:
        raise AccessUnavailable(f"access tokens cannot be read or written: {error}") from error


def _table(tokens: list[Any], sessions: list[Any]) -> TokenTable:
    fields = Token.__struct_fields__
    return TokenTable(
        {row["hash"]: msgspec.convert({name: row[name] for name in fields}, Token) for row in tokens},
        {row["hash"]: Session(row["token"], row["expires_at"]) for row in sessions},
    )
