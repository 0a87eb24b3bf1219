"""Completeness 完整度: entries by state, for each list, county and trade, and the change since a date."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from events.area import parents
from projections.comparison import STATES, By, ComparisonRow, CompletenessRow, State
from projections.source_lists import SourceListRow

Key = tuple[str, By, str | None]
"""List, by what, and the county or trade."""


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """The lists and the comparison at an earlier instant."""

    when: datetime
    lists: tuple[SourceListRow, ...]
    found: tuple[ComparisonRow, ...]


def completeness(
    jurisdiction: str,
    lists: Iterable[SourceListRow],
    found: Iterable[ComparisonRow],
    before: Past | None = None,
) -> dict[str, CompletenessRow]:
    """Return the rows by key: each list with an edition in force, and its counties and trades."""
    known = {row.source_list: (row, row.edition) for row in lists if row.edition}
    now = _counted(jurisdiction, known, found)
    then_lists = {row.source_list: row for row in before.lists if row.edition} if before else {}
    then = _counted(jurisdiction, then_lists, before.found) if before else {}
    rows: dict[str, CompletenessRow] = {}
    for key in sorted(now, key=str):
        source, edition = known[key[0]]
        row = _row(source, edition, key, now[key])
        if before:
            row = _since(row, before.when, then_lists.get(key[0]), then.get(key, Counter()))
        rows["/".join(part for part in (key[0], key[1], key[2]) if part)] = row
    return rows


def county_of(area: str, jurisdiction: str) -> str:
    """Return the county that an area lies in, or is; the jurisdiction itself lies in none."""
    chain = [area, *parents(area)]
    place = chain.index(jurisdiction) if jurisdiction in chain else 0
    return chain[max(place - 1, 0)]


def _counted(
    jurisdiction: str, lists: Iterable[str], found: Iterable[ComparisonRow]
) -> dict[Key, Counter[State]]:
    counts: defaultdict[Key, Counter[State]] = defaultdict(Counter)
    known = set(lists)
    for key in known:
        counts[key, "list", None] = Counter()
    for one in found:
        for key in _keys(one, jurisdiction) if one.source_list in known else ():
            counts[key][one.state] += 1
    return counts


def _keys(one: ComparisonRow, jurisdiction: str) -> Iterable[Key]:
    yield one.source_list, "list", None
    yield one.source_list, "area", county_of(one.area, jurisdiction)
    if one.trade:
        yield one.source_list, "trade", one.trade


def _row(source: SourceListRow, edition: datetime, key: Key, counts: Counter[State]) -> CompletenessRow:
    entries, matched = counts.total(), counts["code"] + counts["verdict"]
    states: dict[str, Any] = {state: counts[state] for state in STATES}
    return CompletenessRow(
        by=key[1],
        source_list=key[0],
        kind=source.kind,
        title=source.title,
        edition=edition,
        area=key[2] if key[1] == "area" else None,
        trade=key[2] if key[1] == "trade" else None,
        entries=entries,
        matched=matched,
        share=matched / entries if entries else None,
        **states,
    )


def _since(
    row: CompletenessRow, when: datetime, source: SourceListRow | None, counts: Counter[State]
) -> CompletenessRow:
    entries, matched = counts.total(), counts["code"] + counts["verdict"]
    return msgspec.structs.replace(
        row,
        since=when,
        edition_before=source.edition if source else None,
        entries_before=entries,
        matched_before=matched,
        missing_before=counts["missing"],
        share_before=matched / entries if entries else None,
    )
