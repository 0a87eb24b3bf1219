"""A projector's name in its group, kept in its folder: once restarted it has its partitions back at once.

Without a name, the group waits until the killed one's session ends.
"""

import fcntl
import os
from pathlib import Path
from typing import Final
from uuid import uuid4

FILE: Final = "projector-member"


class Membership:
    """The name, held by one process at a time; None if another process of this folder holds it."""

    def __init__(self, folder: Path) -> None:
        self._fd = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        self.name = self._held()

    def _held(self) -> str | None:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # two with one name would fence each other
            return None
        kept = os.pread(self._fd, 100, 0).decode(errors="replace").strip()
        name = kept or f"projector-{uuid4()}"
        os.pwrite(self._fd, name.encode(), 0)
        return name

    def close(self) -> None:
        """Let another process have the name."""
        os.close(self._fd)
