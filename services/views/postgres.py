"""The view store in PostgreSQL, shared by projectors and API processes."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Literal

import asyncpg

from events.commit import Head
from projections.base import Row, View
from services.views.port import BadQuery, Batch, Page, Query, Rows, Step, ViewsUnavailable
from services.views.postgres_table import PgTable
from services.views.query import KEY, POSTGRES, cursor, select, sort_of
from services.views.steps import Changed, pack, unpack

POOL: Final = 8
CONNECT_SECONDS: Final = 5.0
COMMAND_SECONDS: Final = 60.0
CLOSE_SECONDS: Final = 5.0
KEEP: Final = 4_000
"""Newest steps kept of a jurisdiction."""
KEEP_BYTES: Final = 16 * 2**20
PRUNE_EVERY: Final = 64
_LOCK: Final = 0x4D757375
_SETTINGS: Final = {
    "application_name": "muster-views",
    "synchronous_commit": "off",  # what the last instants lose in a crash is folded again
    "jit": "off",
}
# Where a row itself is at fault, not the server: classes 22 and 23, and what cannot be encoded at all.
_BAD_ROW: Final = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    TypeError,
    ValueError,
    OverflowError,
    AttributeError,
)
_TROUBLE: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
_HEAD: Final = "SELECT position, hash FROM heads WHERE jurisdiction = $1"
_PUT_HEAD: Final = (
    "INSERT INTO heads VALUES ($1, $2, $3) ON CONFLICT (jurisdiction)"
    " DO UPDATE SET position = excluded.position, hash = excluded.hash"
)
_DEGRADED: Final = "SELECT table_name, since FROM degraded WHERE jurisdiction = $1"
_SET_ASIDE: Final = "INSERT INTO degraded VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_OTHERS: Final = (
    "INSERT INTO degraded SELECT $1, table_name, 0 FROM view_versions WHERE NOT table_name = ANY($2::text[])"
    " ON CONFLICT DO NOTHING"
)
"""Tables of another version of the program do not advance with ours: whoever reads them is told."""
_ADD_STEP: Final = "INSERT INTO steps (jurisdiction, after, upto, size, changes) VALUES ($1, $2, $3, $4, $5)"
_STEPS: Final = (
    "SELECT after, upto, changes FROM steps WHERE jurisdiction = $1 AND upto > $2 ORDER BY upto LIMIT $3"
)
_OLDEST: Final = "SELECT min(after) FROM steps WHERE jurisdiction = $1"
_PRUNE: Final = """
DELETE FROM steps WHERE jurisdiction = $1 AND upto <= (
    SELECT max(upto) FROM (
        SELECT upto, row_number() OVER newest AS n, sum(size) OVER newest AS bytes
        FROM steps WHERE jurisdiction = $1 WINDOW newest AS (ORDER BY upto DESC)
    ) AS counted WHERE n > $2 OR (n > 1 AND bytes > $3)
)
"""


class PgViews:
    """Opened by `open`. A pool for each event loop that uses it."""

    def __init__(self, pool: asyncpg.Pool, catalog: Mapping[str, View[Any]], *, readonly: bool) -> None:
        self.tables = {name: PgTable(view) for name, view in catalog.items()}
        self._pool, self._readonly, self._closed = pool, readonly, False
        self._names = {table.name: name for name, table in self.tables.items()}
        self._load_sql = " UNION ALL ".join(t.select(n) for n, t in enumerate(self.tables.values()))
        self._writes = 0

    @classmethod
    async def open(cls, dsn: str, catalog: Mapping[str, View[Any]], *, readonly: bool = False) -> "PgViews":
        """Makes the tables of views that are new or changed. Raises ViewsUnavailable."""
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=1,
                max_size=POOL,
                timeout=CONNECT_SECONDS,
                command_timeout=COMMAND_SECONDS,
                max_inactive_connection_lifetime=60,
                statement_cache_size=300,
                server_settings=_SETTINGS,
            )
        except _TROUBLE as error:
            raise ViewsUnavailable(f"PostgreSQL cannot be reached: {error}") from error
        views = cls(pool, catalog, readonly=readonly)
        try:
            if not readonly:
                await views._make_tables()
        except BaseException:
            await views.close()
            raise
        return views

    async def _make_tables(self) -> None:
        async with self._transaction() as db:
            await db.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
            known = {row[0] for row in await db.fetch("SELECT table_name FROM view_versions")}
            for name, table in self.tables.items():
                if table.name not in known:
                    await self._make(db, name, table)

    async def _make(self, db: asyncpg.Connection, view: str, table: PgTable) -> None:
        await db.execute(table.ddl())
        await db.execute("INSERT INTO view_versions VALUES ($1, $2, $3)", table.name, view, table.signature)
        await db.execute(
            "INSERT INTO degraded SELECT jurisdiction, $1, 0 FROM heads WHERE position > 0", table.name
        )
        await db.execute("DELETE FROM steps")  # they may hold rows of the old shape: streams start over

    async def drop_unused(self) -> list[str]:
        """Drop tables of other versions of the program; nothing may run that reads them."""
        async with self._transaction() as db:
            await db.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
            known = [row[0] for row in await db.fetch("SELECT table_name FROM view_versions")]
            dropped = [name for name in known if name not in self._names]
            for name in dropped:
                await db.execute(f'DROP TABLE IF EXISTS "{name}"')
                await db.execute("DELETE FROM view_versions WHERE table_name = $1", name)
                await db.execute("DELETE FROM degraded WHERE table_name = $1", name)
        return dropped

    # -- reading -------------------------------------------------------------------------------------------

    async def jurisdictions(self) -> list[str]:
        return [row[0] for row in await self._fetch("SELECT jurisdiction FROM heads ORDER BY jurisdiction")]

    async def positions(self) -> dict[str, int]:
        """How far the live views of each jurisdiction are."""
        return {row[0]: row[1] for row in await self._fetch("SELECT jurisdiction, position FROM heads")}

    async def head(self, jurisdiction: str) -> Head:
        return _head(await self._fetch(_HEAD, jurisdiction))

    async def degraded(self, jurisdiction: str) -> dict[str, int]:
        return self._aside(await self._fetch(_DEGRADED, jurisdiction))

    async def stale(self, jurisdiction: str) -> list[str]:
        return [view for view, since in (await self.degraded(jurisdiction)).items() if since == 0]

    async def load(self, jurisdiction: str, keys: Mapping[str, Sequence[str]]) -> Rows:
        """All views in one statement, and so as of one head."""
        for view in keys:
            self._table(view)
        asked = [list(dict.fromkeys(keys.get(view, ()))) for view in self.tables]
        found: Rows = {view: dict.fromkeys(wanted) for view, wanted in keys.items()}
        views = list(self.tables.items())
        for number, key, data in await self._fetch(self._load_sql, jurisdiction, *asked):
            name, table = views[number]
            found[name][key] = table.decode(key, data)
        return found

    async def query(self, jurisdiction: str, view: str, query: Query) -> Page:
        return await self._page(jurisdiction, self._table(view), query)

    async def get(self, jurisdiction: str, view: str, key: str) -> Page:
        return await self._page(jurisdiction, self._table(view), Query(filters={"key": [key]}))

    async def snapshot(
        self, jurisdiction: str, queries: Mapping[str, Query]
    ) -> tuple[dict[str, list[tuple[str, Row]]], Head]:
        asked = [(self._table(view), query) for view, query in queries.items()]
        found: dict[str, list[tuple[str, Row]]] = {}
        async with self._transaction(readonly=True) as db:
            for table, query in asked:
                whole = Query(filters=query.filters, areas=query.areas, within=query.within, sort=query.sort)
                chosen = select(table, jurisdiction, whole, sort_of(table, whole), POSTGRES)
                rows = await db.fetch(chosen.sql, *chosen.given)
                found[table.view.name] = [(row[0], table.decode(row[0], row[1])) for row in rows]
            return found, _head(await db.fetch(_HEAD, jurisdiction))

    async def steps(self, jurisdiction: str, after: int, limit: int = 1000) -> list[Step] | None:
        found = await self.packed_steps(jurisdiction, after, limit)
        return None if found is None else [self.unpack(*step) for step in found]

    async def packed_steps(
        self, jurisdiction: str, after: int, limit: int = 1000
    ) -> list[tuple[int, int, bytes]] | None:
        """(after, upto, packed) beyond a position; None where they no longer reach back that far."""
        async with self._transaction(readonly=True) as db:
            if after >= _head(await db.fetch(_HEAD, jurisdiction)).position:
                return []
            oldest = await db.fetchval(_OLDEST, jurisdiction)
            if oldest is None or oldest > after:
                return None
            return [tuple(row) for row in await db.fetch(_STEPS, jurisdiction, after, limit)]

    def unpack(self, after: int, upto: int, packed: bytes) -> Step:
        """A step as it is kept. Raises RowUnreadable."""
        return unpack(self.tables, after, upto, packed)

    def _table(self, view: str) -> PgTable:
        table = self.tables.get(view)
        if table is None:
            raise BadQuery(f"there is no view {view[:80]!r}; there are {', '.join(sorted(self.tables))}.")
        return table

    async def _page(self, jurisdiction: str, table: PgTable, query: Query) -> Page:
        if query.limit < 1:
            raise BadQuery(f"limit must be at least 1, not {query.limit}.")
        sort = sort_of(table, query)
        chosen = select(table, jurisdiction, query, sort, POSTGRES)
        async with self._transaction(readonly=True) as db:
            found = await db.fetch(f"{chosen.sql} LIMIT {query.limit + 1}", *chosen.given)
            head = _head(await db.fetch(_HEAD, jurisdiction))
            aside = self._aside(await db.fetch(_DEGRADED, jurisdiction))
        last = found[query.limit - 1] if len(found) > query.limit else None
        return Page(
            items=[(row[0], table.decode(row[0], row[1])) for row in found[: query.limit]],
            head=head,
            next=cursor(sort, None if sort.column is KEY else last[2], last[0]) if last else None,
            degraded=aside.get(table.view.name),
        )

    def _aside(self, rows: Sequence[Any]) -> dict[str, int]:
        return dict(sorted((self._names[row[0]], row[1]) for row in rows if row[0] in self._names))

    # -- writing -------------------------------------------------------------------------------------------

    async def write(self, batch: Batch) -> Literal["written", "raced"] | dict[str, str]:
        """Without savepoints first: that a row cannot be held is rare, and then it is found out which."""
        self._writable()
        try:
            return await self._write(batch)
        except _BAD_ROW:
            return await self._refused(batch)

    async def _write(self, batch: Batch) -> Literal["written", "raced"]:
        async with self._transaction() as db:
            if not await self._is_expected(db, batch):
                return "raced"
            changes: list[Changed] = []
            for view, after in batch.after.items():
                changes += await self._write_view(db, batch, view, after)
            await self._finish(db, batch, changes)
        return "written"

    async def _write_view(
        self, db: asyncpg.Connection, batch: Batch, view: str, after: Mapping[str, Row | None]
    ) -> list[Changed]:
        table = self.tables[view]
        changes = await table.write(db, batch.jurisdiction, batch.before.get(view, {}), after)
        return [(view, key, was, now) for key, was, now in changes] if table.view.public else []

    async def _refused(self, batch: Batch) -> Literal["raced"] | dict[str, str]:
        """Which views cannot be written, and why; nothing is."""
        refused: dict[str, str] = {}
        async with self._transaction(undo=True) as db:
            if not await self._is_expected(db, batch):
                return "raced"
            for view, after in batch.after.items():
                try:
                    async with db.transaction():
                        await self._write_view(db, batch, view, after)
                except _BAD_ROW as error:
                    refused[view] = f"{type(error).__name__}: {error}"
        return refused

    async def _is_expected(self, db: asyncpg.Connection, batch: Batch) -> bool:
        """Whether head and views set aside are as when it was folded; locks the jurisdiction."""
        if not batch.expected.position:
            await db.execute(
                "INSERT INTO heads VALUES ($1, 0, $2) ON CONFLICT DO NOTHING",
                batch.jurisdiction,
                batch.expected.hash,
            )
        head = _head(await db.fetch(f"{_HEAD} FOR UPDATE", batch.jurisdiction))
        aside = self._aside(await db.fetch(_DEGRADED, batch.jurisdiction))
        return head == batch.expected and aside.keys() == batch.aside

    async def _finish(self, db: asyncpg.Connection, batch: Batch, changes: Sequence[Changed]) -> None:
        where = batch.jurisdiction
        await self._add_step(db, where, batch.expected.position, batch.head.position, changes)
        await db.execute(_PUT_HEAD, where, batch.head.position, batch.head.hash)
        for view, since in batch.degraded.items():
            await db.execute(_SET_ASIDE, where, self.tables[view].name, since)
        self._writes += 1
        if self._writes % PRUNE_EVERY == 1:
            await db.execute(_PRUNE, where, KEEP, KEEP_BYTES)
            await db.execute(_OTHERS, where, list(self._names))

    async def _add_step(
        self, db: asyncpg.Connection, where: str, after: int, upto: int, changes: Sequence[Changed]
    ) -> None:
        packed = pack(changes)
        await db.execute(_ADD_STEP, where, after, upto, len(packed), packed)

    async def rebuild(self, jurisdiction: str, view: str, rows: Mapping[str, Row], head: Head) -> bool:
        self._writable()
        table = self._table(view)
        async with self._transaction() as db:
            if _head(await db.fetch(f"{_HEAD} FOR UPDATE", jurisdiction)) != head:
                return False
            await table.replace(db, jurisdiction, rows)
            await db.execute(
                "DELETE FROM degraded WHERE jurisdiction = $1 AND table_name = $2", jurisdiction, table.name
            )
            await db.execute("DELETE FROM steps WHERE jurisdiction = $1", jurisdiction)
            await self._add_step(db, jurisdiction, head.position, head.position, ())
        return True

    # -- connections ---------------------------------------------------------------------------------------

    def _writable(self) -> None:
        if self._readonly:
            raise ViewsUnavailable("the views are open for reading only")

    async def _fetch(self, sql: str, *values: Any) -> list[Any]:
        try:
            async with self._connection() as db:
                return await db.fetch(sql, *values)
        except asyncpg.DataError as error:
            raise BadQuery(f"this cannot be asked of the views: {error}") from error
        except _TROUBLE as error:
            raise ViewsUnavailable(f"PostgreSQL: {error or type(error).__name__}") from error

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        if self._closed:
            raise ViewsUnavailable("the view store is closed")
        async with self._pool.acquire(timeout=CONNECT_SECONDS) as db:
            yield db  # type: ignore[misc]

    @asynccontextmanager
    async def _transaction(
        self, *, readonly: bool = False, undo: bool = False
    ) -> AsyncIterator[asyncpg.Connection]:
        """One instant of the store where it only reads; nothing stays of it where `undo`."""
        try:
            async with self._connection() as db:
                isolation = "repeatable_read" if readonly else "read_committed"
                begun = db.transaction(isolation=isolation, readonly=readonly)
                await begun.start()
                try:
                    yield db
                except BaseException:
                    await _rollback(begun)
                    raise
                await (begun.rollback() if undo else begun.commit())
        except _BAD_ROW:
            raise
        except _TROUBLE as error:
            raise ViewsUnavailable(f"PostgreSQL: {error or type(error).__name__}") from error

    async def close(self) -> None:
        """Waits for what is being written, but not for ever."""
        if self._closed:
            return
        self._closed = True
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()


def _head(rows: Sequence[Any]) -> Head:
    return Head(rows[0][0], rows[0][1]) if rows and rows[0][0] else Head()


async def _rollback(begun: Any) -> None:
    """A connection that was lost has rolled back by itself."""
    with suppress(*_TROUBLE):
        await begun.rollback()
