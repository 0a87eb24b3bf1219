"""Empty tables to fill in: the headings of a mapping, in one language, as CSV or as a workbook with notes."""

import io
from typing import Any, Final, Literal

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from services.intake.errors import MappingError
from services.intake.loading import used_columns
from services.intake.mapping import Mapping, Source

Form = Literal["csv", "xlsx"]
_WIDTH: Final = 22
"""Of a column, in characters."""
_TEXT: Final = "@"
"""Number format of text, so that long numbers keep all their digits."""
_ROWS: Final = 500
"""Rows formatted as text."""


def has_template(mapping: Mapping) -> bool:
    """Whether a mapping declares headings for a template."""
    return len(mapping.source) == 1 and bool(mapping.source[0].headings)


def template(mapping: Mapping, language: str, form: Form) -> bytes:
    """Return an empty table. Raise MappingError if the mapping has no headings in this language."""
    if not has_template(mapping) or language not in mapping.source[0].headings:
        raise MappingError("import.no_template", mapping=mapping.name)
    source = mapping.source[0]
    return _csv(source, language) if form == "csv" else _workbook(source, language)


def _headings(source: Source, language: str) -> list[tuple[str, str]]:
    """Return (heading, hint) of each column: needed ones first."""
    said, hints = source.headings[language], source.hints.get(language, {})
    columns = sorted(used_columns(source), key=lambda column: column in source.optional)
    return [(said.get(column, column), hints.get(column, "")) for column in columns]


def _csv(source: Source, language: str) -> bytes:
    """Return a line of headings with a byte order mark, by which spreadsheets recognise UTF-8."""
    return f"\ufeff{','.join(heading for heading, _ in _headings(source, language))}\r\n".encode()


def _workbook(source: Source, language: str) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.freeze_panes = "A2"
    for place, (heading, hint) in enumerate(_headings(source, language), 1):
        cell = sheet.cell(1, place, heading)
        cell.font = Font(bold=True)
        if hint:
            cell.comment = Comment(hint, "Muster", height=80, width=240)
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTH
        for line in range(2, _ROWS + 2):
            sheet.cell(line, place).number_format = _TEXT
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
