"""Record what time brings: escalated reviews, expired waits, reminders, and ended terms."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Final
from uuid import UUID, uuid5

from events.review_path import RUNNING
from events.workdays import calendar_of
from services.application.commands import Commands
from services.application.progress import ViewProgress
from services.base.clock import Clock
from services.decisions.difficulty.commands import MoveOn
from services.decisions.difficulty.table import DIFFICULTIES_DUE
from services.decisions.post.commands import Lapse
from services.decisions.post.table import TERMS_DUE
from services.decisions.review.commands import Escalate
from services.decisions.review.table import REVIEWS_DUE
from services.decisions.undertaking.commands import ConfirmDays, MoveOnIt
from services.decisions.undertaking.table import UNDERTAKINGS_DUE, UNDERTAKINGS_UNCONFIRMED
from services.recorder.envelope import CommandEnvelope
from services.recorder.errors import Overloaded, Parked
from services.recorder.writer import Writer
from services.views.port import Query, RowUnreadable, Views, ViewsUnavailable

TICK_SECONDS: Final = 5.0
"""Deadlines are days, so that seconds do not matter."""
LOOK_SECONDS: Final = 600.0
"""Interval between checks of jurisdictions without a writer."""
MOST: Final = 500
"""Commands sent per jurisdiction and tick."""
WAITING: Final = {
    "enterprises": ("place", RUNNING),
    "difficulties": ("state", ("open", "offered", "answered")),
    "undertakings": ("state", ("open",)),
}
"""View -> field and values of the rows that have a deadline."""
_ESCALATION: Final = UUID("6d757374-6572-4078-a000-657363616c61")
_MOVE: Final = UUID("6d757374-6572-4078-a000-6d6f76656f6e")
_LAPSE: Final = UUID("6d757374-6572-4078-a000-6c6170736564")
_REMIND: Final = UUID("6d757374-6572-4078-a000-72656d696e64")
_CONFIRM: Final = UUID("6d757374-6572-4078-a000-636f6e666972")


def escalation_id(jurisdiction: str, enterprise: str, due: datetime) -> str:
    """Return the deterministic id of the command, so that it is recorded only once."""
    return _id(_ESCALATION, jurisdiction, enterprise, due)


def move_on_id(jurisdiction: str, difficulty: str, due: datetime) -> str:
    """Return the deterministic id of the command that ends a difficulty's wait."""
    return _id(_MOVE, jurisdiction, difficulty, due)


def reminder_id(jurisdiction: str, undertaking: str, due: datetime) -> str:
    """Return the deterministic id of the command that reminds of an undertaking, or lets it go up."""
    return _id(_REMIND, jurisdiction, undertaking, due)


def _id(kind: UUID, jurisdiction: str, key: str, due: datetime) -> str:
    return str(uuid5(kind, f"{jurisdiction}/{key}/{due.astimezone(UTC).isoformat()}"))


class Deadlines:
    """Sends what is due, in one process."""

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
            if writer.parked or writer.state.moved is not None or writer.state.meta.closed:
                continue
            if due := list(islice(self._due(jurisdiction, writer), MOST)):
                with suppress(Overloaded, Parked):  # the next tick tries again
                    await self._commands.submit(jurisdiction, due)

    def _due(self, jurisdiction: str, writer: Writer) -> Iterator[CommandEnvelope]:
        now = self._clock.now()
        for key, at in writer.state[TERMS_DUE].items():
            if at <= now:
                yield CommandEnvelope(
                    id=_id(_LAPSE, jurisdiction, key, at),
                    command=Lapse(post=key),
                    actor="service/ticker",
                    received=now,
                    at=at,
                )
        for key, at in writer.state[REVIEWS_DUE].items():
            if at <= now:
                yield CommandEnvelope(
                    id=escalation_id(jurisdiction, key, at),
                    command=Escalate(enterprise=key),
                    actor="service/ticker",
                    received=now,
                )
        for key, at in writer.state[DIFFICULTIES_DUE].items():
            if at <= now:
                yield CommandEnvelope(
                    id=move_on_id(jurisdiction, key, at),
                    command=MoveOn(difficulty=key),
                    actor="service/ticker",
                    received=now,
                )

        yield from self._undertakings(jurisdiction, writer, now)

    def _undertakings(self, jurisdiction: str, writer: Writer, now: datetime) -> Iterator[CommandEnvelope]:
        for key, at in writer.state[UNDERTAKINGS_DUE].items():
            if at <= now:
                yield CommandEnvelope(
                    id=reminder_id(jurisdiction, key, at),
                    command=MoveOnIt(undertaking=key),
                    actor="service/ticker",
                    received=now,
                )
        calendar = calendar_of(writer.state.meta.timezone or "")
        for key, year in writer.state[UNDERTAKINGS_UNCONFIRMED].items():
            if calendar and year in calendar.years:
                yield CommandEnvelope(
                    id=str(uuid5(_CONFIRM, f"{jurisdiction}/{key}/{year}/{calendar.version}")),
                    command=ConfirmDays(undertaking=key),
                    actor="service/ticker",
                    received=now,
                )

    async def _wake(self) -> None:
        """Start the writers of idle jurisdictions in which somebody is awaited or a term is over."""
        for jurisdiction in [code for code in self._progress.positions if code not in self._commands.writers]:
            if await self._awaits(jurisdiction) or await self._has_past_terms(jurisdiction):
                self._commands.writer(jurisdiction)

    async def _awaits(self, jurisdiction: str) -> bool:
        for view, (field, values) in WAITING.items():
            waiting = Query(filters={field: list(values)}, limit=1)
            if (await self._views.query(jurisdiction, view, waiting)).items:
                return True
        return False

    async def _has_past_terms(self, jurisdiction: str) -> bool:
        held = Query(filters={"state": ["held"]}, limit=1000)
        page = await self._views.query(jurisdiction, "posts", held)
        ends = [getattr(row, "until", None) for _, row in page.items]
        return any(at and at <= self._clock.now() for at in ends)
