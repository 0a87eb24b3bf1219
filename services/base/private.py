"""Files readable only by their owner, written whole and durably."""

import errno
import os
from pathlib import Path


def keep_private(path: Path) -> None:
    """Restrict the file to its owner; a restored backup may have opened it to others."""
    if path.stat().st_mode & 0o077:
        try:
            path.chmod(0o600)
        except OSError as error:
            if error.errno != errno.EROFS:  # a backup mounted for reading stays as it is
                raise


def write_once(path: Path, content: bytes) -> bool:
    """Create a file (0600) atomically and durably. Return False, changing nothing, if it exists."""
    draft, made = unfinished(path), True
    try:
        _write(draft, content)
        os.link(draft, path)
    except FileExistsError:
        made = False
    finally:
        draft.unlink(missing_ok=True)
    sync_directory(path.parent)  # also for one that was made just before its process was killed
    return made


def replace(path: Path, content: bytes) -> None:
    """Create or replace a file (0600) atomically."""
    draft = unfinished(path)
    try:
        _write(draft, content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_directory(path.parent)


def unfinished(path: Path) -> Path:
    """Return the name under which this process writes a file before it gets its own."""
    return path.with_name(f".{path.name}.{os.getpid()}")


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)  # left by a crash
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        rest = memoryview(content)
        while rest:  # a disk that fills up takes a part first
            rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(folder: Path, mode: int = 0o700) -> None:
    """Create a folder durably, and its missing parents, unless it exists: without its name in the folder
    above, a power cut would take all that was written into it."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent, 0o777)
    folder.mkdir(mode=mode, exist_ok=True)
    sync_directory(folder.parent)


def sync_directory(directory: Path) -> None:
    """Make the names of new files in a directory durable."""
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
