"""The view store in PostgreSQL, shared by projectors and API processes."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import asyncpg

from events.commit import Head
from projections.base import Row, View
from services.adapters.postgres import views_heads as heads
from services.adapters.postgres import views_versions as versions
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.views_loading import Loading
from services.adapters.postgres.views_pool import ViewsPool
from services.adapters.postgres.views_table import PgTable
from services.adapters.postgres.views_writing import Writing
from services.views.port import (
    Answer,
    BadQuery,
    Batch,
    OutboxStep,
    Page,
    Query,
    Rows,
    RowUnreadable,
    Standing,
    StoredView,
    ViewsUnavailable,
)
from services.views.query import POSTGRES, cut, most_read, seen, select, sort_of
from services.views.steps import chosen, unpack

USED_SECONDS: Final = 3_600
_LIVE: Final = "SELECT jurisdiction, position FROM heads WHERE position > 0 ORDER BY jurisdiction"


class PgViews:
    """View store on PostgreSQL; create it with `open`."""

    def __init__(self, pool: ViewsPool, catalog: Mapping[str, View[Any]], *, readonly: bool) -> None:
        self.tables = {name: PgTable(view) for name, view in catalog.items()}
        self._pool, self._readonly = pool, readonly
        self._by_table = {table.name: table for table in self.tables.values()}
        self._names = {table.name: name for name, table in self.tables.items()}
        self._loading = Loading(self._pool, self.tables)
        self._writing = Writing(self._pool, self.tables, self._names)
        self._used = time.monotonic()

    @classmethod
    async def open(cls, pool: Pool, catalog: Mapping[str, View[Any]], *, readonly: bool = False) -> "PgViews":
        """Create tables for new or changed views; takes ownership of the handle. Raises ViewsUnavailable."""
        views = cls(ViewsPool(pool), catalog, readonly=readonly)
        try:
            if not readonly:
                async with views._pool.writing() as db:
                    await versions.make(db, views.tables.values())
                    await versions.use(db, views.tables.values())
        except BaseException:
            await views.close()
            raise
        return views

    async def drop_unused(self, unused: timedelta = versions.UNUSED) -> list[str]:
        """Drop tables of other program versions unused for this long; return their names."""
        self._writable()
        async with self._pool.writing() as db:
            return await versions.drop_unused(db, self.tables.values(), unused)

    # -- reading -------------------------------------------------------------------------------------------

    async def jurisdictions(self) -> list[str]:
        return [row[0] for row in await self._pool.fetch(_LIVE)]

    async def positions(self) -> dict[str, int]:
        """Return the position of each jurisdiction's live views."""
        await self._say_used()
        return {row[0]: row[1] for row in await self._pool.fetch(_LIVE)}

    async def head(self, jurisdiction: str) -> Head:
        return heads.head_of(await self._pool.fetch(heads.HEAD, jurisdiction))

    async def degraded(self, jurisdiction: str) -> dict[str, int]:
        return self._aside(await self._pool.fetch(heads.ASIDE, jurisdiction))

    async def stale(self, jurisdiction: str) -> list[str]:
        return [view for view, since in (await self.degraded(jurisdiction)).items() if since == 0]

    async def standing(self, jurisdictions: Sequence[str]) -> dict[str, Standing]:
        found = dict.fromkeys(jurisdictions, Standing())
        for code, position, hash_, tables in await self._pool.fetch(heads.STANDING, list(jurisdictions)):
            aside = frozenset(self._names[table] for table in tables if table in self._names)
            found[code] = Standing(heads.head_of([(position, hash_)]), aside)
        return found

    async def load_all(self, keys: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, Rows]:
        found = await self._loading.load({code: self._known(wanted) for code, wanted in keys.items()})
        return {code: rows for code, rows in found.items() if not isinstance(rows, RowUnreadable)}

    async def load(self, jurisdiction: str, keys: Mapping[str, Sequence[str]]) -> Rows:
        found = (await self._loading.load({jurisdiction: self._known(keys)}))[jurisdiction]
        if isinstance(found, RowUnreadable):
            raise found
        return found

    def _known(self, keys: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
        for view in keys:
            self._table(view)
        return keys

    async def query(self, jurisdiction: str, view: str, query: Query) -> Page:
        return await self._page(jurisdiction, self._table(view), query)

    async def get(self, jurisdiction: str, view: str, key: str) -> Page:
        return await self._page(jurisdiction, self._table(view), Query(filters={"key": [key]}))

    async def snapshot(
        self, jurisdiction: str, queries: Mapping[str, Query]
    ) -> tuple[dict[str, list[tuple[str, Row]]], Head]:
        asked = [(self._table(view), query) for view, query in queries.items()]

        async def read(db: asyncpg.Connection) -> tuple[dict[str, list[tuple[str, Row]]], Head]:
            found: dict[str, list[tuple[str, Row]]] = {}
            for table, query in asked:
                whole = Query(filters=query.filters, areas=query.areas, within=query.within, sort=query.sort)
                chosen = select(table, jurisdiction, whole, sort_of(table, whole), POSTGRES)
                rows = await db.fetch(chosen.sql, *chosen.given)
                found[table.view.name] = seen(table, query, rows)
            return found, await heads.head(db, jurisdiction)

        return await self._pool.read(read)

    async def stored(self, jurisdiction: str, view: str) -> StoredView:
        table = self._table(view)

        async def read(db: asyncpg.Connection) -> tuple[Head, list[Any]]:
            lines = await db.fetch(table.every, jurisdiction)
            return await heads.head(db, jurisdiction), lines

        return await asyncio.to_thread(table.checked, *await self._pool.read(read))

    async def steps(
        self, jurisdiction: str, after: int, limit: int = 1000, views: Collection[str] | None = None
    ) -> list[OutboxStep] | None:
        found = await self._stored_steps(jurisdiction, after, limit)
        try:
            return None if found is None else [self.unpack(*step, views) for step in found]
        except RowUnreadable:  # who follows starts over from the rows
            return None

    async def packed_steps(
        self, jurisdiction: str, after: int, limit: int = 1000
    ) -> list[heads.Packed] | None:
        """See SharedViews. A step written here need not be read again."""
        newest = self._writing.newest(jurisdiction)
        if newest and newest[0] == after:
            return [newest]
        return await self._stored_steps(jurisdiction, after, limit)

    async def _stored_steps(self, jurisdiction: str, after: int, limit: int) -> list[heads.Packed] | None:
        return await self._pool.read(lambda db: heads.steps(db, jurisdiction, after, limit))

    async def oldest_step(self, jurisdiction: str) -> int | None:
        rows = await self._pool.fetch(heads.OLDEST, jurisdiction)
        return rows[0][0] if rows else None

    def unpack(
        self, after: int, upto: int, packed: bytes, views: Collection[str] | None = None
    ) -> OutboxStep:
        """Decode a stored step. Raises RowUnreadable."""
        return unpack(chosen(self._by_table, views), after, upto, packed)

    def _table(self, view: str) -> PgTable:
        table = self.tables.get(view)
        if table is None:
            raise BadQuery(
                "parameter.invalid", variant="view", name=view[:80], known=tuple(sorted(self.tables))
            )
        return table

    async def _page(self, jurisdiction: str, table: PgTable, query: Query) -> Page:
        if query.limit < 1:
            raise BadQuery("parameter.invalid", variant="limit", limit=query.limit)
        sort = sort_of(table, query)
        chosen = select(table, jurisdiction, query, sort, POSTGRES)

        async def read(db: asyncpg.Connection) -> tuple[list[Any], Head, list[Any]]:
            found = await db.fetch(f"{chosen.sql} LIMIT {most_read(table, query)}", *chosen.given)
            return found, await heads.head(db, jurisdiction), await db.fetch(heads.ASIDE, jurisdiction)

        found, head, aside = await self._pool.read(read)
        items, following = cut(table, query, sort, found)
        return Page(
            items=items,
            head=head,
            next=following,
            degraded=self._aside(aside).get(table.view.name),
        )

    def _aside(self, rows: Sequence[Any]) -> dict[str, int]:
        return dict(sorted((self._names[row[0]], row[1]) for row in rows if row[0] in self._names))

    # -- writing -------------------------------------------------------------------------------------------

    async def write(self, batch: Batch) -> Answer:
        return (await self.write_all([batch]))[0]

    async def write_all(self, batches: Sequence[Batch]) -> list[Answer]:
        self._writable()
        return await self._writing.write(batches)

    async def rebuild(self, jurisdiction: str, view: str, rows: Mapping[str, Row], head: Head) -> bool:
        self._writable()
        table = self._table(view)
        async with self._pool.writing() as db:
            if await heads.locked(db, jurisdiction) != head:
                return False
            await table.replace(db, jurisdiction, rows)
            await heads.rebuilt(db, jurisdiction, table.name, head)
        self._writing.renewed[jurisdiction] = head
        return True

    async def _say_used(self) -> None:
        if not self._readonly and time.monotonic() - self._used > USED_SECONDS:
            self._used = time.monotonic()
            async with self._pool.writing() as db:
                await versions.use(db, self.tables.values())

    def _writable(self) -> None:
        if self._readonly:
            raise ViewsUnavailable("the views are open for reading only")

    async def close(self) -> None:
        """Wait for writes in progress, up to a time limit, then close."""
        await self._pool.close()
