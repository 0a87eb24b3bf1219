"""The process's pool of connections to PostgreSQL, in the errors of the port of views."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg

from services.adapters.postgres.pool import BadValue, Pool
from services.base.unavailable import DatabaseUnavailable
from services.views.port import BadQuery, ViewsUnavailable


class ViewsPool:
    """As services.adapters.postgres.pool. All but `close` raises ViewsUnavailable."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """The rows of one statement. Raises BadQuery."""
        with _translated():
            return await self._pool.fetch(sql, *values)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[asyncpg.Connection]:
        """One instant of the database. Raises BadQuery."""
        with _translated():
            async with self._pool.reading() as db:
                yield db

    @asynccontextmanager
    async def writing(self, *, undo: bool = False) -> AsyncIterator[asyncpg.Connection]:
        """All or nothing; nothing at all where `undo`. Raises BadValue where a row cannot be held."""
        try:
            async with self._pool.writing(undo=undo) as db:
                yield db
        except BadValue:
            raise
        except DatabaseUnavailable as error:
            raise ViewsUnavailable(str(error)) from error

    async def close(self) -> None:
        """Waits for what is under way, but not for ever."""
        await self._pool.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except BadValue as error:
        raise BadQuery("parameter.invalid", variant="store") from error
    except DatabaseUnavailable as error:
        raise ViewsUnavailable(str(error)) from error
