"""The board at any instant, without replaying the log.

In the background each row of the board is folded through all of time, from the events that name it, into a
store that keeps it as it was from one instant until another. A late fact, a correction, or something taken
back folds the rows it names again and no others. A read first folds what the log has beyond the store.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from events.base import EventEnvelope
from events.catalog import BadEvent, UnknownEvent, envelopes
from events.commit import Commit, Head, decode, encode
from projections import busy, headcount, requests, spans
from projections.instant import PRESENCE
from projections.spans import AREA, MEMBERS, REQUEST, TEAM, WORKER, Name
from services.adapters.memory.views import page_of
from services.base.threads import beside
from services.log.port import Log, LogDamaged, LogUnavailable, Stored
from services.views.belonging import Belonging
from services.views.instants_port import InstantRows, Spans
from services.views.port import Page, Query, ViewsUnavailable

GRAIN: Final = 2_000
"""Events folded at a time, unless a single commit has more."""
MOST_BEHIND: Final = 10_000
"""Most events that a read waits for; if there are more, the log is replayed."""

_TRIES: Final = 3

log_of = logging.getLogger("muster.history")


class Instants:
    """Reads the board at an instant from the store, and fills the store."""

    def __init__(self, log: Log, store: InstantRows, most: int) -> None:
        """Takes ownership of the store, which may use `most` bytes."""
        self._log, self._store, self._most = log, store, most
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._parked: set[str] = set()
        """Jurisdictions whose log this version cannot fold further, or that take too much room."""
        self._belonging = Belonging(log, store)
        self._trouble: str | None = None

    # -- reading -------------------------------------------------------------------------------------------

    async def page(self, jurisdiction: str, view: str, when: datetime, query: Query) -> Page | None:
        """Return one page at an instant; None if the store is too far behind the log. Raises BadQuery."""
        try:
            if not await self._current(jurisdiction):
                return None
            if view != headcount.VIEW.name:
                return await self._store.page(jurisdiction, view, query, when)
            head = await self._store.head(jurisdiction)
            rows = headcount.counted(await self._store.places(jurisdiction, when))
        except ViewsUnavailable as error:
            self._tell(str(error))
            return None
        return await page_of(headcount.VIEW, rows, head, query, jurisdiction)

    async def _current(self, jurisdiction: str) -> bool:
        """Whether the store has all that the log has, after folding what it lacks if that is little."""
        await self._check(jurisdiction)
        end = (await self._log.end(jurisdiction)).position
        for _ in range(_TRIES):
            behind = end - (await self._store.head(jurisdiction)).position
            if behind <= 0:
                return True
            if behind > MOST_BEHIND:
                break
            await self.follow(jurisdiction, end)
        return False

    # -- making --------------------------------------------------------------------------------------------

    async def follow(
        self,
        jurisdiction: str,
        position: int,
        least: int = 1,
        rest: float = 0.0,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        """Fold what the log has beyond the store, if that is at least so many events. After each part, rest
        that many times as long as it took, and end if it is busy."""
        try:
            await self._check(jurisdiction)
            if jurisdiction not in self._parked:
                await self._make(jurisdiction, position, least, rest, busy)
            self._trouble = None
        except (UnknownEvent, BadEvent, LogDamaged) as error:
            self._park(jurisdiction, str(error))
        except (ViewsUnavailable, LogUnavailable) as error:
            self._tell(str(error))

    async def _make(
        self, jurisdiction: str, position: int, least: int, rest: float, busy: Callable[[], bool]
    ) -> None:
        head = await self._store.head(jurisdiction)
        if position - head.position < least or await self._full(jurisdiction):
            return
        held: list[Stored] = []
        async for stored in self._commits(jurisdiction, head.position):
            held.append(stored)
            if stored.head.position - head.position >= GRAIN:
                begun = asyncio.get_running_loop().time()
                if not await self._fold(jurisdiction, head, held):
                    return
                head, held = stored.head, []
                await asyncio.sleep(rest * (asyncio.get_running_loop().time() - begun))
                if busy():
                    break
        if held:
            await self._fold(jurisdiction, head, held)
        await self._full(jurisdiction)

    async def _full(self, jurisdiction: str) -> bool:
        """Park a jurisdiction whose store has grown too large; it grows no further, in whichever process."""
        if full := await self._store.size() > self._most:
            self._park(jurisdiction, "they take too much room")
        return full

    async def _commits(self, jurisdiction: str, after: int) -> AsyncIterator[Stored]:
        async for batch in self._log.read(jurisdiction, after):
            for stored in batch:
                yield stored

    async def _fold(self, jurisdiction: str, before: Head, commits: Sequence[Stored]) -> bool:
        """Fold commits into the store; False if a read or the background did so in the meantime."""
        async with self._locks[jurisdiction]:
            if await self._store.head(jurisdiction) != before:
                return False
            events = await beside(_read, commits)
            await self._store.tell(jurisdiction, await beside(_told, commits, events))
            rows = await self._through_time(jurisdiction, [event for some in events for event in some])
            return await self._store.write(jurisdiction, before, commits[-1].head, rows)

    async def _through_time(self, jurisdiction: str, new: Iterable[EventEnvelope]) -> Spans:
        """Fold the rows that these events may change, each from all events that it follows from."""
        known = _Known(jurisdiction, self._store)
        names = {name for event in new for name in spans.named(event)}
        joined = await known.of((MEMBERS, key) for kind, key in names if kind == TEAM)
        asked = await known.of((REQUEST, key) for kind, key in names if kind == AREA)
        workers = {key for kind, key in names if kind == WORKER} | set(spans.members(joined))
        units = {*spans.units(new), *spans.units(asked)}
        await known.of([*((REQUEST, key) for kind, key in names if kind == REQUEST), *map(_unit, units)])
        mine = await known.of((WORKER, key) for key in workers)
        await known.of((TEAM, key) for key in spans.teams(mine))
        tasks = await known.of(map(_unit, units))
        await known.of((AREA, key) for key in spans.asked(tasks))
        wanted = {
            PRESENCE.name: {key: known.of_worker(key) for key in workers},
            requests.VIEW.name: {key: known.some([(REQUEST, key)]) for kind, key in names if kind == REQUEST},
            busy.VIEW.name: {key: known.of_unit(key) for key in units},
        }
        return await beside(_folded, jurisdiction, wanted)

    async def _check(self, jurisdiction: str) -> None:
        """Begin again if the store was made from another log, such as before a restore."""
        if await self._belonging.cleared(jurisdiction):
            log_of.warning("the board through time of %s belongs to another log; rebuilding it", jurisdiction)

    def _park(self, jurisdiction: str, why: str) -> None:
        self._parked.add(jurisdiction)
        log_of.error("boards of %s at an instant are replayed from the log: %s", jurisdiction, why)

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            log_of.warning("boards at an instant are replayed from the log: %s", trouble)
        self._trouble = trouble

    async def close(self) -> None:
        """Close the store."""
        await self._store.close()


class _Known:
    """Events read from the store, by what they name."""

    def __init__(self, jurisdiction: str, store: InstantRows) -> None:
        self._jurisdiction, self._store = jurisdiction, store
        self._events: dict[Name, list[EventEnvelope]] = {}

    async def of(self, names: Iterable[Name]) -> list[EventEnvelope]:
        """Return the events that name any of these, reading those not known yet."""
        wanted = list(dict.fromkeys(names))
        told = await self._store.told(self._jurisdiction, [one for one in wanted if one not in self._events])
        self._events |= await beside(lambda: {name: _decoded(some) for name, some in told.items()})
        return self.some(wanted)

    def some(self, names: Iterable[Name]) -> list[EventEnvelope]:
        """Return the events that name any of these, in the log's order."""
        found = {event.position: event for name in names for event in self._events[name]}
        return [found[position] for position in sorted(found)]

    def of_worker(self, key: str) -> list[EventEnvelope]:
        """Return the events that a worker's place follows from."""
        mine: Name = (WORKER, key)
        return self.some([mine, *((TEAM, team) for team in spans.teams(self._events[mine]))])

    def of_unit(self, key: str) -> list[EventEnvelope]:
        """Return the events that a unit's tasks follow from."""
        mine = _unit(key)
        return self.some([mine, *((AREA, one) for one in spans.asked(self._events[mine]))])


