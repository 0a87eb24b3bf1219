"""Write batches of several jurisdictions in one transaction."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import asyncpg

from events.commit import Head
from services.adapters.postgres import views_heads as heads
from services.adapters.postgres.pool import BadValue
from services.adapters.postgres.views_pool import ViewsPool
from services.adapters.postgres.views_table import Changes, PgTable
from services.views.port import Answer, Batch, ViewsUnavailable
from services.views.steps import Changed, pack

INLINE: Final = 200
"""Up to this many rows are encoded inline; more are encoded on a thread."""
PRUNE_EVERY: Final = 64
MOST_KEPT: Final = 2**16
"""Largest step, in bytes, kept for who announces it."""
# Errors caused by a row, not the server: SQLSTATE classes 22 and 23, and values that cannot be encoded.
_BAD_ROW: Final = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    TypeError,
    ValueError,
    OverflowError,
    AttributeError,
)
Encoded = tuple[dict[str, Changes], list[bytes]]
"""Changes by view, of all batches; and the step of each."""


class Writing:
    """Writes into these tables."""

    def __init__(self, pool: ViewsPool, tables: Mapping[str, PgTable], names: Mapping[str, str]) -> None:
        """`names` are the views by their tables."""
        self._pool, self._tables, self._names = pool, tables, names
        self._writes: dict[str, int] = {}
        self._turns: dict[str, asyncio.Event] = {}
        """Set once a jurisdiction's newest batch is written or has failed."""
        self._newest: dict[str, heads.Packed] = {}
        self.renewed: dict[str, Head] = {}
        """Heads at which a view was rebuilt, as far as this process knows: what it folds from then on is
        folded on the new rows."""

    def newest(self, jurisdiction: str) -> heads.Packed | None:
        """Return the last step written here, unless it is large."""
        return self._newest.get(jurisdiction)

    async def write(self, batches: Sequence[Batch]) -> list[Answer]:
        """Encode batches as they arrive, and write those of a jurisdiction one after another."""
        mine = asyncio.Event()
        earlier = [turn for one in batches if (turn := self._turns.get(one.jurisdiction))]
        self._turns.update(dict.fromkeys((one.jurisdiction for one in batches), mine))
        try:
            return await self._in_turn(batches, earlier)
        finally:
            mine.set()

    async def _in_turn(self, batches: Sequence[Batch], earlier: Iterable[asyncio.Event]) -> list[Answer]:
        """Savepoints are used only after a failure, to find the bad row; that is rare."""
        try:
            encoded = await self._encoded(batches)
            for turn in earlier:
                await turn.wait()
            return await self._write(batches, encoded)
        except (BadValue, *_BAD_ROW) as error:
            for turn in earlier:
                await turn.wait()
            if len(batches) == 1:
                return [await self._refused(batches[0], error)]
        return [await self._alone(one) for one in batches]

    async def _alone(self, batch: Batch) -> Answer:
        try:
            return (await self._write([batch], self._encode([batch])))[0]
        except (BadValue, *_BAD_ROW) as error:
            return await self._refused(batch, error)

    async def _encoded(self, batches: Sequence[Batch]) -> Encoded:
        if sum(len(rows) for batch in batches for rows in batch.after.values()) <= INLINE:
            return self._encode(batches)
        return await asyncio.to_thread(self._encode, batches)

    def _encode(self, batches: Iterable[Batch]) -> Encoded:
        changes, steps = dict[str, Changes](), list[bytes]()
        for batch in batches:
            step: list[Changed] = []
            for view in batch.after:
                step += self._encode_view(batch, view, changes.setdefault(view, Changes()))
            steps.append(pack(step))
        return changes, steps

    def _encode_view(self, batch: Batch, view: str, changes: Changes) -> list[Changed]:
        before = batch.before.get(view, {})
        return self._tables[view].encode(changes, batch.jurisdiction, before, batch.after[view])

    async def _write(self, batches: Sequence[Batch], encoded: Encoded) -> list[Answer]:
        async with self._pool.writing() as db:
            level = await heads.expected(db, batches, self._names, self.renewed)
            going = [one for one, so in zip(batches, level, strict=True) if so]
            if len(going) < len(batches):  # another process was first
                encoded = self._encode(going)
            if going:
                await self._write_on(db, going, *encoded)
        for batch, step in zip(going, encoded[1], strict=True):
            self._newest.pop(batch.jurisdiction, None)
            if len(step) <= MOST_KEPT:
                self._newest[batch.jurisdiction] = batch.expected.position, batch.head.position, step
        return ["written" if so else "raced" for so in level]

    async def _write_on(
        self,
        db: asyncpg.Connection,
        batches: Sequence[Batch],
        changes: Mapping[str, Changes],
        steps: Sequence[bytes],
    ) -> None:
        for view, some in changes.items():
            await self._tables[view].write(db, some)
        await heads.move(db, batches, steps)
        aside = [
            (one.jurisdiction, self._tables[view].name, since)
            for one in batches
            for view, since in one.degraded.items()
        ]
        await heads.set_aside(db, aside)
        for one in batches:
            await self._prune(db, one.jurisdiction)

    async def _prune(self, db: asyncpg.Connection, jurisdiction: str) -> None:
        written = self._writes[jurisdiction] = self._writes.get(jurisdiction, 0) + 1
        if written % PRUNE_EVERY == 1:
            await heads.prune(db, jurisdiction)

    async def _refused(self, batch: Batch, error: Exception) -> Answer:
        """Find the views that cannot be written, and why, without writing anything. Raises ViewsUnavailable
        if no row caused the error."""
        refused: dict[str, str] = {}
        async with self._pool.writing(undo=True) as db:
            if not all(await heads.expected(db, [batch], self._names, self.renewed)):
                return "raced"
            for view in batch.after:
                try:
                    self._encode_view(batch, view, changes := Changes())
                    async with db.transaction():
                        await self._tables[view].write(db, changes)
                except _BAD_ROW as bad:
                    refused[view] = f"{type(bad).__name__}: {bad}"
        if not refused:
            why = error.__cause__ or error
            raise ViewsUnavailable(f"{type(why).__name__}: {why}") from error
        return refused
