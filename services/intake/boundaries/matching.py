"""Match features to areas by code or by name. Pure."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from services.intake.errors import RowError

_CUTS: Final = (12, 9, 6, 4)
_NEAREST: Final = 3
_ALIKE: Final = 0.4
"""Similarity from which a name is offered, 0 to 1."""
_MOST_NEAREST: Final = 200
"""Names for which the nearest are looked for; it takes a moment for each."""


class Known:
    """The areas of a jurisdiction, by code and by name."""

    def __init__(self, areas: Iterable[tuple[str, str]]) -> None:
        """`areas`: (code, name), without closed ones."""
        self._names = dict(areas)
        self._folded = {code.casefold(): code for code in self._names}
        self._codes: defaultdict[str, list[str]] = defaultdict(list)
        self._looked = 0
        for code, name in self._names.items():
            self._codes[_plain(name)].append(code)

    def name(self, code: str) -> str:
        """Return the name of an area."""
        return self._names[code]

    def match(self, code: str, name: str) -> str:
        """Return the area of a feature. Raise RowError if there is none, or more than one."""
        if not code and not name:
            raise RowError("boundary.unnamed")
        if area := self._by_code(code):
            return area
        found = self._codes.get(_plain(name), [])
        if len(found) > 1:
            raise RowError("boundary.ambiguous", name=name, areas=tuple(found))
        if found:
            return found[0]
        near = self._nearest(name or code)
        if not near:
            raise RowError("boundary.no_area", variant="none", name=name or code)
        raise RowError("boundary.no_area", name=name or code, near=tuple(near))

    def _by_code(self, code: str) -> str | None:
        """Return the area with this code, whether or not it is filled up with zeros."""
        short = [code[:cut] for cut in _CUTS if code.isdigit() and set(code[cut:]) <= {"0"}]
        return next(
            (self._folded[one.casefold()] for one in (code, *short) if one.casefold() in self._folded), None
        )

    def _nearest(self, text: str) -> list[str]:
        self._looked += 1
        if self._looked > _MOST_NEAREST:
            return []
        names = get_close_matches(_plain(text), self._codes, _NEAREST, _ALIKE)
        codes = [code for name in names for code in self._codes[name]]
        return [f"{self._names[code]} ({code})" for code in codes[:_NEAREST]]


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
