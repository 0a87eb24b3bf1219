"""At any date, by county and trade: ledger = covered + not covered, as the curves and the rows both say."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from events.area import parents
from events.chapter_history import standing as chapter_at
from events.enterprise_facts import in_ledger
from events.enterprise_facts import standing as enterprise_at
from projections.coverage import By, Count
from projections.coverage_index import CoverageIndex
from services.verify.laws.base import Law, Rows

MOST_DATES: Final = 8
"""Dates checked: the last one, and others spread evenly over the facts."""
_BY: Final[tuple[By, ...]] = ("area", "trade")


def broken(jurisdiction: str, rows: Rows) -> Iterator[str]:
    """Yield what does not add up at some of the dates at which anything changed."""
    index = CoverageIndex(jurisdiction)
    for view in ("enterprises", "chapters"):
        for key, row in rows[view].items():
            index.take(view, key, row)
    for when in _dates(rows):
        for by, found in _one_by_one(jurisdiction, rows, when).items():
            curves = index.curves().by(by, when)
            for value in sorted(found.keys() | curves.keys()):
                counted, curve = found.get(value, (0, 0)), curves.get(value, Count())
                if counted != (curve.covered, curve.ledger - curve.covered):
                    yield _sentence(by, value, when, counted, curve)


def _sentence(by: str, value: str, when: datetime, counted: tuple[int, int], curve: Count) -> str:
    return (
        f"coverage of {by} {value or '-'} at {when.isoformat()}: {counted[0]} covered and {counted[1]} not, "
        f"but {curve.covered} of {curve.ledger}"
    )


def _one_by_one(root: str, rows: Rows, when: datetime) -> dict[By, dict[str, tuple[int, int]]]:
    """Return (covered, not covered) by county and by trade, each enterprise looked up by itself."""
    living = (chapter_at(row.history, when) for row in rows["chapters"].values())
    covered = {key for one in living if one for key in one.enterprises}
    counts: dict[By, dict[bool, Counter[str]]] = {by: {True: Counter(), False: Counter()} for by in _BY}
    for key, row in rows["enterprises"].items():
        now = enterprise_at(row.history, when)
        if now is None or not in_ledger(now):
            continue
        chain = [now.area, *parents(now.area)]
        county = chain[max(0, chain.index(root) - 1)] if root in chain else now.area
        counts["area"][key in covered][county] += 1
        counts["trade"][key in covered][now.trade or ""] += 1
    return {
        by: {value: (both[True][value], both[False][value]) for value in both[True] | both[False]}
        for by, both in counts.items()
    }


def _dates(rows: Rows) -> Sequence[datetime]:
    some: Iterable[Any] = (*rows["enterprises"].values(), *rows["chapters"].values())
    ordered = sorted({fact.at for row in some for fact in row.history})
    step = max(1, len(ordered) // MOST_DATES)
    return [*ordered[::step], *ordered[-1:]]


LAW = Law(
    code="coverage",
    meaning="Enterprises in the ledger are not the sum of those covered and those not covered.",
    broken=broken,
)
