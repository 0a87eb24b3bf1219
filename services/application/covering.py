"""Coverage of each jurisdiction at any instant, in memory: rows are read once, then followed."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from projections.base import Row
from projections.coverage_index import CoverageIndex
from services.application.announcing import Announcements
from services.application.following import Followed
from services.application.progress import ViewProgress
from services.views.port import OutboxStep, Query, Views

T = TypeVar("T")
READ: Final = {"enterprises": Query(), "chapters": Query(), "formation_rules": Query()}
"""The views that coverage follows from."""


class _Followed(Followed[Row]):
    """The index of one jurisdiction, as of a position. Rows are not kept beside it."""

    def __init__(self, jurisdiction: str) -> None:
        super().__init__(jurisdiction, READ, lambda view, row: row)
        self._root = jurisdiction
        self.index = CoverageIndex(jurisdiction)

    async def read(self, views: Views) -> None:
        found, head = await views.snapshot(self._root, READ)
        self.index = await asyncio.to_thread(index_of, self._root, found)
        self.position = head.position

    def apply(self, steps: Sequence[OutboxStep]) -> None:
        for step in steps:
            for change in step.changes:
                if change.view in READ:
                    self.index.take(change.view, change.key, change.row)
            self.position = step.upto


def index_of(root: str, found: Mapping[str, Sequence[tuple[str, Row]]]) -> CoverageIndex:
    """Return an index of these rows by view."""
    index = CoverageIndex(root)
    for view in READ:
        for key, row in found[view]:
            index.take(view, key, row)
    index.settle()
    return index


async def read_coverage(views: Views, jurisdiction: str) -> tuple[CoverageIndex, int]:
    """Return the index of rows read for this once, and their position. Raises ViewsUnavailable."""
    kept = _Followed(jurisdiction)
    await kept.read(views)
    return kept.index, kept.position or 0


class Covering:
    """The indexes of all jurisdictions."""

    def __init__(self, views: Views, progress: ViewProgress, announcements: Announcements) -> None:
        self._views, self._progress = views, progress
        self._kept: dict[str, _Followed] = {}
        announcements.on_reset(self._forget)

    async def read(
        self, jurisdiction: str, work: Callable[[CoverageIndex], T], *, long: bool = False
    ) -> tuple[T, int]:
        """Return what `work` finds in the index now, and the position it is as of. `long`: on a thread.

        Raises ViewsUnavailable.
        """
        kept = self._kept.setdefault(jurisdiction, _Followed(jurisdiction))
        async with kept.lock:
            await kept.bring_up_to_date(self._views, self._progress)
            found: Any = await asyncio.to_thread(work, kept.index) if long else work(kept.index)
            return found, kept.position or 0

    def _forget(self, jurisdiction: str) -> None:
        """Read all rows again, after rows were rebuilt or erased."""
        self._kept.pop(jurisdiction, None)
