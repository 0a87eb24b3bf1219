"""Server-sent events as bytes: plain, or as a gzip stream of independently compressed events.

A gzip stream is a header followed by deflate blocks. Each event is compressed alone and flushed to a whole
byte, so its blocks refer to nothing before them: one result fits every client at any point of its stream.
A stream never ends, so its checksum is never sent.
"""

import zlib
from functools import cached_property
from typing import Any, Final

import msgspec

GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""RFC 1952: deflate, no name, no time, unknown system. The first bytes of a compressed stream."""
LEAST: Final = 200
"""Smaller events, in bytes, are stored uncompressed: compression would hardly help."""
LEVEL: Final = 6
_encoder = msgspec.json.Encoder()


class Frame:
    """One event. Each form is encoded at most once, for any number of clients."""

    def __init__(self, event: str, data: Any, number: int | None = None) -> None:
        """`number` = the client's position after this event; sent as the event's id."""
        identity = b"id: %d\n" % number if number is not None else b""
        self.plain = b"%sevent: %s\ndata: %s\n\n" % (identity, event.encode(), _encoder.encode(data))

    @cached_property
    def packed(self) -> bytes:
        """Return deflate blocks that end at a whole byte."""
        return deflated(self.plain)


def deflated(data: bytes) -> bytes:
    """Compress into deflate blocks that fit anywhere in a stream except at its end."""
    if len(data) < LEAST:
        size = len(data)
        return b"\x00%s%s%s" % (size.to_bytes(2, "little"), (size ^ 0xFFFF).to_bytes(2, "little"), data)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
