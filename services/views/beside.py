"""The projector in a process of its own, as the process sees it that records commands."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from typing import Final, Protocol

from services.log.port import Stored
from services.views.port import OutboxStep, Views, ViewsUnavailable
from services.views.scrub import Compared
from services.views.wire import (
    Advanced,
    Condition,
    Hurry,
    Look,
    Offered,
    Rebuilt,
    ToProjector,
    from_projector,
    packed,
)

MOST_UNSENT: Final = 16 * 2**20
"""Bytes that wait to be sent; what is beyond them the projector reads from the log."""
TOGETHER_SECONDS: Final = 0.01
"""Commits are sent this often at most: each time wakes the projector, which writes less often still."""
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 10.0
"""Seconds before a projector that ended is started again: twice as long each time."""
STEADY_SECONDS: Final = 30.0
"""A projector that lived for so long is started again at once."""
SEND_AGAIN_SECONDS: Final = 0.2
LOOK_SECONDS: Final = 1.0
"""Interval between looks at whether the projector still speaks; it does each second."""
SILENT_LOOKS: Final = 10
"""After which the views count as silent. Looks and not seconds, as this process may have been stopped too."""
STOPPED_LOOKS: Final = 3
"""After which nobody waits for the projector to end by itself."""
HUNG_LOOKS: Final = 60
"""After which the projector is ended: what it has not written is folded again."""

log_of = logging.getLogger("muster.projector")


class Readers(Views, Protocol):
    """A view store that another process writes."""

    def renew_readers(self) -> None:
        """Reopen readers before their next use; only new connections see new statistics."""
        ...


class Child(Protocol):
    """A process that projects."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def kill(self) -> None:
        """End it at once."""
        ...

    async def end(self) -> int:
        """Close the connection, upon which it ends; return its exit status once it has."""
        ...


