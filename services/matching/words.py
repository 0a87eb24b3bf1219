"""The vocabulary of enterprise names (words.toml), prepared for looking up."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

_FILE: Final = Path(__file__).with_name("words.toml")
WEAK: Final = "~"
"""Trade of the words that say little."""


class Ends:
    """Words to look for at the end of a text, by their last character, longest first."""

    def __init__(self, words: Iterable[str]) -> None:
        by: dict[str, list[str]] = {}
        for word in sorted(set(words), key=lambda one: (-len(one), one)):
            by.setdefault(word[-1], []).append(word)
        self._by = {last: tuple(some) for last, some in by.items()}

    def of(self, text: str) -> str:
        """Return the longest word that ends the text and leaves some of it; empty if none does."""
        for word in self._by.get(text[-1:], ()):
            if text.endswith(word) and len(text) >= len(word) + LEAST and _apart(text, len(word)):
                return word
        return ""


LEAST: Final = 2
"""Characters that stripping leaves."""


def _apart(text: str, length: int) -> bool:
    """Whether the last characters are not a part of a Latin word."""
    before = text[-length - 1]
    return before == " " or not (text[-length].isascii() and before.isascii())


class Words(msgspec.Struct, frozen=True):
    """What a name is taken apart by."""

    forms: frozenset[str]
    trades: dict[str, str]
    """Word -> the first word of its line; WEAK for words that say little."""
    provinces: frozenset[str]
    """With and without their last words."""
    region_ends: tuple[str, ...]
    no_region: tuple[str, ...]


@cache
def words() -> Words:
    """Return the vocabulary."""
    told: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    trades = {word: line[0] for line in told["trades"] for word in line} | dict.fromkeys(told["weak"], WEAK)
    return Words(
        forms=frozenset(told["forms"]),
        trades=trades,
        provinces=frozenset(one + end for one in told["provinces"] for end in ("", *told["province_ends"])),
        region_ends=tuple(told["region_ends"]),
        no_region=tuple(told["no_region"]),
    )


class Regions:
    """What names may call the jurisdiction, its counties and the provinces, in full or without 市, 县, 区."""

    def __init__(self, root: str, counties: Mapping[str, str], read: Callable[[str], str]) -> None:
        """`root`: the folded name of the jurisdiction; `counties`: key -> folded name. `read` returns how a
        region is written in Latin letters."""
        vocabulary = words()
        self.keys = dict.fromkeys(vocabulary.provinces, "")
        """Region -> its county's key; empty for those that tell no county from another."""
        for key, name in (("", root), *counties.items()):
            stem = _stem(name, vocabulary)
            for one in (name, stem, read(stem)):
                if len(one) >= LEAST:
                    self.keys[one] = key
        trades = frozenset(vocabulary.trades)
        self.forms = Ends((*vocabulary.forms, *trades, *self.keys))
        self.trades = Ends((*trades, *vocabulary.forms, *self.keys))
        self._lengths = sorted({len(one) for one in self.keys}, reverse=True)

    def first(self, text: str) -> str:
        """Return the longest region that begins the text and leaves some of it; empty if none does."""
        for length in self._lengths:
            head = text[:length]
            if length + LEAST <= len(text) and head in self.keys and _parted(head, text[length]):
                return head
        return next((text[:n] for n in (4, 3) if n + LEAST <= len(text) and _elsewhere(text[:n])), "")


def _parted(head: str, following: str) -> bool:
    """Whether the first characters are not a part of a Latin word."""
    return following == " " or not (head[-1].isascii() and following.isascii())


def _stem(name: str, vocabulary: Words) -> str:
    return name.removesuffix(next((one for one in vocabulary.region_ends if name.endswith(one)), ""))


def _elsewhere(head: str) -> bool:
    """Whether it reads as a town or county elsewhere: 哈尔滨市 does, 惠民超市 does not."""
    return head[-1] in "市县" and not head.endswith(words().no_region)
