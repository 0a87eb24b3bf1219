"""The projector in a process of its own: folds what it is offered until the other process is gone."""

import asyncio
from collections.abc import Mapping
from itertools import count
from typing import Any, Final, Protocol

from events.commit import Head
from projections.base import View
from services.base.clock import Clock
from services.log.port import Log, Stored
from services.views.loop import Projector
from services.views.port import Views
from services.views.scrub import Scrub
from services.views.wire import Advanced, Condition, Hurry, Look, Offered, Rebuilt, packed, to_projector

TELL_SECONDS: Final = 0.25
"""Interval between looks at what is to be told."""
ALIVE_LOOKS: Final = 4
"""Looks after which the condition is told even if it is the same: whoever says nothing hangs."""


class Written(Views, Protocol):
    """A view store that this process writes."""

    @property
    def analysed(self) -> int:
        """Position at which the planner's statistics were last computed."""
        ...


class Worker:
    """A projector, and the other process that it works for."""

    def __init__(
        self,
        log: Log,
        views: Written,
        catalog: Mapping[str, View[Any]],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._views, self._reader, self._writer = views, reader, writer
        self._reached: dict[str, int] = {}
        """Positions to be told."""
        self._projector = Projector(log, views, self._advanced)
        self._scrub = Scrub(log, views, catalog, self._rebuilt)

    async def run(self, clock: Clock) -> None:
        """Work until the other process is gone, or a loop dies."""
        loops = [
            asyncio.create_task(one)
            for one in (self._hear(), self._projector.run(), self._tell(), self._scrub.run(clock))
        ]
        try:
            done, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in loops:
                one.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            self._writer.close()
        for one in done:
            one.result()

    async def _hear(self) -> None:
        async for said in to_projector(self._reader):
            match said:
                case Offered():
                    stored = Stored(said.data, Head(said.position, said.hash))
                    self._projector.offer(said.jurisdiction, stored, bulk=said.bulk)
                case Look():
                    self._projector.look(said.jurisdiction)
                case Hurry():
                    self._projector.hurry()

    async def _tell(self) -> None:
        """Tell each change of the condition, and each second that this process lives."""
        told: Condition | None = None
        for look in count():
            projector, scrub = self._projector, self._scrub
            now = Condition(projector.trouble, dict(projector.parked), scrub.wrong_rows, dict(scrub.unhealed))
            if now != told or look % ALIVE_LOOKS == 0:
                self._writer.write(packed(now))
                told = now
            await asyncio.sleep(TELL_SECONDS)

    def _advanced(self, jurisdiction: str, position: int) -> None:
        """Tell the positions of a transaction together."""
        if not self._reached:
            asyncio.get_running_loop().call_soon(self._tell_reached)
        self._reached[jurisdiction] = position

    def _tell_reached(self) -> None:
        reached, self._reached = self._reached, {}
        self._writer.write(packed(Advanced(reached, self._views.analysed)))

    async def _rebuilt(self, jurisdiction: str) -> None:
        self._projector.forget(jurisdiction)
        self._writer.write(packed(Rebuilt(jurisdiction)))
