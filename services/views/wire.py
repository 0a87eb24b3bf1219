"""What a process says to its projector in a process of its own, and what that says back."""

import asyncio
import struct
from collections.abc import AsyncIterator
from typing import Final

import msgspec

_LENGTH: Final = struct.Struct(">I")


class Offered(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A commit that was accepted."""

    jurisdiction: str
    data: bytes
    position: int
    hash: str
    bulk: bool


class Look(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Read the log of a jurisdiction: commits of it were not offered."""

    jurisdiction: str


class Hurry(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Somebody waits for what was offered."""


class Advanced(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The views of jurisdictions reached positions."""

    positions: dict[str, int]
    analysed: int
    """Position at which the planner's statistics were last computed."""


class Rebuilt(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Rows of a jurisdiction were folded again; streams start over."""

    jurisdiction: str


class Condition(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """How the projector is."""

    trouble: str | None
    parked: dict[str, str]
    wrong_rows: int
    unhealed: dict[str, str]


ToProjector = Offered | Look | Hurry
FromProjector = Advanced | Rebuilt | Condition
_encoder = msgspec.msgpack.Encoder()
_to_projector = msgspec.msgpack.Decoder[ToProjector](ToProjector)
_from_projector = msgspec.msgpack.Decoder[FromProjector](FromProjector)


def packed(said: ToProjector | FromProjector) -> bytes:
    """Return the bytes to send."""
    data = _encoder.encode(said)
    return _LENGTH.pack(len(data)) + data


async def to_projector(reader: asyncio.StreamReader) -> AsyncIterator[ToProjector]:
    """Yield what the projector is told, until the other end is gone."""
    while (data := await _next(reader)) is not None:
        yield _to_projector.decode(data)


async def from_projector(reader: asyncio.StreamReader) -> AsyncIterator[FromProjector]:
    """Yield what the projector says, until it is gone."""
    while (data := await _next(reader)) is not None:
        yield _from_projector.decode(data)


async def _next(reader: asyncio.StreamReader) -> bytes | None:
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, OSError):
        return None
