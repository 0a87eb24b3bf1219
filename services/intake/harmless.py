"""Escape cells of rejects files so that spreadsheets do not read them as formulas, and unescape them."""

from typing import Final

HEADINGS: Final = ("rejected line", "rejected code", "rejected reason")
_HARMFUL: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """Escape a cell that looks like a formula; replace undecodable bytes."""
    clean = cell.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return f"'{clean}" if clean.startswith(_HARMFUL) else clean


def restored(cell: str) -> str:
    """Undo `harmless`, for importing a rejects file."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_HARMFUL) else cell
