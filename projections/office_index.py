"""Units, posts and what must be answered for, by area: an answer about a street reads what reaches into it,
and not a whole province."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

from events.answering import index_keys
from events.area import meets, parents
from events.unit import LEAD
from projections.answerable import AREA, TRADE, AnswerableRow, names_at, trades
from projections.posts import PostRow
from projections.units import UnitRow

R = TypeVar("R", UnitRow, PostRow)


class ByArea:
    """Keys by every area they ever lay in. Keys are never removed: the caller checks the instant."""

    def __init__(self) -> None:
        self._at: dict[str, dict[str, None]] = {}
        self._within: dict[str, dict[str, None]] = {}

    def add(self, area: str, key: str) -> None:
        """Note that something lay in an area."""
        self._at.setdefault(area, {})[key] = None
        for outer in (area, *parents(area)):
            self._within.setdefault(outer, {})[key] = None

    def within(self, area: str) -> list[str]:
        """Return what ever lay in an area."""
        return sorted(self._within.get(area, ()))

    def near(self, area: str) -> list[str]:
        """Return what ever reached into an area: inside it, or in one of those around it."""
        around = (key for outer in parents(area) for key in self._at.get(outer, ()))
        return sorted({*self._within.get(area, ()), *around})


class OfficeIndex:
    """Rows of one jurisdiction, taken up one by one."""

    def __init__(self) -> None:
        self.units: dict[str, UnitRow] = {}
        self.posts: dict[str, PostRow] = {}
        self.answerable: dict[str, AnswerableRow] = dict(trades())
        self.charges: dict[str, tuple[str, ...]] = {}
        """Key of a charge -> the posts that ever had it (events/answering.py)."""
        self.leads: dict[str, UnitRow] = {}
        """Units that ever led."""
        self.units_by_area, self.posts_by_area, self.areas = ByArea(), ByArea(), ByArea()

    def take(self, view: str, key: str, row: Any | None) -> None:
        """Take up a row of `units`, `posts` or `answerable`; None = it is gone."""
        match view:
            case "units":
                _put(self.units, key, row, self.units_by_area)
                if row is not None and any(one.duty == LEAD for one in row.changes):
                    self.leads[key] = row
                else:
                    self.leads.pop(key, None)
            case "posts":
                _put(self.posts, key, row, self.posts_by_area)
                self._charged(key, row)
            case _:
                self._answerable(key, row)

    def _charged(self, key: str, row: PostRow | None) -> None:
        for entry in dict.fromkeys(
            entry for one in (row.changes if row else ()) for entry in index_keys(one)
        ):
            known = self.charges.get(entry, ())
            if key not in known:
                self.charges[entry] = (*known, key)
        if row is None:
            for entry, known in list(self.charges.items()):
                self.charges[entry] = tuple(other for other in known if other != key)

    def _answerable(self, key: str, row: AnswerableRow | None) -> None:
        self.answerable.pop(key, None)
        if row is not None:
            self.answerable[key] = row
            if row.kind == AREA:
                self.areas.add(row.code, row.code)

    def areas_in(self, area: str, instant: datetime) -> list[str]:
        """Return the areas inside one that were there, in the order of their codes."""
        inner = (code for code in self.areas.within(area) if code != area)
        return [code for code in inner if self._there(f"{AREA}/{code}", instant)]

    def trades_at(self, instant: datetime) -> list[str]:
        """Return the trades that were there, in the order of their codes."""
        rows = (row for row in self.answerable.values() if row.kind == TRADE)
        return sorted(row.code for row in rows if names_at(row, instant) is not None)

    def posts_beyond(self, within: tuple[str, ...]) -> frozenset[str]:
        """Return the posts that have nothing in common with these areas: callers limited to them do not know
        of such a post. No areas means none."""
        if not within:
            return frozenset()
        return frozenset(
            key
            for key, row in self.posts.items()
            if not any(meets(area, outer) for area in row.areas for outer in within)
        )

    def ever(self, kind: str) -> list[str]:
        """Return the codes of all areas or trades that were there at any time, in their order."""
        return sorted(row.code for row in self.answerable.values() if row.kind == kind)

    def _there(self, key: str, instant: datetime) -> bool:
        row = self.answerable.get(key)
        return row is not None and names_at(row, instant) is not None


def _put(rows: dict[str, R], key: str, row: R | None, by_area: ByArea) -> None:
    if row is None:
        rows.pop(key, None)
        return
    rows[key] = row
    for area in _areas(row):
        by_area.add(area, key)


def _areas(row: UnitRow | PostRow) -> Iterator[str]:
    yield row.area
    for one in row.changes:
        if one.place is not None:
            yield one.place.area


def office_index(rows: dict[str, dict[str, Any]]) -> OfficeIndex:
    """Return an index of rows by view and key."""
    index = OfficeIndex()
    for view, some in rows.items():
        for key, row in some.items():
            index.take(view, key, row)
    return index
