"""The areas of Yichun: 10 counties, 50 streets, 394 communities and villages (data/ORIGIN.md)."""

import csv
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

import msgspec

ROOT: Final = "2307"
_FOLDER: Final = Path(__file__).parents[1] / "data"


class Place(msgspec.Struct, frozen=True):
    """An area."""

    code: str
    name: str

    @property
    def county(self) -> str:
        """Code of its county."""
        return self.code[:6]


class Places:
    """All areas, parents before children."""

    def __init__(self) -> None:
        self.counties, self.streets, self.communities = (
            _read(f"{level}_{ROOT}.csv") for level in ("areas", "streets", "villages")
        )
        urban = [place for place in self.communities if "社区" in place.name]
        self._urban = {c.code: [p for p in urban if p.county == c.code] for c in self.counties}
        self._all = {c.code: [p for p in self.communities if p.county == c.code] for c in self.counties}
        self.weights = [4 * len(self._urban[c.code]) + len(self._all[c.code]) for c in self.counties]
        """Weights of the counties by number of communities; urban ones count four times as much."""

    @property
    def every(self) -> list[Place]:
        """Counties, streets, communities."""
        return [*self.counties, *self.streets, *self.communities]

    def county(self, random: Random) -> str:
        """Choose a county by weight; return its code."""
        return random.choices(self.counties, self.weights)[0].code

    def community(self, random: Random, county: str) -> Place:
        """Choose a community in the county, mostly an urban one."""
        town = self._urban[county]
        return random.choice(town if town and random.random() < 0.85 else self._all[county])


@cache
def _read(name: str) -> tuple[Place, ...]:
    with (_FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return tuple(Place(row["code"], row["name"]) for row in csv.DictReader(file))
