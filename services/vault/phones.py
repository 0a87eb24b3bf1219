"""Phone numbers as people type them, and the one form in which they are compared."""

import re
import unicodedata
from typing import Final

_CHINA: Final = re.compile(r"(?:\+|00)86|86(?=1\d{10}$)")


def normalised(phone: str) -> str:
    """Digits only, without China's prefix, full-width digits as plain ones; empty = no number in it."""
    text = unicodedata.normalize("NFKC", phone)
    kept = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text if c.isdecimal() or c == "+"
    )
    return re.sub(r"\D", "", _CHINA.sub("", kept, count=1) if _CHINA.match(kept) else kept)
