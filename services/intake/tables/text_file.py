"""Open plain or gzipped text files in their encoding, and bound what is read of them."""

import gzip
import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Final, cast

from services.intake.errors import FileError
from services.intake.mapping import Mapping
from services.intake.tables.encodings import Guess, Lines, marked

MOST_LINE: Final = 2_000_000
"""Characters per line."""
MOST_BYTES: Final = 4 * 2**30
"""Decompressed size of a gzip file."""
MOST_RATIO: Final = 200
"""Highest compression ratio of a large file. Tables stay below it, gzip bombs do not."""
LARGE: Final = 64 * 2**20
START: Final = 4096
"""Bytes at the beginning that tell what a file is."""
_APART: Final = (b'"', b",", b":", b" ", b"\n")
"""Bytes that are no part of a longer character in any encoding but UTF-16 and UTF-32."""


def open_file(path: Path, *, gzipped: bool) -> io.BufferedReader:
    """Open a file for its bytes. A gzip file is buffered once more: it reads lines in Python."""
    return io.BufferedReader(cast("Any", gzip.open(path, "rb"))) if gzipped else path.open("rb")


@contextmanager
def opened(path: Path, mapping: Mapping, *, gzipped: bool) -> Iterator[io.TextIOWrapper]:
    """Open a file for its text, in the mapping's encoding or its own. Raise FileError if that is unknown, or
    if what was read does not decode.

    Bytes that do not decode become surrogates, so that their row alone is rejected; in UTF-16 and UTF-32
    nothing after them could be read.
    """
    encoding = mapping.encoding or _sure(path, gzipped=gzipped)
    wide = any(width in encoding.lower() for width in ("16", "32")) and "18030" not in encoding
    errors = "strict" if wide else "surrogateescape"
    with open_file(path, gzipped=gzipped) as raw, io.TextIOWrapper(raw, encoding, errors, newline="") as text:
        yield text


def bounded(text: io.TextIOWrapper, path: Path, *, gzipped: bool) -> Generator[str, None, None]:
    """Yield lines. Raise FileError for an overlong line, a gzip bomb, or what does not decode."""
    seen, number, packed = 0, 0, path.stat().st_size
    while line := _next(text, path, number + 1):
        seen, number = seen + len(line), number + 1
        if len(line) >= MOST_LINE:
            raise FileError("import.file", variant="long_line", file=str(path), row=number, most=MOST_LINE)
        if gzipped:
            _no_bomb(path, number, seen, packed)
        yield line


def _next(text: io.TextIOWrapper, path: Path, number: int) -> str:
    try:
        return text.readline(MOST_LINE)
    except UnicodeError as error:
        raise FileError(
            "import.file", variant="text", file=str(path), row=number, encoding=text.encoding
        ) from error


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
    with open_file(path, gzipped=gzipped) as raw:
        start: bytes = raw.read(START)
        raw.seek(0)
        name = marked(start)
        text = start.decode(name or "latin-1", "ignore")
        if _controls(text) > len(text) // 20:
            raise FileError("import.file", variant="binary", file=str(path))
        if name:
            return Guess(name)
        found = _by_lines(path, raw, gzipped=gzipped)
    if found is None:
        raise FileError("import.file", variant="encoding", file=str(path))
    return found


def _controls(start: str) -> int:
    return sum(char < " " and char not in "\t\r\n" for char in start)


def _by_lines(path: Path, raw: IO[bytes], *, gzipped: bool) -> Guess | None:
    lines, seen, packed = Lines(), 0, path.stat().st_size
    for number, line in enumerate(_lines(raw), 1):
        seen += len(line)
        if gzipped:
            _no_bomb(path, number, seen, packed)
        lines.add(line)
    return lines.guess()


def _lines(raw: IO[bytes]) -> Iterator[bytes]:
    """Yield lines, and long ones, such as a document of JSON, in parts that cut no character."""
    rest = b""
    while line := raw.readline(MOST_LINE):
        if rest:
            line, rest = rest + line, b""
        if len(line) >= MOST_LINE and not line.endswith(b"\n"):
            cut = max(line.rfind(byte) for byte in _APART) + 1
            line, rest = (line[:cut], line[cut:]) if cut else (line, b"")
        yield line
    if rest:
        yield rest
