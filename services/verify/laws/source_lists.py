"""Of each list, at any date: entries = matched + undecided + missing + of different names."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from projections.comparison import STATES, ComparisonRow
from services.matching.asked import compared_at
from services.matching.completeness import completeness
from services.verify.laws.base import Law, Rows

MOST_DATES: Final = 8
"""Dates checked: the last one, and others spread evenly over the editions and verdicts."""


def broken(jurisdiction: str, rows: Rows) -> Iterable[str]:
    """Yield what does not add up at some of the dates at which anything changed."""
    for when in _dates(rows):
        lists, found = compared_at(jurisdiction, rows, when)
        counted = Counter(one.source_list for one in found)
        for source in lists:
            if source.entries != counted[source.source_list]:
                yield (
                    f"list {source.source_list} at {when}: {source.entries} entries listed, "
                    f"{counted[source.source_list]} compared"
                )
        for row in completeness(jurisdiction, lists, found).values():
            if row.entries != sum(getattr(row, state) for state in STATES):
                yield f"list {row.source_list} at {when}: {row.entries} is not the sum of its states"
        yield from (f"entry {one.entry} at {when}: {what}" for one in found for what in _of_entry(one))


def _of_entry(one: ComparisonRow) -> Iterator[str]:
    """Verdicts stand: no enterprise that was said to be different is a candidate or the match."""
    different = {said.enterprise for said in one.said if said.verdict == "different"}
    possible = {one.enterprise, *(candidate.enterprise for candidate in one.candidates)}
    if wrong := different & possible:
        yield f"{', '.join(sorted(wrong))} is still possible although said to be different"
    if (one.state in ("code", "verdict")) != (one.enterprise is not None):
        yield f"its state is {one.state}, its enterprise {one.enterprise}"


def _dates(rows: Rows) -> Sequence[datetime]:
    entries: Iterable[Any] = rows["entries"].values()
    lists: Iterable[Any] = rows["source_lists"].values()
    dates = {one.edition for row in lists for one in row.editions}
    dates |= {when for row in entries for said in row.said for when in (said.at, said.undone_at) if when}
    ordered = sorted(dates)
    step = max(1, len(ordered) // MOST_DATES)
    return [*ordered[::step], *ordered[-1:]]


LAW = Law(
    code="completeness",
    meaning="Entries of a source list are not the sum of matched, undecided, missing and different names.",
    broken=broken,
)
