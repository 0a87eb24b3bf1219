"""One writer per log: a file lock that names the holder's process and ends with it."""

import fcntl
import os
from pathlib import Path

from services.log.port import LogLocked


class WriterLock:
    """Held from construction until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        """Take the lock. Raises LogLocked, with the holder's process id, if another process has it."""
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
        """Release the lock. The file stays: removing it could break a lock just taken."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
