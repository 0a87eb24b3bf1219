"""Retry with increasing delays, reporting the trouble meanwhile."""

import asyncio
import logging
from typing import Final

RETRY_SECONDS: Final = 0.2
MOST_RETRY_SECONDS: Final = 3.0

log_of = logging.getLogger("muster.projector")


class Troubles:
    """Why something cannot be projected at the moment, by partition or jurisdiction."""

    def __init__(self) -> None:
        self._troubles: dict[str, str] = {}

    @property
    def first(self) -> str | None:
        """The oldest trouble, None if there is none. Safe to read from another thread."""
        return next(iter(list(self._troubles.values())), None)

    def clear(self, where: str) -> None:
        """Forget a trouble: it is over, or another process has taken over."""
        self._troubles.pop(where, None)

    async def backoff(self, where: str, what: str, error: Exception, delay: float | None) -> float:
        """Log the error and sleep; return the next delay. None means the first attempt."""
        delay = RETRY_SECONDS if delay is None else delay
        self._troubles[where] = f"{what}: {error}"
        log_of.warning("%s; retrying in %.1f s", self._troubles[where], delay)
        await asyncio.sleep(delay)
        return min(delay * 2, MOST_RETRY_SECONDS)
