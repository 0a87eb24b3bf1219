"""Views as known at a position or instant: folded from the log, with the last few kept."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from events.catalog import envelopes
from events.commit import Commit, Head, decode
from projections.base import Row, View
from projections.fold import step
from services.adapters.memory.views import views_of
from services.base.threads import beside
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
        fold = _Fold(view, base)
        try:
            async for commits in recorded_until(self._log.read(jurisdiction, fold.head.position), when):
                if base and not fold.begun:
                    found, _ = await base.store.snapshot(jurisdiction, {view.name: Query()})
                    fold.rows.update(found[view.name])
                await beside(fold.take, commits)
        except asyncio.CancelledError:  # given up: the next query continues from here
            if fold.begun:
                await self._kept_as(jurisdiction, view, fold)
            raise
        if base is not None and not fold.begun:
            return self._keep(jurisdiction, view, base)
        return await self._kept_as(jurisdiction, view, fold)

    async def _kept_as(self, jurisdiction: str, view: View[Any], fold: "_Fold") -> Folded:
        store = await views_of(jurisdiction, view, fold.rows, fold.head)
        return self._keep(jurisdiction, view, Folded(fold.head, fold.recorded_at, store, len(fold.rows)))

    def forget(self) -> None:
        """Forget what is kept; current readers keep their own."""
        self._kept.clear()

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


class _Fold:
    """A fold in progress. It is changed on threads, a whole commit at a time."""

    def __init__(self, view: View[Any], base: Folded | None) -> None:
        self.rows: dict[str, Row] = {}
        self.head, self.recorded_at = (base.head, base.recorded_at) if base else (Head(), None)
        self.begun = False
        """Whether it is beyond its base, whose rows it has from then on."""
        self._view = view

    def take(self, commits: Sequence[tuple[Commit, Head]]) -> None:
        self.begun = True
        for commit, head in commits:
            for event in envelopes(commit):
                step(self._view, self.rows, event)
            self.head, self.recorded_at = head, commit.recorded_at


async def recorded_until(
    batches: AsyncIterator[list[Stored]], when: When
) -> AsyncIterator[list[tuple[Commit, Head]]]:
    """Yield decoded commits up to `when`, a position or the time of recording, batch by batch."""
    async for batch in batches:
        some = await beside(_counting, batch, when)
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
