"""Interface of every store of sealed files; all adapters pass tests/contract/test_files.py."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol


class FilesUnavailable(Exception):
    """The files cannot be read or written at the moment."""


class Files(Protocol):
    """Sealed files by name. What is stored is never plain. All methods but `close` raise FilesUnavailable."""

    async def put(self, jurisdiction: str, name: str, subject: str, sealed: bytes, at: datetime) -> None:
        """Store a file, durable on return. The same name, the content's hash, only renews its time."""
        ...

    async def get(self, jurisdiction: str, name: str) -> bytes | None:
        """Return a file; None if there is none."""
        ...

    async def held(self, jurisdiction: str, subject: str) -> dict[str, datetime]:
        """Return the names of a subject's files, each with the time when it was last put."""
        ...

    async def subjects(self, jurisdiction: str) -> list[str]:
        """Return all subjects (`request/ID`, `difficulty/ID`) with files, sorted."""
        ...

    async def jurisdictions(self) -> list[str]:
        """Return all jurisdictions with files, sorted."""
        ...

    async def erase(self, jurisdiction: str, subjects: Iterable[str]) -> int:
        """Delete all files of these subjects; return how many there were."""
        ...

    async def discard(self, jurisdiction: str, names: Iterable[str], before: datetime) -> int:
        """Delete those of these files that were last put before then; return how many there were."""
        ...

    async def close(self) -> None: ...
