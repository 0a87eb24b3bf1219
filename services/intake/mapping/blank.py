"""Empty tables to fill in: the headings of a mapping, in one language, as CSV or as a workbook with notes."""

import io
from typing import Final, Literal

from xlsxwriter import Workbook

from services.intake.errors import MappingError
from services.intake.mapping.columns import used_columns
from services.intake.mapping.models import Mapping, Source

Form = Literal["csv", "xlsx"]
_WIDTH: Final = 22
"""Of a column, in characters."""
_TEXT: Final = "@"
"""Number format of text in the cells below, so that long numbers keep all their digits."""
_NOTE: Final = {"author": "Muster", "x_scale": 2, "y_scale": 1.1}


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
    held = io.BytesIO()
    with Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": _TEXT})
        for place, (heading, hint) in enumerate(_headings(source, language)):
            sheet.set_column(place, place, _WIDTH, text)
            sheet.write_string(0, place, heading, bold)
            if hint:
                sheet.write_comment(0, place, hint, _NOTE)
    return held.getvalue()
