"""The institutions report: the ledger, the chapters and coverage at an instant, from the log alone."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from events.base import EventEnvelope
from events.catalog import envelopes
from events.chapter_history import standing
from events.commit import Head, decode
from events.jurisdiction import JurisdictionEstablished
from projections import chapters, enterprises
from projections.base import Row
from projections.coverage import BYS, Count
from projections.coverage_index import CoverageIndex
from projections.fold import step
from services.log.port import Log

_VIEWS: Final = (enterprises.VIEW, chapters.VIEW)
_EVER: Final = timedelta(days=365 * 200)


async def institutions(
    log: Log, jurisdiction: str, chosen: str | None, at: datetime | None = None
) -> dict[str, Any]:
    """Report the ledger, chapters and coverage at an instant, by default that of the last record."""
    found = _Folded(jurisdiction)
    async for batch in log.read(jurisdiction):
        for stored in batch:
            commit = decode(stored.data)
            for event in envelopes(commit):
                found.take(event)
            found.head, found.recorded_at = stored.head, commit.recorded_at
    when = at or found.recorded_at
    if when is None:
        raise ValueError("this log is empty; record something first.")
    return {
        "report": "institutions",
        "jurisdiction": jurisdiction,
        "position": found.head.position,
        "hash": found.head.hash,
        "timezone": str(found.zone),
        "at": when.astimezone(found.zone),
        **counted(found.index(), when),
    }


class _Folded:
    """The two views, folded straight from the log."""

    def __init__(self, jurisdiction: str) -> None:
        self.head, self.zone = Head(), ZoneInfo("UTC")
        self.recorded_at: datetime | None = None
        self._jurisdiction = jurisdiction
        self._rows: dict[str, dict[str, Row]] = {view.name: {} for view in _VIEWS}

    def take(self, event: EventEnvelope) -> None:
        """Apply an event."""
        if isinstance(event.data, JurisdictionEstablished):
            self.zone = ZoneInfo(event.data.timezone)
        for view in _VIEWS:
            step(view, self._rows[view.name], event)

    def index(self) -> CoverageIndex:
        """Return the index of these rows."""
        index = CoverageIndex(self._jurisdiction)
        for view, rows in self._rows.items():
            for key, row in rows.items():
                index.take(view, key, row)
        return index


def counted(index: CoverageIndex, when: datetime) -> dict[str, Any]:
    """Return the figures at an instant, with the rows behind them."""
    curves, living = index.curves(), index.living(when)
    routes = Counter(row.route for row in living.values())
    stood = {key: standing(row.history, when) for key, row in living.items()}
    told = index.told(when - _EVER, when)
    return {
        **_count(curves.at(when)),
        "chapters": {"alive": len(living), **dict(sorted(routes.items()))},
        **{f"by_{by}": [{by: key, **_count(one)} for key, one in curves.by(by, when).items()] for by in BYS},
        "names": {key: list(now.enterprises) for key, now in stood.items() if now},
        "rows": [
            {"at": one.at, "position": one.position, "what": one.what, "enterprise": one.enterprise}
            | ({"chapter": one.chapter} if one.chapter else {})
            for one in told
        ],
    }


def _count(count: Count) -> dict[str, Any]:
    share = "-" if count.share is None else f"{100 * count.share:.1f} %"
    return {"ledger": count.ledger, "covered": count.covered, "coverage": share}
