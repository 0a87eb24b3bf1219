"""The comparison of all source lists with the ledger at an instant, from the live rows of their views."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from projections import enterprises, source_lists
from projections.comparison import ComparisonRow
from projections.source_lists import SourceListRow
from services.matching.comparison import Ledger, compared
from services.matching.names import regions

READ: Final = ("source_lists", "entries", "enterprises", "areas")
"""Views that it reads."""


def compared_at(
    jurisdiction: str, live: Mapping[str, Mapping[str, Any]], when: datetime
) -> tuple[tuple[SourceListRow, ...], tuple[ComparisonRow, ...]]:
    """Return the lists and the comparison as they were at an instant."""
    lists = tuple(row for one in live["source_lists"].values() if (row := source_lists.at(one, when)))
    known = [row for one in live["enterprises"].values() if (row := enterprises.at(one, when))]
    areas = live["areas"]
    counties = {key: row.name for key, row in areas.items() if row.level == 1}
    root = areas[jurisdiction].name if jurisdiction in areas else ""
    ledger = Ledger(known, regions(root, counties))
    return lists, tuple(compared(lists, live["entries"].values(), ledger, when))
