"""Check regularly that the log's store has the settings it needs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from services.log.port import LogUnavailable

INSPECT_SECONDS: Final = 60.0


class Inspected(NamedTuple):
    """What a look at the log's store found."""

    unclean: list[str]
    """Wrong settings, one sentence each."""
    behind: int = 0
    """Partitions that lack a replica."""


Inspect = Callable[[], Awaitable[Inspected]]
"""Raises LogUnavailable."""

log_of = logging.getLogger("muster")


class Inspector:
    """Checks the settings for one process. Without `inspect` it does nothing."""

    def __init__(self, inspect: Inspect | None) -> None:
        self.unclean: list[str] = []
        """Findings of the last check."""
        self.behind = 0
        """Partitions that lacked a replica then."""
        self._inspect = inspect

    async def run(self) -> None:
        """Check and log new findings until cancelled."""
        while self._inspect:
            try:
                found = await self._inspect()
            except LogUnavailable as error:
                log_of.warning("cannot check the log's settings: %s", error)
            else:
                for one in set(found.unclean) - set(self.unclean):
                    log_of.error("%s", one)
                self.unclean, self.behind = found
            await asyncio.sleep(INSPECT_SECONDS)
