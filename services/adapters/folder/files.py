"""Sealed files of the embedded program, in a subfolder of the data folder.

`CODE/files/ab/NAME` holds a file; `CODE/subjects/HASH/NAME` is an empty mark that names its subject,
and by its own time when the file was last put.
"""

import asyncio
import hashlib
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

from services.base.private import make_folder, write_once
from services.files.form import MOST_HEAD, BadFile, unpack
from services.files.port import FilesUnavailable


class FolderFiles:
    """For the one process that has the log open; others may read."""

    def __init__(self, folder: Path) -> None:
        """The folder is created by the first `put`."""
        self._folder, self._gate = folder, threading.Lock()

    async def put(self, jurisdiction: str, name: str, subject: str, sealed: bytes, at: datetime) -> None:
        await asyncio.to_thread(self._put, jurisdiction, name, subject, sealed, at)

    async def get(self, jurisdiction: str, name: str) -> bytes | None:
        return await asyncio.to_thread(self._get, jurisdiction, name)

    async def held(self, jurisdiction: str, subject: str) -> dict[str, datetime]:
        return await asyncio.to_thread(self._held, jurisdiction, subject)

    async def subjects(self, jurisdiction: str) -> list[str]:
        return await asyncio.to_thread(self._subjects, jurisdiction)

    async def jurisdictions(self) -> list[str]:
        return await asyncio.to_thread(self._jurisdictions)

    async def erase(self, jurisdiction: str, subjects: Iterable[str]) -> int:
        return await asyncio.to_thread(self._erase, jurisdiction, tuple(subjects))

    async def discard(self, jurisdiction: str, names: Iterable[str], before: datetime) -> int:
        return await asyncio.to_thread(self._discard, jurisdiction, tuple(names), before)

    async def close(self) -> None:
        """Do nothing; no resources are held between calls."""

    def _home(self, jurisdiction: str) -> Path:
        return self._folder / quote(jurisdiction, safe="").replace(".", "%2E")  # `..` leads out of the folder

    def _file(self, jurisdiction: str, name: str) -> Path:
        return self._home(jurisdiction) / "files" / name[:2] / name

    def _marks(self, jurisdiction: str, subject: str) -> Path:
        return self._home(jurisdiction) / "subjects" / hashlib.sha256(subject.encode()).hexdigest()

    def _put(self, jurisdiction: str, name: str, subject: str, sealed: bytes, at: datetime) -> None:
        file, marks = self._file(jurisdiction, name), self._marks(jurisdiction, subject)
        with self._gate, _translated():
            for folder in (marks, file.parent):
                make_folder(folder)
            write_once(marks / name, b"")  # first: a file without its mark would outlive its subject
            os.utime(marks / name, (at.timestamp(), at.timestamp()))
            write_once(file, sealed)

    def _get(self, jurisdiction: str, name: str) -> bytes | None:
        with _translated():
            try:
                return self._file(jurisdiction, name).read_bytes()
            except FileNotFoundError:
                return None

    def _held(self, jurisdiction: str, subject: str) -> dict[str, datetime]:
        marks = self._marks(jurisdiction, subject)
        with _translated():
            held = (name for name in _entries(marks) if self._file(jurisdiction, name).exists())
            return {name: at for name in held if (at := _time_of(marks / name))}

    def _subjects(self, jurisdiction: str) -> list[str]:
        found: set[str] = set()
        with _translated():
            marks = self._home(jurisdiction) / "subjects"
            for one in _entries(marks):
                files = (self._file(jurisdiction, name) for name in _entries(marks / one))
                if (subject := next(filter(None, map(_subject_of, files)), None)) is not None:
                    found.add(subject)
        return sorted(found)

    def _jurisdictions(self) -> list[str]:
        with _translated():
            return sorted(unquote(one) for one in _entries(self._folder))

    def _erase(self, jurisdiction: str, subjects: tuple[str, ...]) -> int:
        count = 0
        with self._gate, _translated():
            for subject in subjects:
                marks = self._marks(jurisdiction, subject)
                for name in _entries(marks):
                    file = self._file(jurisdiction, name)
                    count += file.exists()
                    file.unlink(missing_ok=True)
                if marks.exists():
                    shutil.rmtree(marks)  # also what a crash left there
        return count

    def _discard(self, jurisdiction: str, names: tuple[str, ...], before: datetime) -> int:
        count = 0
        for name in names:
            file = self._file(jurisdiction, name)
            with self._gate, _translated():
                subject = _subject_of(file)
                mark = self._marks(jurisdiction, subject or "") / name
                if subject is not None and (at := _time_of(mark)) and at < before:
                    file.unlink()
                    mark.unlink()  # last: a mark without its file is swept with its subject
                    count += 1
        return count


def _time_of(mark: Path) -> datetime | None:
    """Return when the mark's file was last put; None if it has just been deleted."""
    with suppress(FileNotFoundError):
        return datetime.fromtimestamp(mark.stat().st_mtime, UTC)
    return None


def _subject_of(file: Path) -> str | None:
    """Return whose a file is, by its first line; None if it is missing or damaged."""
    with suppress(FileNotFoundError, BadFile), file.open("rb") as stored:
        return unpack(stored.read(MOST_HEAD)).subject
    return None


def _entries(folder: Path) -> list[str]:
    """Return the names in a folder; none if it does not exist. Drafts left by a crash are hidden."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FilesUnavailable(f"files cannot be read or written: {error}") from error
