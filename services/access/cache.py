"""Tokens and sessions as this process knows them: asked at each request, read again in the background."""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Final

from services.access.port import AccessUnavailable, Session, Token, TokenStore, TokenTable

REFRESH_SECONDS: Final = 0.25
MISSES: Final = 20
"""Unknown secrets make it read no more often in a second than that, however many are tried."""

log_of = logging.getLogger("muster.access")


class TokenCache:
    """Answers from memory, as of half a second ago at most. While the store cannot be reached what was last
    known holds: nothing can be revoked in it then either."""

    def __init__(self, store: TokenStore) -> None:
        self._store = store
        self._indexed: dict[str, Token] | None = None
        self._by_id: dict[str, Token] = {}
        self._fails, self._misses, self._second = False, 0, 0.0
        self._refreshing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Read all, and again from now on. Raises AccessUnavailable."""
        await self._store.refresh()
        self._refreshing = asyncio.create_task(self._keep_fresh(), name="refreshing tokens")

    async def close(self) -> None:
        """Nothing is read any more."""
        if self._refreshing:
            self._refreshing.cancel()
            with suppress(asyncio.CancelledError):
                await self._refreshing

    @property
    def table(self) -> TokenTable:
        """What is known."""
        return self._store.table

    def token(self, id_: str) -> Token | None:
        """A token by its id."""
        tokens = self.table.tokens
        if tokens is not self._indexed:
            self._indexed, self._by_id = tokens, {token.id: token for token in tokens.values()}
        return self._by_id.get(id_)

    async def by_secret(self, hash_: str) -> Token | None:
        """A token by the hash of its secret; reads again where it is unknown."""
        if hash_ not in self.table.tokens:
            await self._refresh_missed()
        return self.table.tokens.get(hash_)

    async def by_session(self, hash_: str) -> Session | None:
        """A session by its hash; reads again where it is unknown."""
        if hash_ not in self.table.sessions:
            await self._refresh_missed()
        return self.table.sessions.get(hash_)

    async def refresh(self) -> TokenTable:
        """What is kept now. Raises AccessUnavailable."""
        await self._store.refresh()
        return self.table

    async def _refresh_missed(self) -> None:
        """Another process may have just made it. Nobody waits for a store that is known to be away."""
        if self._fails or not self._may_refresh():
            return
        try:
            await self._store.refresh()
        except AccessUnavailable as error:
            self._failed(error)

    def _may_refresh(self) -> bool:
        if (now := time.monotonic()) - self._second >= 1:
            self._second, self._misses = now, 0
        self._misses += 1
        return self._misses <= MISSES

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                await self._store.refresh()
                self._fails = False
            except AccessUnavailable as error:
                self._failed(error)
            except Exception:
                log_of.exception("tokens stay as last known")

    def _failed(self, error: AccessUnavailable) -> None:
        if not self._fails:
            log_of.warning("tokens stay as last known: %s", error)
        self._fails = True
