"""Let silence in the reviews of enterprises go up once a deadline has passed."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5

from services.application.commands import Commands
from services.application.progress import ViewProgress
from services.base.clock import Clock
from services.decisions.review.commands import Escalate
from services.decisions.review.table import REVIEWS_DUE
from services.recorder.envelope import CommandEnvelope
from services.recorder.errors import Overloaded, Parked
from services.recorder.writer import Writer
from services.views.port import Query, RowUnreadable, Views, ViewsUnavailable

TICK_SECONDS: Final = 5.0
"""Deadlines are days, so that seconds do not matter."""
LOOK_SECONDS: Final = 600.0
"""Interval between checks of jurisdictions without a writer."""
MOST: Final = 500
"""Enterprises that go up per jurisdiction and tick."""
WAITING: Final = ("screen", "verify", "check", "disagreement")
"""Places that have a deadline."""
_ESCALATION: Final = UUID("6d757374-6572-4078-a000-657363616c61")


def escalation_id(jurisdiction: str, enterprise: str, due: datetime) -> str:
    """Return the deterministic id of the command, so that it is recorded only once."""
    return str(uuid5(_ESCALATION, f"{jurisdiction}/{enterprise}/{due.astimezone(UTC).isoformat()}"))


class Escalation:
    """Lets reviews go up, in one process."""

    def __init__(self, commands: Commands, progress: ViewProgress, views: Views, clock: Clock) -> None:
        self._commands, self._progress, self._views, self._clock = commands, progress, views, clock

    async def run(self) -> None:
        """Send what is due until cancelled."""
        looked: float | None = None
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await self.tick()
            now = asyncio.get_running_loop().time()
            if self._commands.shared and (looked is None or now - looked > LOOK_SECONDS):
                looked = now
                with suppress(ViewsUnavailable, RowUnreadable):
                    await self._wake()

    async def tick(self) -> None:
        """Send what is due now."""
        for jurisdiction, writer in list(self._commands.writers.items()):
            due = self._due(jurisdiction, writer)
            if due and not writer.parked:
                with suppress(Overloaded, Parked):  # the next tick tries again
                    await self._commands.submit(jurisdiction, due)

    def _due(self, jurisdiction: str, writer: Writer) -> list[CommandEnvelope]:
        if writer.state.moved is not None or writer.state.meta.closed:
            return []
        now = self._clock.now()
        due = [(key, at) for key, at in writer.state[REVIEWS_DUE].items() if at <= now]
        return [
            CommandEnvelope(
                id=escalation_id(jurisdiction, key, at),
                command=Escalate(enterprise=key),
                actor="service/ticker",
                received=now,
            )
            for key, at in due[:MOST]
        ]

    async def _wake(self) -> None:
        """Start the writers of idle jurisdictions in which a verdict is awaited."""
        for jurisdiction in [code for code in self._progress.positions if code not in self._commands.writers]:
            waiting = Query(filters={"place": list(WAITING)}, limit=1)
            if (await self._views.query(jurisdiction, "enterprises", waiting)).items:
                self._commands.writer(jurisdiction)
