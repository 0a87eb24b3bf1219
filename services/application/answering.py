"""Who answered for what, for the API and the command line. The API follows the rows in memory."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from projections.answerable import AREA, TRADE
from projections.base import Row
from projections.naming import POSTS_IN
from projections.office_index import OfficeIndex, office_index
from projections.responsibility import Asked, Office, Responsibility, responsibility
from services.application.announcing import Announcements
from services.application.following import Followed
from services.application.progress import ViewProgress
from services.views.port import OutboxStep, Query, Views

T = TypeVar("T")
READ: Final = {"units": Query(), "posts": Query(), "answerable": Query()}
"""The views that the answer follows from."""


class Found(msgspec.Struct, frozen=True):
    """An answer, and the log position that it is based on."""

    responsibility: Responsibility
    position: int


class NotThere(Exception):
    """At that instant there was no such area or trade. A wrong one must not get a plausible answer."""

    def __init__(self, kind: str, code: str, known: tuple[str, ...] = ()) -> None:
        """`known`: the trades there were."""
        super().__init__(f"no {kind} {code}")
        self.kind, self.code, self.known = kind, code, known


class _Followed(Followed[Row]):
    """The index of one jurisdiction, as of a position. Rows are not kept beside it."""

    def __init__(self, jurisdiction: str) -> None:
        super().__init__(jurisdiction, READ, lambda view, row: row)
        self._root, self.index = jurisdiction, OfficeIndex()

    async def read(self, views: Views) -> None:
        found, head = await views.snapshot(self._root, READ)
        rows: dict[str, dict[str, Any]] = {view: dict(some) for view, some in found.items()}
        self.index = await asyncio.to_thread(office_index, rows)
        self.position = head.position

    def apply(self, steps: Sequence[OutboxStep]) -> None:
        for step in steps:
            for change in step.changes:
                if change.view in READ:
                    self.index.take(change.view, change.key, change.row)
            self.position = step.upto


class Offices:
    """The indexes of all jurisdictions."""

    def __init__(self, views: Views, progress: ViewProgress, announcements: Announcements) -> None:
        self._views, self._progress = views, progress
        self._kept: dict[str, _Followed] = {}
        announcements.on_reset(self._forget)

    async def read(self, jurisdiction: str, work: Callable[[OfficeIndex], T]) -> tuple[T, int]:
        """Return what `work` finds on a thread, and the position it is as of. Raises ViewsUnavailable."""
        kept = self._kept.setdefault(jurisdiction, _Followed(jurisdiction))
        async with kept.lock:
            await kept.bring_up_to_date(self._views, self._progress)
            return await asyncio.to_thread(work, kept.index), kept.position or 0

    async def require(self, jurisdiction: str, areas: Sequence[str], trade: str | None) -> None:
        """Require that these areas and this trade are defined. Raises NotThere, ViewsUnavailable."""
        if not (areas or trade):
            return
        missing, _ = await self.read(jurisdiction, lambda index: _missing(index, areas, trade))
        await _refuse(self._views, jurisdiction, missing)

    async def beyond(self, jurisdiction: str, views: Iterable[str], areas: Sequence[str]) -> frozenset[str]:
        """Return the posts that a caller limited to these areas does not know of, if these views name some.

        Raises ViewsUnavailable.
        """
        if not areas or POSTS_IN.keys().isdisjoint(views):
            return frozenset()
        found, _ = await self.read(jurisdiction, lambda index: index.posts_beyond(tuple(areas)))
        return found

    async def answered(self, jurisdiction: str, asked: Asked, instant: datetime) -> Found:
        """Return who answered for an area or a trade at an instant. Raises NotThere, ViewsUnavailable."""
        found, position = await self.read(jurisdiction, lambda index: _answer(index, asked, instant))
        return Found(found, position)

    def _forget(self, jurisdiction: str) -> None:
        """Read all rows again, after rows were rebuilt or erased."""
        self._kept.pop(jurisdiction, None)


async def require(views: Views, jurisdiction: str, areas: Sequence[str], trade: str | None) -> None:
    """Require the same of rows read for this once."""
    if areas or trade:
        kept = _Followed(jurisdiction)
        await kept.read(views)
        await _refuse(views, jurisdiction, _missing(kept.index, areas, trade))


async def answered(views: Views, jurisdiction: str, asked: Asked, instant: datetime) -> Found:
    """Return the same from rows read for this once."""
    kept = _Followed(jurisdiction)
    await kept.read(views)
    return Found(_answer(kept.index, asked, instant), kept.position or 0)


def _missing(index: OfficeIndex, areas: Sequence[str], trade: str | None) -> NotThere | None:
    """Return which of these areas, or that the trade, was never there. What has ended has a past."""
    for area in areas:
        if f"{AREA}/{area}" not in index.answerable:
            return NotThere(AREA, area)
    if trade and f"{TRADE}/{trade}" not in index.answerable:
        return NotThere(TRADE, trade, tuple(index.ever(TRADE)))
    return None


async def _refuse(views: Views, jurisdiction: str, missing: NotThere | None) -> None:
    """Raise what is missing, unless it is a trade that is no term and that some enterprise has."""
    if missing is None:
        return
    if missing.kind == TRADE:
        having = Query(filters={"trade": [missing.code]}, limit=1)
        if (await views.query(jurisdiction, "enterprises", having)).items:
            return
    raise missing


def _answer(index: OfficeIndex, asked: Asked, instant: datetime) -> Responsibility:
    office = Office(index, instant, asked.area)
    if office.names(AREA, asked.area) is None:
        raise NotThere(AREA, asked.area)
    if asked.trade and office.names(TRADE, asked.trade) is None:
        raise NotThere(TRADE, asked.trade, tuple(index.trades_at(instant)))
    return responsibility(office, asked)
