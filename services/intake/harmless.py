"""Cells of rejects files: no spreadsheet takes one for a formula, and reading one takes that back."""

from typing import Final

HEADINGS: Final = ("rejected line", "rejected code", "rejected reason")
_HARMFUL: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """A spreadsheet must not take a cell for a formula; broken bytes are shown as such."""
    clean = cell.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return f"'{clean}" if clean.startswith(_HARMFUL) else clean


def restored(cell: str) -> str:
    """What `harmless` was given, when its file is imported again."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_HARMFUL) else cell
