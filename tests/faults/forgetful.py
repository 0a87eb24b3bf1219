"""A disk in memory that forgets what was not synced, tears writes, and fails on demand: a VFS for SQLite.

It has no shared memory, so one connection has it alone (`locking_mode = EXCLUSIVE`), as the log's writer may.
"""

import random
from pathlib import Path
from typing import Any, Final

import apsw

SECTOR: Final = 512


class Disk:
    """Files by name, each with what is durable and what is not yet."""

    def __init__(self, fail_at: int | None = None, error: type[Exception] = apsw.FullError) -> None:
        """Fail the n-th write or sync, and all after it, with this error."""
        self.files: dict[str, Stored] = {}
        self.calls, self._fail_at, self._error = 0, fail_at, error

    def spend(self) -> None:
        """Count a write or sync; fail if its time has come."""
        self.calls += 1
        if self._fail_at is not None and self.calls >= self._fail_at:
            raise self._error("the disk fails, for a test")

    def mend(self) -> None:
        """Fail no longer."""
        self._fail_at = None

    def leave(self, folder: Path, chance: random.Random | None) -> int:
        """Write to a folder what the disk holds: after a power cut if there is a chance, else everything.

        Return how many writes were not synced.
        """
        for name, stored in self.files.items():
            (folder / name).write_bytes(stored.after_power_cut(chance) if chance else stored.seen)
        return sum(len(stored.pending) for stored in self.files.values())


class Stored:
    """A file's durable bytes, and its writes since the last sync."""

    def __init__(self) -> None:
        self.durable, self.seen = bytearray(), bytearray()
        self.pending: list[tuple[int, bytes | None]] = []
        """(offset, data), or (size, None) for a truncation."""

    def change(self, offset: int, data: bytes | None) -> None:
        self.pending.append((offset, data))
        _apply(self.seen, offset, data)

    def sync(self) -> None:
        self.durable, self.pending = bytearray(self.seen), []

    def after_power_cut(self, chance: random.Random) -> bytes:
        """Apply some of the pending writes, in any order, some of them torn between sectors."""
        found, kept = bytearray(self.durable), [one for one in self.pending if chance.random() < 0.5]
        chance.shuffle(kept)
        for offset, data in kept:
            if data and chance.random() < 0.3:
                cut = chance.randrange(0, len(data) + 1, SECTOR) if len(data) > SECTOR else 0
                _apply(found, offset, data[:cut])
            else:
                _apply(found, offset, data)
        return bytes(found)


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


class File:
    """An open file, as SQLite sees it."""

    def __init__(self, disk: Disk, stored: Stored) -> None:
        self._disk, self._stored = disk, stored

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self._stored.seen[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.spend()
        self._stored.change(offset, bytes(data))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.spend()
        self._stored.change(size, None)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.spend()
        self._stored.sync()

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._stored.seen)

    def xFileControl(self, op: int, pointer: int) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return 0

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xLock(self, level: int) -> None: ...  # noqa: N802
    def xUnlock(self, level: int) -> None: ...  # noqa: N802
    def xClose(self) -> None: ...  # noqa: N802


class Forgetful(apsw.VFS):
    """A VFS on a disk. Keep a reference to it while it is in use."""

    def __init__(self, name: str, disk: Disk) -> None:
        self._disk = disk
        super().__init__(name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        flags[1] = flags[0]
        return File(self._disk, self._disk.files.setdefault(Path(path).name, Stored()))

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802
        return Path(pathname).name in self._disk.files

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self._disk.files.pop(Path(filename).name, None)
