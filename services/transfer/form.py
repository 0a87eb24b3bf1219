"""The file of a jurisdiction's commits: zstd over lines (docs/moving.md).

{"muster": "commits", ...}      manifest: what follows
{"id": ..., "first": 1, ...}    each commit, the exact bytes of which its hash is taken
{"end": "commits", ...}         trailer: without it the file is cut off
"""

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Final, Literal, Protocol

import msgspec
import zstandard

from events import catalog
from events.base import Event
from events.commit import Commit, Head
from events.jurisdiction import JurisdictionMoved, JurisdictionResumed
from services.transfer.errors import TransferFailed

FORMAT: Final = 1
MOST_LINE: Final = 8 * 2**20
"""Bytes of one line. A commit holds at most 512 KiB and one command more."""
CHUNK: Final = 256 * 1024
_WINDOW: Final = 2**23
"""Bytes that a reader must remember; what asks for more is no file of ours."""


class Progress(Protocol):
    """Told what is done (and of how much, once that is known)."""

    def __call__(self, completed: float, of: float | None = None) -> None: ...


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The first line."""

    muster: Literal["commits"] = "commits"
    format: int = FORMAT
    jurisdiction: str
    log: str
    """UUID of the log that it was exported from."""
    count: int
    """Of commits."""
    position: int
    """Of the last event."""
    hash: str
    """Of the last commit."""
    began: datetime
    """When the first commit was recorded."""

    @property
    def head(self) -> Head:
        return Head(self.position, self.hash)


class Trailer(msgspec.Struct, frozen=True, kw_only=True):
    """The last line: says again how much there is."""

    end: Literal["commits"] = "commits"
    count: int
    position: int
    hash: str


def line(one: msgspec.Struct) -> bytes:
    """With its default values, and the end of the line."""
    return msgspec.json.encode(one) + b"\n"


def lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines of a zstd file, one after another in little memory. Raises TransferFailed, OSError."""
    reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(
        file, read_across_frames=True, closefd=False
    )
    rest = bytearray()
    while chunk := _read(reader):
        *whole, last = chunk.split(b"\n")
        for part in whole:
            _limit(len(rest) + len(part))
            yield bytes(rest) + part
            rest.clear()
        rest += last
        _limit(len(rest))
    if rest:
        raise TransferFailed("transfer.truncated", variant="line")


def _read(reader: zstandard.ZstdDecompressionReader) -> bytes:
    try:
        return reader.read(CHUNK)
    except zstandard.ZstdError as error:
        raise TransferFailed("transfer.damaged", variant="zstd", why=str(error)) from error


def _limit(size: int) -> None:
    if size > MOST_LINE:
        raise TransferFailed("transfer.oversize", most=MOST_LINE)


def lifecycle(commit: Commit) -> JurisdictionMoved | JurisdictionResumed | None:
    """The last word of a commit on whether the jurisdiction is here."""
    said: Event | None = None
    for offset, one in enumerate(commit.events):
        if one.name in (JurisdictionMoved.NAME, JurisdictionResumed.NAME):
            said = catalog.decode(one, commit.first + offset)
    return said if isinstance(said, JurisdictionMoved | JurisdictionResumed) else None
