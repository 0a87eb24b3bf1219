"""Guess the encoding of a text file, and tell when it is only a guess.

GB18030, Big5 and Shift-JIS decode almost any bytes, so that a file decodes says little. charset-normalizer
rules out what reads as noise. Among the rest, the one with the most common characters wins.
"""

import codecs
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from charset_normalizer import from_bytes

CANDIDATES: Final = ("gb18030", "big5", "cp932", "cp949", "cp1252", "cp1251")
"""Encodings that a file may have which is not UTF-8, the likeliest first."""
NAMES: Final = {"cp932": "shift_jis", "cp949": "euc-kr", "cp1252": "windows-1252", "cp1251": "windows-1251"}
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # which begins as that of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OPENED: Final = (b"{\0", b"[\0")
"""How JSON begins in UTF-16: its text may have hardly any other zeros."""
_SAMPLE: Final = 16_384
"""Bytes looked at, of lines that are not UTF-8."""
_SURE: Final = 0.7
"""Least score of a guess that is not asked about."""
_APART: Final = 0.15
"""By how much it must lead."""
_SHOWN: Final = 40
"""Characters of a sample shown with a question."""
_MANY: Final = 12
"""Number of different syllables that no Chinese text has by chance."""
_NOISE: Final = 0.4
"""Most noise, as charset-normalizer measures it."""
_CYRILLIC: Final = re.compile(r"[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+")


class Reading(NamedTuple):
    """A text in one encoding, to recognise it by."""

    encoding: str
    sample: str


class Guess(NamedTuple):
    """The likeliest encoding, and what else it may be; nothing else if it is sure."""

    encoding: str
    others: tuple[Reading, ...] = ()

    @property
    def sure(self) -> bool:
        return not self.others


def marked(start: bytes) -> str | None:
    """Return the encoding that the first bytes tell: by a byte order mark, or by zeros."""
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    if name := _thirty_two(start):
        return name
    if start.count(0) > len(start) // 4 or start[:2] in _OPENED or start[1:2] + start[:1] in _OPENED:
        return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    return None


def _thirty_two(start: bytes) -> str | None:
    """Return the kind of UTF-32, of whose four bytes one is 0 and the next one at most 16."""
    fours = start[: len(start) & ~3]
    if fours and not any(fours[3::4]) and max(fours[2::4]) <= 0x10:
        return "utf-32-le"
    return "utf-32-be" if fours and not any(fours[::4]) and max(fours[1::4]) <= 0x10 else None


class Lines:
    """Collects the lines of a file that are not ASCII, to guess its encoding."""

    def __init__(self) -> None:
        self._good = self._bad = 0
        self._sample = bytearray()
        self._left = list(CANDIDATES)

    def add(self, line: bytes) -> None:
        """Look at a line. Of lines that are not UTF-8, all are decoded and the first are kept."""
        if line.isascii():
            return
        if _decodes(line, "utf-8"):
            self._good += 1
            return
        self._bad += 1
        self._left = [name for name in self._left if _decodes(line, name)]
        if len(self._sample) < _SAMPLE:
            self._sample += line

    def guess(self) -> Guess | None:
        """Return the guess; None if the lines are none of the known encodings."""
        if self._bad <= self._good:
            return Guess("utf-8")  # invalid lines are rejected individually
        return _guess(bytes(self._sample), tuple(self._left))


@lru_cache(64)
def _guess(sample: bytes, left: tuple[str, ...]) -> Guess | None:
    found = from_bytes(sample, cp_isolation=list(left), threshold=_NOISE) if left else []
    noise = {match.encoding: match.chaos for match in found}
    scores = {name: _common(sample, name) - noise[name] for name in left if name in noise}
    ranked = sorted(scores, key=lambda name: -scores[name])
    if not ranked:
        return None
    best, *others = ranked
    rivals = [name for name in others if scores[name] > scores[best] - _APART]
    if scores[best] >= _SURE and not rivals:
        return Guess(NAMES.get(best, best))
    asked = [best, *(rivals or others)]
    return Guess(NAMES.get(best, best), tuple(Reading(NAMES.get(n, n), _shown(sample, n)) for n in asked))


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _shown(sample: bytes, encoding: str) -> str:
    """Return the first characters of a sample that tell the encodings apart."""
    words = re.split(r"[\x00-\x7f]+", sample.decode(encoding))
    return " ".join(word for word in dict.fromkeys(words) if word)[:_SHOWN]


# -- common characters -------------------------------------------------------------------------------------


def _common(sample: bytes, encoding: str) -> float:
    """Return the share of characters, 0 to 1, that are common in texts of an encoding."""
    text = sample.decode(encoding)
    if encoding == "cp1251":
        words = [word for word in re.findall(r"[^\x00-\x7f]+", text) if len(word) > 1]
        return _share(_CYRILLIC.fullmatch(word) is not None for word in words)
    if encoding == "cp1252":
        words = re.findall(r"[^\x00-\x7f]+", text)
        return _share(len(word) < 3 and word.isalpha() for word in words)
    found = [char for char in text if not char.isascii()]
    share = _share(_ordinary(char, encoding) for char in found)
    # Common Korean syllables are all common characters in GB2312 too, but hardly ever the other way round.
    surely = encoding == "cp949" and share == 1 and len(set(found)) >= _MANY
    return share + _APART if surely else share


def _share(found: Iterable[bool]) -> float:
    every = list(found)
    return sum(every) / len(every) if every else 0.0


_LEVELS: Final[dict[str, tuple[str, int, int]]] = {
    "gb18030": ("gb2312", 0xA1, 0xD7),
    "big5": ("big5", 0xA1, 0xC6),
    "cp932": ("shift_jis", 0x81, 0x97),
    "cp949": ("euc_kr", 0xA1, 0xC8),
}
"""Encoding -> its older set, and the first bytes of its symbols and common characters."""


def _ordinary(char: str, encoding: str) -> bool:
    older, first, last = _LEVELS[encoding]
    try:
        raw = char.encode(older)
    except UnicodeEncodeError:
        return False
    return len(raw) == 2 and first <= raw[0] <= last
