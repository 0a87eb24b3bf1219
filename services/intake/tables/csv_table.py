"""Stream rows of CSV files, detecting the delimiter."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from inspect import GEN_CLOSED, getgeneratorstate
from itertools import islice
from pathlib import Path
from typing import Final

from services.intake.errors import FileError
from services.intake.mapping import Mapping
from services.intake.tables.text_file import MOST_LINE, bounded, opened

_SAMPLE: Final = 20

csv.field_size_limit(MOST_LINE)


def csv_rows(path: Path, mapping: Mapping, *, gzipped: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield (first line, cells) of every non-blank row. Raise FileError."""
    with opened(path, mapping, gzipped=gzipped) as text:
        delimiter = mapping.delimiter or _delimiter(bounded(text, path, gzipped=gzipped))
        text.seek(0)
        lines = bounded(text, path, gzipped=gzipped)
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


def _delimiter(text: Iterable[str]) -> str:
    """Return the delimiter that occurs equally often in most of the first lines."""
    lines = [line for line in islice(text, _SAMPLE) if line.strip()]

    def score(delimiter: str) -> int:
        counts = Counter(line.count(delimiter) for line in lines)
        return max((held * times for held, times in counts.items()), default=0)

    return max(",;\t|", key=score)
