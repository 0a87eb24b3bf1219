"""Read JSON and NDJSON as tables: one object is one row, and its columns are paths such as `address.city`."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, cast

from services.intake.errors import FileError
from services.intake.mapping import Mapping
from services.intake.tables.encodings import marked
from services.intake.tables.text_file import START, bounded, open_file, opened

MOST_BYTES: Final = 64 * 2**20
"""Size of a JSON document, which is held in memory. NDJSON is read line by line."""
MOST_PATHS: Final = 20_000
_BLANK: Final = " \t\r\n\ufeff"
_MARK: Final = "\xef\xbb\xbf"
"""A byte order mark of UTF-8, byte by byte."""
_DEEPEST: Final = 20
"""Levels of a path; deeper values are written as JSON."""
_TWICE: Final = "\0twice"
"""In place of the value of a key that an object has twice."""
_LISTED: Final = ";"
"""Between the values of a list in one cell; a `list` field splits them again."""


def is_json(path: Path, *, gzipped: bool) -> bool:
    """Whether a file begins as an object, or as an array of objects."""
    with open_file(path, gzipped=gzipped) as file:
        raw: bytes = file.read(START)
    start = raw.decode(marked(raw) or "latin-1", "ignore").lstrip(_BLANK + _MARK)
    if start[:1] == "[":
        return start[1:].lstrip(_BLANK)[:1] in ("{", "]")
    return start[:1] == "{" and start[1:].lstrip(_BLANK)[:1] in ('"', "}")


def json_rows(path: Path, mapping: Mapping, *, gzipped: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield all paths of the file as row 0, then (number, cells) of every object. Raise FileError."""
    columns: dict[str, None] = {}
    for number, record in _records(path, mapping, gzipped=gzipped):
        columns |= dict.fromkeys(_cells(path, number, record))
        if len(columns) > MOST_PATHS:
            raise FileError(
                "import.file", variant="columns", file=str(path), given=len(columns), most=MOST_PATHS
            )
    yield 0, list(columns)
    for number, record in _records(path, mapping, gzipped=gzipped):
        cells = _cells(path, number, record)
        yield number, [cells.get(name, "") for name in columns]


def _cells(path: Path, number: int, record: dict[str, Any]) -> dict[str, str]:
    """Return an object's texts by path. Raise FileError if a path has two: readers differ on which counts."""
    cells: dict[str, str] = {}
    for name, text in _flat(record):
        if name in cells or text is _TWICE:
            raise FileError("import.file", variant="json_twice", file=str(path), row=number, key=name[:80])
        cells[name] = text
    return cells


def _records(path: Path, mapping: Mapping, *, gzipped: bool) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (number, object): of the lines if the first one is a whole object, else of the one document."""
    with opened(path, mapping, gzipped=gzipped) as text:
        if mapping.records is None and _of_lines(bounded(text, path, gzipped=gzipped)):
            text.seek(0)
            yield from _lines(path, bounded(text, path, gzipped=gzipped))
            return
        encoding, errors = text.encoding, str(text.errors)
    with open_file(path, gzipped=gzipped) as file:
        content: bytes = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileError("import.file", variant="json_size", file=str(path), most=MOST_BYTES >> 20)
    try:
        whole = content.decode(encoding, errors)
    except UnicodeError as error:
        raise FileError("import.file", variant="text", file=str(path), row=1, encoding=encoding) from error
    yield from enumerate(_of_document(path, _parsed(path, whole, None), mapping), 1)


def _of_lines(lines: Iterator[str]) -> bool:
    """Whether the first line is an object; if it is the only one, it is a document all the same."""
    try:
        first = next((plain for line in lines if (plain := line.strip(_BLANK))), "")
        json.loads(first if first.startswith("{") else "")
    except (ValueError, RecursionError, FileError):  # a document may be one long line
        return False
    try:
        return any(line.strip(_BLANK) for line in lines)
    except FileError:  # told when that line is read
        return True


def _lines(path: Path, lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        if line.strip(_BLANK):
            yield number, _object(path, number, _parsed(path, line, number))


def _parsed(path: Path, text: str, row: int | None) -> Any:
    try:
        return _parse(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        why = str(error)[:200]
        raise FileError("import.file", variant="json", file=str(path), row=row or 1, why=why) from error


def _of_document(path: Path, whole: Any, mapping: Mapping) -> Iterator[dict[str, Any]]:
    found = whole
    for key in mapping.records.split(".") if mapping.records else ():
        found = cast("dict[str, Any]", found).get(key) if isinstance(found, dict) else None
    if isinstance(found, dict) and mapping.records is None:
        inner = cast("dict[str, Any]", found)
        lists = [one for one in inner.values() if isinstance(one, list) and one and _all_objects(one)]
        found = lists[0] if len(lists) == 1 else [inner]
    if not isinstance(found, list):
        raise FileError("import.file", variant="no_records", file=str(path), records=mapping.records or "")
    for number, one in enumerate(cast("list[Any]", found), 1):
        yield _object(path, number, one)


def _all_objects(values: list[Any]) -> bool:
    return all(isinstance(one, dict) for one in values)


def _object(path: Path, number: int, found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        why = f"{json.dumps(found)[:40]} is not an object"
        raise FileError("import.file", variant="json", file=str(path), row=number, why=why)
    return cast("dict[str, Any]", found)


def _flat(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of every value; the items of a list of objects are numbered from 0."""
    if depth >= _DEEPEST:
        yield path, json.dumps(value, ensure_ascii=False)
    elif isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield from _flat(inner, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        items = cast("list[Any]", value)
        if any(isinstance(one, dict | list) for one in items):
            for n, inner in enumerate(items):
                yield from _flat(inner, f"{path}.{n}", depth + 1)
        else:
            yield path, _LISTED.join(map(_text, items))
    else:
        yield path, _text(value)


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, in which the values of a key given twice are replaced."""
    found = dict(pairs)
    if len(found) < len(pairs):
        often = Counter(key for key, _ in pairs)
        found.update({key: _TWICE for key, times in often.items() if times > 1})
    return found


_parse: Final = json.JSONDecoder(
    object_pairs_hook=_object_of, parse_float=str, parse_int=str, parse_constant=str
).decode
"""Numbers are kept as they are written."""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
