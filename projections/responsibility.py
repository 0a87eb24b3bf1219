"""Responsibility 责任: who answers for what at an instant, up and down the tree, and the gaps.

Pure: computed from the rows of units, posts and what must be answered for.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from events.answering import Answer, answering, chain, first_responsible
from events.area import inside, meets, parents
from events.post import ANSWER
from events.post_history import Charge, PostThen, standing
from events.terms import Names
from events.unit import LEAD
from events.unit_history import UnitThen, leading
from events.unit_history import standing as standing_unit
from projections.answerable import AREA, TRADE, names_at
from projections.office_index import OfficeIndex


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """A post at the instant, and who holds it."""

    post: str
    name: str
    unit: str | None
    """None if the caller may not know of it."""
    unit_name: str | None
    first: bool
    area: str
    holder: str | None
    holder_name: str | None
    """Sealed; shown as the caller may see it."""
    since: datetime | None
    until: datetime | None
    vacant_since: datetime | None
    rises_to: str | None
    """While it is vacant: the next post above it that has a holder. None if all are vacant."""
    elsewhere: bool = False
    """Whether it rises to a post that the caller may not know of."""
    charges: tuple[Charge, ...]


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers for one area or trade."""

    area: str
    trade: str | None
    names: Names
    """Of the area, or of the trade if one is given."""
    area_names: Names
    """Of the area; empty if the caller may not know of it."""
    charge: Charge | None
    """The charge that covers it, perhaps of a larger area or of all trades; None = nobody is charged."""
    charged: str | None
    """The post charged with it."""
    post: str | None
    """The post that answers, which is another one while the charged post is vacant; None = nobody answers."""
    passed: tuple[str, ...]
    """The vacant posts through which the duty rose, the charged one first."""
    elsewhere: bool = False
    """Whether a post answers that the caller may not know of."""


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """A unit at the instant, in the order of the tree."""

    unit: str
    name: str
    duty: str | None
    parent: str | None
    depth: int
    area: str
    posts: tuple[str, ...]


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """An area or a trade for which nobody answers."""

    code: str
    names: Names
    charged: str | None
    """The post charged with it, if it and all above it are vacant; None = no post is charged."""


class Responsibility(msgspec.Struct, frozen=True, kw_only=True):
    """Who answered for something at an instant, up and down the tree."""

    at: datetime
    task: str
    answer: Answering
    up: list[Answering]
    """For the areas around it, the nearest first."""
    down: list[Answering]
    """For the areas directly inside it."""
    trades: list[Answering]
    """For each trade there; empty if a trade is asked for."""
    gaps_areas: list[Gap]
    """Areas inside it for which nobody answers, as many as the limit allows."""
    gaps_areas_count: int
    gaps_trades: list[Gap]
    chain: list[str]
    """The charged post and those above it, up to the first-responsible one."""
    vacant: list[str]
    """Posts without a holder, the longest vacant first."""
    lead: str | None
    """The lead unit."""
    first: str | None
    """The first-responsible post."""
    units: list[Branch]
    """That reach into the area."""
    posts: list[Holding]
    """That reach into the area, or are named above."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for."""

    task: str = ANSWER
    area: str
    trade: str | None = None
    within: tuple[str, ...] = ()
    """Areas of the caller; what neither lies in them nor holds them is as if it were not there."""
    most: int = 100
    """Most gaps listed."""


