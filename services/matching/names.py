"""Take the name of an enterprise apart: regions, brand 字号, trades 行业, branch number, legal form 组织形式.

Whole names are misleading: they differ least in what says most, the brand. So the parts are compared.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

import msgspec

from services.matching.words import WEAK, Regions, words

_BRACKETS: Final = re.compile(r"[(\[【〔《「]([^()\[\]【】〔〕《》「」]*)[)\]】〕》」]")
_NOISE: Final = re.compile(r"[^\w]+|_")
_CJK: Final = re.compile(r"[\u4e00-\u9fff]")
_BRANCH: Final = re.compile(r"第?([0-9]+|[一二三四五六七八九十]+)(?:分店|号店|店|部|号站|站|分公司)$")
_NUMERALS: Final = re.compile(r"[0-9一二三四五六七八九十百]+")


class Name(msgspec.Struct, frozen=True):
    """An enterprise's name, taken apart."""

    core: str
    """Without regions, brackets and legal form."""
    brand: str
    trades: frozenset[str] = frozenset()
    """One word for each trade it names, without those that say little."""
    places: frozenset[str] = frozenset()
    """Keys of the counties it names; the whole jurisdiction and provinces are none."""
    number: str = ""
    """That of a branch."""

    @property
    def chinese(self) -> bool:
        return not self.brand.isascii() and _CJK.search(self.brand) is not None

    @property
    def numerals(self) -> list[str]:
        """Numbers in the brand."""
        return _NUMERALS.findall(self.brand)


def regions(root: str, counties: Mapping[str, str]) -> Regions:
    """Return the regions of a jurisdiction of this name with these counties (key -> name)."""
    return Regions(folded(root), {key: folded(name) for key, name in counties.items()}, _latin)


def _latin(text: str) -> str:
    return sound(text).replace(" ", "")


def folded(text: str) -> str:
    """Return half-width, lower-case, simplified text."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    return plain if plain.isascii() else str(_simplified().convert(plain))


@cache
def _simplified() -> Any:
    import opencc  # loads its dictionaries on first use

    return opencc.OpenCC("t2s")


def taken_apart(text: str, known: Regions) -> Name:
    """Return the parts of a name."""
    return _Parser(known).read(text)


class _Parser:
    """One name while it is taken apart."""

    def __init__(self, known: Regions) -> None:
        self._known, self._words = known, words()
        self._places: list[str] = []
        self._trades: list[str] = []
        self._kept = ""
        """A region that may be the brand, if nothing else is left."""
        self._number = ""

    def read(self, text: str) -> Name:
        left = _NOISE.sub(" ", _BRACKETS.sub(self._bracket, folded(text))).strip()
        left = left if left.isascii() else left.replace(" ", "")
        core = self._without_form(left)
        brand = self._without_trades(core)
        if not brand or brand in self._words.trades:
            brand = self._kept or core
        trades = frozenset(self._trades) - {WEAK}
        return Name(core, brand, trades, frozenset(self._places) - {""}, self._number)

    def _bracket(self, match: re.Match[str]) -> str:
        """Drop what is a region or a form in brackets; keep anything else."""
        inner = match[1].strip()
        if inner in self._known.keys:
            self._places.append(self._known.keys[inner])
            return " "
        return " " if inner in self._words.forms else f" {inner} "

    def _without_form(self, text: str) -> str:
        """Strip regions from both ends, and branch numbers and legal forms from the end.

        A trade at the end stays: 驿站 is one, although 站 is a form.
        """
        while True:
            before, text = text, self._front(text)
            if found := _BRANCH.search(text):
                self._number, text = self._number or found[1], text[: found.start()]
            end = self._known.forms.of(text)
            if end and end not in self._words.trades:
                text = self._cut(text, end)
            if text == before:
                return text

    def _without_trades(self, text: str) -> str:
        while True:
            before, text = text, self._front(text)
            if end := self._known.trades.of(text):
                text = self._cut(text, end)
            if text == before:
                return text

    def _cut(self, text: str, end: str) -> str:
        if end in self._words.trades:
            self._trades.append(self._words.trades[end])
        elif end in self._known.keys:
            self._places.append(self._known.keys[end])
        return text[: -len(end)].strip()

    def _front(self, text: str) -> str:
        if head := self._known.first(text):
            self._places.append(self._known.keys.get(head, ""))
            self._kept = "" if head.endswith(self._words.region_ends) else head
        return text[len(head) :].strip()


@lru_cache(maxsize=65536)
def sound(text: str) -> str:
    """Return how Chinese characters are read, without tones; other text as it is."""
    return " ".join(map(_read, text))


@cache
def _read(character: str) -> str:
    return str(_pinyin().lazy_pinyin(character)[0])


@cache
def _pinyin() -> Any:
    import pypinyin  # loads its table on first use

    return pypinyin
