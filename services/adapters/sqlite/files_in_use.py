"""Notice that a database file was removed or replaced: SQLite would go on writing into the lost one."""

import os
from pathlib import Path

from services.log.port import LogReplaced


class FilesInUse:
    """The log's file and its write-ahead log, as they were when first seen."""

    def __init__(self, path: Path) -> None:
        self._paths = (path, path.with_name(path.name + "-wal"))
        self._seen: dict[Path, tuple[int, int]] = {}

    def check(self) -> None:
        """Raise LogReplaced if one of them is no longer the file that is open."""
        for path in self._paths:
            try:
                found = os.stat(path)
            except FileNotFoundError:
                if path in self._seen:
                    raise LogReplaced(str(path)) from None
                continue
            if self._seen.setdefault(path, (found.st_dev, found.st_ino)) != (found.st_dev, found.st_ino):
                raise LogReplaced(str(path))
