"""The report from the log alone, without stored views."""

from datetime import datetime
from zoneinfo import ZoneInfo

from events.base import EventEnvelope
from events.catalog import envelopes
from events.commit import Head, decode
from events.jurisdiction import JurisdictionEstablished
from projections.base import Row
from projections.catalog import views
from projections.fold import step
from services.log.port import Log
from services.reports.institutions.sections import READ
from services.reports.institutions.worked import Asked, Worked, before


class Folded:
    """The rows of the views that the report reads, folded from the log."""

    def __init__(self, jurisdiction: str) -> None:
        self.jurisdiction, self.head, self.zone = jurisdiction, Head(), ZoneInfo("UTC")
        self.recorded_at: datetime | None = None
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in READ}

    def take(self, event: EventEnvelope) -> None:
        """Apply an event."""
        if isinstance(event.data, JurisdictionEstablished):
            self.zone = ZoneInfo(event.data.timezone)
        for name, rows in self.rows.items():
            step(views[name], rows, event)

    def worked(
        self, at: datetime | None = None, since: datetime | None = None, within: tuple[str, ...] = ()
    ) -> Worked:
        """Return the report at an instant, by default that of the last record. Raises ValueError."""
        when = at or self.recorded_at
        if when is None:
            raise ValueError("this log is empty; record something first.")
        earlier = since or before(
            self.rows, when, self.zone, within[0] if len(within) == 1 else self.jurisdiction
        )
        if earlier >= when:
            raise ValueError(
                "--since must be earlier than --at; without --at, that is the time of the last record."
            )
        return Worked(
            self.rows,
            Asked(
                jurisdiction=self.jurisdiction,
                position=self.head.position,
                zone=self.zone,
                at=when,
                since=earlier,
                within=within,
            ),
        )


async def folded(log: Log, jurisdiction: str) -> Folded:
    """Fold the whole log of a jurisdiction."""
    found = Folded(jurisdiction)
    async for batch in log.read(jurisdiction):
        for stored in batch:
            commit = decode(stored.data)
            for event in envelopes(commit):
                found.take(event)
            found.head, found.recorded_at = stored.head, commit.recorded_at
    return found
