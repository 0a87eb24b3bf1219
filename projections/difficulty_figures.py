"""The public figure of difficulties: by category, how many are in which state, and median days to solved.

No figure covers only a few people: a category with fewer than `FEW` is added to `other`, and a median needs
as many. If `other` itself has fewer, only the total is shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import median
from typing import Final

import msgspec

from events.difficulty_history import ENDS, MERGED, OPEN, standing
from projections.difficulties import DifficultyRow

FEW: Final = 5
"""Least number of difficulties behind a published row."""
REST: Final = "other"
TOTAL: Final = "total"
_DAY: Final = 86_400


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """Difficulties of one category, or of all: raised = open + solved + declined + withdrawn + closed."""

    category: str
    """`total` is all of them; `other` includes the categories with few."""
    raised: int = 0
    """Merged ones count once."""
    open: int = 0
    """Those offered to another post, or answered and not confirmed, included."""
    solved: int = 0
    declined: int = 0
    withdrawn: int = 0
    closed: int = 0
    """Closed, not solved."""
    askers: int = 0
    """Those who ask, each merged one counted."""
    median_days: float | None = None
    """Of the solved ones, from raised to solved; None if they are few."""


class _One(msgspec.Struct, frozen=True):
    category: str
    state: str
    askers: int
    days: float


def figures(rows: Iterable[DifficultyRow], instant: datetime) -> list[Figure]:
    """Return the figures at an instant, each category by itself, then all; nothing is hidden."""
    by: dict[str, list[_One]] = defaultdict(list)
    for one in _ones(rows, instant):
        by[one.category].append(one)
    every = [one for some in by.values() for one in some]
    return [*(_figure(category, some) for category, some in sorted(by.items())), _figure(TOTAL, every)]


def public_figures(rows: Iterable[DifficultyRow], instant: datetime) -> list[Figure]:
    """Return the figures that may be published, without small counts. Empty if all together are few."""
    by: dict[str, list[_One]] = defaultdict(list)
    every = list(_ones(rows, instant))
    if len(every) < FEW:
        return []
    for one in every:
        by[one.category].append(one)
    return [*_published(by), _figure(TOTAL, every)]


def _published(by: Mapping[str, list[_One]]) -> list[Figure]:
    """Add categories with few to the rest, and to that the smallest other one if it would tell of few."""
    kept = {category: some for category, some in sorted(by.items()) if len(some) >= FEW and category != REST}
    rest = [one for category, some in by.items() if category not in kept for one in some]
    while rest and len(rest) < FEW and kept:
        smallest = min(kept, key=lambda category: (len(kept[category]), category))
        rest += kept.pop(smallest)
    found = [_figure(category, some) for category, some in kept.items()]
    return [*found, _figure(REST, rest)] if rest else found


def _ones(rows: Iterable[DifficultyRow], instant: datetime) -> Iterable[_One]:
    for row in rows:
        then = standing(row.history, instant)
        if then is not None and then.state != MERGED:
            days = ((then.ended_at or instant) - then.raised_at).total_seconds() / _DAY
            yield _One(row.category, then.state, len(then.askers), days)


def _figure(category: str, some: list[_One]) -> Figure:
    solved = [one.days for one in some if one.state == "solved"]
    counts = {state: sum(one.state == state for one in some) for state in ENDS}
    return Figure(
        category=category,
        raised=len(some),
        open=sum(one.state in OPEN for one in some),
        askers=sum(one.askers for one in some),
        median_days=round(median(solved), 1) if len(solved) >= FEW else None,
        **counts,
    )
