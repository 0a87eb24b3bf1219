"""At any date: undertakings raised = done + open + withdrawn, each with a post; what a monthly review fixed
is what stood in the log before it; and everything that was found became an undertaking.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from events.answering import index_of, risen
from events.undertaking_counts import UndertakingCounts, counted
from events.undertaking_history import STATES, UndertakingThen, standing
from projections.monthly_reviews import review_figures
from projections.undertakings import UndertakingRow, at
from services.verify.laws.base import Law, Rows

MOST_DATES: Final = 8
"""Dates checked: the last one, and others spread evenly over the facts."""


def broken(jurisdiction: str, rows: Rows) -> Iterator[str]:
    """Yield what does not add up at some of the dates at which anything changed."""
    found: Mapping[str, UndertakingRow] = rows["undertakings"]
    posts = rows["posts"]
    index = index_of(posts)
    for key, row in found.items():
        if row.history and at(row, row.history[-1].at) != row:
            yield f"undertaking {key} is shown as {row.state}, which its history does not say"
    for when in _dates(found.values()):
        then = {key: now for key, row in found.items() if (now := standing(row.history, when))}
        yield from _sums(found.values(), then, when)
        for key, now in then.items():
            if risen(posts, index, now.leader, when) not in posts:
                yield f"undertaking {key} at {when.isoformat()} is with {now.leader}, which is no post"
    yield from _reviews(rows["monthly_reviews"], found)
    yield from _found(rows["inspections"], found)


def _sums(
    rows: Iterable[UndertakingRow], then: Mapping[str, UndertakingThen], when: datetime
) -> Iterator[str]:
    """Count what was set up by its first facts alone, and hold the sum of the states against it."""
    raised = sum(any(one.kind == "set_up" and one.at <= when for one in row.history) for row in rows)
    some = counted(list(then.values()), when)
    parts = some.done + some.open + some.withdrawn
    if raised != parts or any(now.state not in STATES for now in then.values()):
        yield f"at {when.isoformat()}: {raised} undertakings raised, but {parts} in all states"


def _reviews(reviews: Mapping[str, Any], rows: Mapping[str, UndertakingRow]) -> Iterator[str]:
    for key, review in reviews.items():
        fixed = UndertakingCounts(
            **{name: getattr(review, name) for name in UndertakingCounts.__struct_fields__}
        )
        known = review_figures(review, rows).then
        if known != fixed:
            yield (
                f"monthly review {key} fixed {msgspec.structs.asdict(fixed)}, "
                f"but the log before it says {msgspec.structs.asdict(known)}"
            )


def _found(inspections: Mapping[str, Any], rows: Mapping[str, UndertakingRow]) -> Iterator[str]:
    for key, row in inspections.items():
        for one in row.findings:
            mends = rows.get(one.undertaking)
            if mends is None or mends.inspection != key:
                yield f"inspection {key} found something that became no undertaking: {one.undertaking}"


def _dates(rows: Iterable[UndertakingRow]) -> Sequence[datetime]:
    ordered = sorted({fact.at for row in rows for fact in row.history})
    step = max(1, len(ordered) // MOST_DATES)
    return [*ordered[::step], *ordered[-1:]]


LAW = Law(
    code="undertakings",
    meaning="Undertakings are not the sum of their states, have no post, or a review or finding is not kept.",
    broken=broken,
)
