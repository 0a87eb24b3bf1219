"""Stream rows of plain or gzipped CSV files, detecting encoding and delimiter."""

import csv
import gzip
import io
from collections import Counter
from collections.abc import Generator, Iterator
from functools import lru_cache
from inspect import GEN_CLOSED, getgeneratorstate
from pathlib import Path
from typing import IO, Any, Final

from services.intake.encodings import Guess, Lines, marked
from services.intake.errors import FileError
from services.intake.mapping import Mapping

MOST_LINE: Final = 2_000_000
"""Characters per line."""
MOST_BYTES: Final = 4 * 2**30
"""Decompressed size of a gzip file."""
MOST_RATIO: Final = 200
"""Highest compression ratio of a large file. Tables stay below it, gzip bombs do not."""
LARGE: Final = 64 * 2**20
_SAMPLE: Final = 20

csv.field_size_limit(MOST_LINE)


def csv_rows(path: Path, mapping: Mapping, *, gzipped: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield (first line, cells) of every non-blank row. Raise FileError."""
    encoding = mapping.encoding or _sure(path, gzipped=gzipped)
    wide = any(width in encoding.lower() for width in ("16", "32")) and "18030" not in encoding
    errors = "strict" if wide else "surrogateescape"
    with _open(path, gzipped=gzipped) as raw, io.TextIOWrapper(raw, encoding, errors, newline="") as text:
        delimiter = mapping.delimiter or _delimiter(text)
        text.seek(0)
        lines = _bounded(text, path, gzipped=gzipped)
        reader = csv.reader(lines, delimiter=delimiter)
        begins = 1
        try:
            for cells in reader:
                if getgeneratorstate(lines) == GEN_CLOSED:  # it looked for more of this row, in vain
                    raise FileError("import.file", variant="csv", file=str(path), row=begins)
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


def _bounded(text: IO[str], path: Path, *, gzipped: bool) -> Generator[str, None, None]:
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


def guess(path: Path, *, gzipped: bool) -> Guess:
    """Guess the encoding, remembering it, as a file is read for its header, areas, rows and rejects. Raise
    FileError."""
    stat = path.stat()
    return _guessed(path, gzipped, stat.st_size, stat.st_mtime_ns)


def _sure(path: Path, *, gzipped: bool) -> str:
    """Return the encoding. Raise FileError, which names what the file may be, if it is only a guess."""
    found = guess(path, gzipped=gzipped)
    if not found.sure:
        choices = tuple(f"{one.encoding} ({one.sample})" for one in found.others)
        raise FileError("import.file", variant="unsure", file=str(path), choices=choices)
    return found.encoding


@lru_cache(16)
def _guessed(path: Path, gzipped: bool, _size: int, _changed: int) -> Guess:
    with _open(path, gzipped=gzipped) as raw:
        start: bytes = raw.read(4096)
        raw.seek(0)
        if name := marked(start):
            return Guess(name)
        if _controls(start) > len(start) // 20:
            raise FileError("import.file", variant="binary", file=str(path))
        found = _by_lines(path, raw, gzipped=gzipped)
    if found is None:
        raise FileError("import.file", variant="encoding", file=str(path))
    return found


def _controls(start: bytes) -> int:
    return sum(byte < 32 and byte not in b"\t\r\n" for byte in start)


def _by_lines(path: Path, raw: IO[bytes], *, gzipped: bool) -> Guess | None:
    lines, seen, packed, number = Lines(), 0, path.stat().st_size, 0
    while line := raw.readline(MOST_LINE):
        seen, number = seen + len(line), number + 1
        if gzipped:
            _no_bomb(path, number, seen, packed)
        lines.add(line)
    return lines.guess()


def _delimiter(text: IO[str]) -> str:
    """Return the delimiter that occurs equally often in most of the first lines."""
    lines = [line for _ in range(_SAMPLE) if (line := text.readline(MOST_LINE)).strip()]

    def score(delimiter: str) -> int:
        counts = Counter(line.count(delimiter) for line in lines)
        return max((held * times for held, times in counts.items()), default=0)

    return max(",;\t|", key=score)
