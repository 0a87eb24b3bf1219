"""The process's PostgreSQL pool, raising the errors of the views port."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg

from services.adapters.postgres.pool import BadValue, Pool
from services.base.unavailable import DatabaseUnavailable
from services.views.port import BadQuery, ViewsUnavailable


class ViewsPool:
    """See services.adapters.postgres.pool. All methods except `close` raise ViewsUnavailable."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """Run one statement and return its rows. Raises BadQuery."""
        with _translated():
            return await self._pool.fetch(sql, *values)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[asyncpg.Connection]:
        """Open a read-only transaction on a consistent snapshot. Raises BadQuery."""
        with _translated():
            async with self._pool.reading() as db:
                yield db

    @asynccontextmanager
    async def writing(self, *, undo: bool = False) -> AsyncIterator[asyncpg.Connection]:
        """Open a transaction; with `undo` it is always rolled back. Raises BadValue for an unstorable row."""
        try:
            async with self._pool.writing(undo=undo) as db:
                yield db
        except BadValue:
            raise
        except DatabaseUnavailable as error:
            raise ViewsUnavailable(str(error)) from error

    async def close(self) -> None:
        """Wait for work in progress, up to a time limit, then close."""
        await self._pool.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except BadValue as error:
        raise BadQuery("parameter.invalid", variant="store") from error
    except DatabaseUnavailable as error:
        raise ViewsUnavailable(str(error)) from error
