"""Views as known at a position or instant: folded from the log, with the last few kept."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from events.commit import Commit, Head, decode
from projections.base import Row, View
from projections.fold import fold
from services.adapters.memory.views import views_of
from services.log.port import Log, Stored
from services.views.port import Page, Query, Views

KEEP: Final = 6
"""Folds kept for later queries."""
KEEP_ROWS: Final = 300_000
"""Most rows kept across all folds, unless a single fold has more."""

When = int | datetime
"""The last position, or the last recording time, to include."""


class Folded(msgspec.Struct, frozen=True):
    """A view of one jurisdiction as known at `head`, ready to query."""

    head: Head
    recorded_at: datetime | None
    """Of the last included commit; None before the first."""
    store: Views
    rows: int

    def reaches(self, when: When) -> bool:
        """Whether it contains nothing later than `when`."""
        if isinstance(when, int):
            return self.head.position <= when
        return self.recorded_at is None or self.recorded_at <= when


async def as_of(log: Log, view: View[Any], jurisdiction: str, when: When, query: Query) -> Page:
    """Return the view as known then, folding the accepted commits up to `when`."""
    return await AsOfViews(log).as_of(jurisdiction, view, when, query)


class AsOfViews:
    """Past folds. The newest few are kept, and a later query continues an earlier fold."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._kept: OrderedDict[tuple[str, str, int], Folded] = OrderedDict()
        self._locks: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def as_of(self, jurisdiction: str, view: View[Any], when: When, query: Query) -> Page:
        """Query the view as then known; the page's head is the last included commit's. Raises BadQuery."""
        async with self._locks[jurisdiction, view.name]:
            folded = await self._folded(jurisdiction, view, when)
        return await folded.store.query(jurisdiction, view.name, query)

    async def _folded(self, jurisdiction: str, view: View[Any], when: When) -> Folded:
        base = self._nearest(jurisdiction, view, when)
        start = base.head.position if base else 0
        rows: dict[str, Row] | None = None
        head, recorded_at = (base.head, base.recorded_at) if base else (Head(), None)
        async for commits in _until(self._log.read(jurisdiction, start), when):
            if rows is None:
                rows = await _rows_of(base, jurisdiction, view)
            rows = await asyncio.to_thread(fold, view, [commit for commit, _ in commits], rows)
            head, recorded_at = commits[-1][1], commits[-1][0].recorded_at
        if base is not None and rows is None:
            return self._keep(jurisdiction, view, base)
        store = await views_of(jurisdiction, view, rows or {}, head)
        return self._keep(jurisdiction, view, Folded(head, recorded_at, store, len(rows or {})))

    def _nearest(self, jurisdiction: str, view: View[Any], when: When) -> Folded | None:
        usable = [
            folded
            for (where, name, _), folded in self._kept.items()
            if (where, name) == (jurisdiction, view.name) and folded.reaches(when)
        ]
        return max(usable, key=lambda folded: folded.head.position, default=None)

    def _keep(self, jurisdiction: str, view: View[Any], folded: Folded) -> Folded:
        key = jurisdiction, view.name, folded.head.position
        self._kept[key] = folded
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and (
            len(self._kept) > KEEP or sum(one.rows for one in self._kept.values()) > KEEP_ROWS
        ):
            self._kept.popitem(last=False)  # current readers keep their own reference
        return folded


async def _rows_of(base: Folded | None, jurisdiction: str, view: View[Any]) -> dict[str, Row]:
    if base is None:
        return {}
    found, _ = await base.store.snapshot(jurisdiction, {view.name: Query()})
    return dict(found[view.name])


async def _until(
    batches: AsyncIterator[list[Stored]], when: When
) -> AsyncIterator[list[tuple[Commit, Head]]]:
    """Yield decoded commits up to `when`, batch by batch."""
    async for batch in batches:
        some = await asyncio.to_thread(_counting, batch, when)
        if some:
            yield some
        if len(some) < len(batch):
            return


def _counting(batch: Sequence[Stored], when: When) -> list[tuple[Commit, Head]]:
    found: list[tuple[Commit, Head]] = []
    for stored in batch:
        commit = decode(stored.data)
        if stored.head.position > when if isinstance(when, int) else commit.recorded_at > when:
            break
        found.append((commit, stored.head))
    return found
