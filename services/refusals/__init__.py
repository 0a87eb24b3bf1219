"""What a refusal says: the sentence is made from its code and values, in each language.

One TOML file per language and aggregate, found by itself: `{language}/{aggregate}.toml`. An entry has

- `sentence`: with `{value}` for what it names; of several the first one is said whose values are all given;
- `variants`: the same by the value `variant`, where one code stands for several rules;
- `meaning`: what the code means, whatever it is about; where it is left out, the sentence says it all;
- `you`: the same in short to the worker whose own act it was, on their phone;
- `noted`: only in English; that the code may be recorded as an anomaly: true, or what it then means.

A table `words.NAME` gives words for the codes that the value NAME may hold in that file.
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
"""The language that programs and documents are answered in."""
_JOINED: Final = {"zh": "、"}
"""What stands between the items of a list, where it is no comma."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of one code in one language."""

    sentence: str | tuple[str, ...] = ()
    variants: dict[str, str | tuple[str, ...]] = {}
    meaning: str = ""
    you: str = ""
    noted: bool | str = False
    words: dict[str, dict[str, str]] = {}

    def sentences(self, variant: object = None) -> tuple[str, ...]:
        """All ways to say it, the one that needs most values first."""
        found = self.variants.get(str(variant), self.sentence)
        return (found,) if isinstance(found, str) else found


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that there are."""
    return tuple(sorted(path.name for path in FOLDER.iterdir() if any(path.glob("*.toml"))))


@cache
def entries(language: str) -> Mapping[str, Entry]:
    """Every code with what is said of it. Raises ValueError where a code is in two files."""
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
    """Names of the values that a sentence needs."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def sentence(code: str, values: Mapping[str, Any], language: str = REFERENCE) -> str:
    """What to tell the person who asked. Without the values that it needs, what the code means."""
    entry = entries(language).get(code)
    if entry is None:
        return code
    said = entry.sentences(values.get("variant"))
    fitting = next((text for text in said if placeholders(text) <= values.keys()), None)
    if fitting is None:
        return meaning(code, language)
    return fitting.format_map({name: _shown(entry, name, values[name], language) for name in values})


def meaning(code: str, language: str = REFERENCE) -> str:
    """What the code means; the code itself where it is unknown."""
    entry = entries(language).get(code)
    if entry is None:
        return code
    return entry.meaning or entry.sentences()[0]


@cache
def noted() -> Mapping[str, str]:
    """Codes that an event's `anomalies` may hold, with what they mean there."""
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
