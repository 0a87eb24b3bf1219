"""Convert a state to a snapshot, and back if it fits this program and log."""

import gc
import hashlib
import importlib.metadata
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from services.base.zstd import zstd
from services.decisions.snapshot import Frozen, Restored, frames, load_pieces, schema
from services.snapshots.port import Snapshot

_LEVEL: Final = 1
_PIECE: Final = 2**20
"""Bytes decompressed at a time."""
log_of = logging.getLogger("muster.snapshots")


@cache
def code() -> str:
    """Return the version and a hash of everything that defines a state: its schema, events and rules."""
    hashed = hashlib.sha256(schema())
    for package in ("events", "services.decisions"):
        for name, source in sorted(_sources(files(package), package)):
            hashed.update(f"{name}:{len(source)}\n".encode() + source)
    return f"{importlib.metadata.version('muster')}:{hashed.hexdigest()[:32]}"


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    """Yield the path and text of every module in a package and in the packages within it."""
    for one in folder.iterdir():
        name = f"{path}/{one.name}"
        if one.is_dir():
            yield from _sources(one, name)
        elif name.endswith(".py"):
            yield name, one.read_bytes()


def pack(frozen: Frozen, log: str, place: int | None = None) -> Snapshot:
    """Pack a frozen state of the log with this UUID. Run it on a thread: a large state takes a second."""
    payload = _zipped(frozen)
    header = frozen.header
    return Snapshot(
        jurisdiction=header.jurisdiction,
        log=log,
        position=header.head.position,
        hash=header.head.hash,
        place=place,
        code=code(),
        checksum=checksum(payload),
        payload=payload,
    )


def unpack(snapshot: Snapshot, log: str) -> Restored | None:
    """Return the state; None, with a log line, if the snapshot does not fit."""
    try:
        _refuse_misfit(snapshot, log)
        with _uncollected():
            restored = load_pieces(_unzipped(snapshot.payload))
        if (restored.state.jurisdiction, restored.state.head) != (snapshot.jurisdiction, snapshot.head):
            raise ValueError("it holds the state of another head")
    except (ValueError, LookupError, zstd.ZstdError) as error:  # e.g. a time zone unknown here
        at = f"{snapshot.jurisdiction} at position {snapshot.position}"
        log_of.warning("ignoring the snapshot of %s: %s", at, error)
        return None
    return restored


def checksum(payload: bytes) -> str:
    """SHA-256 as 64 hex digits."""
    return hashlib.sha256(payload).hexdigest()


def _refuse_misfit(snapshot: Snapshot, log: str) -> None:
    if snapshot.log != log:
        raise ValueError(f"it belongs to log {snapshot.log}, not {log}")
    if snapshot.code != code():
        raise ValueError(f"it was made by {snapshot.code}, but this is {code()}")
    if snapshot.checksum != checksum(snapshot.payload):
        raise ValueError("its checksum is wrong")


def _zipped(frozen: Frozen) -> bytes:
    """Compress piece by piece, so that the uncompressed whole is never in memory."""
    packer = zstd.ZstdCompressor(level=_LEVEL)
    return b"".join([*(packer.compress(frame) for frame in frames(frozen)), packer.flush()])


def _unzipped(payload: bytes) -> Iterator[bytes]:
    """Decompress piece by piece. Raises ValueError if the end is missing."""
    unpacker = zstd.ZstdDecompressor()
    while not unpacker.eof:
        piece = unpacker.decompress(payload, _PIECE)
        if not piece and not unpacker.eof:
            raise ValueError("it is truncated")
        yield piece
        payload = b""


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause garbage collection: scanning millions of new objects for garbage doubles the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
