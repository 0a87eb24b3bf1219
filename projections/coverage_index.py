"""Coverage in memory: fed with rows of enterprises and chapters, and asked about any instant.

A row that changes takes away what it counted before and counts again, so that the curves never have to be
built a second time.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from events.area import parents
from events.formation import (
    COMMUNITY,
    JOINT,
    OWN,
    ROUTES,
    Basis,
    Dated,
    Route,
    Thresholds,
    counted_in,
    fits,
    rules_at,
)
from projections.chapters import ChapterRow
from projections.coverage import WHOLE, Cover, Curves, Piece, Scope, Stay, pieces, within
from projections.coverage_facts import ENTERED, LEFT, CoverageFact, covers, lived, told_of_chapter
from projections.formation_rules import dated

KEEP: Final = 32
"""Scopes whose curves are kept; the whole jurisdiction always is."""


class Gap(NamedTuple):
    """Uncovered enterprises that one chapter would cover, by the route that fits them."""

    route: Route
    area: str
    trade: str | None
    enterprises: tuple[str, ...]
    chapters: tuple[str, ...]
    """Living chapters that could take them instead of a new one."""


class CoverageIndex:
    """Enterprises and chapters of one jurisdiction, and the curves of the scopes asked for."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._stays: dict[str, tuple[Stay, ...]] = {}
        self._covers: dict[str, dict[str, list[Cover]]] = {}
        """Enterprise -> chapter -> times in it."""
        self._pieces: dict[str, tuple[Piece, ...]] = {}
        self._chapters: dict[str, ChapterRow] = {}
        self._told: dict[str, tuple[CoverageFact, ...]] = {}
        """Enterprise -> when it entered and left the ledger."""
        self._rules: dict[str, Dated] = {}
        self._curves: OrderedDict[Scope, Curves] = OrderedDict({WHOLE: Curves(root)})

    def take(self, view: str, key: str, row: Any | None) -> None:
        """Take up a row of one of the views that coverage follows from; None = it is gone."""
        match view:
            case "enterprises":
                self.enterprise(key, row)
            case "chapters":
                self.chapter(key, row)
            case _:
                self._rules.pop(key, None)
                if row is not None:
                    self._rules[key] = dated(row)

    def enterprise(self, key: str, row: Any | None) -> None:
        """Take up a row of the view `enterprises`; None = it is gone."""
        if row is None:
            self._stays.pop(key, None)
            self._told.pop(key, None)
        else:
            self._stays[key], self._told[key] = lived(key, row.history)
        self._count(key)

    def chapter(self, key: str, row: ChapterRow | None) -> None:
        """Take up a row of the view `chapters`; None = it is gone."""
        touched: dict[str, None] = {}
        if before := self._chapters.pop(key, None):
            for enterprise, _ in covers(before):
                self._covers.get(enterprise, {}).pop(key, None)
                touched[enterprise] = None
        if row is not None:
            self._chapters[key] = row
            for enterprise, cover in covers(row):
                self._covers.setdefault(enterprise, {}).setdefault(key, []).append(cover)
                touched[enterprise] = None
        for enterprise in touched:
            self._count(enterprise)

    def settle(self) -> None:
        """Make the first reads fast, after many rows were taken up."""
        for curves in self._curves.values():
            curves.settle()

    def curves(self, scope: Scope = WHOLE) -> Curves:
        """Return the curves of a scope."""
        found = self._curves.get(scope)
        if found is None:
            found = self._curves[scope] = Curves(self._root, scope)
            for some in self._pieces.values():
                found.put(some)
            found.settle()
        self._curves.move_to_end(scope)
        self._curves.move_to_end(WHOLE)
        while len(self._curves) > KEEP:
            self._curves.popitem(last=False)
        return found

    def thresholds(self, when: datetime) -> Thresholds:
        """Return the thresholds in force at an instant."""
        return rules_at(self._rules.values(), when).thresholds

    def living(self, when: datetime) -> dict[str, ChapterRow]:
        """Return the chapters that lived at an instant."""
        return {key: row for key, row in self._chapters.items() if _lives(row, when)}

    def told(self, since: datetime, until: datetime, scope: Scope = WHOLE) -> list[CoverageFact]:
        """Return the facts by which coverage changed after `since`, up to `until`, by time."""
        ledger = (one for some in self._told.values() for one in some if since < one.at <= until)
        chapters = (one for row in self._chapters.values() for one in told_of_chapter(row))
        covered = (one for one in chapters if since < one.at <= until)
        found = [*self._entered_or_left(ledger, scope)]
        found += [one for one in covered if self._there(one.enterprise, one.at, scope)]
        return sorted(found, key=lambda one: (one.at, one.position, one.enterprise))

    def gaps(self, when: datetime, thresholds: Thresholds, scope: Scope = WHOLE) -> list[Gap]:
        """Return what would raise coverage most at an instant: the groups of uncovered enterprises that one
        chapter would cover, the largest first."""
        here = {key: stay for key, some in self._stays.items() for stay in some if within(when, stay)}
        of_trade = Counter(
            (stay.trade, counted_in(stay.area, self._root, thresholds)) for stay in here.values()
        )
        groups: dict[tuple[Route, str, str | None, str], list[str]] = {}
        for key, stay in here.items():
            if self._is_covered(key, when) or not scope.holds(stay.area, stay.trade or ""):
                continue
            area = counted_in(stay.area, self._root, thresholds)
            basis = Basis(
                members=stay.members, trade=stay.trade, area=area, enterprises=of_trade[stay.trade, area]
            )
            groups.setdefault(_group(fits(basis, thresholds), key, stay, area), []).append(key)
        takers = self._takers(when)
        found = [
            Gap(route, area, trade, tuple(sorted(some)), _of(takers, route, area, trade))
            for (route, area, trade, _), some in groups.items()
        ]
        return sorted(found, key=_largest)

    def _count(self, key: str) -> None:
        """Count an enterprise again."""
        before = self._pieces.pop(key, ())
        mine = [cover for some in self._covers.get(key, {}).values() for cover in some]
        after = tuple(pieces(self._stays.get(key, ()), mine))
        if after:
            self._pieces[key] = after
        if before != after:
            for curves in self._curves.values():
                curves.put(before, -1)
                curves.put(after)

    def _is_covered(self, key: str, when: datetime) -> bool:
        return any(within(when, piece) and piece.routes for piece in self._pieces.get(key, ()))

    def _takers(self, when: datetime) -> "_Takers":
        """Return the living chapters that take several, by route, trade (of joint ones) and area."""
        found: _Takers = {}
        for key, chapter in self.living(when).items():
            if chapter.route != OWN:
                trade = chapter.trade if chapter.route == JOINT else None
                found.setdefault((chapter.route, trade, chapter.area), []).append(key)
        return found

    def _entered_or_left(self, told: Iterable[CoverageFact], scope: Scope) -> Iterator[CoverageFact]:
        """Yield by what enterprises entered and left a scope: also those that moved, or changed their trade.
        Of several facts at one instant the last one counts."""
        for one in {(one.enterprise, one.at): one for one in told}.values():
            some = self._stays.get(one.enterprise, ())
            before = any(stay.until == one.at and scope.holds(stay.area, stay.trade or "") for stay in some)
            after = any(stay.since == one.at and scope.holds(stay.area, stay.trade or "") for stay in some)
            if before != after:
                yield msgspec.structs.replace(one, what=ENTERED if after else LEFT)

    def _there(self, enterprise: str, when: datetime, scope: Scope) -> bool:
        """Whether an enterprise was in the scope at an instant, or just before."""
        some: Sequence[Stay] = self._stays.get(enterprise, ())
        near = [one for one in some if within(when, one) or one.until == when]
        return any(scope.holds(one.area, one.trade or "") for one in near)


_Takers = dict[tuple[Route, str | None, str], list[str]]


def _of(takers: _Takers, route: Route, area: str, trade: str | None) -> tuple[str, ...]:
    """Return the living chapters that could take enterprises of a trade in an area."""
    if route == OWN:
        return ()
    found = (takers.get((route, trade, outer), ()) for outer in (area, *parents(area)))
    return tuple(sorted(key for some in found for key in some))


def _largest(gap: Gap) -> tuple[int, int, str, str, tuple[str, ...]]:
    return -len(gap.enterprises), ROUTES.index(gap.route), gap.area, gap.trade or "", gap.enterprises


def _lives(chapter: ChapterRow, when: datetime) -> bool:
    begun = chapter.formed_at is not None and chapter.formed_at <= when
    return begun and (chapter.ended_at is None or when < chapter.ended_at)


def _group(route: Route, key: str, stay: Stay, area: str) -> tuple[Route, str, str | None, str]:
    """Return by what enterprises come together: each alone, by trade, or by where they are."""
    if route == JOINT:
        return route, area, stay.trade, ""
    if route == COMMUNITY:
        return route, stay.area, None, ""
    return route, stay.area, stay.trade, key
