"""A folder for files that hold personal data and must not outlive the process, however it ends."""

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
    """Made when it is first needed, readable by its owner alone, removed by `close`.

    What a killed process left is removed by the next one of the same user that begins or makes such a folder.
    """

    def __init__(self, parent: Path | None = None) -> None:
        """`parent`: None = where temporary files go."""
        self._parent = parent or Path(tempfile.gettempdir())
        self._path: Path | None = None
        self._lock = -1

    @property
    def path(self) -> Path:
        """Raises OSError where it cannot be made."""
        if self._path is None:
            self.sweep()
            path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._parent))
            self._lock = os.open(path / _DRAFT, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            (path / _DRAFT).rename(path / _LOCK)  # so there is never one that nobody holds but yet will
            self._path = path
        return self._path

    def sweep(self) -> None:
        """Remove what killed processes left."""
        for left in self._parent.glob(f"{_PREFIX}*"):
            _remove_if_left(left)

    def close(self) -> None:
        """With all that is in it."""
        if self._path is not None:
            shutil.rmtree(self._path, ignore_errors=True)
            os.close(self._lock)
            self._path, self._lock = None, -1


def _remove_if_left(path: Path) -> None:
    """Unless its process holds the lock, or is just about to."""
    with suppress(OSError):
        if path.is_symlink() or path.stat().st_uid != os.getuid():
            return
        lock = os.open(path / _LOCK, os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(lock)
