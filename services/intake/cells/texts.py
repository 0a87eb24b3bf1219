"""The texts of a row's cells, and how they are compared."""

import unicodedata

Cells = dict[str, str]
"""Column -> text."""


def fold(text: str) -> str:
    """Return a text for comparison: without case and width, spaces collapsed."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