class Office:
    """Units, posts and what must be answered for, at one instant, as far as they reach into an area."""

    def __init__(self, index: OfficeIndex, instant: datetime, area: str) -> None:
        self._of, self.instant, self._area = index, instant, area

    @cached_property
    def units(self) -> dict[str, UnitThen]:
        """The units that stood and reach into the area."""
        rows = ((key, self._of.units[key]) for key in self._of.units_by_area.near(self._area))
        then = ((key, standing_unit(row.changes, self.instant)) for key, row in rows)
        return {key: one for key, one in then if one and meets(one.area, self._area)}

    @cached_property
    def posts(self) -> dict[str, PostThen]:
        """The posts that stood and reach into the area."""
        then = ((key, self.post(key)) for key in self._of.posts_by_area.near(self._area))
        return {key: one for key, one in then if one and meets(one.place.area, self._area)}

    def post(self, key: str) -> PostThen | None:
        """Return a post that stood, wherever it is."""
        row = self._of.posts.get(key)
        return standing(row.changes, self.instant) if row else None

    @cached_property
    def first(self) -> str | None:
        """The first-responsible post."""
        return first_responsible(self._of.posts, self._of.charges, self.instant)

    @property
    def lead(self) -> str | None:
        """The lead unit."""
        return next(iter(leading(self._of.leads, LEAD, self.instant)), None)

    def names(self, kind: str, code: str) -> Names | None:
        """Return the names of an area or trade; None if it was not there."""
        row = self._of.answerable.get(f"{kind}/{code}")
        return names_at(row, self.instant) if row else None

    def answer(self, asked: Asked) -> Answering:
        """Return who answers for an area, or for a trade in it."""
        found = answering(self._of.posts, self._of.charges, asked.task, asked.area, asked.trade, self.instant)
        named = self.names(TRADE, asked.trade) if asked.trade else self.names(AREA, asked.area)
        areas = self.names(AREA, asked.area) or Names()
        return self._hidden(_answering(asked, named or Names(), areas, found), asked.within)

    def seen(self, key: str, within: tuple[str, ...]) -> bool:
        """Whether a caller limited to these areas may know of a post."""
        row = self._of.posts.get(key)
        return row is not None and _reaches(within, row.areas)

    def sees_unit(self, key: str | None, within: tuple[str, ...]) -> bool:
        """Whether a caller limited to these areas may know of a unit."""
        row = self._of.units.get(key or "")
        return row is not None and _reaches(within, row.areas)

    def _hidden(self, one: Answering, within: tuple[str, ...]) -> Answering:
        """Leave out posts and names of areas that the caller may not know of."""
        unseen = {key for key in (one.charged, one.post) if key and not self.seen(key, within)}
        return msgspec.structs.replace(
            one,
            charged=None if one.charged in unseen else one.charged,
            post=None if one.post in unseen else one.post,
            names=one.names if one.trade or _holds(within, one.area) else Names(),
            area_names=one.area_names if _holds(within, one.area) else Names(),
            passed=tuple(key for key in one.passed if self.seen(key, within)),
            elsewhere=bool(one.post in unseen),
        )

    def up(self, asked: Asked) -> list[Answering]:
        """Return who answers for each area around the one asked for, the nearest first."""
        around = (code for code in parents(asked.area) if self.names(AREA, code) is not None)
        return [self.answer(msgspec.structs.replace(asked, area=code)) for code in around]

    def inner(self, asked: Asked) -> list[str]:
        """Return the areas inside the one asked for that the caller may see."""
        inner = self._of.areas_in(asked.area, self.instant)
        return [code for code in inner if _reaches(asked.within, (code,))]

    def down(self, asked: Asked) -> list[Answering]:
        """Return who answers for each area directly inside the one asked for."""
        rows = ((code, self._of.answerable[f"{AREA}/{code}"]) for code in self.inner(asked))
        direct = (code for code, row in rows if row.parent == asked.area)
        return [self.answer(msgspec.structs.replace(asked, area=code)) for code in direct]

    def gaps(self, asked: Asked) -> tuple[list[Gap], int]:
        """Return the areas without anybody who answers, and how many there are."""
        here = (asked.area, *self.inner(asked))
        each = (self.answer(msgspec.structs.replace(asked, area=code)) for code in here)
        found = [
            Gap(code=one.area, names=one.area_names, charged=one.charged)
            for one in each
            if one.post is None and not one.elsewhere
        ]
        return found[: asked.most], len(found)

    def each_trade(self, asked: Asked) -> list[Answering]:
        """Return who answers for each trade in the area asked for."""
        return [
            self.answer(msgspec.structs.replace(asked, trade=code))
            for code in self._of.trades_at(self.instant)
        ]

    def chain(self, post: str | None) -> list[str]:
        """Return a post and those above it, up to the first-responsible one."""
        return [key for key, _ in chain(self._of.posts, self._of.charges, post, self.instant)] if post else []

    def holding(self, key: str, within: tuple[str, ...] = ()) -> Holding | None:
        """Return a post and who holds it, as far as the caller may know; None if it did not stand."""
        then = self.post(key)
        if then is None:
            return None
        term, unit = then.term, self._of.units.get(then.place.unit)
        unit_then = standing_unit(unit.changes, self.instant) if unit else None
        sees_unit = self.sees_unit(then.place.unit, within)
        rises_to = None if term else self._rises_to(key)
        return Holding(
            post=key,
            name=then.name,
            unit=then.place.unit if sees_unit else None,
            unit_name=unit_then.name if unit_then and sees_unit else None,
            first=key == self.first,
            area=then.place.area,
            holder=term.holder if term else None,
            holder_name=term.holder_name if term else None,
            since=term.since if term else None,
            until=term.until if term else None,
            vacant_since=then.vacant_since,
            rises_to=rises_to if rises_to and self.seen(rises_to, within) else None,
            elsewhere=rises_to is not None and not self.seen(rises_to, within),
            charges=then.charges,
        )

    def _rises_to(self, key: str) -> str | None:
        above = chain(self._of.posts, self._of.charges, key, self.instant)
        return next((other for other, then in above if then.term), None)

    def tree(self, within: tuple[str, ...] = ()) -> list[Branch]:
        """Return the units, each after the one above it, the lead unit first, with the posts in them."""
        posts: dict[str, list[str]] = {}
        seen = ((key, then) for key, then in self.posts.items() if self.seen(key, within))
        for key, then in sorted(seen, key=lambda one: (not one[1].place.first, one[0])):
            posts.setdefault(then.place.unit, []).append(key)
        under: dict[str | None, list[str]] = {}
        for key in sorted(self.units, key=self._rank):
            parent = self.units[key].parent
            under.setdefault(parent if parent in self.units else None, []).append(key)
        found: list[Branch] = []
        self._grow(found, under, posts, None, 0)
        return found

    def _rank(self, key: str) -> tuple[Any, ...]:
        then = self.units[key]
        return _ORDER.get(then.duty or "", len(_ORDER)), key

    def _grow(
        self,
        found: list[Branch],
        under: dict[str | None, list[str]],
        posts: dict[str, list[str]],
        parent: str | None,
        depth: int,
    ) -> None:
        for key in under.pop(parent, []):
            then = self.units[key]
            mine = tuple(posts.get(key, ()))
            found.append(
                Branch(
                    unit=key,
                    name=then.name,
                    duty=then.duty,
                    parent=then.parent,
                    depth=depth,
                    area=then.area,
                    posts=mine,
                )
            )
            self._grow(found, under, posts, key, depth + 1)


