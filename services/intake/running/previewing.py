"""Preview an import: the columns, and the first rows with their commands."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from msgspec import Meta

from services.decisions.turning import unturned
from services.intake.cells.places import Places
from services.intake.cells.values import Answers
from services.intake.errors import RowError
from services.intake.mapping import Mapping, sheet_name
from services.intake.mapping.columns import NUMBER, used_columns
from services.intake.rows.asking import Asking, Question, about_encoding
from services.intake.rows.contradictions import MOST_CHANGES, Change, Contradictions, Contradicts
from services.intake.rows.draft import Draft, Part
from services.intake.rows.drafts import Drafts
from services.intake.rows.noting import Groups, Noted, Notes, Noting
from services.intake.rows.planning import plan_tables
from services.intake.tables.header import Found, body, cells_of, find, named, plain
from services.intake.tables.reader import guessed
from services.refusals import sentence

MOST_CELLS: Final = 100
"""Cells shown per row."""
MOST_TEXT: Final = 200
"""Characters shown per cell."""


class PreviewColumn(msgspec.Struct, frozen=True):
    """A heading of the file, and whether the mapping uses it."""

    column: str
    matched: bool


class PreviewCommand(msgspec.Struct, frozen=True):
    """A command made from a row, or the row's part in a group command."""

    name: str
    at: datetime | None
    data: dict[str, Any]


class PreviewRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row with its commands, or why it would be rejected. `reason` is in English; code and values give
    other languages."""

    line: int
    sheet: str | None = None
    cells: dict[str, str]
    commands: list[PreviewCommand]
    code: str | None = None
    reason: Annotated[str | None, Meta(description="Why the row would be rejected")] = None
    values: Annotated[dict[str, Any], Meta(description="What the reason names")] = {}


class Preview(msgspec.Struct, frozen=True):
    """The first rows of a file, from every table the mapping reads."""

    columns: list[PreviewColumn]
    missing: list[str]
    """Optional columns of the mapping that the file lacks."""
    rows: list[PreviewRow]
    total_rows: int
    questions: list[Question]
    """What is to be answered before the import."""
    differing: int = 0
    """Rows that contradict what people decided."""
    changes: list[Change] = []
    """The first of them; the import leaves the log as it is unless they are accepted."""
    noted: list[Noted] = []
    """Notes about rows that would be accepted."""


async def preview(
    path: Path,
    mapping: Mapping,
    limit: int = 20,
    *,
    jurisdiction: str = "PREVIEW",
    import_key: bytes = b"preview",
    places: Places | None = None,
    answers: Answers | None = None,
    contradicts: Contradicts | None = None,
    noting: Noting | None = None,
) -> Preview:
    """Preview a file, reading all of it for its questions and contradictions.

    Raise MappingError or FileError.
    """
    places = places or Places(jurisdiction)
    rules = _Rules(import_key, places, answers, contradicts, noting)
    return await asyncio.to_thread(_preview, path, mapping, limit, rules)


class _Rules(NamedTuple):
    """What a preview goes by besides the mapping."""

    key: bytes
    places: Places
    answers: Answers | None
    contradicts: Contradicts | None
    noting: Noting | None


def _preview(path: Path, mapping: Mapping, limit: int, rules: _Rules) -> Preview:
    key, places, answers, contradicts, noting = rules
    guess = None if mapping.encoding else guessed(path)
    if guess is not None:
        mapping = mapping.in_encoding(guess.encoding)
    tables = find(path, mapping)
    plan_tables(tables, mapping, places)
    shown: list[PreviewRow] = []
    total = 0
    asking = Asking(mapping, places)
    differing: list[Contradictions] = []
    notes = Notes()
    for found in tables:
        drafts = Drafts(mapping, found, key, places.root, places, answers)
        groups = Groups(found.source.command)
        if contradicts:
            sheet = sheet_name(mapping, found.source)
            differing.append(Contradictions(sheet, found.sheet, contradicts))
        for line, cells in body(found, mapping):
            total += 1
            if len(shown) < limit:
                shown.append(_row(found, line, cells, drafts))
            if drafts.asking:
                _ask(found, line, cells, drafts, asking)
            read = _drafted(found, cells, drafts)
            if read and contradicts:
                differing[-1].see(line, *read)
            if read:
                notes.see(line, (*read[0], *(part.draft for part in read[1])))
                groups.see(line, read[1])
        if noting:
            groups.note(noting, notes)
    questions = [*about_encoding(guess, total), *asking.all()]
    changes = [change for one in differing for change in one.changes][:MOST_CHANGES]
    rows = sum(one.rows for one in differing)
    return Preview(
        list(_columns(tables)), list(_missing(tables)), shown, total, questions, rows, changes, notes.all()
    )


def _ask(found: Found, line: int, raw: list[str], drafts: Drafts, asking: Asking) -> None:
    """Collect a row's questions; a row that cannot be read has none."""
    try:
        asking.see(drafts, line, found.sheet, cells_of(found, raw))
    except RowError:
        return


def _drafted(found: Found, raw: list[str], drafts: Drafts) -> tuple[list[Draft], list[Part]] | None:
    """Return a row's commands; None if it cannot be read, or is skipped."""
    try:
        cells = cells_of(found, raw)
        return None if drafts.skipped(cells) or drafts.root(cells) else drafts.row(cells)
    except RowError:
        return None


def _columns(tables: list[Found]) -> Iterator[PreviewColumn]:
    """Yield each heading once, in the order of the file."""
    seen: set[str] = set()
    for found in tables:
        used = set(found.columns.values())
        for place, heading in enumerate(found.header):
            if heading.strip() and (name := plain(heading)) not in seen:
                seen.add(name)
                yield PreviewColumn(_text(heading.strip()), place in used)


def _missing(tables: list[Found]) -> Iterator[str]:
    for found in tables:
        yield from (column for column in used_columns(found.source) if column not in found.columns)


def _row(found: Found, line: int, raw: list[str], drafts: Drafts) -> PreviewRow:
    headings = [_text(heading.strip()) for heading in found.header[:MOST_CELLS]]
    cells = {h: _text(cell) for h, cell in zip(headings, raw, strict=False) if h}
    try:
        commands = _commands({NUMBER: "1", **cells_of(found, raw)}, drafts)
    except RowError as error:
        values = {name: _shown(value) for name, value in named(found, error.values).items()}
        return PreviewRow(
            line=line,
            sheet=found.sheet,
            cells=cells,
            commands=[],
            code=error.code,
            reason=sentence(error.code, values),
            values=values,
        )
    return PreviewRow(line=line, sheet=found.sheet, cells=cells, commands=commands)


def _commands(cells: dict[str, str], drafts: Drafts) -> list[PreviewCommand]:
    """Return the commands of a row; [] if it has none to send. Raise RowError."""
    if drafts.skipped(cells) or drafts.root(cells):
        return []
    singles, parts = drafts.row(cells)
    every = sorted([*singles, *(part.draft for part in parts)], key=lambda draft: draft.rank)
    if not every:
        raise RowError("no_command")
    return [PreviewCommand(draft.name, draft.at, draft.data) for draft in every]


def _shown(value: object) -> object:
    return _text(value) if isinstance(value, str) else value


def _text(cell: str) -> str:
    """Truncate a cell, name controls of direction and replace undecodable bytes, for display."""
    return unturned(cell[:MOST_TEXT]).encode("utf-8", "replace").decode()
