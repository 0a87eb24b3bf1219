"""The view store in PostgreSQL, shared by projectors and API processes."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, Literal

import asyncpg

from events.commit import Head
from projections.base import Row, View
from services.adapters.postgres import views_heads as heads
from services.adapters.postgres import views_versions as versions
from services.adapters.postgres.pool import BadValue, Pool
from services.adapters.postgres.views_pool import ViewsPool
from services.adapters.postgres.views_table import Changes, PgTable
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
from services.views.steps import pack, unpack
from services.views.table import encoder

INLINE: Final = 200
"""Up to this many rows are encoded inline; more are encoded on a thread."""
PRUNE_EVERY: Final = 64
USED_SECONDS: Final = 3_600
# Errors caused by a row, not the server: SQLSTATE classes 22 and 23, and values that cannot be encoded.
_BAD_ROW: Final = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    TypeError,
    ValueError,
    OverflowError,
    AttributeError,
)
_LIVE: Final = "SELECT jurisdiction, position FROM heads WHERE position > 0 ORDER BY jurisdiction"


class PgViews:
    """View store on PostgreSQL; create it with `open`."""

    def __init__(self, pool: ViewsPool, catalog: Mapping[str, View[Any]], *, readonly: bool) -> None:
        self.tables = {name: PgTable(view) for name, view in catalog.items()}
        self._pool, self._readonly = pool, readonly
        self._by_table = {table.name: table for table in self.tables.values()}
        self._names = {table.name: name for name, table in self.tables.items()}
        self._load_sql = " UNION ALL ".join(t.select(n) for n, t in enumerate(self.tables.values()))
        self._writes: dict[str, int] = {}
        self._turns: dict[str, asyncio.Event] = {}
        """Set once a jurisdiction's newest batch is written or has failed."""
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
        aside: dict[str, set[str]] = {code: set() for code in jurisdictions}
        for code, table in await self._pool.fetch(heads.ASIDES, list(jurisdictions)):
            aside[code].update({self._names[table]} if table in self._names else ())
        found = await self._pool.fetch(heads.HEADS, list(jurisdictions))
        at = {code: heads.head_of([(position, hash_)]) for code, position, hash_ in found}
        return {code: Standing(at.get(code, Head()), frozenset(aside[code])) for code in jurisdictions}

    async def load_all(self, keys: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, Rows]:
        found: dict[str, Rows] = {}
        for jurisdiction, wanted in keys.items():
            with suppress(RowUnreadable):
                found[jurisdiction] = await self.load(jurisdiction, wanted)
        return found

    async def load(self, jurisdiction: str, keys: Mapping[str, Sequence[str]]) -> Rows:
        """Load from all views in one statement, and so at one head."""
        for view in keys:
            self._table(view)
        try:
            asked = [encoder.encode(keys.get(view, ())).decode() for view in self.tables]
        except ValueError as error:
            raise BadQuery("parameter.invalid", variant="key") from error
        found: Rows = {view: dict.fromkeys(wanted) for view, wanted in keys.items()}
        views = list(self.tables.items())
        for number, key, data in await self._pool.fetch(self._load_sql, jurisdiction, *asked):
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
        async with self._pool.reading() as db:
            for table, query in asked:
                whole = Query(filters=query.filters, areas=query.areas, within=query.within, sort=query.sort)
                chosen = select(table, jurisdiction, whole, sort_of(table, whole), POSTGRES)
                rows = await db.fetch(chosen.sql, *chosen.given)
                found[table.view.name] = seen(table, query, rows)
            return found, await heads.head(db, jurisdiction)

    async def stored(self, jurisdiction: str, view: str) -> StoredView:
        table = self._table(view)
        async with self._pool.reading() as db:
            lines = await db.fetch(table.every, jurisdiction)
            head = await heads.head(db, jurisdiction)
        return await asyncio.to_thread(table.checked, head, lines)

    async def steps(self, jurisdiction: str, after: int, limit: int = 1000) -> list[OutboxStep] | None:
        found = await self.packed_steps(jurisdiction, after, limit)
        try:
            return None if found is None else [self.unpack(*step) for step in found]
        except RowUnreadable:  # who follows starts over from the rows
            return None

    async def packed_steps(
        self, jurisdiction: str, after: int, limit: int = 1000
    ) -> list[heads.Packed] | None:
        """Return (after, upto, packed) beyond a position; None if the outbox does not reach back that far."""
        async with self._pool.reading() as db:
            return await heads.steps(db, jurisdiction, after, limit)

    async def oldest_step(self, jurisdiction: str) -> int | None:
        rows = await self._pool.fetch(heads.OLDEST, jurisdiction)
        return rows[0][0] if rows else None

    def unpack(self, after: int, upto: int, packed: bytes) -> OutboxStep:
        """Decode a stored step. Raises RowUnreadable."""
        return unpack(self._by_table, after, upto, packed)

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
        async with self._pool.reading() as db:
            found = await db.fetch(f"{chosen.sql} LIMIT {most_read(table, query)}", *chosen.given)
            head = await heads.head(db, jurisdiction)
            aside = self._aside(await db.fetch(heads.ASIDE, jurisdiction))
        items, following = cut(table, query, sort, found)
        return Page(
            items=items,
            head=head,
            next=following,
            degraded=aside.get(table.view.name),
        )

    def _aside(self, rows: Sequence[Any]) -> dict[str, int]:
        return dict(sorted((self._names[row[0]], row[1]) for row in rows if row[0] in self._names))

    # -- writing -------------------------------------------------------------------------------------------

    async def write(self, batch: Batch) -> Answer:
        """Encode a jurisdiction's batches as they arrive, and write them one after another.

        Savepoints are used only after a failure, to find the bad row; that is rare.
        """
        self._writable()
        where, mine = batch.jurisdiction, asyncio.Event()
        earlier, self._turns[where] = self._turns.get(where), mine
        try:
            encoded = await self._encoded(batch)
            if earlier:
                await earlier.wait()
            return await self._write(batch, *encoded)
        except (BadValue, *_BAD_ROW) as error:
            refused = await self._refused(batch)
            if not refused:  # not caused by a row; retry
                why = error.__cause__ or error
                raise ViewsUnavailable(f"{type(why).__name__}: {why}") from error
            return refused
        finally:
            mine.set()

    async def write_all(self, batches: Sequence[Batch]) -> list[Answer]:
        """Write in one transaction, in one order of jurisdictions so that two writers cannot wait for each
        other. If a row cannot be stored, each is written by itself."""
        self._writable()
        ordered = sorted(batches, key=lambda batch: batch.jurisdiction)
        try:
            encoded = [await self._encoded(batch) for batch in ordered]
            async with self._pool.writing() as db:
                answers: dict[str, Answer] = {
                    batch.jurisdiction: await self._write_on(db, batch, *one)
                    for batch, one in zip(ordered, encoded, strict=True)
                }
        except (BadValue, *_BAD_ROW):
            return [await self.write(batch) for batch in batches]
        return [answers[batch.jurisdiction] for batch in batches]

    async def _encoded(self, batch: Batch) -> tuple[list[Changes], bytes]:
        """Return the changes by table, and the step."""
        if sum(map(len, batch.after.values())) <= INLINE:
            return self._encode(batch)
        return await asyncio.to_thread(self._encode, batch)

    def _encode(self, batch: Batch) -> tuple[list[Changes], bytes]:
        encoded = [self._encode_view(batch, view) for view in batch.after]
        return encoded, pack(change for changes in encoded for change in changes.step)

    def _encode_view(self, batch: Batch, view: str) -> Changes:
        before = batch.before.get(view, {})
        return self.tables[view].encode(batch.jurisdiction, before, batch.after[view])

    async def _write(
        self, batch: Batch, encoded: Sequence[Changes], step: bytes
    ) -> Literal["written", "raced"]:
        async with self._pool.writing() as db:
            return await self._write_on(db, batch, encoded, step)

    async def _write_on(
        self, db: asyncpg.Connection, batch: Batch, encoded: Sequence[Changes], step: bytes
    ) -> Literal["written", "raced"]:
        where = batch.jurisdiction
        if not await heads.expected(db, batch, self._names):
            return "raced"
        for changes in encoded:
            await changes.table.write(db, where, changes)
        await heads.move(db, batch, step)
        aside = {self.tables[view].name: since for view, since in batch.degraded.items()}
        await heads.set_aside(db, where, aside)
        await self._prune(db, where)
        return "written"

    async def _prune(self, db: asyncpg.Connection, jurisdiction: str) -> None:
        written = self._writes[jurisdiction] = self._writes.get(jurisdiction, 0) + 1
        if written % PRUNE_EVERY == 1:
            await heads.prune(db, jurisdiction)

    async def _refused(self, batch: Batch) -> Literal["raced"] | dict[str, str]:
        """Find the views that cannot be written, and why, without writing anything."""
        refused: dict[str, str] = {}
        async with self._pool.writing(undo=True) as db:
            if not await heads.expected(db, batch, self._names):
                return "raced"
            for view in batch.after:
                try:
                    changes = self._encode_view(batch, view)
                    async with db.transaction():
                        await changes.table.write(db, batch.jurisdiction, changes)
                except _BAD_ROW as error:
                    refused[view] = f"{type(error).__name__}: {error}"
        return refused

    async def rebuild(self, jurisdiction: str, view: str, rows: Mapping[str, Row], head: Head) -> bool:
        self._writable()
        table = self._table(view)
        async with self._pool.writing() as db:
            if await heads.locked(db, jurisdiction) != head:
                return False
            await table.replace(db, jurisdiction, rows)
            await heads.rebuilt(db, jurisdiction, table.name, head)
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
