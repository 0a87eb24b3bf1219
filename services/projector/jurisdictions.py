"""Project single jurisdictions: retry while the store fails, park what cannot be read."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from events.catalog import ERASURES, BadEvent, UnknownEvent
from events.commit import Head
from events.jurisdiction import JurisdictionRepaired
from projections.catalog import views as catalog
from services.log.cold import ColdLog
from services.log.port import LogDamaged, Stored
from services.log.transport import Record
from services.projector.announcing import StepAnnouncements
from services.projector.ports import SharedViews
from services.projector.retrying import Troubles
from services.views.batch import Reread, run_batch
from services.views.folding import Folding
from services.views.hot import HotRows
from services.views.rebuild import rebuild_all
from services.views.turn import run_turn

AT_ONCE: Final = 4
"""Jurisdictions of one delivery projected concurrently."""
_UNJUDGED: Final = Head()
_REPAIR: Final = f'"{JurisdictionRepaired.NAME}"'.encode()
_ERASURES: Final = tuple(f'"{name}"'.encode() for name in ERASURES)

log_of = logging.getLogger("muster.projector")


class JurisdictionProjector:
    """Writes the views of jurisdictions in any partition."""

    def __init__(
        self, views: SharedViews, log: ColdLog, announcements: StepAnnouncements, troubles: Troubles
    ) -> None:
        self.parked: dict[str, str] = {}
        """Jurisdictions waiting for another program version, and why."""
        self.parked_at: dict[str, tuple[int, int]] = {}
        """Their partition and offset."""
        self._damaged: set[str] = set()
        """Those whose log is damaged, which an operator may repair."""
        self.positions: dict[str, int] = {}
        self._views, self._log, self._announcements, self._troubles = views, log, announcements, troubles
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._hot, self._folding = HotRows(catalog), Folding(catalog)

    async def project_together(self, groups: Mapping[str, Sequence[Record]]) -> set[str]:
        """Write what is new of many jurisdictions in one transaction; return those of which all records are
        in the views. The others are for `project`."""
        turn = {
            jurisdiction: [Stored(record.value or b"", _UNJUDGED) for record in records]
            for jurisdiction, records in groups.items()
            if jurisdiction not in self.parked
        }
        done = set[str]()
        try:
            for jurisdiction in turn:
                await self._announcements.begin(jurisdiction)
            for jurisdiction, head in (await run_turn(self._views, turn, self._hot, self._folding)).items():
                self.positions[jurisdiction] = head.position
                await self._announcements.announce(jurisdiction, _erases(turn[jurisdiction]))
                done.add(jurisdiction)
        except Exception as error:  # `project` says which it is, and tries again
            log_of.warning("%d jurisdictions are projected one by one: %s", len(turn) - len(done), error)
        return done

    async def project(self, partition: int, jurisdiction: str, records: Sequence[Record]) -> None:
        """Return once the records are in the views or the jurisdiction is parked."""
        if jurisdiction in self.parked:
            if jurisdiction not in self._damaged or not any(map(_repairs, records)):
                return
            log_of.warning("a repair of %s was recorded; projecting it again", jurisdiction)
        delay: float | None = None
        while True:
            try:
                async with self._gate:  # not during backoff, so that stuck jurisdictions block no others
                    await self._project(jurisdiction, records)
                return self._go_on(jurisdiction)
            except (UnknownEvent, BadEvent, LogDamaged) as error:
                return self._park(partition, jurisdiction, records[0].offset, error)
            except Exception as error:
                what = f"cannot write the views of {jurisdiction}"
                delay = await self._troubles.backoff(jurisdiction, what, error, delay)

    async def rebuild(
        self, jurisdiction: str, stale: Sequence[str], read: Callable[[], None], alone: asyncio.Lock
    ) -> None:
        """Rebuild stale views next to the live ones, which `alone` holds up at the end; `read` is called for
        every batch read.

        A view that cannot be rebuilt stays degraded without holding up the others.
        """
        log_of.info("rebuilding %s of %s", ", ".join(stale), jurisdiction)
        try:
            chosen = {name: catalog[name] for name in stale}
            await rebuild_all(_Watched(self._log, read), self._views, jurisdiction, chosen, alone=alone)
        except (UnknownEvent, BadEvent, LogDamaged, msgspec.DecodeError) as error:
            log_of.error("cannot rebuild %s of %s: %s", ", ".join(stale), jurisdiction, error)
            return
        await self.rebuilt(jurisdiction)

    async def rebuilt(self, jurisdiction: str) -> None:
        """Note that rows were folded again: streams start over."""
        self._hot.forget(jurisdiction)
        await self._announcements.announce_rebuilt(jurisdiction)

    def leave(self, partition: int, partition_of: Callable[[str], int]) -> None:
        """Drop the state of a partition now owned by another process."""
        for jurisdiction in [j for j, (where, _) in self.parked_at.items() if where == partition]:
            self._go_on(jurisdiction)
        for jurisdiction in self._announcements.jurisdictions:
            if partition_of(jurisdiction) == partition:
                self._announcements.stop(jurisdiction)
                self._hot.forget(jurisdiction)
                self.positions.pop(jurisdiction, None)
                self._troubles.clear(jurisdiction)

    def _park(self, partition: int, jurisdiction: str, offset: int, error: Exception) -> None:
        """Park the jurisdiction until another program version; its partition's checkpoint stays there."""
        log_of.error("projection of %s parked: %s", jurisdiction, error)
        self.parked[jurisdiction] = str(error)
        self.parked_at.setdefault(jurisdiction, (partition, offset))
        if isinstance(error, LogDamaged):
            self._damaged.add(jurisdiction)
        self._troubles.clear(jurisdiction)

    def _go_on(self, jurisdiction: str) -> None:
        self.parked.pop(jurisdiction, None)
        self.parked_at.pop(jurisdiction, None)
        self._damaged.discard(jurisdiction)

    async def _project(self, jurisdiction: str, records: Sequence[Record]) -> None:
        self._hot.forget(jurisdiction)  # its head moves here
        await self._announcements.begin(jurisdiction)
        commits = [Stored(record.value or b"", _UNJUDGED) for record in records]
        reset = _erases(commits)

        async def reread(jurisdiction: str, after: int) -> AsyncGenerator[list[Stored], None]:
            nonlocal reset
            async for batch in self._log.read(jurisdiction, after):
                reset = reset or _erases(batch)
                yield batch

        try:
            head = await self._written(jurisdiction, commits, reread)
            self.positions[jurisdiction] = head.position
        finally:  # also announces what was written before an unreadable commit
            await self._announcements.announce(jurisdiction, reset)
        self._troubles.clear(jurisdiction)

    async def _written(self, jurisdiction: str, commits: Sequence[Stored], reread: Reread) -> Head:
        """Write commits to the views. Where some do not follow, the log alone tells what is on the chain."""
        if jurisdiction not in self._damaged:
            with suppress(LogDamaged):
                return await run_batch(self._views, jurisdiction, commits, reread)
        head = await self._views.head(jurisdiction)
        async for batch in reread(jurisdiction, head.position):
            head = await run_batch(self._views, jurisdiction, batch, reread)
        return head


class _Watched:
    """The log, reporting every batch read as a sign of life."""

    def __init__(self, log: ColdLog, read: Callable[[], None]) -> None:
        self.end, self._log, self._read = log.end, log, read

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncGenerator[list[Stored], None]:
        async for batch in self._log.read(jurisdiction, after):
            self._read()
            yield batch


def _erases(commits: Sequence[Stored]) -> bool:
    return any(mark in commit.data for commit in commits for mark in _ERASURES)


def _repairs(record: Record) -> bool:
    return _REPAIR in (record.value or b"")
