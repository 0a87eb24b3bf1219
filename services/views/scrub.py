"""Compare stored rows with the log in the background, one view at a time, and fold again what differs."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

import msgspec

from events.catalog import BadEvent, UnknownEvent
from projections.base import View
from services.base.clock import Clock
from services.log.port import LogDamaged, LogUnavailable
from services.views.port import Views, ViewsUnavailable
from services.views.rebuild import Source, StraightFold, rebuild_all

ROUND_SECONDS: Final = 20 * 3600.0
"""In which each view has its turn; the rest of the day is for the last of them to end."""
SHARE: Final = 0.05
"""Share of one processor that a comparison may take."""
_UNREADABLE: Final = (UnknownEvent, BadEvent, LogDamaged, msgspec.DecodeError)

log_of = logging.getLogger("muster.scrub")
Rebuilt = Callable[[str], Awaitable[None]]
Pause = Callable[[float], Awaitable[None]]


class Compared(Protocol):
    """What comparing the views with the log has found."""

    @property
    def wrong_rows(self) -> int:
        """Rows found to differ from the log."""
        ...

    @property
    def unhealed(self) -> Mapping[str, str]:
        """Jurisdiction -> what its last comparison could not read or mend."""
        ...


class Scrub:
    """Finds rows that a disk changed, lost or kept from before, and commits that can no longer be read."""

    def __init__(
        self,
        log: Source,
        views: Views,
        catalog: Mapping[str, View[Any]],
        rebuilt: Rebuilt,
        *,
        pause: Pause = asyncio.sleep,
        mine: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """`rebuilt` makes streams of a jurisdiction start over. `mine`: whether it is this process's."""
        self._log, self._views, self._catalog = log, views, catalog
        self._rebuilt, self._pause, self._mine = rebuilt, pause, mine
        self.wrong_rows = 0
        """Rows found to differ from the log."""
        self.unhealed: dict[str, str] = {}
        """Jurisdiction -> what its last comparison could not read or mend."""

    async def run(self, clock: Clock) -> None:
        """Give each view its turn until cancelled. The time of day decides whose turn it is at a start."""
        names, slot = sorted(self._catalog), ROUND_SECONDS / len(self._catalog)
        turn = int(clock.now().timestamp() // slot)
        while True:
            await asyncio.sleep(slot / 10)
            await self.all(names[turn % len(names)])
            turn += 1
            await asyncio.sleep(slot * 0.9)

    async def all(self, view: str) -> None:
        """Compare a view, and mend it and those set aside, in all jurisdictions."""
        try:
            codes = [code for code in await self._views.jurisdictions() if self._mine(code)]
        except ViewsUnavailable as error:
            log_of.warning("cannot compare %s with the log: %s", view, error)
            return
        for code in codes:
            await self.one(code, view)
        for code in codes:  # a rebuilt table lost the rows of others
            await self._fold_stale(code, view)

    async def _fold_stale(self, jurisdiction: str, view: str) -> None:
        try:
            if view in await self._views.stale(jurisdiction):
                await self.one(jurisdiction, view)
        except ViewsUnavailable as error:
            self.unhealed[jurisdiction] = str(error)

    async def one(self, jurisdiction: str, view: str) -> None:
        """Compare a view of a jurisdiction with the log. Fold it again if it differs, or was set aside."""
        try:
            chosen = set(await self._views.degraded(jurisdiction)) & self._catalog.keys()
            if view not in chosen and (wrong := await self.wrong(jurisdiction, view)):
                self.wrong_rows += len(wrong)
                log_of.error(
                    "%d rows of view %s of %s differ from the log and are folded again, such as %s",
                    len(wrong),
                    view,
                    jurisdiction,
                    ", ".join(wrong[:5]),
                )
                chosen.add(view)
            if chosen:
                views = {name: self._catalog[name] for name in chosen}
                await rebuild_all(self._log, self._views, jurisdiction, views)
                await self._rebuilt(jurisdiction)
        except (LogUnavailable, ViewsUnavailable, *_UNREADABLE) as error:
            log_of.error("cannot compare view %s of %s with the log: %s", view, jurisdiction, error)
            self.unhealed[jurisdiction] = str(error)
        except Exception as error:  # a fold of ours; the view stays set aside
            log_of.exception("cannot fold view %s of %s", view, jurisdiction)
            self.unhealed[jurisdiction] = f"{type(error).__name__}: {error}"
        else:
            self.unhealed.pop(jurisdiction, None)

    async def wrong(self, jurisdiction: str, view: str) -> list[str]:
        """Return the keys of rows that are not what the log folds to."""
        found = await self._views.stored(jurisdiction, view)
        fold = StraightFold(self._log, jurisdiction, {view: self._catalog[view]})
        async for batch in self._log.read(jurisdiction):
            began = time.perf_counter()
            if not await asyncio.to_thread(fold.take, batch, found.head.position):
                break
            await self._pause((time.perf_counter() - began) * (1 / SHARE - 1))
        rows = fold.rows[view]
        unlike = {key for key in rows.keys() | found.rows.keys() if rows.get(key) != found.rows.get(key)}
        return sorted(unlike | found.unsound)
