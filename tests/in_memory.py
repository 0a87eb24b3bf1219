"""Where tests keep their files: in memory, if the system has a folder for that and plenty of room in it.

Databases and logs wait until a disk has what they write. In memory a whole run takes a tenth less time; that
nothing is lost without power is shown by tests of its own (faults/test_power_cut.py).
"""

import os
import shutil
from pathlib import Path
from typing import Final

MEMORY: Final = Path("/dev/shm")  # noqa: S108  Linux's; each test has a private folder in it
ROOM: Final = 4 * 2**30
"""Bytes; six times what a whole run keeps."""


def folder() -> str | None:
    """Return where pytest makes its temporary folders, or None for its own choice."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return None
    runs_programs = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    return str(MEMORY) if runs_programs and shutil.disk_usage(MEMORY).free >= ROOM else None
