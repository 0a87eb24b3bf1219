"""Limits for uploaded files, stricter than those of the command line."""

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import Final

from services.intake.errors import FileError

MOST_UNPACKED: Final = 64 * 2**20
"""Decompressed bytes of a gzip file or workbook."""
MOST_PARTS: Final = 200
"""Files in a workbook: sheets, styles, pictures."""
_STEP: Final = 1 << 20
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


def check(path: Path) -> None:
    """Raise FileError if a file decompresses to too much. Leave damaged files to their reader."""
    with path.open("rb") as file:
        start = file.read(4)
    try:
        size, parts = _packed(path, start)
    except _BROKEN:
        return
    if size > MOST_UNPACKED or parts > MOST_PARTS:
        raise FileError(
            "import.file",
            variant="upload",
            file=str(path),
            size=MOST_UNPACKED >> 20,
            parts=MOST_PARTS,
        )


def _packed(path: Path, start: bytes) -> tuple[int, int]:
    """Return the decompressed (bytes, parts), reading a gzip file only up to the limit."""
    if start == b"PK\x03\x04":
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            return sum(one.file_size for one in parts), len(parts)
    if start[:2] == b"\x1f\x8b":
        with gzip.open(path) as packed:
            size = 0
            while size <= MOST_UNPACKED and (step := packed.read(_STEP)):
                size += len(step)
            return size, 1
    return 0, 1
