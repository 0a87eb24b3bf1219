"""Times in the ledger and in chapters, from the dated rows of enterprises and chapters, for coverage."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from events.chapter_history import ties
from events.enterprise_facts import EnterpriseFact, Standing, in_ledger, step
from projections.chapters import ChapterRow
from projections.coverage import Cover, Stay

ENTERED: Final = "entered"
LEFT: Final = "left"
CHANGED: Final = "changed"
"""Its area or trade: it entered or left what is counted in some scopes."""
COVERED: Final = "covered"
UNCOVERED: Final = "uncovered"


class CoverageFact(msgspec.Struct, frozen=True, gc=False):
    """Something by which coverage changed, and the event that says so."""

    at: datetime
    position: int
    what: str
    """`entered` or `left` (the ledger), `covered` or `uncovered` (by a chapter)."""
    enterprise: str
    chapter: str | None = None


def lived(
    enterprise: str, facts: Iterable[EnterpriseFact]
) -> tuple[tuple[Stay, ...], tuple[CoverageFact, ...]]:
    """Return the times in the ledger during which an enterprise was the same, and when it entered and left.

    `facts`: in order of time.
    """
    found: list[Stay] = []
    told: list[CoverageFact] = []
    firm: Standing | None = None
    begun: Stay | None = None
    for fact in facts:
        firm = step(firm, fact)
        now = _stay(firm, fact.at)
        if (begun is None) != (now is None):
            told.append(CoverageFact(fact.at, fact.position, LEFT if begun else ENTERED, enterprise))
        elif begun and now and (begun.area, begun.trade) != (now.area, now.trade):
            told.append(CoverageFact(fact.at, fact.position, CHANGED, enterprise))
        if begun and (now is None or begun[2:] != now[2:]):
            if begun.since < fact.at:
                found.append(begun._replace(until=fact.at))
            begun = None
        begun = begun or now
    return tuple(found) if begun is None else (*found, begun), tuple(told)


def _stay(firm: Standing | None, since: datetime) -> Stay | None:
    if firm is None or not in_ledger(firm):
        return None
    return Stay(since, None, firm.area, firm.trade, firm.size, firm.members, firm.name)


def covers(chapter: ChapterRow) -> Iterator[tuple[str, Cover]]:
    """Yield each enterprise of a chapter with a time in it."""
    for tie in ties(chapter.history):
        yield tie.enterprise, Cover(tie.since, tie.until, chapter.route)


def told_of_chapter(chapter: ChapterRow) -> Iterator[CoverageFact]:
    """Yield when enterprises became part of a chapter, and no longer were."""
    for tie in ties(chapter.history):
        yield CoverageFact(tie.since, tie.began, COVERED, tie.enterprise, chapter.chapter)
        if tie.until is not None and tie.ended is not None:
            yield CoverageFact(tie.until, tie.ended, UNCOVERED, tie.enterprise, chapter.chapter)
