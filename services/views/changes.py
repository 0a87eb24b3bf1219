"""What projectors announce to the API processes: a step that the views took, on its way to the streams."""

from collections.abc import AsyncIterator
from typing import Final, Protocol

import msgspec

MOST_PACKED: Final = 900_000
"""Bytes of a step that is sent along; a larger one is fetched from the outbox by whoever needs it."""


class Announcement(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The views of a jurisdiction went from `after` to `upto`; `packed` as in the outbox (views.steps)."""

    jurisdiction: str
    after: int
    upto: int
    reset: bool = False
    """Streams must start over: somebody was erased, or a view was rebuilt."""
    packed: bytes | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Announcement)


def encode(announcement: Announcement) -> bytes:
    """For the topic."""
    return _encoder.encode(announcement)


def decode(data: bytes) -> Announcement | None:
    """None where it is none of ours: announcements may be lost, so they may be passed over too."""
    try:
        return _decoder.decode(data)
    except msgspec.DecodeError:
        return None


class Feed(Protocol):
    """Where announcements come from. Some may be missing, late or come twice."""

    def announcements(self) -> AsyncIterator[Announcement]:
        """From now on, for ever; goes on by itself after trouble."""
        ...

    async def close(self) -> None: ...
