"""Names of areas instead of codes: find the area that a cell means.

A cell means an area by its code, its name, or a path of names such as `Parent/Name`. Names are compared
without case, width and spaces. A name that means no area, or several, is an error that lists the nearest.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final, NamedTuple

from events.area import inside
from services.intake.cells.firms import Firms
from services.intake.cells.nearness import Box
from services.intake.errors import RowError

NEAR: Final = 3
"""Suggestions for a name that means no area."""
_LIKE: Final = 0.5
"""Least similarity of a suggestion, from 0 to 1."""
_MOST_LIKE: Final = 500
"""Texts for which similar names are looked for; it takes a moment for each."""
_CUT: Final = re.compile(r"\s*[/>\uff0f\uff1e\u203a]\s*")
"""Separators of a path of names."""


SaidNames = Mapping[str, Mapping[str, str]]
"""Sheet -> code -> name."""


class Near(NamedTuple):
    """An area that a text may mean."""

    area: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.area})"


class Row(NamedTuple):
    """A row of a sheet of areas, as written: its own code or "", its name, and its parent or ""."""

    code: str
    name: str
    parent: str


def fold(text: str) -> str:
    """Return a text for comparison: without case, width and spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


class Places:
    """The areas of one jurisdiction, and those that its sheets add."""

    def __init__(
        self,
        root: str,
        known: Mapping[str, str] | None = None,
        box: Box | None = None,
        timezone: str | None = None,
    ) -> None:
        """`known`: code -> name of the open areas, also of the root; None = not known, and a text that is no
        name is taken as a code. `box` is where the areas lie, `timezone` the jurisdiction's."""
        self.box, self.timezone = box, timezone
        self.unestablished = known is not None and not known and timezone is None
        self.root, self._blind = root, known is None
        self.names: dict[str, str] = {}
        """Code -> name, without the root."""
        self.planned: dict[Row, str | RowError] = {}
        """The code of each row of a sheet of areas, or why it has none."""
        self.firms = Firms()
        """The enterprises there, if a mapping asks for them."""
        self.said: SaidNames = {}
        """What sheets called areas last time, whatever people have renamed or closed since."""
        self._codes: dict[str, list[str]] = {}
        self._looked, self._like = 0, dict[str, list[str]]()
        """Folded text -> codes of the areas with similar names."""
        for code, name in (known or {}).items():
            if code == root:
                self._codes.setdefault(fold(name), []).append(root)
            self.add(code, name)

    def add(self, code: str, name: str) -> None:
        """Add an area. A known one keeps the name that it has."""
        if code in self:
            return
        self.names[code] = name
        self._like.clear()
        self._codes.setdefault(fold(name), []).append(code)

    def __contains__(self, code: object) -> bool:
        return code == self.root or code in self.names

    def find(self, text: str, where: str) -> str:
        """Return the code of the area that a text means. Raise RowError, which names the nearest areas."""
        text = text.strip()
        if text in self:
            return text
        found = self.called(text)
        if len(found) == 1:
            return found[0]
        if not found and self._blind:
            return text
        near = tuple(str(one) for one in self.near(text))
        if found:
            raise RowError("unplaced", variant="several", where=where, text=text[:80], near=near)
        if near:
            raise RowError("unplaced", where=where, text=text[:80], near=near)
        raise RowError("unplaced", where=where, text=text[:80])

    def planned_code(self, row: Row) -> str:
        """Return the code of a row of a sheet of areas. Raise RowError if it has none."""
        found = self.planned[row]
        if isinstance(found, RowError):
            raise RowError(found.code, **found.values)
        return found

    def near(self, text: str) -> list[Near]:
        """Return the areas that a text may mean: those of that name, or else of the most similar names."""
        codes = self.called(text) or self._similar(_CUT.split(text.strip())[-1])
        return [Near(code, self.names.get(code, code)) for code in codes]

    def called(self, text: str) -> list[str]:
        """Return the areas of a name, or of a path of names."""
        *above, last = [fold(part) for part in _CUT.split(text.strip())]
        found = self._codes.get(last, [])
        for name in above:
            found = [code for code in found if self._within(code, self._codes.get(name, []))]
        return found

    def _within(self, code: str, outer: Iterable[str]) -> bool:
        return any(code != one and inside(code, one) for one in outer)

    def _similar(self, text: str) -> list[str]:
        """Return the areas whose names contain the text or lie in it, then those whose names are alike."""
        said = fold(text)
        if said not in self._like:
            if not said or self._looked >= _MOST_LIKE:
                return []
            self._looked += 1
            self._like[said] = self._alike(said)
        return self._like[said]

    def _alike(self, said: str) -> list[str]:
        within = sorted((name for name in self._codes if said in name or name in said), key=len)
        alike = get_close_matches(said, self._codes, NEAR, _LIKE)
        names = list(dict.fromkeys([*within[:NEAR], *alike]))
        return [code for name in names for code in self._codes[name]][:NEAR]
