"""The stations of each jurisdiction in memory: rows are read once, then followed."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from events.workdays import calendar_of
from projections.base import Row
from services.application.announcing import Announcements
from services.application.following import Followed
from services.application.progress import ViewProgress
from services.base.clock import Clock
from services.stations.board import StationBoard
from services.views.port import OutboxStep, Query, Views

T = TypeVar("T")
READ: Final = {"stations": Query(), "jurisdictions": Query(), "terms": Query()}
"""The views that are followed."""


class _Followed(Followed[Row]):
    """The board of one jurisdiction, as of a position. Rows are not kept beside it."""

    def __init__(self, jurisdiction: str, timezone: str, clock: Clock) -> None:
        super().__init__(jurisdiction, READ, lambda view, row: row)
        self._of, self._clock = jurisdiction, clock
        self.timezone, self.name = timezone, jurisdiction
        self.board = self._empty()

    def _empty(self) -> StationBoard:
        return StationBoard(ZoneInfo(self.timezone), calendar_of(self.timezone))

    async def read(self, views: Views) -> None:
        found, head = await views.snapshot(self._of, READ)
        for _, row in found["jurisdictions"]:
            self._here(row)
        self.board = await asyncio.to_thread(self._filled, found)
        self.position = head.position

    def _filled(self, found: Mapping[str, Sequence[tuple[str, Any]]]) -> StationBoard:
        board = self._empty()
        for key, row in found["stations"]:
            board.take(key, row)
        for key, row in found["terms"]:
            board.take_term(key, row)
        board.prepare(self._clock.now())
        return board

    def _here(self, row: Any) -> bool:
        """Take over the jurisdiction's name. Return whether its time zone is another one."""
        changed = row.timezone != self.timezone
        self.timezone, self.name = row.timezone, row.name
        return changed

    def apply(self, steps: Sequence[OutboxStep]) -> None:
        for step in steps:
            for change in step.changes:
                row: Any = change.row
                if change.view == "stations":
                    self.board.take(change.key, row)
                elif change.view == "terms":
                    self.board.take_term(change.key, row)
                elif change.view == "jurisdictions" and row is not None and self._here(row):
                    self.position = None
                    return
            self.position = step.upto


class Nearby:
    """The boards of all jurisdictions."""

    def __init__(
        self,
        views: Views,
        progress: ViewProgress,
        announcements: Announcements,
        clock: Clock,
        timezone: str,
    ) -> None:
        """`timezone`: of jurisdictions that do not exist yet."""
        self._views, self._progress, self._clock, self._timezone = views, progress, clock, timezone
        self._kept: dict[str, _Followed] = {}
        announcements.on_reset(self._forget)

    async def read(
        self, jurisdiction: str, at: datetime, work: Callable[[StationBoard, str], T]
    ) -> tuple[T, int]:
        """Return what `work` finds on the board and by the jurisdiction's name, and the position that it is
        as of. A day that is not at hand yet is computed on a thread. Raises ViewsUnavailable."""
        new = _Followed(jurisdiction, self._timezone, self._clock)
        kept = self._kept.setdefault(jurisdiction, new)
        async with kept.lock:
            await kept.bring_up_to_date(self._views, self._progress)
            if kept.position is None:
                await kept.read(self._views)
            if not kept.board.nearest.knows(at):
                await asyncio.to_thread(kept.board.prepare, at)
            return work(kept.board, kept.name), kept.position or 0

    def _forget(self, jurisdiction: str) -> None:
        """Read all rows again, after rows were rebuilt or erased."""
        self._kept.pop(jurisdiction, None)
