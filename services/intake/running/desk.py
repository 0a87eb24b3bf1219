"""Run imports of uploaded files: two at a time, remembering the last 50."""

import asyncio
import logging
import shutil
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple
from uuid import uuid4

import apsw
import msgspec
from msgspec import Meta

from services.application.background import Background
from services.base.clock import Clock
from services.intake.cells.places import Places
from services.intake.cells.values import Answers
from services.intake.errors import ImportFailed
from services.intake.mapping import Mapping
from services.intake.rows.asking import encoding_of, parsed
from services.intake.rows.contradictions import MOST_CHANGES, Change, Contradicts
from services.intake.rows.noting import Noted, Noting
from services.intake.running.engine import import_files
from services.intake.running.folder import PrivateFolder
from services.intake.running.previewing import Preview, preview
from services.intake.running.uploads import check
from services.intake.sending.sender import Sink
from services.intake.sending.summary import Summary
from services.intake.tables.header import find, recognised
from services.refusals import REFERENCE, sentence
from services.vault import Vault

AT_ONCE: Final = 2
"""Concurrent imports; the same limit applies to previews."""
REMEMBERED: Final = 50
REJECTS_SECONDS: Final = 24 * 3600.0
"""How long rejected rows are kept; they contain personal data."""
_LOOK_SECONDS: Final = 600.0

log_of = logging.getLogger("muster.intake")


class TooMany(Exception):
    """This process already runs as many as it may."""


class Table(msgspec.Struct):
    """The outcome of one table of the file, in rows."""

    sheet: str | None
    rows: int
    applied: int
    known: int
    skipped: Annotated[int, Meta(description="Rows that the mapping skips")]
    rejected: int
    ignored: Annotated[
        dict[str, int], Meta(description="By column: cells left out because they could not be used")
    ] = {}
    noted: Annotated[list[Noted], Meta(description="Notes about accepted rows")] = []


class ImportNote(msgspec.Struct):
    """A command for the whole file that was refused; no row is rejected for it."""

    command: str
    code: str
    detail: str
    values: dict[str, Any]


class Import(msgspec.Struct, kw_only=True):
    """One import. The totals are null until it is done: rows = applied + known + skipped + rejected."""

    id: str = msgspec.field(name="import")
    jurisdiction: str
    file: str
    mapping: str
    state: Literal["reading", "sending", "done", "failed"] = "reading"
    read: Annotated[int, Meta(description="Rows that were read")] = 0
    sent: Annotated[int, Meta(description="Commands that were answered, of total")] = 0
    total: Annotated[int | None, Meta(description="Commands in all; null until known")] = None
    rows: Annotated[
        int | None, Meta(description="= applied + known + skipped + rejected; null until it is done")
    ] = None
    applied: int | None = None
    known: int | None = None
    skipped: Annotated[int | None, Meta(description="Rows that the mapping skips")] = None
    rejected: int | None = None
    tables: Annotated[list[Table], Meta(description="The same sums, sheet by sheet")] = []
    differing: Annotated[
        int | None, Meta(description="Rows that contradict what people decided; they count as known")
    ] = None
    changes: Annotated[
        list[Change], Meta(description=f"The first {MOST_CHANGES} of them, to be accepted with `apply`")
    ] = []
    notes: Annotated[list[ImportNote], Meta(description="Refused commands for the whole file")] = []
    error: Annotated[str | None, Meta(description="Why it failed, and what to do")] = None
    code: Annotated[str | None, Meta(description="Of the error")] = None
    values: Annotated[dict[str, Any], Meta(description="What the error names")] = {}
    started_at: datetime
    ended_at: datetime | None = None


class Rules(NamedTuple):
    """What an import goes by besides its mapping: the areas of the jurisdiction, and what was answered."""

    places: Places
    answers: Sequence[str] = ()
    """As `services.intake.rows.asking.parsed` reads them."""
    contradicts: Contradicts | None = None
    """How a row contradicts what people decided; for a preview."""
    noting: Noting | None = None
    """What a command would be noted for; for a preview."""
    accepted: Sequence[str] = ()
    """Lines in which the sheet is right, as `services.intake.running.engine.lines` reads them."""
    encoding: str | None = None
    """Of the file; None = detected."""