class ProjectorBeside:
    """Offers commits to a projector in another process, and starts that again whenever it ends.

    What was offered to one that ended is not lost: the next one reads it from the log.
    """

    def __init__(
        self,
        views: Readers,
        start: Callable[[], Awaitable[Child]],
        advanced: Callable[[str, int], None],
        reset: Callable[[str], None],
    ) -> None:
        self._views, self._start, self._advanced, self._reset = views, start, advanced, reset
        self._child: Child | None = None
        self._unsent = bytearray()
        """What is sent together."""
        self._sent_at = -TOGETHER_SECONDS
        self._missed = set[str]()
        """Jurisdictions with commits that were not offered."""
        self._missing = asyncio.Event()
        self._moved = asyncio.Condition()
        self._analysed = 0
        self._silent = 0
        """Looks since the projector last spoke."""
        self.positions: dict[str, int] = {}
        self.trouble: str | None = None
        self.parked: dict[str, str] = {}
        self.scrub: Compared | None = None

    def offer(self, jurisdiction: str, stored: Stored, *, bulk: bool = False) -> None:
        """Offer an accepted commit."""
        head = stored.head
        said = Offered(jurisdiction, bytes(stored.data), head.position, head.hash, bulk)
        if not self._send(said):
            self._missed.add(jurisdiction)
            self._missing.set()

    def _send(self, said: ToProjector) -> bool:
        """Send if there is a projector, without waiting; False if too much waits to be sent."""
        if self._child is None or self._child.writer.is_closing():  # the next one begins with the log
            return True
        waiting = self._child.writer.transport.get_write_buffer_size() + len(self._unsent)
        if waiting > MOST_UNSENT:
            return False
        loop = asyncio.get_running_loop()
        if not self._unsent:
            loop.call_at(max(loop.time(), self._sent_at + TOGETHER_SECONDS), self._send_together)
        self._unsent += packed(said)
        if not isinstance(said, Offered):  # somebody waits
            self._send_together()
        return True

    def _send_together(self) -> None:
        self._sent_at = asyncio.get_running_loop().time()
        unsent, self._unsent = self._unsent, bytearray()
        if unsent and self._child is not None and not self._child.writer.is_closing():
            self._child.writer.write(unsent)

    async def reached(self, jurisdiction: str, position: int, seconds: float) -> bool:
        """Wait until the views reach `position`; True if they do in time."""
        if self.positions.get(jurisdiction, 0) >= position:
            return True
        self._send(Hurry())
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: self.positions.get(jurisdiction, 0) >= position)
        except TimeoutError:
            return False
        return True

    async def steps(
        self, jurisdiction: str, after: int, limit: int = 1000, views: Collection[str] | None = None
    ) -> list[OutboxStep] | None:
        """See Views.steps."""
        return await self._views.steps(jurisdiction, after, limit, views)

    async def catch_up(self, jurisdiction: str) -> None:
        """Make the projector read the log now."""
        self._send(Look(jurisdiction))

    async def run(self) -> None:
        """Keep a projector running until cancelled."""
        with suppress(ViewsUnavailable):  # the projector says so, and its positions come later
            for jurisdiction in await self._views.jurisdictions():
                await self._advance({jurisdiction: (await self._views.head(jurisdiction)).position})
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send_missed())
            tasks.create_task(self._keep_running())

    async def _keep_running(self) -> None:
        pause, loop = FIRST_PAUSE / 2, asyncio.get_running_loop()
        while True:
            began = loop.time()
            ended = await self._one_life()
            pause = FIRST_PAUSE if loop.time() - began >= STEADY_SECONDS else min(2 * pause, LONGEST_PAUSE)
            self.trouble = f"the projector's process {ended}; it is started again"
            log_of.error("%s in %.1f s", self.trouble, pause)
            await asyncio.sleep(pause)
            for jurisdiction in self.positions:  # it may have folded rows again without saying so
                self._reset(jurisdiction)

    async def _one_life(self) -> str:
        """Start a projector and hear it to its end. Return how it ended, in words."""
        try:
            child = await self._start()
        except OSError as error:
            return f"cannot be started: {error}"
        self._child = child
        self._missed.clear()  # it reads all of the log
        watching = asyncio.create_task(self._watch(child))
        try:
            async for said in from_projector(child.reader):
                self._silent = 0
                await self._hear(said)
        finally:
            watching.cancel()
            self._child = None
            if self._silent >= STOPPED_LOOKS:
                child.kill()
            status = await child.end()
        return f"ended with status {status}"

    async def _watch(self, child: Child) -> None:
        """Tell of a projector that hangs, and end it if it goes on."""
        self._silent = 0
        while self._silent < HUNG_LOOKS:
            await asyncio.sleep(LOOK_SECONDS)
            self._silent += 1
            if self._silent == SILENT_LOOKS:
                self.trouble = f"the projector's process has said nothing for {SILENT_LOOKS} s"
                log_of.error("%s", self.trouble)
        log_of.error("the projector does not respond; ending its process")
        child.kill()

    async def _hear(self, said: Advanced | Rebuilt | Condition) -> None:
        match said:
            case Advanced():
                if said.analysed != self._analysed:
                    self._analysed = said.analysed
                    self._views.renew_readers()
                await self._advance(said.positions)
            case Rebuilt():
                self._reset(said.jurisdiction)
            case Condition():
                self.trouble, self.parked = said.trouble, said.parked
                self.scrub = said

    async def _send_missed(self) -> None:
        """Once there is room again, tell the projector where to read the log."""
        while True:
            await self._missing.wait()
            await asyncio.sleep(SEND_AGAIN_SECONDS)
            self._missing.clear()
            for jurisdiction in sorted(self._missed):
                if not self._send(Look(jurisdiction)):
                    self._missing.set()
                    break
                self._missed.discard(jurisdiction)

    async def _advance(self, positions: Mapping[str, int]) -> None:
        news = {code: at for code, at in positions.items() if at > self.positions.get(code, -1)}
        if not news:
            return
        self.positions |= news
        async with self._moved:
            self._moved.notify_all()
        for jurisdiction, position in news.items():
            self._advanced(jurisdiction, position)
