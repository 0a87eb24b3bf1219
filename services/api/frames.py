"""Server-sent events as bytes: plain, or as one gzip stream to which each event is added by itself.

A gzip stream is a header and blocks of deflate. Each event is compressed alone and flushed to a whole byte,
so that its blocks refer to nothing before: one result fits every client, wherever its stream stands. A stream
has no end, and so its checksum is never sent.
"""

import zlib
from functools import cached_property
from typing import Any, Final

import msgspec

GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""RFC 1952: deflate, no name, no time, unknown system. The first bytes of a compressed stream."""
LEAST: Final = 200
"""Bytes below which an event is stored as it is: it would hardly become smaller."""
LEVEL: Final = 6
_encoder = msgspec.json.Encoder()


class Frame:
    """One event; both forms are made at most once, however many clients get them."""

    def __init__(self, event: str, data: Any, number: int | None = None) -> None:
        """`number` = the position that the client has with it; it becomes the event's id."""
        identity = b"id: %d\n" % number if number is not None else b""
        self.plain = b"%sevent: %s\ndata: %s\n\n" % (identity, event.encode(), _encoder.encode(data))

    @cached_property
    def packed(self) -> bytes:
        """Blocks of deflate that end at a whole byte."""
        return deflated(self.plain)


def deflated(data: bytes) -> bytes:
    """As blocks that can stand anywhere in a deflate stream, and are not its end."""
    if len(data) < LEAST:
        size = len(data)
        return b"\x00%s%s%s" % (size.to_bytes(2, "little"), (size ^ 0xFFFF).to_bytes(2, "little"), data)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
