"""Numbers that a spreadsheet has rounded: it keeps 15 digits, and shows long numbers as 1.10101E+17."""

import re
from typing import Final

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
