"""The alerts of each jurisdiction, from rows that are read once and then kept up to date step by step."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from events.area import inside
from events.assignment import UNENDED
from events.presence import ON_DUTY
from events.request_state import UNFINISHED
from events.team import ACTIVE, FORMING
from events.timers import DEFAULTS
from projections.alerts import Alert, Known, alerts, all_clear, on_duty, waits
from projections.base import Row
from services.application.announcing import Announcements
from services.application.following import Followed
from services.application.progress import ViewProgress
from services.base.clock import Clock
from services.views.port import Query, Views

READ: Final = {
    "requests": Query(filters={"state": UNFINISHED}),
    "assignments": Query(filters={"state": UNENDED}),
    "roster": Query(filters={"presence": ON_DUTY}),
    "teams": Query(filters={"state": (FORMING, ACTIVE)}),
    "sos": Query(filters={"state": ("open", "acknowledged")}),
    "jurisdictions": Query(),
}
"""The views that alerts follow from, and the rows of each that matter."""
_ON_THREAD: Final = 2_000
"""From this many rows on, alerts are computed on a thread."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A jurisdiction's alerts at an instant, and the rows they follow from."""

    position: int
    now: datetime
    known: Known
    alerts: Sequence[Alert]
    """The worst first."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is going on in some areas."""

    alerts: Sequence[Alert]
    on_duty: int
    """People on duty."""
    waiting: int
    """Unfinished requests that need somebody and have nobody on the way."""
    all_clear: bool


class _Rows(Followed[Row]):
    """The rows of one jurisdiction, as of a position."""

    def __init__(self, jurisdiction: str) -> None:
        super().__init__(jurisdiction, READ, lambda view, row: row)
        self.last: Watched | None = None

    def watched(self, now: datetime) -> Watched:
        """Compute the alerts."""
        return worked_out(self.rows, self.position or 0, now)


def worked_out(rows: Mapping[str, Mapping[str, Row]], position: int, now: datetime) -> Watched:
    """Compute the alerts as of `now`, from the rows of the views of `READ` as of a position."""
    found: dict[str, Any] = {view: list(some.values()) for view, some in rows.items()}
    limits = found.pop("jurisdictions", [])
    known, timers = Known(**found), getattr(next(iter(limits), None), "timers", None) or DEFAULTS
    return Watched(position=position, now=now, known=known, alerts=alerts(known, timers, now))


async def read_alerts(views: Views, jurisdiction: str, now: datetime) -> Watched:
    """Return a jurisdiction's alerts from rows read for this once. Raises ViewsUnavailable."""
    rows = _Rows(jurisdiction)
    await rows.read(views)
    return rows.watched(now)


class Alerting:
    """Alerts of all jurisdictions. Rows are read once, then followed; alerts are computed once a second."""

    def __init__(
        self, views: Views, progress: ViewProgress, announcements: Announcements, clock: Clock
    ) -> None:
        self._views, self._progress, self._clock = views, progress, clock
        self._kept: dict[str, _Rows] = {}
        announcements.on_reset(self._forget)

    async def watched(self, jurisdiction: str) -> Watched:
        """Return a jurisdiction's alerts now. Raises ViewsUnavailable."""
        kept = self._kept.setdefault(jurisdiction, _Rows(jurisdiction))
        async with kept.lock:
            await kept.bring_up_to_date(self._views, self._progress)
            return await self._worked_out(kept)

    def _forget(self, jurisdiction: str) -> None:
        """Read all rows again, after rows were rebuilt or erased."""
        self._kept.pop(jurisdiction, None)

    async def _worked_out(self, kept: _Rows) -> Watched:
        now, position = self._clock.now(), kept.position or 0
        last = kept.last
        if last and last.position == position and 0 <= (now - last.now).total_seconds() < 1:
            return last
        if sum(len(rows) for rows in kept.rows.values()) < _ON_THREAD:
            kept.last = kept.watched(now)
        else:
            kept.last = await asyncio.to_thread(kept.watched, now)
        return kept.last


def summary(watched: Watched, areas: Sequence[str], within: Sequence[str]) -> Summary:
    """Return what is going on in some areas, as far as a caller sees them. Empty = everywhere.

    `areas`: those asked for; `within`: those the caller may see.
    """

    def here(row: Any) -> bool:
        return all(not outers or any(inside(row.area, o) for o in outers) for outers in (areas, within))

    found, known = list(watched.alerts), watched.known
    requests, roster = known.requests, known.roster
    if areas or within:
        found = [one for one in found if here(one)]
        requests, roster = [r for r in requests if here(r)], [r for r in roster if here(r)]
    people = on_duty(roster)
    return Summary(
        alerts=found,
        on_duty=people,
        waiting=sum(waits(row) for row in requests),
        all_clear=all_clear(found, requests, people),
    )