def _unit(key: str) -> Name:
    """Return the name of a row of `busy`."""
    kind, _, unit = key.partition(":")
    return kind, unit


def _read(commits: Sequence[Stored]) -> list[list[EventEnvelope]]:
    return [[one for one in envelopes(decode(stored.data)) if spans.counts(one)] for stored in commits]


def _told(
    commits: Sequence[Stored], events: Sequence[Sequence[EventEnvelope]]
) -> dict[Name, dict[int, bytes]]:
    """Return each event as a commit of its own, so that it is read by the one way there is."""
    found: defaultdict[Name, dict[int, bytes]] = defaultdict(dict)
    for stored, some in zip(commits, events, strict=True):
        commit = decode(stored.data)
        for event in some:
            recorded = commit.events[event.position - commit.first]
            alone = Commit(
                id="",
                jurisdiction=commit.jurisdiction,
                first=event.position,
                prev="",
                recorded_at=commit.recorded_at,
                events=(recorded,),
            )
            data = encode(alone)
            for name in spans.named(event):
                found[name][event.position] = data
    return found


def _decoded(told: Iterable[bytes]) -> list[EventEnvelope]:
    return [event for data in told for event in envelopes(decode(data))]


def _folded(jurisdiction: str, wanted: dict[str, dict[str, list[EventEnvelope]]]) -> Spans:
    return {
        view: {key: spans.spans(jurisdiction, view, key, events) for key, events in rows.items()}
        for view, rows in wanted.items()
    }
