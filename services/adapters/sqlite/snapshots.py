"""Snapshots as files for the embedded program: one `CODE.snapshot` each, in a subfolder of the data
folder, and `CODE.rows` with what was put away."""

import asyncio
import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from urllib.parse import quote

import apsw
import msgspec

from services.adapters.sqlite.data_file import FileDamaged
from services.adapters.sqlite.put_away import PutAway
from services.base.private import replace
from services.snapshots.packing import checksum
from services.snapshots.port import Idle, RowsLost, Snapshot, SnapshotsUnavailable, supersedes

log_of = logging.getLogger("muster.snapshots")


class _File(msgspec.Struct, frozen=True, array_like=True):
    """The content of a file."""

    snapshot: Snapshot
    rows: str | None
    """The id of what was put away; None if nothing was."""


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_File)


class FolderSnapshots:
    """For the one process that has the log open. Files are replaced atomically."""

    def __init__(self, folder: Path) -> None:
        """The folder is created by the first `put`."""
        self._folder = folder
        self._gate = threading.Lock()
        self._rows: dict[str, PutAway] = {}
        self._stored: dict[str, _File] = {}
        """Those read or stored last, without their payload."""

    async def get(self, jurisdiction: str) -> Snapshot | None:
        return await asyncio.to_thread(self._get, jurisdiction)

    async def put(self, snapshot: Snapshot, idle: Iterable[Idle] = ()) -> bool:
        return await asyncio.to_thread(self._put, snapshot, idle)

    async def find(self, of: Snapshot, position: int, keys: Sequence[str]) -> list[Idle]:
        """Read at once, not on a thread: a few rows take microseconds."""
        file = self._stored.get(of.jurisdiction)
        stored = file.snapshot if file else None
        if stored is None or (stored.log, stored.code) != (of.log, of.code) or stored.position > position:
            raise RowsLost(f"the snapshot of {of.jurisdiction} is not that of this state")
        if file is None or file.rows is None:
            return []
        with self._translated(of.jurisdiction):
            return self._rows_of(of.jurisdiction).find(position, keys)

    async def drop(self, snapshot: Snapshot) -> None:
        await asyncio.to_thread(self._drop, snapshot)

    async def close(self) -> None:
        with self._gate:
            for rows in self._rows.values():
                rows.close()
            self._rows.clear()

    def _path(self, jurisdiction: str) -> Path:
        return self._folder / f"{quote(jurisdiction, safe='')}.snapshot"

    def _rows_of(self, jurisdiction: str) -> PutAway:
        path = self._path(jurisdiction).with_suffix(".rows")
        return self._rows.setdefault(jurisdiction, PutAway(path))

    def _get(self, jurisdiction: str) -> Snapshot | None:
        with self._gate:
            found = self._whole(jurisdiction)
            if found is None:
                return None
            self._note(found)
            return found.snapshot

    def _whole(self, jurisdiction: str) -> _File | None:
        """Return what is stored; None if there is nothing, or what was put away along with it is gone."""
        found = self._read(jurisdiction)
        return None if found and found.rows and not self._fits(found.snapshot, found.rows) else found

    def _fits(self, snapshot: Snapshot, rows: str) -> bool:
        """Whether what was put away is there; what a crash left of a later snapshot is cut off."""
        path = self._path(snapshot.jurisdiction)
        try:
            with self._translated(snapshot.jurisdiction):
                kept = self._rows_of(snapshot.jurisdiction)
                if kept.id_for(snapshot) != rows:
                    raise RowsLost("what was put away along with it is gone")
                kept.cut(snapshot.position)
        except RowsLost as error:
            log_of.warning("ignoring the snapshot %s: %s", path, error)
            return False
        return True

    def _read(self, jurisdiction: str) -> _File | None:
        path = self._path(jurisdiction)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SnapshotsUnavailable(f"{path} cannot be read: {error}") from error
        try:
            return _read(content)
        except (msgspec.DecodeError, ValueError) as error:
            log_of.warning("ignoring the snapshot %s: %s", path, error)
            return None

    def _put(self, snapshot: Snapshot, idle: Iterable[Idle]) -> bool:
        path = self._path(snapshot.jurisdiction)
        with self._gate, self._translated(snapshot.jurisdiction):
            found = self._whole(snapshot.jurisdiction)
            kept = found.snapshot if found else None
            if kept and not supersedes(snapshot, kept.position, kept.log, kept.code):
                return False
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            rows, names = self._put_away(snapshot, idle)
            replace(path, _encoder.encode(_File(snapshot, rows)))
            self._note(_File(snapshot, rows))
            if names:
                self._rows_of(snapshot.jurisdiction).tidy(names, snapshot.position)
        return True

    def _put_away(self, snapshot: Snapshot, idle: Iterable[Idle]) -> tuple[str | None, list[tuple[str, str]]]:
        """Store the rows of a snapshot before itself. Return what identifies them, and their names."""
        rows, idle = self._rows_of(snapshot.jurisdiction), iter(idle)
        first = next(idle, None)
        if first is None:
            return rows.id_for(snapshot), []
        try:
            return rows.add(snapshot, chain((first,), idle))
        except (FileDamaged, apsw.CorruptError, apsw.NotADBError):
            rows.remove()  # whoever reads the snapshot finds its rows gone, and makes the state again
            raise

    def _note(self, file: _File) -> None:
        without = msgspec.structs.replace(file.snapshot, payload=b"")
        self._stored[without.jurisdiction] = _File(without, file.rows)

    def _drop(self, snapshot: Snapshot) -> None:
        with self._gate, self._translated(snapshot.jurisdiction):
            found = self._read(snapshot.jurisdiction)
            if found and _same(found.snapshot, snapshot):
                self._path(snapshot.jurisdiction).unlink(missing_ok=True)
                self._rows_of(snapshot.jurisdiction).remove()
                self._stored.pop(snapshot.jurisdiction, None)

    @contextmanager
    def _translated(self, jurisdiction: str) -> Iterator[None]:
        path = self._path(jurisdiction)
        try:
            yield
        except (FileDamaged, apsw.CorruptError, apsw.NotADBError) as error:
            raise RowsLost(f"what was put away with {path} is damaged: {error}") from error
        except (OSError, apsw.Error) as error:
            raise SnapshotsUnavailable(f"{path} cannot be read or written: {error}") from error


def _same(one: Snapshot, other: Snapshot) -> bool:
    return (one.head, one.checksum) == (other.head, other.checksum)


def _read(content: bytes) -> _File:
    file = _decoder.decode(content)
    if file.snapshot.checksum != checksum(file.snapshot.payload):
        raise ValueError("its checksum is wrong")
    return file
