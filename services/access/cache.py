"""This process's cache of tokens and sessions, used by every request and refreshed in the background."""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Final

from services.access.port import AccessUnavailable, Session, Token, TokenStore, TokenTable
from services.access.usage import Usage

REFRESH_SECONDS: Final = 0.25
MISSES: Final = 20
"""Limit on reads per second caused by unknown secrets."""

log_of = logging.getLogger("muster.access")


class TokenCache:
    """Answers from memory, at most half a second old. While the store is unreachable the last known tokens
    stay valid; nothing can be revoked then either."""

    def __init__(self, store: TokenStore) -> None:
        self._store = store
        self._indexed: dict[str, Token] | None = None
        self._by_id: dict[str, Token] = {}
        self._fails, self._misses, self._second = False, 0, 0.0
        self._refreshing: asyncio.Task[None] | None = None
        self.usage = Usage(store)

    async def open(self) -> None:
        """Read everything, then keep refreshing. Raises AccessUnavailable."""
        await self._store.refresh()
        self._refreshing = asyncio.create_task(self._keep_fresh(), name="refreshing tokens")

    async def close(self) -> None:
        """Stop refreshing, and store when tokens were used."""
        if self._refreshing:
            self._refreshing.cancel()
            with suppress(asyncio.CancelledError):
                await self._refreshing
        await self.usage.store()

    @property
    def table(self) -> TokenTable:
        """Tokens and sessions as last read."""
        return self._store.table

    def token(self, id_: str) -> Token | None:
        """Return the token with this id."""
        tokens = self.table.tokens
        if tokens is not self._indexed:
            self._indexed, self._by_id = tokens, {token.id: token for token in tokens.values()}
        return self._by_id.get(id_)

    async def by_secret(self, hash_: str) -> Token | None:
        """Return the token with this secret's hash; refresh if it is unknown.

        Raises AccessUnavailable if it is unknown here and the store cannot say.
        """
        if hash_ not in self.table.tokens:
            await self._refresh_missed()
        return self.table.tokens.get(hash_)

    async def by_session(self, hash_: str) -> Session | None:
        """Return the session with this hash; refresh if it is unknown. Raises AccessUnavailable as above."""
        if hash_ not in self.table.sessions:
            await self._refresh_missed()
        return self.table.sessions.get(hash_)

    async def refresh(self) -> TokenTable:
        """Read and return the current table. Raises AccessUnavailable."""
        await self._store.refresh()
        return self.table

    async def _refresh_missed(self) -> None:
        """Refresh after a miss, as another process may have added it. Raises AccessUnavailable."""
        if self._fails:
            raise AccessUnavailable("access tokens cannot be read at the moment")
        if not self._may_refresh():
            return
        try:
            await self._store.refresh()
        except AccessUnavailable as error:
            self._failed(error)
            raise

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
                await self.usage.store_if_due()
            except AccessUnavailable as error:
                self._failed(error)
            except Exception:
                log_of.exception("cannot refresh tokens; using the last known ones")

    def _failed(self, error: AccessUnavailable) -> None:
        if not self._fails:
            log_of.warning("cannot refresh tokens; using the last known ones: %s", error)
        self._fails = True
