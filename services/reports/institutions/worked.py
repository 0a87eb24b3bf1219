"""The report worked out: each figure at a date and at an earlier one, and what is overdue by name."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from events.base import Personal
from events.terms import BUILT_IN, List, Names, term_id
from projections.hours import midnight
from projections.where import lies_in
from services.reports.institutions.item import Item, Part
from services.reports.institutions.model import Figure, Unit
from services.reports.institutions.parts import Counted, PartFound, divided
from services.reports.institutions.past import Past, Rows
from services.reports.institutions.people import People, anybody
from services.reports.institutions.sections import FIGURES, SECTIONS

MOST: Final = 1000
"""Rows and overdue things listed."""
_BEFORE: Final = timedelta(microseconds=1)


class Asked(Struct, frozen=True, kw_only=True):
    """What is asked for, and of what log."""

    jurisdiction: str
    position: int
    zone: ZoneInfo
    at: datetime
    since: datetime
    """The earlier date that figures are compared with."""
    reach: tuple[str, ...] = ()
    """Areas that the caller is limited to; none = not limited."""
    within: tuple[str, ...] = ()
    """Areas asked for; none = all."""
    opens: Callable[[Any], bool] = anybody
    """Whether the caller may see personal data of a row of the roster."""


class FigureFound(Struct, frozen=True, kw_only=True):
    """One figure, with what it means and what it is as of."""

    figure: Annotated[str, Meta(description="Such as `R5.visits`")]
    names: Names
    definition: Names
    unit: Unit
    value: float
    before: Annotated[float, Meta(description="At the earlier date")]
    change: float
    came: Annotated[int, Meta(description="Rows that were not counted at the earlier date")]
    left: Annotated[int, Meta(description="Rows counted then and no longer")]
    of: Annotated[str | None, Meta(description="The figure of which it is a share")] = None
    share: Annotated[float | None, Meta(description="null = no share, or of nothing")] = None
    share_before: float | None = None
    late: Annotated[bool, Meta(description="Whether it counts what is overdue")] = False
    parts: Annotated[
        tuple[PartFound, ...], Meta(description="Its parts, such as source lists, by their key")
    ] = ()
    at: datetime
    position: int
    address: Annotated[str, Meta(description="Where its rows are read")]


class SectionFound(Struct, frozen=True, kw_only=True):
    """One part of the case."""

    section: str
    names: Names
    figures: tuple[FigureFound, ...]
    empty: Annotated[bool, Meta(description="Nothing was recorded until the date")]


class RowFound(Struct, frozen=True, kw_only=True):
    """One row behind a figure."""

    view: str
    key: str
    name: Annotated[str, Meta(description="Its name, or the code of a term")]
    names: Annotated[Names | None, Meta(description="Of a term, in each language")] = None
    area: str | None
    area_name: str
    since: datetime | None
    amount: float
    new: Annotated[bool, Meta(description="Not counted at the earlier date")]
    due: datetime | None = None
    days: Annotated[int | None, Meta(description="Whole days that it is overdue")] = None
    owner: Annotated[str | None, Meta(description="Post that has it to do")] = None
    owner_name: str = ""
    holder: Annotated[str | None, Meta(description="Who held that post at the date")] = None
    holder_name: Personal | None = None
    person: Annotated[str | None, Meta(description="Whom it is about: `worker/ID` or `holder/ID`")] = None
    person_name: Personal | None = None
    part: Annotated[str | None, Meta(description="Name of the part that counts it")] = None


class OverdueFound(RowFound, frozen=True, kw_only=True):
    """Something overdue."""

    figure: str


class InstitutionsReport(Struct, frozen=True, kw_only=True):
    """The report of the institutions at a date."""

    report: str = "institutions"
    jurisdiction: str
    name: Annotated[str, Meta(description="Of the jurisdiction")]
    position: Annotated[int, Meta(description="Of the log, from which all of it follows")]
    timezone: str
    at: datetime
    since: datetime
    sections: tuple[SectionFound, ...]
    overdue: Annotated[tuple[OverdueFound, ...], Meta(description="The longest overdue first, at most 1,000")]
    overdue_count: int


class Opened(Struct, frozen=True, kw_only=True):
    """The rows behind one figure."""

    figure: FigureFound
    items: Annotated[tuple[RowFound, ...], Meta(description="The newest first, at most 1,000")]
    more: bool
    gone: Annotated[
        tuple[RowFound, ...], Meta(description="Counted at the earlier date and no longer, at most 1,000")
    ]


def before(live: Rows, at: datetime, zone: ZoneInfo, area: str) -> datetime:
    """Return the date that a report is compared with if none is chosen: the last monthly review of the area,
    as its figures were the last report; without one, the end of the month before."""
    reviews = live["monthly_reviews"].values()
    held = [one.held_at for one in reviews if one.area == area and one.held_at < at]
    if held:
        return max(held)
    first: date = at.astimezone(zone).date().replace(day=1)
    return midnight(first, zone) - _BEFORE


class Worked:
    """The report of some rows. Items outside the reach are left out before anything is counted."""

    def __init__(self, live: Rows, asked: Asked) -> None:
        self._asked = asked
        self._then = Past(live, asked.jurisdiction, asked.at, asked.zone, asked.reach)
        self._before = Past(live, asked.jurisdiction, asked.since, asked.zone, asked.reach)
        self._people = People(live, asked.reach, asked.opens)
        self._terms: Mapping[str, Any] = live["terms"]
        self._areas, self._here = live["areas"], live["jurisdictions"].get(asked.jurisdiction)
        self._counted: dict[tuple[int, bool], list[Item]] = {}
        """What each figure counts: computed once, as shares and rows ask for it again."""

    def report(self) -> InstitutionsReport:
        """Return all figures, and what is overdue."""
        behind = [name for name, one in FIGURES.items() if one.late]
        late = [(name, item) for name in behind for item in self._items(FIGURES[name])]
        was = {name: {item.key for item in self._items(FIGURES[name], earlier=True)} for name in behind}
        late.sort(key=lambda one: (one[1].due or self._asked.at, one[0], one[1].key))
        sections: list[SectionFound] = []
        for section in SECTIONS:
            found = tuple(self.figure(f"{section.code}.{one.key}") for one in section.figures)
            empty = not any(one.value or one.before for one in found)
            sections.append(
                SectionFound(section=section.code, names=section.names, figures=found, empty=empty)
            )
        return InstitutionsReport(
            jurisdiction=self._asked.jurisdiction,
            name=self._here.name if self._here else self._asked.jurisdiction,
            position=self._asked.position,
            timezone=str(self._asked.zone),
            at=self._local(self._asked.at),
            since=self._local(self._asked.since),
            sections=tuple(sections),
            overdue=tuple(
                OverdueFound(figure=name, **self._row(item, new=item.key not in was[name]))
                for name, item in late[:MOST]
            ),
            overdue_count=len(late),
        )

    def figure(self, name: str) -> FigureFound:
        """Return one figure. Raises KeyError if there is none of that name."""
        one = FIGURES[name]
        now, then = self._items(one), self._items(one, earlier=True)
        mine, theirs = {item.key for item in now}, {item.key for item in then}
        value, was = _sum(now, one.unit), _sum(then, one.unit)
        return FigureFound(
            figure=name,
            names=one.names,
            definition=one.definition,
            unit=one.unit,
            value=value,
            before=was,
            change=round(value - was, 2),
            came=len(mine - theirs),
            left=len(theirs - mine),
            of=one.of,
            share=self._share(one, value),
            share_before=self._share(one, was, earlier=True),
            late=one.late,
            parts=divided(self._divided(one), self._divided(one, earlier=True), self._local),
            at=self._local(self._asked.at),
            position=self._asked.position,
            address=address(self._asked, name),
        )

    def opened(self, name: str) -> Opened:
        """Return the rows of one figure. Raises KeyError if there is none of that name."""
        one = FIGURES[name]
        now, then = self._items(one), self._items(one, earlier=True)
        mine, theirs = {item.key for item in now}, {item.key for item in then}
        gone = [item for item in then if item.key not in mine]
        return Opened(
            figure=self.figure(name),
            items=tuple(RowFound(**self._row(item, new=item.key not in theirs)) for item in now[:MOST]),
            more=len(now) > MOST,
            gone=tuple(RowFound(**self._row(item, new=False)) for item in gone[:MOST]),
        )

    def _items(self, one: Figure, *, earlier: bool = False) -> list[Item]:
        """Return what a figure counts within the reach, the newest first."""
        key = id(one), earlier
        if key not in self._counted:
            self._counted[key] = self._worked_out(one, earlier=earlier)
        return self._counted[key]

    def _worked_out(self, one: Figure, *, earlier: bool) -> list[Item]:
        past = self._before if earlier else self._then
        found = [item for item in one.items(past) if self._lies(item)]
        found.sort(key=lambda item: item.key)
        return sorted(found, key=_when, reverse=True)

    def _divided(self, one: Figure, *, earlier: bool = False) -> Counted:
        """Return the parts of a figure, how many items each has, and how many the whole has."""
        past, whole = (self._before if earlier else self._then), FIGURES.get(one.of or "")
        found = [] if one.parts is None else [part for part in one.parts(past) if self._lies(part)]
        if not found:
            return Counted((), Counter(), Counter())
        items = self._items(one, earlier=earlier)
        of = self._items(whole, earlier=earlier) if whole else ()
        return Counted(tuple(found), Counter(item.part for item in items), Counter(item.part for item in of))

    def _lies(self, one: Item | Part) -> bool:
        return lies_in(one, self._asked.reach) and lies_in(one, self._asked.within)

    def _share(self, one: Figure, value: float, *, earlier: bool = False) -> float | None:
        if one.of is None:
            return None
        whole = FIGURES[one.of]
        of = _sum(self._items(whole, earlier=earlier), whole.unit)
        return value / of if of else None

    def _row(self, item: Item, *, new: bool) -> dict[str, Any]:
        area = self._areas.get(item.area or "")
        owner = self._then.rows("posts").get(item.owner or "")
        seen = owner is not None and lies_in(owner, self._asked.reach)
        return {
            "view": item.view,
            "key": item.key,
            "name": item.name,
            "names": self._names(item),
            "area": item.area,
            "area_name": area.name if area and lies_in(area, self._asked.reach) else item.area or "",
            "since": self._local(item.at) if item.at else None,
            "amount": round(item.amount, 2),
            "new": new,
            "due": self._local(item.due) if item.due else None,
            "days": (self._asked.at - item.due).days if item.due else None,
            "owner": item.owner if seen else None,
            "owner_name": owner.name if owner and seen else "",
            "holder": owner.holder if owner and seen else None,
            "holder_name": owner.holder_name if owner and seen else None,
            "person": item.person,
            "person_name": self._people.name(item.person),
            "part": self._part(item),
        }

    def _part(self, item: Item) -> str | None:
        """Return what a source list was called, with the source's own date of the edition that counts."""
        known = (past.rows("source_lists").get(item.part or "") for past in (self._then, self._before))
        row = next((one for one in known if one), None)
        return f"{row.title} ({self._local(item.at):%Y-%m-%d})" if row and item.at else item.part

    def _names(self, item: Item) -> Names | None:
        """Return what a term is called: as defined here, else as built in."""
        if item.term is None:
            return None
        here = self._terms.get(term_id(item.term, item.name))
        built_in = BUILT_IN[cast("List", item.term)].get(item.name)
        known = [one.names for one in (here, built_in) if one]
        return Names(
            en=next((one.en for one in known if one.en), None),
            zh=next((one.zh for one in known if one.zh), None),
        )

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._asked.zone)


def address(asked: Asked, figure: str) -> str:
    """Return where the rows of a figure are read."""
    at, since = (one.astimezone(asked.zone).isoformat() for one in (asked.at, asked.since))
    told = [("figure", figure), ("at", at), ("since", since), *(("area", one) for one in asked.within)]
    return f"/api/v1/{asked.jurisdiction}/reports/institutions/rows?{urlencode(told)}"


def _sum(items: Sequence[Item], unit: Unit) -> float:
    return len(items) if unit == "count" else round(sum(item.amount for item in items), 2)


def _when(item: Item) -> float:
    return item.at.timestamp() if item.at else 0.0
