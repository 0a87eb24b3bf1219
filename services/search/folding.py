"""Names as people type them: without case, accents or full-width forms, and by initials of their pinyin."""

import unicodedata
from functools import cache, lru_cache
from itertools import chain, islice, product
from typing import Any, Final

import msgspec

MOST_READINGS: Final = 8
"""Initials kept of a name whose characters are read in several ways."""
MOST_CHARACTERS: Final = 10_000
"""Characters whose readings are kept: names are made of few."""
_HAN: Final = ("\u3400", "\u9fff")


class Folded(msgspec.Struct, frozen=True, gc=False):
    """A name, ready to be compared with what somebody types."""

    text: str
    initials: tuple[str, ...] = ()


def folded(text: str) -> str:
    """Return the text in compatibility form, case folded, without combining marks and outer space."""
    if text.isascii():
        return " ".join(text.casefold().split())
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in apart if not unicodedata.combining(one)).split())


def name_of(text: str) -> Folded:
    """Return a name ready for comparison, with the initials of its pinyin if it has Chinese characters."""
    return Folded(folded(text), _initials(text) if any(_HAN[0] <= one <= _HAN[1] for one in text) else ())


def rank(wanted: str, name: Folded) -> int | None:
    """Return how well a name fits folded text: 0 whole, 1 begins with it, 2 contains it, None not at all."""
    if not name.initials and wanted not in name.text:
        return None
    if wanted == name.text or wanted in name.initials:
        return 0
    if name.text.startswith(wanted) or any(one.startswith(wanted) for one in name.initials):
        return 1
    return 2 if wanted in name.text else None


def _initials(text: str) -> tuple[str, ...]:
    """Return the initials as a phrase is read, then other readings of its characters."""
    pinyin = _pinyin()
    style = pinyin.Style.FIRST_LETTER
    phrase = [one[0] for one in pinyin.pinyin(text, style=style)]
    letters = [_letters(one) for one in text]
    readings = ("".join(one) for one in chain([phrase], islice(product(*letters), MOST_READINGS - 1)))
    return tuple(dict.fromkeys(folded(one).replace(" ", "") for one in readings))


@lru_cache(maxsize=MOST_CHARACTERS)
def _letters(character: str) -> tuple[str, ...]:
    """Return the first letters of all readings of one character."""
    pinyin = _pinyin()
    read = pinyin.pinyin(character, style=pinyin.Style.FIRST_LETTER, heteronym=True)
    return tuple(dict.fromkeys(read[0]))


@cache
def _pinyin() -> Any:
    """Load the table of readings on first use: it takes a moment that a start need not wait for."""
    import pypinyin

    return pypinyin
