"""At any date: difficulties raised = open + solved + declined + withdrawn + closed, each with a post, and
merged ones counted once, at their original.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from events.answering import index_of, risen
from events.difficulty_history import MERGED, DifficultyThen, standing
from projections.difficulties import DifficultyRow, at
from projections.difficulty_figures import TOTAL, figures
from services.verify.laws.base import Law, Rows

MOST_DATES: Final = 8
"""Dates checked: the last one, and others spread evenly over the facts."""


def broken(jurisdiction: str, rows: Rows) -> Iterator[str]:
    """Yield what does not add up at some of the dates at which anything changed."""
    found: Mapping[str, Any] = rows["difficulties"]
    posts = rows["posts"]
    index = index_of(posts)
    for key, row in found.items():
        if row.history and at(row, row.history[-1].at) != row:
            yield f"difficulty {key} is shown as {row.state}, which its history does not say"
    for when in _dates(found.values()):
        then = {key: now for key, row in found.items() if (now := standing(row.history, when))}
        yield from _sums(found.values(), then, when)
        yield from _originals(then, when)
        for key, now in then.items():
            if risen(posts, index, now.owner, when) not in posts:
                yield f"difficulty {key} at {when.isoformat()} is with {now.owner}, which is no post"


def _sums(rows: Iterable[DifficultyRow], then: Mapping[str, DifficultyThen], when: datetime) -> Iterator[str]:
    """Count what was raised from the facts alone, and hold the figures against it."""
    raised = sum(now.raised_at <= when for now in then.values())
    merged = sum(now.state == MERGED for now in then.values())
    for one in figures(rows, when):
        parts = one.open + one.solved + one.declined + one.withdrawn + one.closed
        if one.raised != parts:
            yield f"{one.category} at {when.isoformat()}: {one.raised} raised, but {parts} in all states"
        if one.category == TOTAL and one.raised != raised - merged:
            yield f"at {when.isoformat()}: {raised} raised less {merged} merged, but {one.raised} counted"


def _originals(then: Mapping[str, DifficultyThen], when: datetime) -> Iterator[str]:
    for key, now in then.items():
        if now.state != MERGED:
            continue
        original = then.get(now.into or "")
        if original is None or now.into == key or not set(now.askers) <= set(original.askers):
            yield f"difficulty {key} at {when.isoformat()} is merged, but its askers are not at {now.into}"


def _dates(rows: Iterable[DifficultyRow]) -> Sequence[datetime]:
    ordered = sorted({fact.at for row in rows for fact in row.history})
    step = max(1, len(ordered) // MOST_DATES)
    return [*ordered[::step], *ordered[-1:]]


LAW = Law(
    code="difficulties",
    meaning="Difficulties are not the sum of their states, have no post, or are merged into nothing.",
    broken=broken,
)
