"""What every store of push subscriptions can do; its adapters pass one contract suite."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec

MAX_PHONES: Final = 5
"""Of one worker; the oldest makes way."""


class PushUnavailable(Exception):
    """Subscriptions cannot be read or written now."""


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that a worker wants to be woken in."""

    endpoint: str
    """URL of the push service; whoever knows it can reach that browser, so it is told to nobody."""
    p256dh: str
    """The browser's public key, base64url."""
    auth: str
    """A secret that the browser shares with the sender, base64url."""
    jurisdiction: str
    worker: str
    token: str
    """Id of the access token that subscribed: once that has ended, nothing is sent any more."""
    created_at: datetime


class PushStore(Protocol):
    """All but `close` raises PushUnavailable."""

    async def private_key(self, new: bytes) -> bytes:
        """The sender's private key (PKCS #8, DER), which all processes share; `new` where there is none."""
        ...

    async def save(self, subscription: Subscription) -> None:
        """Keep one; one with the same endpoint is replaced, whosever it was."""
        ...

    async def delete(self, endpoint: str, worker: tuple[str, str] | None = None) -> None:
        """Forget one: if it is this (jurisdiction, worker)'s, where given. An unknown one is no error."""
        ...

    async def of_workers(self, jurisdiction: str, workers: Sequence[str]) -> list[Subscription]:
        """Those of these workers, oldest first."""
        ...

    async def claim(self, push: str, now: datetime, until: datetime) -> bool:
        """Whether this push is the caller's to send: of all who ask one gets it. Claims that are over go."""
        ...

    async def close(self) -> None:
        """Nothing can be asked any more."""
        ...
