"""The process's PostgreSQL pool, raising the errors of the views port."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import asyncpg

from services.adapters.postgres.pool import BadValue, Pool
from services.base.unavailable import DatabaseUnavailable
from services.views.port import BadQuery, ViewsUnavailable

T = TypeVar("T")


class ViewsPool:
    """See services.adapters.postgres.pool. All methods except `close` raise ViewsUnavailable."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """Run one statement and return its rows. Raises BadQuery."""
        with _translated():
            return await self._pool.fetch(sql, *values)

    async def read(self, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """Return what `work` reads on one snapshot. It may run more than once. Raises BadQuery."""
        with _translated():
            return await self._pool.read(work)

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
