"""When tokens were last used: noted in memory, stored coarsely."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from services.access.port import AccessUnavailable, TokenStore

STORE_SECONDS: Final = 60.0
"""At most one write in this time, for all tokens together."""

log_of = logging.getLogger("muster.access")


class Usage:
    """The last use of each token since the last write."""

    def __init__(self, store: TokenStore, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store, self._monotonic = store, monotonic
        self._noted: dict[str, datetime] = {}
        self._stored = monotonic()

    def note(self, token: str, now: datetime) -> None:
        """Note a use, to the minute. No I/O."""
        self._noted[token] = now.replace(second=0, microsecond=0)

    async def store_if_due(self) -> None:
        """Store what was noted, if the last write is a minute ago. Failures are tried again then."""
        if self._noted and self._monotonic() - self._stored >= STORE_SECONDS:
            await self.store()

    async def store(self) -> None:
        """Store what was noted now."""
        if not self._noted:
            return
        self._stored = self._monotonic()
        noted, self._noted = self._noted, {}
        try:
            await self._store.note_used(noted)
        except AccessUnavailable as error:
            self._noted = {**noted, **self._noted}
            log_of.info("last use of tokens not stored: %s", error)

    async def all(self) -> dict[str, datetime]:
        """Return the last use of every token that was used. Raises AccessUnavailable."""
        return {**await self._store.last_used(), **self._noted}
