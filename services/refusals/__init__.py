"""Texts of refusals: turn a code and its values into a sentence, in each language.

There is one TOML file per language and aggregate, `{language}/{aggregate}.toml`, discovered automatically.
An entry has

- `sentence`: text with `{value}` placeholders; of several, the first whose values are all given is used;
- `variants`: sentences by the value `variant`, for a code that covers several rules;
- `meaning`: what the code means in general; defaults to the sentence;
- `you`: a short version addressed to the worker, shown on their phone;
- `noted`: English only; whether the code may be recorded as an anomaly: true, or what it means then.

A table `words.NAME` translates the codes that the value NAME can have in that file.
"""

import string
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

FOLDER: Final = Path(__file__).parent
REFERENCE: Final = "en"
"""The default language, used for programs and documentation."""
_JOINED: Final = {"zh": "、"}
"""Separator between list items, for languages that do not use a comma."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The texts of one code in one language."""

    sentence: str | tuple[str, ...] = ()
    variants: dict[str, str | tuple[str, ...]] = {}
    meaning: str = ""
    you: str = ""
    noted: bool | str = False
    words: dict[str, dict[str, str]] = {}

    def sentences(self, variant: object = None) -> tuple[str, ...]:
        """Return all sentences, the one that needs the most values first."""
        found = self.variants.get(str(variant), self.sentence)
        return (found,) if isinstance(found, str) else found


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the available languages."""
    return tuple(sorted(path.name for path in FOLDER.iterdir() if any(path.glob("*.toml"))))


@cache
def entries(language: str) -> Mapping[str, Entry]:
    """Return the entry of every code. Raises ValueError if a code is in two files."""
    found: dict[str, Entry] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        words = table.pop("words", {})
        if twice := found.keys() & table.keys():
            raise ValueError(f"{', '.join(sorted(twice))} is in two files of {language}")
        found |= {code: msgspec.convert({**entry, "words": words}, Entry) for code, entry in table.items()}
    return found


@cache
def placeholders(sentence: str) -> frozenset[str]:
    """Return the names of the values a sentence needs."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def sentence(code: str, values: Mapping[str, Any], language: str = REFERENCE) -> str:
    """Return the sentence for a code, or its meaning if values are missing."""
    entry = entries(language).get(code)
    if entry is None:
        return code
    said = entry.sentences(values.get("variant"))
    fitting = next((text for text in said if placeholders(text) <= values.keys()), None)
    if fitting is None:
        return meaning(code, language)
    return fitting.format_map({name: _shown(entry, name, values[name], language) for name in values})


def meaning(code: str, language: str = REFERENCE) -> str:
    """Return what the code means, or the code itself if it is unknown."""
    entry = entries(language).get(code)
    if entry is None:
        return code
    return entry.meaning or entry.sentences()[0]


@cache
def noted() -> Mapping[str, str]:
    """Return the codes that can appear in an event's `anomalies`, with their meanings."""
    return {
        code: entry.noted if isinstance(entry.noted, str) else meaning(code)
        for code, entry in entries(REFERENCE).items()
        if entry.noted
    }


def _shown(entry: Entry, name: str, value: object, language: str) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case str():
            return entry.words.get(name, {}).get(value, value)
        case Sequence():
            return _JOINED.get(language, ", ").join(map(str, value))
        case _:
            return str(value)
