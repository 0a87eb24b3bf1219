"""The comparison of all source lists with the ledger at an instant, from the live rows of their views."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from events.area import level
from projections import enterprises, source_lists
from projections.answerable import AREA, AnswerableRow, names_at
from projections.comparison import ComparisonRow
from projections.source_lists import SourceListRow
from services.matching.comparison import Ledger, compared
from services.matching.names import regions
from services.matching.words import Regions

READ: Final = ("source_lists", "entries", "enterprises", "answerable")
"""Views that it reads."""


def compared_at(
    jurisdiction: str, live: Mapping[str, Mapping[str, Any]], when: datetime
) -> tuple[tuple[SourceListRow, ...], tuple[ComparisonRow, ...]]:
    """Return the lists and the comparison as they were at an instant."""
    lists = tuple(row for one in live["source_lists"].values() if (row := source_lists.at(one, when)))
    known = [row for one in live["enterprises"].values() if (row := enterprises.at(one, when))]
    ledger = Ledger(known, _regions(jurisdiction, live["answerable"], when))
    return lists, tuple(compared(lists, live["entries"].values(), ledger, when))


def _regions(jurisdiction: str, areas: Mapping[str, AnswerableRow], when: datetime) -> Regions:
    """Return the regions with the names that they had at an instant, the last ones if they had ended."""
    rows = (row for row in areas.values() if row.kind == AREA)
    then = {row.code: names_at(row, when) or row.named[-1].names for row in rows}
    named = {code: one.zh or one.en or "" for code, one in then.items()}
    counties = {code: name for code, name in named.items() if level(code, jurisdiction) == 1}
    return regions(named.get(jurisdiction, ""), counties)
