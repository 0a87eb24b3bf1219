"""Whether two names, taken apart, may be one enterprise; and finding such names among many, by blocks."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

from projections.comparison import Why
from services.matching.names import Name, sound

SCORES: Final[dict[Why, int]] = {"core": 100, "trade": 95, "brand": 85, "sound": 75, "typing": 70}
MOST: Final = 10
"""Candidates kept for a name."""
LONG: Final = 5
"""Characters from which one differing character is a slip of the pen, and not another brand."""
LONG_LATIN: Final = 8
_ENDS: Final = 2
"""Characters of a block at either end of a long brand: one slip leaves one of them as it was."""


def likeness(one: Name, other: Name) -> Why | None:
    """Return why two names may be one enterprise's; None if they are not."""
    if one.places and other.places and not one.places & other.places:
        return None
    if one.number and other.number and one.number != other.number:
        return None
    if one.core == other.core:
        return "core"
    if one.brand == other.brand:
        return _one_brand(one, other)
    if one.trades != other.trades or one.numerals != other.numerals:
        return None
    if one.chinese and sound(one.brand) == sound(other.brand):
        return "sound"
    return "typing" if _slip(one, other) else None


def _one_brand(one: Name, other: Name) -> Why | None:
    if one.trades & other.trades:
        return "trade"
    return None if one.trades and other.trades else "brand"


def is_long(name: Name) -> bool:
    """Whether its brand is long enough for a slip of the pen."""
    return len(name.brand) >= (LONG if name.chinese else LONG_LATIN)


def _slip(one: Name, other: Name) -> bool:
    return is_long(one) and is_long(other) and OSA.distance(one.brand, other.brand, score_cutoff=1) <= 1


class Found(msgspec.Struct, frozen=True):
    """A candidate for a name."""

    key: str
    why: Why

    @property
    def score(self) -> int:
        return SCORES[self.why]


class Blocks:
    """Names by key, in blocks: only names of one block are compared."""

    def __init__(self, names: Mapping[str, Name]) -> None:
        self._names = names
        self._by: defaultdict[str, list[str]] = defaultdict(list)
        for key, name in names.items():
            for block in blocks(name):
                self._by[block].append(key)

    def alike(self, name: Name, first: Callable[[str], bool] = lambda key: False) -> list[Found]:
        """Return the candidates, best first; of one score those that come `first`, then by key; MOST."""
        found: dict[str, Why] = {}
        for key in self._near(name):
            why = likeness(name, self._names[key])
            if why:
                found[key] = why
        ranked = sorted(found.items(), key=lambda one: (-SCORES[one[1]], not first(one[0]), one[0]))
        return [Found(key, why) for key, why in ranked[:MOST]]

    def _near(self, name: Name) -> Iterable[str]:
        near: dict[str, None] = {}
        for block in blocks(name):
            keys = self._by.get(block, ())
            if block[:1] in "<>":
                keys = self._slips(name, keys)
            near.update(dict.fromkeys(keys))
        return near

    def _slips(self, name: Name, keys: Iterable[str]) -> list[str]:
        brands = {key: self._names[key].brand for key in keys}
        close: Any = process.extract(name.brand, brands, scorer=OSA.distance, score_cutoff=1, limit=None)
        return [key for _, _, key in close]


def blocks(name: Name) -> Iterable[str]:
    """Return the blocks of a name: its core, its brand, how the brand sounds, and the ends of a long one."""
    yield f"={name.core}"
    yield f"={name.brand}"
    if name.chinese:
        yield f"~{sound(name.brand)}"
    if is_long(name):
        ends = _ENDS if name.chinese else 2 * _ENDS
        yield f"<{name.brand[:ends]}"
        yield f">{name.brand[-ends:]}"
