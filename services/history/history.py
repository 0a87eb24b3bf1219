"""The past: a view as known then (as_of), and the board at an instant, including late facts (at)."""

import asyncio
from datetime import datetime
from typing import Final

from events.base import EventEnvelope
from events.catalog import envelopes
from events.commit import Head, decode
from projections.catalog import views as catalog
from projections.instant import COUNTING, READ, Board
from services.adapters.memory.views import page_of
from services.application.alerting import Watched
from services.base.clock import Clock
from services.base.memory import give_back
from services.base.threads import beside
from services.history.as_of import AsOfViews
from services.history.dated import DatedViews
from services.history.past import Past
from services.history.past_alerts import PastAlerts
from services.log.port import Log, Stored
from services.views.port import BadQuery, Page, Query, Views

INSTANT_VIEWS: Final = (*READ, *(name for name, view in catalog.items() if view.at and view.public))
"""Names of the views that answer `at`: those of the board, and those whose rows are dated."""


KEEP_SECONDS: Final = 60.0
"""How long what was read of the past is kept after its last use: it takes much memory."""


class Beyond(BadQuery):
    """A position that the log has not reached."""


_NOTHING: Final[tuple[str, Head, list[EventEnvelope]]] = "", Head(), []


class History:
    """Answers queries about the past, keeping a few recent results.

    From the log alone, except that views with dated rows are read as they are now. `past`, if there is one,
    was folded from the log before.
    """

    def __init__(
        self, log: Log, views: Views, clock: Clock, keep: float = KEEP_SECONDS, past: Past | None = None
    ) -> None:
        """`past`: views kept as of many positions; without it all are folded from the log."""
        self._keep, self._past = keep, past
        self._log, self._clock, self._as_of, self._dated = log, clock, AsOfViews(log), DatedViews(views)
        self._alerts = PastAlerts(log, past)
        self._gate = asyncio.Lock()
        self._kept: tuple[str, Head, list[EventEnvelope]] = _NOTHING
        self._timer: asyncio.TimerHandle | None = None

    async def as_of(self, jurisdiction: str, view: str, when: int | datetime, query: Query) -> Page:
        """Return the view as known then. Raises BadQuery for a position not reached yet."""
        self._used()
        if isinstance(when, int):
            end = await self._log.end(jurisdiction)
            if when > end.position:
                raise Beyond("position.unknown", position=when, end=end.position)
        if self._past and (found := await self._past.page(jurisdiction, catalog[view], when, query)):
            return found
        return await self._as_of.as_of(jurisdiction, catalog[view], when, query)

    async def at(self, jurisdiction: str, view: str, when: datetime, query: Query) -> Page:
        """Return the view as it was at an instant, by what is known now."""
        if view not in INSTANT_VIEWS:
            raise BadQuery("parameter.unknown", variant="at", views=tuple(INSTANT_VIEWS))
        if when > self._clock.now():
            raise BadQuery("parameter.invalid", variant="future")
        self._used()
        if view not in READ:
            return await self._dated.at(jurisdiction, catalog[view], when, query)
        if self._past and (found := await self._past.at(jurisdiction, view, when, query)):
            return found
        head, events = await self._events(jurisdiction)
        queried, read = READ[view]
        rows = await beside(lambda: read(Board(jurisdiction, events, when)))
        return await page_of(queried, rows, head, query, jurisdiction)

    async def alerts(self, jurisdiction: str, when: datetime) -> Watched:
        """Return the alerts at an instant, by what was known then. Raises BadQuery for the future."""
        if when > self._clock.now():
            raise BadQuery("parameter.invalid", variant="future")
        self._used()
        return await self._alerts.at(jurisdiction, when)

    def _used(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._keep, self._forget)

    def _forget(self) -> None:
        self._kept = _NOTHING
        self._as_of.forget()
        self._dated.forget()
        self._alerts.forget()
        asyncio.get_running_loop().run_in_executor(None, give_back)

    async def _events(self, jurisdiction: str) -> tuple[Head, list[EventEnvelope]]:
        """Return the decoded events that boards depend on, cached for the last jurisdiction asked for."""
        async with self._gate:
            kept, head, events = self._kept
            if kept != jurisdiction:
                head, events = Head(), []
            async for batch in self._log.read(jurisdiction, head.position):
                events += await beside(_counting, batch)
                head = batch[-1].head
                self._kept = (
                    jurisdiction,
                    head,
                    events,
                )  # a read that is given up here is continued by the next
            return head, events[:]


def _counting(batch: list[Stored]) -> list[EventEnvelope]:
    return [
        event
        for stored in batch
        for event in envelopes(decode(stored.data))
        if isinstance(event.data, COUNTING)
    ]
