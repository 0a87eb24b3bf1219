"""Rebuild views from the log and replace the live ones."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from itertools import groupby
from typing import Any, Final, Protocol

from events.catalog import envelopes
from events.commit import Head, decode
from projections.base import Row, View
from projections.fold import StraightRows
from services.log.port import LogDamaged, Stored
from services.views.port import Views

AT_ONCE: Final = 1_000
"""Events folded before others have their turn."""


class Source(Protocol):
    """The parts of a log needed for reading."""

    async def end(self, jurisdiction: str) -> Head: ...
    def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]: ...


Progress = Callable[[float, float | None], None]


class StraightFold:
    """A straight fold of views over one jurisdiction's accepted log; can be continued repeatedly."""

    def __init__(self, log: Source, jurisdiction: str, views: Mapping[str, View[Any]]) -> None:
        self._folded = StraightRows(views)
        self.head = Head()
        self._log, self._jurisdiction = log, jurisdiction

    @property
    def rows(self) -> dict[str, dict[str, Row]]:
        """Rows by view and key."""
        return self._folded.rows

    async def advance(self, upto: int | None = None, progress: Progress | None = None) -> Head:
        """Fold to the end, or through the commit that ends at `upto`; return the head reached."""
        end = await self._log.end(self._jurisdiction) if progress else Head()
        async for batch in self._log.read(self._jurisdiction, self.head.position):
            for _, part in groupby(batch, lambda stored: stored.head.position // AT_ONCE):
                if not self.take(list(part), upto):
                    return self.head
                await asyncio.sleep(0)
            if progress:
                progress(self.head.position, end.position)
        return self.head

    def take(self, batch: Sequence[Stored], upto: int | None = None) -> bool:
        """Fold the next commits, through the one that ends at `upto`; False if there were more."""
        for stored in batch:
            if upto is not None and stored.head.position > upto:
                return False
            self._take(stored)
        return True

    def _take(self, stored: Stored) -> None:
        for event in envelopes(decode(stored.data)):
            self._folded.take(event)
        self.head = stored.head


async def folded(
    log: Source,
    jurisdiction: str,
    views: Mapping[str, View[Any]],
    progress: Progress | None = None,
    upto: int | None = None,
) -> tuple[dict[str, dict[str, Row]], Head]:
    """Fold the accepted log (through the commit that ends at `upto`); return the rows and the head."""
    fold = StraightFold(log, jurisdiction, views)
    await fold.advance(upto, progress)
    return fold.rows, fold.head


async def rebuild_all(
    log: Source,
    views: Views,
    jurisdiction: str,
    catalog: Mapping[str, View[Any]],
    progress: Progress | None = None,
    alone: AbstractAsyncContextManager[Any] | None = None,
) -> dict[str, int]:
    """Rebuild all views in one pass over the log, until it meets the live head; return rows per view.

    The live views go on meanwhile; they are held up by `alone` only for what was recorded during the pass.
    Raises LogDamaged if the views do not belong to this log.
    """
    fold, left = StraightFold(log, jurisdiction, catalog), set(catalog)
    await fold.advance((await views.head(jurisdiction)).position, progress)
    async with alone or nullcontext():
        while left:
            live = await views.head(jurisdiction)
            head = await fold.advance(live.position, progress)
            if head != live and head.position <= live.position:
                raise LogDamaged(
                    jurisdiction, head.position + 1, f"the views are at {live}, but the log leads to {head}"
                )
            for name in sorted(left):
                if await views.rebuild(jurisdiction, name, fold.rows[name], head):
                    left.discard(name)
    return {name: len(found) for name, found in fold.rows.items()}
