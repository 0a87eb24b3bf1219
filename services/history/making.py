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
        self._rests: dict[tuple[str, int], float] = {}
        """How long a jurisdiction's part of a store rests, with which the last process got nowhere."""
        self._until: dict[tuple[str, int], float] = {}

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
        for (jurisdiction, store), before in behind.items():
            key = jurisdiction, store
            if await self._stores[store].head(jurisdiction) != before:
                self._rests.pop(key, None)
                continue
            rest = min(2 * self._rests.get(key, FIRST_REST / 2), LONGEST_REST)
            self._rests[key], self._until[key] = rest, now + rest
            log_of.warning("the past of %s gets no further; trying again in %.0f s", jurisdiction, rest)

    async def _behind(self, positions: Mapping[str, int], least: int) -> dict[tuple[str, int], Head]:
        """Return where the past ends that is so many events behind, by jurisdiction and store."""
        now, found = asyncio.get_running_loop().time(), dict[tuple[str, int], Head]()
        for jurisdiction, position in positions.items():
            for number, store in enumerate(self._stores):
                if self._until.get((jurisdiction, number), now) > now:
                    continue
                head = await store.head(jurisdiction)
                if position - head.position >= least:
                    found[jurisdiction, number] = head
        return found
