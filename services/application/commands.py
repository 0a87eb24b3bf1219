"""Route commands to their jurisdiction's writer, started on first use and stopped when idle."""

import logging
import time
from asyncio import Future
from collections.abc import Callable, Sequence
from typing import Final

from services.application.background import Background
from services.application.progress import ViewProgress
from services.log.port import Log
from services.metrics.figures import Figures
from services.recorder.envelope import CommandEnvelope, Outcome
from services.recorder.writer import Writer

IDLE_SECONDS: Final = 900.0
"""Idle time after which a writer is stopped, if other processes share the jurisdictions."""

log_of = logging.getLogger("muster.writer")


class Commands:
    """The writers of this process."""

    def __init__(
        self,
        make: Callable[[str], Writer],
        log: Log,
        progress: ViewProgress,
        background: Background,
        figures: Figures,
        *,
        shared: bool,
    ) -> None:
        """`make` creates a writer; `shared`: other processes write to the same jurisdictions."""
        self.writers: dict[str, Writer] = {}
        self.shared = shared
        self._make, self._log, self._progress = make, log, progress
        self._background, self._figures = background, figures

    def writer(self, jurisdiction: str) -> Writer:
        """Return a jurisdiction's writer, starting it on first use."""
        known = self.writers.get(jurisdiction)
        if known is None:
            known = self.writers[jurisdiction] = self._make(jurisdiction)
            known.viewed(self._progress.positions.get(jurisdiction, 0))  # told before there was a writer
            self._background.start(f"writer of {jurisdiction}", self._write(known))
        return known

    async def _write(self, writer: Writer) -> None:
        """Run a writer; if shared, until it has been idle for long. A parked one stays, to report it, until
        its log is repaired or the process restarts."""
        await writer.run(IDLE_SECONDS if self.shared else None)
        if writer.damaged and self.shared:
            await self._log.repaired(writer.jurisdiction)
            log_of.warning("the log of %s was repaired; it takes commands again", writer.jurisdiction)
            del self.writers[writer.jurisdiction]
        elif not writer.parked:  # no await since it found its queue empty
            del self.writers[writer.jurisdiction]
        self._log.release(writer.jurisdiction)

    async def submit(self, jurisdiction: str, group: Sequence[CommandEnvelope]) -> list[Outcome]:
        """Record commands in order and return one outcome each. Raise Parked or Overloaded."""
        began = time.perf_counter()
        outcomes = await self.writer(jurisdiction).put(group)
        self._figures.answered(outcomes, began)
        return outcomes

    def send(
        self, jurisdiction: str, group: Sequence[CommandEnvelope], then: Callable[[list[Outcome]], None]
    ) -> None:
        """Do as `submit`, without waiting: `then` gets the outcomes."""
        began = time.perf_counter()

        def answered(answer: Future[list[Outcome]]) -> None:
            if not answer.cancelled():
                self._figures.answered(answer.result(), began)
                then(answer.result())

        self.writer(jurisdiction).put(group).add_done_callback(answered)

    def viewed(self, jurisdiction: str, position: int) -> None:
        """Tell the writer that the views have reached `position`."""
        if jurisdiction in self.writers:
            self.writers[jurisdiction].viewed(position)

    def knows(self, jurisdiction: str) -> bool:
        """Return whether this process has seen data of the jurisdiction."""
        return jurisdiction in self.writers or jurisdiction in self._progress.positions

    def jurisdictions(self) -> list[str]:
        """Return the sorted jurisdictions with data."""
        return sorted({*self.writers, *self._progress.positions})

    async def found(self, jurisdiction: str, seconds: float = 0.0) -> bool:
        """Return whether the jurisdiction has data. If unknown here, look it up and wait up to `seconds`."""
        if not self.knows(jurisdiction) and self.shared:
            await self._progress.reached(jurisdiction, 1, seconds)
            await self._progress.catch_up(jurisdiction)
        return self.knows(jurisdiction)
