"""One writer per log: a lock on a file that names the holder's process and dies with it."""

import fcntl
import os
from pathlib import Path

from services.log.port import LogLocked


class WriterLock:
    """Held from construction until `release`, or until the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        """Raises LogLocked, with the holder's process id, where another holds it."""
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._fd, 20, 0).strip()
            os.close(self._fd)
            raise LogLocked(str(path.with_suffix("")), int(holder) if holder.isdigit() else None) from None
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Another may write from now on. The file stays: removing it could break a lock just taken."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
