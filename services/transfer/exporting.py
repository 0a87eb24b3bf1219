"""Export a jurisdiction's commits from a log to a file."""

import asyncio
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final

import msgspec

from events.commit import Commit, Head, decode
from events.jurisdiction import JurisdictionMoved
from services.base.zstd import zstd
from services.log.port import Log, LogDamaged, Stored
from services.transfer.draft import scratch, whole
from services.transfer.errors import TransferFailed
from services.transfer.form import MOST_LINE, Manifest, Progress, Trailer, lifecycle, line

_PACKING: Final[dict[int, int]] = {
    zstd.CompressionParameter.compression_level: 3,
    zstd.CompressionParameter.checksum_flag: 1,
}


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """The result of an export."""

    file: str
    manifest: Manifest
    bytes: int
    moved: bool
    """Whether the file ends with `jurisdiction.moved`."""
    damage: str | None = None
    """Why the file ends before the log does: what follows is damaged."""


async def export(
    log: Log, jurisdiction: str, file: Path, upto: int | None = None, progress: Progress | None = None
) -> Exported:
    """Write all current commits, or those that end at or before position `upto`.

    Of a damaged log, write what precedes the damage, and say so in the result. Raise TransferFailed,
    LogUnavailable or OSError; no file is left then.
    """
    end = await _end(log, jurisdiction)
    if end == 0:
        raise TransferFailed("transfer.nothing", jurisdiction=jurisdiction)
    if upto is not None and end is not None and upto > end:
        raise TransferFailed("transfer.beyond", jurisdiction=jurisdiction, end=end, upto=upto)
    with whole(file) as target, scratch(file, ".body") as body:
        writing = _Body(body, upto or end or sys.maxsize)
        damage = await _write(log, jurisdiction, writing, lambda at: progress and progress(at, end or at))
        if damage and upto and writing.head.position < upto:
            at = writing.head.position
            raise TransferFailed("transfer.beyond", jurisdiction=jurisdiction, end=at, upto=upto)
        if damage and not writing.count:
            raise TransferFailed("transfer.nothing_intact", jurisdiction=jurisdiction, why=damage)
        manifest = writing.finish(jurisdiction, log.id)
        await asyncio.to_thread(_join, manifest, body, target)
        size = target.tell()
    return Exported(file=str(file), manifest=manifest, bytes=size, moved=writing.moved, damage=damage)


async def _end(log: Log, jurisdiction: str) -> int | None:
    """Return the position of the log's end; None if damage hides it."""
    try:
        return (await log.end(jurisdiction)).position
    except LogDamaged:
        return None


async def _write(log: Log, jurisdiction: str, writing: "_Body", told: Callable[[int], object]) -> str | None:
    """Write what the log holds. Return why it ends early, if it is damaged."""
    try:
        async for batch in log.read(jurisdiction):
            if not await asyncio.to_thread(writing.take, batch):
                break
            told(writing.head.position)
    except LogDamaged as damage:
        return str(damage)
    return None


class _Body:
    """Writes the compressed commits and trailer."""

    def __init__(self, file: IO[bytes], upto: int) -> None:
        self.head, self.count, self.moved = Head(), 0, False
        self._upto, self._first = upto, None
        self._out = zstd.ZstdFile(file, "w", options=_PACKING)
        self._first: Commit | None = None

    def take(self, batch: Sequence[Stored]) -> bool:
        """Write commits; return False once `upto` is passed."""
        for stored in batch:
            if stored.head.position > self._upto:
                return False
            self._one(stored)
        return True

    def _one(self, stored: Stored) -> None:
        if b"\n" in stored.data or len(stored.data) > MOST_LINE:
            position = self.head.position + 1
            raise TransferFailed("transfer.no_line", position=position, most=MOST_LINE)
        self._out.write(stored.data + b"\n")
        self._first = self._first or decode(stored.data)
        self.head, self.count = stored.head, self.count + 1
        if b'"jurisdiction.' in stored.data:
            said = lifecycle(decode(stored.data))
            self.moved = isinstance(said, JurisdictionMoved) if said else self.moved

    def finish(self, jurisdiction: str, log: str) -> Manifest:
        """Write the trailer and return the manifest. Raise TransferFailed if there are no commits."""
        if self._first is None:
            raise TransferFailed("transfer.nothing", jurisdiction=jurisdiction, upto=self._upto)
        self._out.write(line(Trailer(count=self.count, position=self.head.position, hash=self.head.hash)))
        self._out.close()
        return Manifest(
            jurisdiction=jurisdiction,
            log=log,
            count=self.count,
            position=self.head.position,
            hash=self.head.hash,
            began=self._first.recorded_at,
        )


def _join(manifest: Manifest, body: IO[bytes], target: IO[bytes]) -> None:
    """Write the manifest, then the body; concatenated zstd files are one zstd file."""
    target.write(zstd.compress(line(manifest), options=_PACKING))
    body.seek(0)
    shutil.copyfileobj(body, target, 2**20)
