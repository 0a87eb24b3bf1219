"""The institutions at an instant: the rows of views as they were, which the figures count."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from projections.catalog import views
from projections.comparison import ComparisonRow
from projections.leaders import LeaderRow, leaders
from projections.presence import IntervalRow, derived
from projections.serving import READ as SERVED
from projections.serving import Book, book
from projections.source_lists import SourceListRow
from projections.where import lies_in
from services.matching.asked import compared_at
from services.reports.institutions.item import Item

Rows = Mapping[str, Mapping[str, Any]]
"""View -> key -> row as it is now, with its dated history."""
BEGINS: Final = {"incidents": "starts_at", "teams": "formed_at", "requests": "opened_at"}
"""Views without a dated history -> the field that says since when there is a row."""
Where = Callable[["Past", Any], bool]


class Past:
    """What there was at an instant. `reach`: the areas that the caller is limited to; none = not limited."""

    def __init__(
        self, live: Rows, jurisdiction: str, when: datetime, zone: ZoneInfo, reach: tuple[str, ...] = ()
    ) -> None:
        self.when, self.zone, self.reach = when, zone, reach
        self._live, self._jurisdiction = live, jurisdiction
        self._then: dict[str, dict[str, Any]] = {}

    def now(self, view: str) -> Mapping[str, Any]:
        """Return the rows as they are now, of views whose history is read otherwise."""
        return self._live[view]

    def rows(self, view: str) -> Mapping[str, Any]:
        """Return the rows as they were, in and outside the reach."""
        if view not in self._then:
            self._then[view] = dict(self._read(view))
        return self._then[view]

    def _read(self, view: str) -> Iterator[tuple[str, Any]]:
        at, begins = views[view].at, BEGINS.get(view)
        for key, row in self._live[view].items():
            if at is not None:
                then = at(row, self.when)
            else:
                then = row if getattr(row, begins or "") <= self.when else None
            if then is not None:
                yield key, then

    def name(self, view: str, key: str | None) -> str:
        """Return what something was called, or its id where that lies outside the reach."""
        row = self.rows(view).get(key or "")
        return (row.name if row and lies_in(row, self.reach) else key) or ""

    @cached_property
    def book(self) -> Book:
        """Return all service at home until then."""
        return book({name: self._live[name] for name in SERVED}, self.when)

    @cached_property
    def leaders(self) -> list[LeaderRow]:
        """Return who led which chapter."""
        return leaders(self.now("chapters").values(), self.now("leads"), self.now("posts"), self.when)

    @cached_property
    def compared(self) -> tuple[tuple[SourceListRow, ...], tuple[ComparisonRow, ...]]:
        """Return the source lists in force, and what each of their entries was in the ledger."""
        if not self._live["source_lists"]:
            return (), ()
        return compared_at(self._jurisdiction, self._live, self.when)

    @cached_property
    def duties(self) -> list[IntervalRow]:
        """Return all person-times on duty until then."""
        return derived(row for row in self._live["presence"].values() if row.at <= self.when)


def picked(
    view: str,
    since: str,
    where: Where = lambda past, row: True,
    *,
    name: str | Callable[[Past, Any], str] = "name",
    term: str | None = None,
    due: Callable[[Past, Any], datetime | None] = lambda past, row: None,
    owner: str | Callable[[Past, Any], str | None] = "owner",
    worker: str | None = None,
) -> Callable[[Past], Iterator[Item]]:
    """Return the items of a figure that counts rows of a view. `since`: the field with their instant.
    `worker`: that with whom they are about."""

    def found(past: Past) -> Iterator[Item]:
        for key, row in past.rows(view).items():
            if where(past, row):
                yield Item(
                    view=view,
                    key=key,
                    name=(getattr(row, name) if isinstance(name, str) else name(past, row)) or "",
                    term=term,
                    area=getattr(row, "area", None),
                    areas=getattr(row, "areas", ()),
                    at=getattr(row, since),
                    due=due(past, row),
                    owner=getattr(row, owner, None) if isinstance(owner, str) else owner(past, row),
                    person=f"worker/{getattr(row, worker)}" if worker else None,
                )

    return found


def is_(field: str, *values: Any) -> Where:
    """Return whether a row's field has one of these values."""
    return lambda past, row: getattr(row, field) in values