_ORDER = {duty: n for n, duty in enumerate(("lead", "coordinate", "carry_out", "act_jointly", "guarantee"))}


def _reaches(within: tuple[str, ...], areas: tuple[str, ...]) -> bool:
    return not within or any(meets(area, outer) for area in areas for outer in within)


def _holds(within: tuple[str, ...], area: str) -> bool:
    """Whether a caller limited to these areas may know of an area."""
    return not within or any(inside(area, outer) for outer in within)


def responsibility(office: Office, asked: Asked) -> Responsibility:
    """Return who answers for something, up and down the tree, with the posts that this names."""
    answer, trades = office.answer(asked), [] if asked.trade else office.each_trade(asked)
    (areas, count), within = office.gaps(asked), asked.within
    up, down = office.up(asked), office.down(asked)
    chain = [key for key in office.chain(answer.charged) if office.seen(key, within)]
    named = {key for one in (answer, *up, *down, *trades) for key in _named(one)} | {*chain}
    near = {key for key in office.posts if office.seen(key, within)}
    posts = _holdings(office, near | named, within)
    vacant = sorted((one for one in posts if one.vacant_since), key=lambda one: (one.vacant_since, one.post))
    return Responsibility(
        at=office.instant,
        task=asked.task,
        answer=answer,
        up=up,
        down=down,
        trades=trades,
        gaps_areas=areas,
        gaps_areas_count=count,
        gaps_trades=[
            Gap(code=one.trade or "", names=one.names, charged=one.charged)
            for one in trades
            if one.post is None and not one.elsewhere
        ],
        chain=chain,
        vacant=[one.post for one in vacant],
        lead=office.lead if office.sees_unit(office.lead, within) else None,
        first=office.first if office.first and office.seen(office.first, within) else None,
        units=[_pruned(one, office, within) for one in office.tree(within) if _reaches(within, (one.area,))],
        posts=posts,
    )


def _named(one: Answering) -> Iterator[str]:
    yield from (key for key in (one.charged, one.post, *one.passed) if key)


def _holdings(office: Office, keys: set[str], within: tuple[str, ...]) -> list[Holding]:
    """Return these posts, and those that the vacant ones among them rise to."""
    found = {key: office.holding(key, within) for key in keys}
    above = {one.rises_to for one in found.values() if one and one.rises_to} - keys
    found |= {key: office.holding(key, within) for key in above}
    return [one for _, one in sorted(found.items()) if one]


def _pruned(one: Branch, office: Office, within: tuple[str, ...]) -> Branch:
    """Return a unit without the one above it, if the caller may not know of that one."""
    hidden = one.parent is not None and not office.sees_unit(one.parent, within)
    return msgspec.structs.replace(one, parent=None) if hidden else one


def _answering(asked: Asked, names: Names, areas: Names, found: Answer | None) -> Answering:
    return Answering(
        area=asked.area,
        trade=asked.trade,
        names=names,
        area_names=areas,
        charge=found.charge if found else None,
        charged=found.charged if found else None,
        post=found.post if found else None,
        passed=found.passed if found else (),
    )
