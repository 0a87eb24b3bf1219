"""Trying again, ever more slowly, and saying what is the matter meanwhile."""

import asyncio
import logging
from typing import Final

RETRY_SECONDS: Final = 0.2
MOST_RETRY_SECONDS: Final = 3.0

log_of = logging.getLogger("muster.projector")


class Troubles:
    """Why something cannot be projected just now, by partition or jurisdiction."""

    def __init__(self) -> None:
        self._troubles: dict[str, str] = {}

    @property
    def first(self) -> str | None:
        """The one that has lasted longest; None where all is well. May be asked from another thread."""
        return next(iter(list(self._troubles.values())), None)

    def clear(self, where: str) -> None:
        """It works again, or is another process's by now."""
        self._troubles.pop(where, None)

    async def backoff(self, where: str, what: str, error: Exception, delay: float | None) -> float:
        """Say it and wait; the delay of the next time. None = it is the first time."""
        delay = RETRY_SECONDS if delay is None else delay
        self._troubles[where] = f"{what}: {error}"
        log_of.warning("%s; trying again in %.1f s", self._troubles[where], delay)
        await asyncio.sleep(delay)
        return min(delay * 2, MOST_RETRY_SECONDS)
