"""Normalise phone numbers for comparison."""

import re
import unicodedata
from typing import Final

_CHINA: Final = re.compile(r"(?:\+|00)86|86(?=1\d{10}$)")


def normalised(phone: str) -> str:
    """Return plain ASCII digits without the +86 prefix; empty if the text contains no number."""
    text = unicodedata.normalize("NFKC", phone)
    kept = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text if c.isdecimal() or c == "+"
    )
    return re.sub(r"\D", "", _CHINA.sub("", kept, count=1) if _CHINA.match(kept) else kept)
