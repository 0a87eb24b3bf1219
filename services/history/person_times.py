"""Person-times of all workers in a file with an index for each order, kept up to date while it is used.

The file is disposable: built from the facts in the background when first asked for, deleted when nobody has
asked for a while. It holds ids, areas and times, and nothing personal.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from events.commit import Head
from projections.presence import INTERVALS, keyed
from services.adapters.memory.views import ViewFile, file_of
from services.application.announcing import Announcements
from services.application.progress import ViewProgress
from services.base.threads import alone, beside
from services.history.facts import Facts
from services.views.port import OutboxStep, Page, Query, Views, ViewsUnavailable

KEEP_UP_SECONDS: Final = 1.0
USED_SECONDS: Final = 600.0
"""How long after a read the file is kept, and kept up to date."""
WORKERS_AT_ONCE: Final = 500
_FACTS: Final = "presence"
_TRIES: Final = 3


class PersonTimes:
    """The files of all jurisdictions that were asked for."""

    def __init__(self, views: Views, progress: ViewProgress, announcements: Announcements) -> None:
        self._views, self._progress = views, progress
        self._kept: dict[str, Kept] = {}
        announcements.on_reset(self._reset)

    def built(self, jurisdiction: str) -> bool:
        """Whether a page costs little more than its rows."""
        return jurisdiction in self._kept and self._kept[jurisdiction].built

    async def page(self, jurisdiction: str, query: Query) -> Page:
        """Return one page. Raises BadQuery, ViewsUnavailable.

        Until the file is built this waits for it; a caller that gives up does not end the building.
        """
        if jurisdiction not in self._kept:
            self._kept[jurisdiction] = Kept(jurisdiction, self._views, self._progress)
        found = await self._kept[jurisdiction].page(query)
        degraded = (await self._views.degraded(jurisdiction)).get(_FACTS)
        return msgspec.structs.replace(found, degraded=degraded)

    async def close(self) -> None:
        """Delete all files."""
        while self._kept:
            _, kept = self._kept.popitem()
            await kept.close()

    def _reset(self, jurisdiction: str) -> None:
        if kept := self._kept.get(jurisdiction):
            kept.doubt()


class Kept:
    """The person-times of one jurisdiction, as of a position."""

    def __init__(self, jurisdiction: str, views: Views, progress: ViewProgress) -> None:
        self._jurisdiction, self._views, self._progress = jurisdiction, views, progress
        self._lock = asyncio.Lock()
        self._store: ViewFile | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._position = 0
        self._doubted = False
        """Whether facts may have been rebuilt."""
        self._building: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._used = 0.0

    @property
    def built(self) -> bool:
        """Whether it need only be brought up to date."""
        return self._store is not None

    def doubt(self) -> None:
        """Take note that rows were rebuilt or erased. An erasure changes no fact."""
        self._doubted = True

    async def page(self, query: Query) -> Page:
        """Return one page, up to date with the views. Raises BadQuery, ViewsUnavailable."""
        self._used = time.monotonic()
        for _ in range(_TRIES):
            async with self._lock:
                await self._follow()
                if self._store:
                    return await self._store.query(self._jurisdiction, INTERVALS.name, query)
            if self._building is None or self._building.done():
                self._building = alone(self._build())
            await asyncio.shield(self._building)
        raise ViewsUnavailable(f"the facts of {self._jurisdiction} change faster than they can be read")

    async def close(self) -> None:
        """Delete the file."""
        for task in (self._building, self._keeping):
            if task:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await self._drop()

    async def _build(self) -> None:
        folder = TemporaryDirectory(prefix="muster-")
        store = await file_of(INTERVALS, Path(folder.name) / "times.sqlite")
        try:
            self._doubted, facts = False, Facts(self._views, self._jurisdiction, Query(), None)
            async for some in facts:
                times = await beside(keyed, some)
                await store.add(self._jurisdiction, INTERVALS.name, times, facts.head)
            await store.analyse()
        except BaseException:
            await store.close()
            folder.cleanup()
            raise
        self._folder, self._store, self._position = folder, store, facts.head.position
        if self._keeping is None or self._keeping.done():
            self._keeping = alone(self._keep_up())

    async def _follow(self) -> None:
        """Apply the steps since the last call; without them, drop the file."""
        if self._store and self._doubted:
            self._doubted, oldest = False, await self._views.oldest_step(self._jurisdiction)
            if oldest is None or oldest >= self._position:
                await self._drop()
        while self._store and self._position < self._progress.positions.get(self._jurisdiction, 0):
            steps = await self._progress.steps(self._jurisdiction, self._position, views=(_FACTS,))
            if steps is None or (steps and steps[0].after != self._position):
                await self._drop()
            elif not steps:
                break
            else:
                await self._apply(self._store, steps)
                self._position = steps[-1].upto

    async def _apply(self, store: ViewFile, steps: Sequence[OutboxStep]) -> None:
        """Derive the person-times of those again of whom a fact changed."""
        workers, head = _changed(steps), Head(steps[-1].upto, "")
        for begin in range(0, len(workers), WORKERS_AT_ONCE):
            some = Query(filters={"worker": workers[begin : begin + WORKERS_AT_ONCE]})
            facts, _ = await self._views.snapshot(self._jurisdiction, {_FACTS: some})
            before, _ = await store.snapshot(self._jurisdiction, {INTERVALS.name: some})
            rows: Any = [row for _, row in facts[_FACTS]]
            times = await beside(keyed, rows)
            await store.change(self._jurisdiction, INTERVALS.name, dict(before[INTERVALS.name]), times, head)

    async def _keep_up(self) -> None:
        """Follow while it is in use, so that a read has little to catch up with; then delete the file."""
        while self._store and time.monotonic() - self._used < USED_SECONDS:
            await asyncio.sleep(KEEP_UP_SECONDS)
            async with self._lock:
                await self._follow()
        async with self._lock:
            await self._drop()

    async def _drop(self) -> None:
        store, folder = self._store, self._folder
        self._store = self._folder = None
        if store and folder:
            await store.close()
            await asyncio.to_thread(folder.cleanup)


def _changed(steps: Iterable[OutboxStep]) -> list[str]:
    """Return the workers of whom a fact changed."""
    facts: list[Any] = [one.row or one.before for step in steps for one in step.changes if one.view == _FACTS]
    return list(dict.fromkeys(row.worker for row in facts if row is not None))