class _Job(msgspec.Struct):
    """An import with its owner and files."""

    shown: Import
    owner: str
    folder: Path
    ended: float | None = None
    """Monotonic time."""
    rejects: list[Path] = []
    language: str = REFERENCE
    """Language of the rejection reasons."""


class Imports:
    """All imports of this process."""

    def __init__(self, vault: Vault, clock: Clock, background: Background) -> None:
        self._vault, self._clock, self._background = vault, clock, background
        self._folder = PrivateFolder()
        self._jobs: dict[str, _Job] = {}
        self._previews = 0

    async def run(self) -> None:
        """Delete expired rejects files, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            await asyncio.to_thread(self._forget_rejects)

    @asynccontextmanager
    async def spool_folder(self) -> AsyncIterator[None]:
        """Manage the temporary folder: clear what a killed process left, and remove the folder at the end."""
        await asyncio.to_thread(self._folder.sweep)
        try:
            yield
        finally:
            self._folder.close()

    # -- asking --------------------------------------------------------------------------------------------

    async def preview(
        self, file: str, mappings: Sequence[Mapping], content: bytes, limit: int, rules: Rules
    ) -> tuple[Mapping, Preview]:
        """Preview the columns and first rows with the mapping that fits best.

        Raise TooMany, OSError, MappingError or FileError.
        """
        if self._previews >= AT_ONCE:
            raise TooMany
        self._previews += 1
        folder = self._folder.path / str(uuid4())
        try:
            path = await asyncio.to_thread(_store, folder, content)
            said = encoding_of(rules.answers)[1] or rules.encoding
            mappings = [one.in_encoding(said) for one in mappings]
            mapping = mappings[0]
            if len(mappings) > 1:
                mapping = await asyncio.to_thread(recognised, path, mappings)
            answers = parsed(rules.answers, mapping, rules.places)
            key = self._vault.import_key()
            root = rules.places.root
            return mapping, await preview(
                path,
                mapping,
                limit,
                jurisdiction=root,
                import_key=key,
                places=rules.places,
                answers=answers,
                contradicts=rules.contradicts,
                noting=rules.noting,
            )
        except ImportFailed as error:
            raise _named(error, folder, file) from error
        finally:
            self._previews -= 1
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def begin(
        self,
        file: str,
        mapping: Mapping,
        content: bytes,
        sink: Sink,
        owner: str,
        rules: Rules,
        language: str = REFERENCE,
    ) -> Import:
        """Check the header and start an import; `language` is for rejection reasons. Raise as `preview`."""
        if sum(job.ended is None for job in self._jobs.values()) >= AT_ONCE:
            raise TooMany
        answers = parsed(rules.answers, mapping, rules.places)
        mapping = mapping.in_encoding(encoding_of(rules.answers)[1] or rules.encoding)
        key = str(uuid4())
        shown = Import(
            id=key,
            jurisdiction=rules.places.root,
            file=file,
            mapping=mapping.name,
            started_at=self._clock.now(),
        )
        job = self._jobs[key] = _Job(shown, owner, self._folder.path / key, language=language)
        try:
            path = await asyncio.to_thread(_store, job.folder, content)
            await asyncio.to_thread(find, path, mapping)
            self._background.start(f"import {key}", self._run(job, path, mapping, sink, rules, answers))
        except BaseException as error:
            del self._jobs[key]
            shutil.rmtree(job.folder, ignore_errors=True)
            if isinstance(error, ImportFailed):
                raise _named(error, job.folder, file) from error
            raise
        self._forget_oldest()
        return shown

    def all(self, seen: Callable[[str, str], bool]) -> list[Import]:
        """List the imports, newest first, whose (jurisdiction, owner) `seen` accepts."""
        return [job.shown for job in reversed(self._jobs.values()) if seen(job.shown.jurisdiction, job.owner)]

    def one(self, key: str, seen: Callable[[str, str], bool]) -> Import | None:
        """Return an import by id, or None."""
        job = self._jobs.get(key)
        return job.shown if job and seen(job.shown.jurisdiction, job.owner) else None

    def rejects(self, key: str, nth: int) -> Path | None:
        """Return the n-th rejects file, counting from 1; None = none, not ready or already deleted."""
        job = self._jobs.get(key)
        return job.rejects[nth - 1] if job and nth <= len(job.rejects) else None

    # -- doing ---------------------------------------------------------------------------------------------

    async def _run(
        self, job: _Job, path: Path, mapping: Mapping, sink: Sink, rules: Rules, answers: Answers
    ) -> None:
        """Run an import. An error fails only this import."""
        shown, summary = job.shown, None
        try:
            summary = await import_files(
                [path],
                mapping,
                shown.jurisdiction,
                sink,
                import_key=self._vault.import_key(),
                rejects=job.folder,
                progress=_Progress(shown),
                language=job.language,
                places=rules.places,
                answers=answers,
                accepted=rules.accepted,
            )
        except ImportFailed as error:
            _fail(shown, _named(error, job.folder, shown.file))
        except (apsw.FullError, apsw.IOError, OSError) as error:
            log_of.warning("import %s: %s", shown.id, error)
            _fail(shown, ImportFailed("import.failed", variant="room"))
        except Exception:
            log_of.exception("import %s failed", shown.id)
            _fail(shown, ImportFailed("import.failed", variant="crash"))
        await asyncio.to_thread(path.unlink, missing_ok=True)
        _end(job, summary)
        shown.ended_at, job.ended = self._clock.now(), time.monotonic()

    def _forget_oldest(self) -> None:
        ended = [key for key, job in self._jobs.items() if job.ended is not None]
        for key in ended[: max(0, len(self._jobs) - REMEMBERED)]:
            shutil.rmtree(self._jobs.pop(key).folder, ignore_errors=True)

    def _forget_rejects(self) -> None:
        for job in list(self._jobs.values()):
            if job.ended is not None and time.monotonic() - job.ended > REJECTS_SECONDS:
                job.rejects = []
                shutil.rmtree(job.folder, ignore_errors=True)


class _Progress:
    """Adds up the (done, total) reported for each table."""

    def __init__(self, shown: Import) -> None:
        self._shown = shown
        self._tables = [0, 0, 0]
        """Rows read, commands sent and total commands of the previous tables."""

    def __call__(self, done: float, total: float | None) -> None:
        shown, (read, sent, whole) = self._shown, self._tables
        if total is None:
            if shown.state == "sending":
                self._tables = [shown.read, shown.sent, shown.total or 0]
                read = shown.read
            shown.state, shown.read = "reading", read + int(done)
        else:
            shown.state, shown.sent, shown.total = "sending", sent + int(done), whole + int(total)


def _fail(shown: Import, error: ImportFailed) -> None:
    shown.error, shown.code, shown.values = str(error), error.code, error.values


def _end(job: _Job, summary: Summary | None) -> None:
    shown = job.shown
    if summary is None:
        shown.state = "failed"
        return
    path = str(job.folder / _NAME)
    for one in summary.files:
        sheet = one.file.removeprefix(path).removeprefix("#") or None
        shown.tables.append(
            Table(sheet, one.rows, one.applied, one.known, one.skipped, one.rejected, one.ignored, one.noted)
        )
    shown.rows, shown.applied, shown.known = summary.rows, summary.applied, summary.known
    shown.skipped, shown.rejected = summary.skipped, summary.rejected
    shown.differing = summary.differing
    shown.changes = [change for one in summary.files for change in one.changes][:MOST_CHANGES]
    shown.read, shown.total = summary.rows, shown.total or 0
    shown.notes = [
        ImportNote(one.command, one.code, sentence(one.code, one.values), one.values) for one in summary.notes
    ]
    job.rejects = [Path(one.rejects) for one in summary.files if one.rejects]
    shown.state = "done"


_NAME: Final = "table.xlsx"
"""Name of the file on disk; the uploaded name is never used as a path. The type is detected from the content,
but the workbook reader requires this extension."""


def _store(folder: Path, content: bytes) -> Path:
    """Write an upload to disk. Raise FileError if it is too large when decompressed."""
    folder.mkdir(mode=0o700)
    path = folder / _NAME
    path.write_bytes(content)
    check(path)
    return path


def _named(error: ImportFailed, folder: Path, file: str) -> ImportFailed:
    """Replace the path on disk with the uploaded file's name."""
    if "file" in error.values:
        error.values["file"] = str(error.values["file"]).replace(str(folder / _NAME), file)
    return error
