"""Write files (0600) atomically and durably, under a temporary name first."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from services.base.private import sync_directory
from services.transfer.errors import TransferFailed


def refuse_existing(path: Path) -> None:
    """Raise TransferFailed if the file exists; it may be the only copy."""
    if path.exists():
        raise TransferFailed("transfer.exists", file=str(path))


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file to write; rename it to `path` on success. Raise OSError or TransferFailed."""
    refuse_existing(path)
    draft = _draft(path, "")
    with scratch(path, "") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
        refuse_existing(path)
        draft.rename(path)
    sync_directory(path.absolute().parent)


@contextmanager
def scratch(path: Path, suffix: str) -> Iterator[IO[bytes]]:
    """Yield a temporary file next to `path`, removed on exit."""
    draft = _draft(path, suffix)
    draft.unlink(missing_ok=True)  # left by a crash
    fd = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "w+b") as file:
            yield file
    finally:
        draft.unlink(missing_ok=True)


def _draft(path: Path, suffix: str) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}{suffix}")
