"""Expire unanswered offers."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5

from events.assignment import OFFERED
from events.catalog import ERASURES
from services.application.commands import Commands
from services.application.progress import ViewProgress
from services.base.clock import Clock
from services.decisions.assignment.commands import Expire
from services.decisions.assignment.table import OFFERS
from services.recorder.envelope import CommandEnvelope
from services.recorder.errors import Overloaded, Parked
from services.recorder.writer import Writer
from services.views.port import Query, RowUnreadable, Views, ViewsUnavailable

TICK_SECONDS: Final = 0.25
LOOK_SECONDS: Final = 2.0
"""Interval between checks of jurisdictions without a writer."""
MOST: Final = 500
"""Offers expired per jurisdiction and tick."""
_EXPIRY: Final = UUID("6d757374-6572-4078-a000-657870697279")


def expiry_id(jurisdiction: str, assignment: str, expires_at: datetime) -> str:
    """Return the deterministic id of the expiry command, so that it is recorded only once."""
    return str(uuid5(_EXPIRY, f"{jurisdiction}/{assignment}/{expires_at.astimezone(UTC).isoformat()}"))


class Expiry:
    """Expires offers in one process."""

    def __init__(self, commands: Commands, progress: ViewProgress, views: Views, clock: Clock) -> None:
        self._commands, self._progress, self._views, self._clock = commands, progress, views, clock
        self._erasures_seen: set[str] = set()
        """Jurisdictions already checked for unfinished erasures."""

    async def run(self) -> None:
        """Expire due offers until cancelled."""
        looked = 0.0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for jurisdiction, writer in list(self._commands.writers.items()):
                due = self._due(jurisdiction, writer)
                if due and not writer.parked:
                    with suppress(Overloaded, Parked):  # the next tick tries again
                        await self._commands.submit(jurisdiction, due)
            if self._commands.shared and (now := asyncio.get_running_loop().time()) - looked > LOOK_SECONDS:
                looked = now
                with suppress(ViewsUnavailable, RowUnreadable):
                    await self._wake()

    def _due(self, jurisdiction: str, writer: Writer) -> list[CommandEnvelope]:
        if writer.state.moved is not None or writer.state.meta.closed:
            return []
        now = self._clock.now()
        due = [(key, at) for key, at in writer.state[OFFERS].items() if at <= now]
        return [
            CommandEnvelope(
                id=expiry_id(jurisdiction, key, at),
                command=Expire(assignment=key),
                actor="service/ticker",
                received=now,
            )
            for key, at in due[:MOST]
        ]

    async def _wake(self) -> None:
        """Start the writers of idle jurisdictions with expired offers and, once, of those with erasures,
        whose process may have died before destroying the keys."""
        for jurisdiction in [code for code in self._progress.positions if code not in self._commands.writers]:
            if await self._has_new_erasures(jurisdiction) or await self._has_past_offers(jurisdiction):
                self._commands.writer(jurisdiction)

    async def _has_new_erasures(self, jurisdiction: str) -> bool:
        """Return whether the jurisdiction has erasures; True only on the first call."""
        if jurisdiction in self._erasures_seen:
            return False
        query = Query(filters={"name": sorted(ERASURES)}, limit=1)
        found = await self._views.query(jurisdiction, "activity", query)
        self._erasures_seen.add(jurisdiction)
        return bool(found.items)

    async def _has_past_offers(self, jurisdiction: str) -> bool:
        offered = Query(filters={"state": [OFFERED]}, limit=1000)
        page = await self._views.query(jurisdiction, "assignments", offered)
        ends = [getattr(row, "expires_at", None) for _, row in page.items]
        return any(at and at <= self._clock.now() for at in ends)
