"""Interface of every push subscription store; all adapters pass the same contract suite."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec

MAX_PHONES: Final = 5
"""Per worker; the oldest is dropped."""


class PushUnavailable(Exception):
    """Subscriptions cannot be read or written at the moment."""


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A browser in which a worker wants notifications."""

    endpoint: str
    """Push service URL. Secret: anyone who knows it can push to this browser."""
    p256dh: str
    """The browser's public key, base64url."""
    auth: str
    """Secret shared by the browser and the sender, base64url."""
    jurisdiction: str
    worker: str
    token: str
    """Id of the access token that subscribed; pushes stop when it ends."""
    created_at: datetime


class PushStore(Protocol):
    """All methods except `close` raise PushUnavailable."""

    async def private_key(self, new: bytes) -> bytes:
        """Return the sender's private key (PKCS #8, DER), shared by all processes; `new` if there is none."""
        ...

    async def save(self, subscription: Subscription) -> None:
        """Store a subscription, replacing any with the same endpoint, whoever owns it."""
        ...

    async def delete(self, endpoint: str, worker: tuple[str, str] | None = None) -> None:
        """Delete a subscription; if `worker` is given, only when it is theirs. Unknown ones are ignored."""
        ...

    async def of_workers(self, jurisdiction: str, workers: Sequence[str]) -> list[Subscription]:
        """Return these workers' subscriptions, oldest first."""
        ...

    async def claim(self, push: str, now: datetime, until: datetime) -> bool:
        """Claim a push for sending; True for exactly one caller. Expired claims are removed."""
        ...

    async def close(self) -> None:
        """Release the store; it cannot be used afterwards."""
        ...
