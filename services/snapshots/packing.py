"""From a state to a snapshot, and back where it fits this program and this log."""

import gc
import hashlib
import importlib.metadata
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Final

import zstandard

from services.decisions.snapshot import Frozen, Restored, frames, load, schema
from services.snapshots.port import Snapshot

_LEVEL: Final = 1
log_of = logging.getLogger("muster.snapshots")


@cache
def code() -> str:
    """`0.1.0:` and a hash over everything that decides what a state is: its schema, events and rules."""
    hashed = hashlib.sha256(schema())
    for package in ("events", "services.decisions"):
        sources = {f.name: f.read_bytes() for f in files(package).iterdir() if f.name.endswith(".py")}
        for name, source in sorted(sources.items()):
            hashed.update(f"{package}/{name}:{len(source)}\n".encode() + source)
    return f"{importlib.metadata.version('muster')}:{hashed.hexdigest()[:32]}"


def pack(frozen: Frozen, log: str, place: int | None = None) -> Snapshot:
    """A snapshot of a frozen state of the log with this UUID; on a thread, as a large one takes a second."""
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
    """The state; None, and one line in this program's log, where the snapshot does not fit."""
    try:
        _refuse_misfit(snapshot, log)
        with _uncollected():
            restored = load(zstandard.ZstdDecompressor().decompressobj().decompress(snapshot.payload))
        if (restored.state.jurisdiction, restored.state.head) != (snapshot.jurisdiction, snapshot.head):
            raise ValueError("it holds the state of another head")
    except (ValueError, LookupError, zstandard.ZstdError) as error:  # a time zone may be unknown here
        at = f"{snapshot.jurisdiction} at position {snapshot.position}"
        log_of.warning("the snapshot of %s is ignored: %s", at, error)
        return None
    return restored


def checksum(payload: bytes) -> str:
    """SHA-256, 64 hex digits."""
    return hashlib.sha256(payload).hexdigest()


def _refuse_misfit(snapshot: Snapshot, log: str) -> None:
    if snapshot.log != log:
        raise ValueError(f"it is of the log {snapshot.log}, not {log}")
    if snapshot.code != code():
        raise ValueError(f"it was made by {snapshot.code}, this is {code()}")
    if snapshot.checksum != checksum(snapshot.payload):
        raise ValueError("its checksum is wrong")


def _zipped(frozen: Frozen) -> bytes:
    """Piece by piece: what is not compressed yet is never whole in memory."""
    packer = zstandard.ZstdCompressor(level=_LEVEL).compressobj()
    return b"".join([*(packer.compress(frame) for frame in frames(frozen)), packer.flush()])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Millions of new objects and not one of them garbage: looking for some doubles the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
