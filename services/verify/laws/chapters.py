"""A chapter follows from its facts, names enterprises that were there, and hands over what it had."""

from collections.abc import Iterator

from events.chapter_history import ENDS, FORMED, JOINED, MERGED, TOOK_OVER, ChapterFact
from events.chapter_history import standing as chapter_at
from events.dated import order
from events.enterprise_facts import OPEN
from events.enterprise_facts import standing as enterprise_at
from projections.chapters import ChapterRow, at
from services.verify.laws.base import Law, Rows, excused


def broken(jurisdiction: str, rows: Rows) -> Iterator[str]:
    """Yield the chapters whose row, enterprises or merger does not follow from the facts."""
    noted = excused(rows)
    for key, row in rows["chapters"].items():
        if row.history and at(row, row.history[-1].at) != row:
            yield f"chapter {key} is shown as {row.state}, which its history does not say"
        for fact in row.history:
            if fact.position not in noted:
                yield from (f"chapter {key} {what}" for what in _of_fact(row, fact, rows))


def _of_fact(row: ChapterRow, fact: ChapterFact, rows: Rows) -> Iterator[str]:
    if fact.kind == MERGED:
        yield from _of_merger(row, fact, rows)
    if fact.kind in (FORMED, JOINED):
        yield from _named(fact, rows)
    before = [one for one in row.history if (one.at, one.position) < (fact.at, fact.position)]
    if any(one.kind in ENDS for one in before):
        yield f"has a fact of {fact.at.isoformat()}, after its end"


def _of_merger(row: ChapterRow, fact: ChapterFact, rows: Rows) -> Iterator[str]:
    """What it hands over is what it had, and the other one, which lived, took over as much."""
    before = [one for one in row.history if (one.at, one.position) < (fact.at, fact.position)]
    had = chapter_at(before)
    if had is None or {*had.enterprises} != {*fact.enterprises}:
        yield f"handed over other enterprises at {fact.at.isoformat()} than it had"
    into = rows["chapters"].get(fact.other or "")
    taken = [one for one in (into.history if into else ()) if one.position == fact.position]
    if [(one.kind, one.enterprises) for one in taken] != [(TOOK_OVER, fact.enterprises)]:
        yield f"merged into {fact.other}, which did not take its enterprises over"


def _named(fact: ChapterFact, rows: Rows) -> Iterator[str]:
    for key in fact.enterprises:
        row = rows["enterprises"].get(key)
        known = [one for one in row.history if order(one) < (fact.at, fact.position)] if row else []
        then = enterprise_at(known)
        if then is not None and then.state != OPEN:
            yield f"names enterprise {key} at {fact.at.isoformat()}, which was {then.state}"


LAW = Law(
    code="chapters",
    meaning="A chapter names an enterprise that had ended, or a merger did not hand over what it had.",
    broken=broken,
)
