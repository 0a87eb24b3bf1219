"""Rows of some views of one jurisdiction in memory: read once, then kept up to date step by step."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from projections.base import Row
from projections.catalog import views as catalog
from services.application.progress import ViewProgress
from services.views.match import matches
from services.views.port import OutboxStep, Query, Views

T = TypeVar("T")


class Followed(Generic[T]):
    """What is kept of the rows that match, by view and key, as of a position. Hold `lock` while using it."""

    def __init__(
        self, jurisdiction: str, queries: Mapping[str, Query], kept: Callable[[str, Row], T]
    ) -> None:
        """`kept(view, row)` returns what to keep of a row."""
        self.lock = asyncio.Lock()
        self.rows: dict[str, dict[str, T]] = {}
        self.position: int | None = None
        """None = they must be read."""
        self._jurisdiction, self._queries, self._kept = jurisdiction, queries, kept

    async def bring_up_to_date(self, views: Views, progress: ViewProgress) -> None:
        """Apply the steps since the last call, or read everything. Raises ViewsUnavailable."""
        while self.position is not None and self.position < progress.positions.get(self._jurisdiction, 0):
            steps = await progress.steps(self._jurisdiction, self.position, views=self._queries)
            if steps is None or (steps and steps[0].after != self.position):
                self.position = None
            elif steps:
                self.apply(steps)
            else:
                break
        if self.position is None:
            await self.read(views)

    async def read(self, views: Views) -> None:
        """Read all rows. Raises ViewsUnavailable."""
        found, head = await views.snapshot(self._jurisdiction, self._queries)
        self.rows = await asyncio.to_thread(self._all, found)
        self.position = head.position

    def _all(self, found: Mapping[str, Sequence[tuple[str, Row]]]) -> dict[str, dict[str, T]]:
        return {view: {key: self._kept(view, row) for key, row in rows} for view, rows in found.items()}

    def apply(self, steps: Sequence[OutboxStep]) -> None:
        """Apply steps that continue from the position."""
        for step in steps:
            for change in step.changes:
                query = self._queries.get(change.view)
                if query is None:
                    continue
                rows = self.rows.setdefault(change.view, {})
                if change.row is not None and matches(catalog[change.view], query, change.row):
                    rows[change.key] = self._kept(change.view, change.row)
                else:
                    rows.pop(change.key, None)
            self.position = step.upto
