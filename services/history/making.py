"""The past, built in a process of its own, so that commands and reads do not wait for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Protocol

from events.commit import Head
from services.views.belonging import Folded

FIRST_REST: Final = 60.0
LONGEST_REST: Final = 6 * 3600.0
"""Seconds before a jurisdiction with which the maker got nowhere is tried again: twice as long each time."""

log_of = logging.getLogger("muster.history")


class Child(Protocol):
    """A process that makes the past of all jurisdictions and then ends."""

    async def wait(self) -> int:
        """Wait for it to end; return its exit status."""
        ...

    async def end(self) -> int:
        """Let it end now; return its exit status once it has."""
        ...


class Maker:
    """Starts the process whenever it is worth its start, one at a time."""

    def __init__(self, stores: Sequence[Folded], start: Callable[[], Awaitable[Child]]) -> None:
        self._stores, self._start = stores, start
        self._rests: dict[str, float] = {}
        """How long a jurisdiction rests, with which the last process got nowhere."""
        self._until: dict[str, float] = {}

    async def follow(self, positions: Mapping[str, int], least: int) -> None:
        """Have the past made if that of a jurisdiction is `least` events behind a position. Raises OSError,
        ViewsUnavailable."""
        behind = await self._behind(positions, least)
        if not behind:
            return
        child = await self._start()
        try:
            await child.wait()
        finally:
            await child.end()
        now = asyncio.get_running_loop().time()
        for jurisdiction, before in behind.items():
            if await self._heads(jurisdiction) != before:
                self._rests.pop(jurisdiction, None)
                continue
            rest = min(2 * self._rests.get(jurisdiction, FIRST_REST / 2), LONGEST_REST)
            self._rests[jurisdiction], self._until[jurisdiction] = rest, now + rest
            log_of.warning("the past of %s gets no further; trying again in %.0f s", jurisdiction, rest)

    async def _behind(self, positions: Mapping[str, int], least: int) -> dict[str, tuple[Head, ...]]:
        """Return the jurisdictions whose past is so many events behind, and where it ends."""
        now, found = asyncio.get_running_loop().time(), dict[str, tuple[Head, ...]]()
        for jurisdiction, position in positions.items():
            if self._until.get(jurisdiction, now) > now:
                continue
            heads = await self._heads(jurisdiction)
            if position - min(head.position for head in heads) >= least:
                found[jurisdiction] = heads
        return found

    async def _heads(self, jurisdiction: str) -> tuple[Head, ...]:
        return tuple([await store.head(jurisdiction) for store in self._stores])
