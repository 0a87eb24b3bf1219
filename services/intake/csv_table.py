"""Stream rows of plain or gzipped CSV files, detecting encoding and delimiter."""

import codecs
import csv
import gzip
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from services.intake.errors import FileError
from services.intake.mapping import Mapping

MOST_LINE: Final = 2_000_000
"""Characters per line."""
MOST_BYTES: Final = 4 * 2**30
"""Decompressed size of a gzip file."""
MOST_RATIO: Final = 200
"""Highest compression ratio of a large file. Tables stay below it, gzip bombs do not."""
LARGE: Final = 64 * 2**20
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ALONE: Final = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_TOGETHER: Final = re.compile(rb"[\x80-\xff]{2,}")
_SAMPLE: Final = 20

csv.field_size_limit(MOST_LINE)


def csv_rows(path: Path, mapping: Mapping, *, gzipped: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield (first line, cells) of every non-blank row. Raise FileError."""
    encoding = mapping.encoding or _encoding(path, gzipped=gzipped)
    wide = any(width in encoding.lower() for width in ("16", "32")) and "18030" not in encoding
    errors = "strict" if wide else "surrogateescape"
    with _open(path, gzipped=gzipped) as raw, io.TextIOWrapper(raw, encoding, errors, newline="") as text:
        delimiter = mapping.delimiter or _delimiter(text)
        text.seek(0)
        reader = csv.reader(_bounded(text, path, gzipped=gzipped), delimiter=delimiter)
        begins = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield begins, cells
                begins = reader.line_num + 1
        except csv.Error as error:
            raise FileError("import.file", variant="csv", file=str(path), row=begins) from error
        except UnicodeError as error:
            raise FileError(
                "import.file", variant="text", file=str(path), row=begins, encoding=encoding
            ) from error


def _open(path: Path, *, gzipped: bool) -> Any:
    return gzip.open(path, "rb") if gzipped else path.open("rb")


def _bounded(text: IO[str], path: Path, *, gzipped: bool) -> Iterator[str]:
    """Yield lines. Raise FileError for an overlong line or a gzip bomb."""
    seen, number, packed = 0, 0, path.stat().st_size
    while line := text.readline(MOST_LINE):
        seen, number = seen + len(line), number + 1
        if len(line) >= MOST_LINE:
            raise FileError("import.file", variant="long_line", file=str(path), row=number, most=MOST_LINE)
        if gzipped:
            _no_bomb(path, number, seen, packed)
        yield line


def _no_bomb(path: Path, number: int, seen: int, packed: int) -> None:
    if seen > MOST_BYTES or (seen > LARGE and seen > MOST_RATIO * packed):
        raise FileError("import.file", variant="bomb", file=str(path), row=number)


def _encoding(path: Path, *, gzipped: bool) -> str:
    """Detect the encoding: byte order mark, UTF-8 by most lines, or GB18030 by all. Raise FileError."""
    with _open(path, gzipped=gzipped) as raw:
        start: bytes = raw.read(4096)
        raw.seek(0)
        for bom, name in _BOMS:
            if start.startswith(bom):
                return name
        if start.count(0) > len(start) // 4:
            return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
        if _controls(start) > len(start) // 20:
            raise FileError("import.file", variant="binary", file=str(path))
        return _by_lines(path, raw, gzipped=gzipped)


def _controls(start: bytes) -> int:
    return sum(byte < 32 and byte not in b"\t\r\n" for byte in start)


def _by_lines(path: Path, raw: IO[bytes], *, gzipped: bool) -> str:
    good, bad, alone, together = 0, 0, 0, 0
    chinese, seen, packed, number = True, 0, path.stat().st_size, 0
    while line := raw.readline(MOST_LINE):
        seen, number = seen + len(line), number + 1
        if gzipped:
            _no_bomb(path, number, seen, packed)
        if line.isascii():
            continue
        if _decodes(line, "utf-8"):
            good += 1
            continue
        bad += 1
        alone, together = alone + len(_ALONE.findall(line)), together + len(_TOGETHER.findall(line))
        chinese = chinese and _decodes(line, "gb18030")
    if bad <= good:
        return "utf-8"  # invalid lines are rejected individually
    if chinese and together > alone:
        return "gb18030"
    raise FileError("import.file", variant="encoding", file=str(path))


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: IO[str]) -> str:
    """Return the delimiter that occurs equally often in most of the first lines."""
    lines = [line for _ in range(_SAMPLE) if (line := text.readline(MOST_LINE)).strip()]

    def score(delimiter: str) -> int:
        counts = Counter(line.count(delimiter) for line in lines)
        return max((held * times for held, times in counts.items()), default=0)

    return max(",;\t|", key=score)
