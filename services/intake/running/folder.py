"""A temporary folder for personal data, removed even if the process is killed."""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

_PREFIX: Final = "muster-imports-"
_LOCK: Final = "lock"
_DRAFT: Final = "locking"


class PrivateFolder:
    """Created on first use, readable only by its owner, removed by `close`.

    Folders of killed processes are removed by the same user's next process.
    """

    def __init__(self, parent: Path | None = None) -> None:
        """`parent` defaults to the system's temporary folder."""
        self._parent = parent or Path(tempfile.gettempdir())
        self._path: Path | None = None
        self._lock = -1

    @property
    def path(self) -> Path:
        """The folder, created if needed. Raise OSError if that fails."""
        if self._path is None:
            self.sweep()
            path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._parent))
            self._lock = os.open(path / _DRAFT, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            (path / _DRAFT).rename(path / _LOCK)  # the lock file is never visible unlocked
            self._path = path
        return self._path

    def sweep(self) -> None:
        """Remove folders left by killed processes."""
        for left in self._parent.glob(f"{_PREFIX}*"):
            _remove_if_left(left)

    def close(self) -> None:
        """Remove the folder and its contents."""
        if self._path is not None:
            shutil.rmtree(self._path, ignore_errors=True)
            os.close(self._lock)
            self._path, self._lock = None, -1


def _remove_if_left(path: Path) -> None:
    """Remove a folder unless its process holds the lock or is about to take it."""
    with suppress(OSError):
        if path.is_symlink() or path.stat().st_uid != os.getuid():
            return
        lock = os.open(path / _LOCK, os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(lock)
