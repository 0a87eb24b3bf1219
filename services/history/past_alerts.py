"""Alerts as they were at an instant, by what was known then and not by what was learned later."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from events.catalog import envelopes
from events.commit import Commit, Head
from projections.catalog import views as catalog
from projections.fold import StraightRows
from services.application.alerting import READ, Watched, worked_out
from services.base.threads import beside
from services.history.as_of import recorded_until
from services.history.past import Past
from services.log.port import Log
from services.views.match import matches


class PastAlerts:
    """Works alerts out from the log alone, or from what was folded from it before.

    The last answer is kept: people look at an instant for a while.
    """

    def __init__(self, log: Log, past: Past | None = None) -> None:
        self._log, self._past = log, past
        self._gate = asyncio.Lock()
        self._kept: tuple[str, Watched] | None = None

    async def at(self, jurisdiction: str, when: datetime) -> Watched:
        """Return a jurisdiction's alerts at an instant, from the commits that were recorded by then."""
        async with self._gate:
            if self._kept and (self._kept[0], self._kept[1].now) == (jurisdiction, when):
                return self._kept[1]
            found = await self._read(jurisdiction, when) or await self._folded(jurisdiction, when)
            self._kept = jurisdiction, found
            return found

    async def _read(self, jurisdiction: str, when: datetime) -> Watched | None:
        told = await self._past.rows(jurisdiction, READ, when) if self._past else None
        return await beside(worked_out, *told, when) if told else None

    async def _folded(self, jurisdiction: str, when: datetime) -> Watched:
        fold = _Fold()
        async for commits in recorded_until(self._log.read(jurisdiction, 0), when):
            await beside(fold.take, commits)
        return await beside(fold.watched, when)

    def forget(self) -> None:
        """Forget the last answer."""
        self._kept = None


class _Fold:
    """The rows that alerts follow from, folded together in one pass."""

    def __init__(self) -> None:
        self._folded = StraightRows({name: catalog[name] for name in READ})
        self._position = 0

    def take(self, commits: Sequence[tuple[Commit, Head]]) -> None:
        for commit, head in commits:
            for event in envelopes(commit):
                self._folded.take(event)
            self._position = head.position

    def watched(self, when: datetime) -> Watched:
        """Compute the alerts from the rows that matter, as the live ones are."""
        folded = self._folded.rows
        rows: dict[str, dict[str, Any]] = {
            name: {key: row for key, row in folded[name].items() if matches(catalog[name], query, row)}
            for name, query in READ.items()
        }
        return worked_out(rows, self._position, when)
