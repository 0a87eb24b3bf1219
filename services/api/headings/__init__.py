"""Headings of exported columns in each language, one TOML file per language; or the names of the fields."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

FIELDS: Final = "fields"
"""The names of the fields instead of words, for programs."""
_FOLDER: Final = Path(__file__).parent
CHOICES: Final = (FIELDS, *sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def _words(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def headings(view: str, fields: Sequence[str], language: str) -> list[str]:
    """Return the heading of each field of a view: its own one there, or that of every view."""
    if language == FIELDS:
        return list(fields)
    words = _words(language)
    own = words.get(view, {})
    return [own.get(field) or words[FIELDS][field] for field in fields]
