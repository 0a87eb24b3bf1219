"""Look through the XML of a worksheet before it is read: its size, and its cells with errors.

The reader holds a sheet as one rectangle, so that a cell claimed far away costs gigabytes, and reads a cell
with an error as an empty one.
"""

import posixpath
import re
import zipfile
from typing import Final, NamedTuple
from xml.etree import ElementTree

_STEP: Final = 1 << 20
_OVERLAP: Final = 2048
"""Characters of a step looked at again with the next, for a cell cut in two."""
_REF: Final = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,4})([0-9]{1,12})[\"']")
_ERROR: Final = re.compile(
    rb"<(?:\w{1,9}:)?c\b(?=[^<>]{0,200}\bt=[\"']e[\"'])[^<>]{0,200}\br=[\"']([A-Za-z]{1,4})([0-9]{1,12})[\"']"
    rb"[^<>]{0,200}>(?:<(?:\w{1,9}:)?f\b[^<>]{0,200}(?:/>|>[^<]{0,1500}</(?:\w{1,9}:)?f>))?<(?:\w{1,9}:)?v>([^<]{0,99})<"
)
_UNWORKED: Final = re.compile(
    rb"(?:/>|</(?:\w{1,9}:)?f>)\s{0,9}(?:<(?:\w{1,9}:)?v\s{0,9}(?:/>|>\s{0,9}</(?:\w{1,9}:)?v>))?\s{0,9}</(?:\w{1,9}:)?c>"
)
_FORMULA: Final = re.compile(
    rb"<(?:\w{1,9}:)?c\b(?P<about>[^<>]{0,200}\br=[\"']([A-Za-z]{1,4})([0-9]{1,12})[\"'][^<>]{0,200})>\s{0,9}"
    rb"<(?:\w{1,9}:)?f\b[^<>]{0,200}(?:/>|>[^<]{0,1500}</(?:\w{1,9}:)?f>)\s{0,9}"
    rb"(?P<value><(?:\w{1,9}:)?v\s{0,9}(?:/>|>\s{0,9}</(?:\w{1,9}:)?v>))?\s{0,9}</(?:\w{1,9}:)?c>"
)
"""Every repetition is bounded: a sheet is what its sender wants it to be."""
_TEXT: Final = re.compile(rb"\bt=[\"']str[\"']")
UNWORKED: Final = "#NO VALUE"
"""In place of a formula that no spreadsheet program has worked out: a script wrote it."""
_RELATIONS: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MOST_ERRORS: Final = 100_000
"""Cells with errors that are told by name; more of them are read as empty."""


class Extent(NamedTuple):
    """The last row and column of a sheet, from 1, and its errors by (row, column)."""

    rows: int
    columns: int
    errors: dict[tuple[int, int], str]


def extent(packed: zipfile.ZipFile, sheet: str) -> Extent:
    """Return the extent of a sheet. Raise KeyError or ParseError for a damaged workbook."""
    rows = columns = 0
    errors: dict[tuple[int, int], str] = {}
    with packed.open(_part(packed, sheet)) as part:
        text = b""
        while step := part.read(_STEP):
            text = text[-_OVERLAP:] + step
            found = _REF.findall(text)
            rows = max(rows, max((int(row) for _, row in found), default=0))
            columns = max(columns, max((column_of(name) for name in {name for name, _ in found}), default=0))
            if b'"e"' in text or b"'e'" in text:
                for name, row, value in _ERROR.findall(text):
                    if len(errors) < MOST_ERRORS:
                        errors[int(row), column_of(name)] = value.decode("utf-8", "replace")
            if b"<f" in text or b":f" in text:
                _put_unworked(text, errors)
    return Extent(rows, columns, errors)


def since_1904(packed: zipfile.ZipFile) -> bool:
    """Whether the days of a workbook are counted from 1904, as older programs on a Mac do. Raise as above."""
    root = ElementTree.fromstring(packed.read(_book(packed)))  # noqa: S314  expat limits entities
    told = [one.get("date1904", "") for one in root.iter() if one.tag.endswith("}workbookPr")]
    return any(one in ("1", "true", "on") for one in told)


def _put_unworked(text: bytes, errors: dict[tuple[int, int], str]) -> None:
    """Add the formulas without a value; an empty text is one."""
    if not _UNWORKED.search(text):  # nearly every workbook: a spreadsheet program saved it
        return
    for found in _FORMULA.finditer(text):
        empty_text = found["value"] is not None and _TEXT.search(found["about"])
        if not empty_text and len(errors) < MOST_ERRORS:
            errors[int(found[3]), column_of(found[2])] = UNWORKED


def column_of(name: bytes) -> int:
    """Return the number of a column: A = 1, AA = 27; of no name, 0."""
    number = 0
    for letter in name.upper():
        number = number * 26 + letter - 64
    return number


def _part(packed: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part that holds a sheet."""
    book = _book(packed)
    root = ElementTree.fromstring(packed.read(book))  # noqa: S314  expat limits entities
    ids = [
        one.get(_RELATIONS) or next((v for k, v in one.attrib.items() if k.endswith("}id")), None)
        for one in root.iter()
        if one.tag.endswith("}sheet") and one.get("name") == sheet
    ]
    folder, name = posixpath.split(book)
    relations = ElementTree.fromstring(packed.read(f"{folder}/_rels/{name}.rels"))  # noqa: S314
    for one in relations:
        if ids and one.get("Id") == ids[0]:
            target = one.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
    raise KeyError(sheet)


def _book(packed: zipfile.ZipFile) -> str:
    """Return the name of the workbook's part."""
    root = ElementTree.fromstring(packed.read("_rels/.rels"))  # noqa: S314
    for one in root:
        if one.get("Type", "").endswith("/officeDocument"):
            return one.get("Target", "").lstrip("/")
    raise KeyError("workbook")
