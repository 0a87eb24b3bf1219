"""Announcements from projectors to API processes: steps of the views, for the streams."""

from collections.abc import AsyncIterator
from typing import Final, Protocol

import msgspec

MOST_PACKED: Final = 900_000
"""Largest step, in bytes, sent along; larger ones are fetched from the outbox when needed."""


class Announcement(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A jurisdiction's views went from `after` to `upto`; `packed` as in the outbox (views.steps)."""

    jurisdiction: str
    after: int
    upto: int
    reset: bool = False
    """Streams must start over: personal data was erased or a view rebuilt."""
    packed: bytes | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Announcement)


def encode(announcement: Announcement) -> bytes:
    """Encode for the topic."""
    return _encoder.encode(announcement)


def decode(data: bytes) -> Announcement | None:
    """Decode an announcement; None for foreign data, which is skipped like a lost announcement."""
    try:
        return _decoder.decode(data)
    except msgspec.DecodeError:
        return None


class Feed(Protocol):
    """Source of announcements, which may be missing, late or duplicated."""

    def announcements(self) -> AsyncIterator[Announcement]:
        """Yield announcements from now on, indefinitely, recovering from errors."""
        ...

    async def close(self) -> None: ...
