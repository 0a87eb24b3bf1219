"""What spreadsheets make of days and numbers.

Days are counted from one in 1899 or 1904. A number keeps 15 digits; a long one is shown as 1.10101E+17.
"""

import re
from datetime import datetime
from typing import Final

SINCE_1900: Final = datetime(1899, 12, 30)  # noqa: DTZ001  spreadsheet serial dates are local time
"""Day 0 of a spreadsheet."""
SINCE_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001
"""Day 0 of a workbook that counts from 1904."""
KEPT: Final = 15
"""Digits of a number that a spreadsheet keeps."""
_SHOWN: Final = re.compile(r"[+-]?\d([.,]\d+)?E\+?\d{2,3}", re.IGNORECASE)
_LONG: Final = re.compile(rf"[+-]?\d{{{KEPT}}}0{{3,}}")
"""Three digits lost or more; of one or two, a zero is too often the true digit."""


def rounded(text: str) -> bool:
    """Whether a cell holds what is left of a longer number."""
    text = text.strip()
    if not (text.endswith("000") or "E" in text or "e" in text):  # nearly every cell
        return False
    return len(text) > 3 and bool(_SHOWN.fullmatch(text) or (len(text) > KEPT and _LONG.fullmatch(text)))
