"""Interface of every store of sealed files; all adapters pass tests/contract/test_files.py."""

from collections.abc import Iterable
from typing import Protocol


class FilesUnavailable(Exception):
    """The files cannot be read or written at the moment."""


class Files(Protocol):
    """Sealed files by name. What is stored is never plain. All methods but `close` raise FilesUnavailable."""

    async def put(self, jurisdiction: str, name: str, subject: str, sealed: bytes) -> None:
        """Store a file, durable on return. The same name again changes nothing: it is the content's hash."""
        ...

    async def get(self, jurisdiction: str, name: str) -> bytes | None:
        """Return a file; None if there is none."""
        ...

    async def held(self, jurisdiction: str, subject: str) -> frozenset[str]:
        """Return the names of a subject's files."""
        ...

    async def subjects(self, jurisdiction: str) -> list[str]:
        """Return all subjects (`request/ID`) with files, sorted."""
        ...

    async def jurisdictions(self) -> list[str]:
        """Return all jurisdictions with files, sorted."""
        ...

    async def erase(self, jurisdiction: str, subjects: Iterable[str]) -> int:
        """Delete all files of these subjects; return how many there were."""
        ...

    async def close(self) -> None: ...
