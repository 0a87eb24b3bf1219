"""Escape cells of rejects files, and unescape them.

No spreadsheet reads them as formulas then, and no person as another text.
"""

from typing import Final

from services.decisions.turning import turned, unturned

HEADINGS: Final = ("rejected line", "rejected code", "rejected reason")
_HARMFUL: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """Escape a cell that looks like a formula; name controls of direction; replace undecodable bytes."""
    clean = unturned(cell.replace("\0", "\ufffd").encode("utf-8", "replace").decode())
    return f"'{clean}" if clean.startswith(_HARMFUL) else clean


def restored(cell: str) -> str:
    """Undo `harmless`, for importing a rejects file."""
    return turned(cell[1:] if cell.startswith("'") and cell[1:].startswith(_HARMFUL) else cell)
