"""Format of the export file: zstd-compressed lines (docs/moving.md).

{"muster": "commits", ...}      manifest: describes what follows
{"id": ..., "first": 1, ...}    each commit, in the exact bytes that are hashed
{"end": "commits", ...}         trailer: without it the file is truncated
"""

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Final, Literal, Protocol

import msgspec

from events import catalog
from events.base import Event
from events.commit import Commit, Head
from events.jurisdiction import JurisdictionMoved, JurisdictionResumed
from services.base.zstd import zstd
from services.transfer.errors import TransferFailed

FORMAT: Final = 1
MOST_LINE: Final = 8 * 2**20
"""Bytes per line. A commit has at most 512 KiB plus one command."""
CHUNK: Final = 256 * 1024
_UNPACKING: Final[dict[int, int]] = {zstd.DecompressionParameter.window_log_max: 23}
"""Largest zstd window accepted, as a power of 2; Muster's exports need no larger one."""


class Progress(Protocol):
    """Receives the amount done and, once known, the total."""

    def __call__(self, completed: float, of: float | None = None) -> None: ...


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of the file."""

    muster: Literal["commits"] = "commits"
    format: int = FORMAT
    jurisdiction: str
    log: str
    """UUID of the exported log."""
    count: int
    """Number of commits."""
    position: int
    """Position of the last event."""
    hash: str
    """Hash of the last commit."""
    began: datetime
    """When the first commit was recorded."""

    @property
    def head(self) -> Head:
        return Head(self.position, self.hash)


class Trailer(msgspec.Struct, frozen=True, kw_only=True):
    """The last line; repeats the counts."""

    end: Literal["commits"] = "commits"
    count: int
    position: int
    hash: str


def line(one: msgspec.Struct) -> bytes:
    """Encode a struct, including default values, as a line."""
    return msgspec.json.encode(one) + b"\n"


def lines(file: IO[bytes]) -> Iterator[bytes]:
    """Stream the lines of a zstd file. Raise TransferFailed or OSError."""
    reader = zstd.ZstdFile(file, options=_UNPACKING)
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


def _read(reader: zstd.ZstdFile) -> bytes:
    try:
        return reader.read(CHUNK)
    except EOFError as error:
        raise TransferFailed("transfer.truncated", variant="line") from error
    except zstd.ZstdError as error:
        raise TransferFailed("transfer.damaged", variant="zstd", why=str(error)) from error


def _limit(size: int) -> None:
    if size > MOST_LINE:
        raise TransferFailed("transfer.oversize", most=MOST_LINE)


def lifecycle(commit: Commit) -> JurisdictionMoved | JurisdictionResumed | None:
    """Return the last event of a commit that moves or resumes the jurisdiction, or None."""
    said: Event | None = None
    for offset, one in enumerate(commit.events):
        if one.name in (JurisdictionMoved.NAME, JurisdictionResumed.NAME):
            said = catalog.decode(one, commit.first + offset)
    return said if isinstance(said, JurisdictionMoved | JurisdictionResumed) else None
