"""Snapshots as files for the embedded program: one `CODE.snapshot` each, in a subfolder of the data
folder."""

import asyncio
import logging
import threading
from pathlib import Path
from urllib.parse import quote

import msgspec

from services.base.private import replace
from services.snapshots.packing import checksum
from services.snapshots.port import Snapshot, SnapshotsUnavailable, supersedes

log_of = logging.getLogger("muster.snapshots")
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Snapshot)


class FolderSnapshots:
    """For the one process that has the log open. Files are replaced atomically."""

    def __init__(self, folder: Path) -> None:
        """The folder is created by the first `put`."""
        self._folder = folder
        self._gate = threading.Lock()

    async def get(self, jurisdiction: str) -> Snapshot | None:
        return await asyncio.to_thread(self._get, jurisdiction)

    async def put(self, snapshot: Snapshot) -> bool:
        return await asyncio.to_thread(self._put, snapshot)

    async def drop(self, snapshot: Snapshot) -> None:
        await asyncio.to_thread(self._drop, snapshot)

    async def close(self) -> None:
        """Do nothing; no resources are held between calls."""

    def _path(self, jurisdiction: str) -> Path:
        return self._folder / f"{quote(jurisdiction, safe='')}.snapshot"

    def _get(self, jurisdiction: str) -> Snapshot | None:
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

    def _put(self, snapshot: Snapshot) -> bool:
        path = self._path(snapshot.jurisdiction)
        with self._gate:
            kept = self._get(snapshot.jurisdiction)
            if kept and not supersedes(snapshot, kept.position, kept.log, kept.code):
                return False
            try:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                replace(path, _encoder.encode(snapshot))
            except OSError as error:
                raise SnapshotsUnavailable(f"{path} cannot be written: {error}") from error
        return True

    def _drop(self, snapshot: Snapshot) -> None:
        path = self._path(snapshot.jurisdiction)
        with self._gate:
            if self._get(snapshot.jurisdiction) != snapshot:
                return
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise SnapshotsUnavailable(f"{path} cannot be removed: {error}") from error


def _read(content: bytes) -> Snapshot:
    snapshot = _decoder.decode(content)
    if snapshot.checksum != checksum(snapshot.payload):
        raise ValueError("its checksum is wrong")
    return snapshot
