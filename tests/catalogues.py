"""The pages' text catalogues, read without a browser."""

import re
from functools import cache
from pathlib import Path

from services.console.pages import WEB

TEXT = r'"(?:[^"\\]|\\.)*"'
ENTRY = re.compile(rf'"((?:[^"\\]|\\.)+)":\s*({TEXT}(?:\s*\+\s*{TEXT})*)')
LANGUAGES = sorted(path.name for path in (WEB / "i18n").iterdir() if path.is_dir())


@cache
def texts(path: Path) -> dict[str, str]:
    """Return the texts of one file by key. Long texts are written in pieces."""
    return {
        key: "".join(piece[1:-1] for piece in re.findall(TEXT, value))
        for key, value in ENTRY.findall(path.read_text())
    }
