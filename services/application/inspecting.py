"""Looks now and then whether the log's store is set as the log needs it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from services.log.port import LogUnavailable

INSPECT_SECONDS: Final = 60.0
Inspect = Callable[[], Awaitable[list[str]]]
"""What is set otherwise, one sentence each. Raises LogUnavailable."""

log_of = logging.getLogger("muster")


class Inspector:
    """Of one process. Without `inspect` there is nothing to look at."""

    def __init__(self, inspect: Inspect | None) -> None:
        self.unclean: list[str] = []
        """What was found the last time."""
        self._inspect = inspect

    async def run(self) -> None:
        """Until cancelled."""
        while self._inspect:
            try:
                found = await self._inspect()
            except LogUnavailable as error:
                log_of.warning("the log's settings cannot be looked at: %s", error)
            else:
                for one in set(found) - set(self.unclean):
                    log_of.error("%s", one)
                self.unclean = found
            await asyncio.sleep(INSPECT_SECONDS)
