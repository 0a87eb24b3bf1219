"""Views as known at any position, without folding the log from its beginning.

In the background the log is folded once more, a thousand events at a time, into a store that keeps every row
as it was from one such mark until another. A read takes the last mark before its position, and folds the few
events in between on top. What the store lacks is folded from the log.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from events.base import EventEnvelope
from events.catalog import BadEvent, UnknownEvent, envelopes
from events.commit import Head, decode
from projections.base import Row, View
from projections.catalog import views as catalog
from projections.fold import folds, step
from services.application.progress import ViewProgress
from services.base.threads import beside
from services.history.as_of import recorded_until
from services.history.instants import MOST_BEHIND, Instants
from services.history.making import Maker
from services.log.port import Log, LogDamaged, LogUnavailable, Stored
from services.views.batch import run_batch
from services.views.belonging import Belonging
from services.views.past_port import Mark, PastRows
from services.views.port import Page, Query, ViewsUnavailable

GRAIN: Final = 1_000
"""Events between two marks, unless a single commit has more."""
MOST_BEYOND: Final = 20_000
"""Most events folded on top of a mark; if there are more, other folds may be nearer."""
REST: Final = 4.0
"""How much longer than it works the maker rests, so that it takes a fifth of one core at most."""
BUSY: Final = 300
"""Events a second above which making waits, until it is so far behind."""
MOST_PUT_OFF: Final = 100_000
"""In this process, whose callers wait for it."""
MOST_BYTES: Final = 4 << 30
MOST_ROWS: Final = 300_000
"""Most rows of one view that are read at once."""
IDLE_SECONDS: Final = 1.0

log_of = logging.getLogger("muster.history")


class Traffic:
    """How fast the views advance."""

    def __init__(self, progress: ViewProgress, seconds: Callable[[], float] = time.monotonic) -> None:
        self._progress, self._seconds, self._busy = progress, seconds, False
        self._seen, self._looked = self._events(), seconds()

    def busy(self) -> bool:
        """Whether there were many events a second, as of the last look; looks again after IDLE_SECONDS."""
        now = self._seconds()
        if (passed := now - self._looked) >= IDLE_SECONDS:
            events = self._events()
            self._busy = events - self._seen > BUSY * passed
            self._seen, self._looked = events, now
        return self._busy

    def _events(self) -> int:
        return sum(self._progress.positions.values())


class Past:
    """Reads views as of a position from the store, and fills the store in the background."""

    def __init__(
        self,
        log: Log,
        store: PastRows,
        views: Mapping[str, View[Any]],
        *,
        most: int = MOST_BYTES,
        asked_only: bool = False,
        instants: Instants | None = None,
        maker: Maker | None = None,
    ) -> None:
        """Takes ownership of the store, which may use `most` bytes, and of `instants`, which follows with it.
        `asked_only`: make the past only of jurisdictions of which it was asked. `maker`: has it made in
        another process."""
        self._instants, self._maker = instants, maker
        self._log, self._store, self._views = log, store, views
        self._most, self._asked = most, set[str]() if asked_only else None
        self._parked: set[str] = set()
        """Jurisdictions whose log this version cannot fold further."""
        self._trouble: str | None = None
        self._belonging = Belonging(log, store)

    # -- reading -------------------------------------------------------------------------------------------

    async def page(
        self, jurisdiction: str, view: View[Any], when: int | datetime, query: Query
    ) -> Page | None:
        """Return one page as then known; None if there is no mark near enough. Raises BadQuery."""
        if self._asked is not None:
            self._asked.add(jurisdiction)
        try:
            await self._check(jurisdiction)
            mark = await self._store.before(jurisdiction, when)
            aside = await self._store.degraded(jurisdiction)
            if mark is None or view.name in aside or view.name not in self._views:
                return None
            told = await self._since(jurisdiction, mark, when)
            if told is None:
                return None
            events, head = told
            newer = await self._newer(jurisdiction, view, mark, events)
            found = await self._store.page(jurisdiction, view.name, query, mark, newer)
        except ViewsUnavailable as error:
            self._tell(str(error))
            return None
        return msgspec.structs.replace(found, head=head)

    async def at(self, jurisdiction: str, view: str, when: datetime, query: Query) -> Page | None:
        """Return one page of the board at an instant; None if it has to be replayed. Raises BadQuery."""
        if self._asked is not None:
            self._asked.add(jurisdiction)
        return await self._instants.page(jurisdiction, view, when, query) if self._instants else None

    async def rows(
        self, jurisdiction: str, queries: Mapping[str, Query], when: datetime
    ) -> tuple[dict[str, dict[str, Row]], int] | None:
        """Return all rows of some views that match, and the last position recorded by then; None if there is
        no mark near enough."""
        found: dict[str, dict[str, Row]] = {}
        position = 0
        for name, query in queries.items():
            asked = msgspec.structs.replace(query, limit=MOST_ROWS)
            page = await self.page(jurisdiction, catalog[name], when, asked)
            if page is None or page.next is not None:
                return None
            found[name], position = dict(page.items), page.head.position
        return found, position

    async def _since(
        self, jurisdiction: str, mark: Mark, when: int | datetime
    ) -> tuple[list[EventEnvelope], Head] | None:
        """Return the events beyond a mark, up to `when`, and the last head; None if they are too many."""
        events: list[EventEnvelope] = []
        head = mark.head
        async for commits in recorded_until(self._log.read(jurisdiction, head.position), when):
            events += await beside(
                lambda some: [one for commit, _ in some for one in envelopes(commit)], commits
            )
            head = commits[-1][1]
            if len(events) > MOST_BEYOND:
                return None
        return events, head

    async def _newer(
        self, jurisdiction: str, view: View[Any], mark: Mark, events: Sequence[EventEnvelope]
    ) -> dict[str, Row | None]:
        """Return the rows that these events change, as they are after them."""
        mine = [event for event in events if folds(view, type(event.data))]
        keys = list(dict.fromkeys(key for event in mine for key in view.keys(event)))
        if not keys:
            return {}
        before = await self._store.rows(jurisdiction, view.name, keys, mark.head.position)

        def fold() -> dict[str, Row | None]:
            rows = {key: row for key, row in before.items() if row is not None}
            for event in mine:
                step(view, rows, event)
            return {key: rows.get(key) for key in keys}

        return await beside(fold)

    # -- making --------------------------------------------------------------------------------------------

    async def run(self, progress: ViewProgress) -> None:
        """Follow the views until cancelled."""
        traffic = Traffic(progress)
        while True:
            now = dict(progress.positions)
            if self._maker:
                await self._made_by(self._maker, now, MOST_BEHIND // 2 if traffic.busy() else GRAIN)
            else:
                for jurisdiction, position in now.items():
                    least = MOST_PUT_OFF if traffic.busy() else GRAIN
                    await self.follow(jurisdiction, position, least, busy=traffic.busy)
            await asyncio.sleep(IDLE_SECONDS)

    async def _made_by(self, maker: Maker, positions: Mapping[str, int], least: int) -> None:
        try:
            await maker.follow(positions, least)
            self._trouble = None
        except (OSError, ViewsUnavailable) as error:
            self._tell(str(error))

    async def make_all(self, rest: float = 0.0) -> None:
        """Make the past of all jurisdictions to the end of their logs. See `make`."""
        for jurisdiction in await self._log.jurisdictions():
            await self.follow(jurisdiction, (await self._log.end(jurisdiction)).position, rest=rest)

    async def follow(
        self,
        jurisdiction: str,
        position: int,
        least: int = 1,
        rest: float = REST,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        """Make the past of a jurisdiction whose views are at a position, if it is `least` events behind.
        Leave the rest for later once it becomes busy."""
        if self._asked is not None and jurisdiction not in self._asked:
            return
        if self._instants:
            await self._instants.follow(jurisdiction, position, least, rest, busy)
        if jurisdiction in self._parked:
            return
        try:
            await self._check(jurisdiction)
            head = await self._store.head(jurisdiction)
            if position - head.position >= least:
                await self.make(jurisdiction, rest, busy)
            self._trouble = None
        except (UnknownEvent, BadEvent, LogDamaged) as error:
            self._parked.add(jurisdiction)
            log_of.error("past views of %s end before an unreadable record: %s", jurisdiction, error)
        except (ViewsUnavailable, LogUnavailable) as error:
            self._tell(str(error))

    async def make(
        self, jurisdiction: str, rest: float = 0.0, busy: Callable[[], bool] = lambda: False
    ) -> None:
        """Fold what the log has beyond the store's last mark, except less than a thousand events. After each
        mark, rest that many times as long as it took, and end if it is busy.

        Raises what run_batch raises.
        """
        head = await self._store.head(jurisdiction)
        held: list[Stored] = []
        async for batch in self._log.read(jurisdiction, head.position):
            for stored in batch:
                held.append(stored)
                if stored.head.position - head.position >= GRAIN:
                    begun = asyncio.get_running_loop().time()
                    await self._fold(jurisdiction, held)
                    await self._bound(jurisdiction)
                    head, held = stored.head, []
                    await asyncio.sleep(rest * (asyncio.get_running_loop().time() - begun))
                    if busy():
                        return

    async def _check(self, jurisdiction: str) -> None:
        """Begin again if the store was made from another log, such as before a restore."""
        if await self._belonging.cleared(jurisdiction):
            log_of.warning("past views of %s belong to another log; rebuilding them", jurisdiction)

    async def _fold(self, jurisdiction: str, commits: Sequence[Stored]) -> None:
        store: Any = self._store  # run_batch needs no more of a view store than it has
        head = await run_batch(store, jurisdiction, commits, self._log.read, self._views)
        newest = await beside(lambda: max(decode(one.data).recorded_at for one in commits))
        await self._store.mark(jurisdiction, head, newest)

    async def _bound(self, jurisdiction: str) -> None:
        """Forget the oldest past if it takes too much room; what is forgotten is computed from the log."""
        if await self._store.size() > self._most and await self._store.forget(jurisdiction):
            log_of.info(
                "forgot the older half of the past views of %s: they took too much room", jurisdiction
            )

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            log_of.warning("past views are computed from the log: %s", trouble)
        self._trouble = trouble

    async def close(self) -> None:
        """Close the stores."""
        await self._store.close()
        if self._instants:
            await self._instants.close()
