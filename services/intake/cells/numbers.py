"""Parse numbers: with signs that group their digits, whole ones, and counts."""

import math
import re
import unicodedata
from typing import Final

from services.intake.cells.texts import Cells
from services.intake.errors import Misread, RowError

MOST_TIMES: Final = 1000
"""How often a row can repeat a command by `count`."""
_GROUPED: Final = {
    decimal: re.compile(rf"([+-]? ?\d{{1,3}}(?:{group}\d{{3}}|{group}\d\d(?={group}))+)([{decimal}]\d+)?")
    for decimal, group in ((".", "[,' ]"), (",", "[.' ]"))
}
"""Numbers whose digits are grouped, by decimal separator: 1,234,567.8 and, in India, 12,34,567."""
_BETWEEN: Final = re.compile("[,.' ]")


def number_of(text: str, decimal: str) -> float:
    """Return a number. Raise Misread.

    Signs that group its digits must group them by three: `1,5` is not 15.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if (found := _GROUPED[decimal].fullmatch(plain)) is not None:
        plain = _BETWEEN.sub("", found[1]) + (found[2] or "")
    elif "_" in plain:
        raise Misread("number")
    try:
        number = float(plain.replace(",", ".") if decimal == "," else plain)
    except ValueError:
        raise Misread("number") from None
    if not math.isfinite(number):
        raise Misread("number")
    return number


def whole(number: float) -> int:
    """Return a whole number as one. Raise Misread if it has a fraction."""
    if not number.is_integer():
        raise Misread("whole")
    return int(number)


def count_of(column: str, cells: Cells) -> int:
    """Return how often a command is repeated; an empty cell is 0. Raise RowError."""
    text = cells.get(column, "").strip()
    try:
        count = whole(number_of(text, ".")) if text else 0
        if not 0 <= count <= MOST_TIMES:
            raise Misread("times", most=MOST_TIMES)
    except Misread as error:
        where = {"where": column, "text": text[:80]}
        raise RowError("unreadable", variant=error.variant, **where, **error.values) from error
    return count
