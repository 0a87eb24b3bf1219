"""Coverage 覆盖率 at any instant: enterprises of the ledger that belong to a living chapter, of all in it.

Computed from dated rows and never stored. What is counted is a curve: for each way of counting, the instants
at which it changes and the sums from there on, so that any instant is found by bisection.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Final, Literal, NamedTuple

from events.area import inside, parents
from events.formation import ROUTES

By = Literal["area", "trade", "size", "route"]
BYS: Final[tuple[By, ...]] = ("area", "trade", "size", "route")
ALL: Final = "all"
UNKNOWN: Final = ""
"""Value of what is not known, such as the trade."""
MOST_PENDING: Final = 500
"""Changes of a curve held beside it before they are merged into it."""


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)


class Stay(NamedTuple):
    """A time in the ledger, with what the enterprise was during it."""

    since: datetime
    until: datetime | None
    area: str
    trade: str | None
    size: str | None
    members: int | None = None
    name: str = ""


class Cover(NamedTuple):
    """A time in a living chapter."""

    since: datetime
    until: datetime | None
    route: str


class Piece(NamedTuple):
    """A time in the ledger during which nothing changes that is counted."""

    since: datetime
    until: datetime | None
    area: str
    trade: str
    size: str
    routes: tuple[str, ...]
    """Routes of the chapters it belongs to; empty = not covered."""


class Count(NamedTuple):
    """Enterprises in the ledger, and those of them that belong to a living chapter."""

    ledger: int = 0
    covered: int = 0

    @property
    def share(self) -> float | None:
        """Covered of the ledger, from 0 to 1; None if the ledger is empty."""
        return self.covered / self.ledger if self.ledger else None


class Step(NamedTuple):
    """The sums from an instant on."""

    at: datetime
    ledger: int
    covered: int


def pieces(stays: Iterable[Stay], covers: Sequence[Cover]) -> Iterator[Piece]:
    """Cut the times in the ledger where a chapter's time begins or ends."""
    for stay in stays:
        mine = [one for one in covers if _overlap(stay, one)]
        cuts = {stay.since}
        for one in mine:
            cuts |= {at for at in (one.since, one.until) if at is not None and within(at, stay)}
        marks = sorted(cuts)
        for since, until in zip(marks, [*marks[1:], stay.until], strict=True):
            if until is None or since < until:
                routes = sorted({one.route for one in mine if within(since, one)})
                yield Piece(since, until, stay.area, stay.trade or "", stay.size or "", tuple(routes))


def micros(at: datetime) -> int:
    """Return microseconds since 1970."""
    return (at - _EPOCH) // _MICRO


def instant(at: int) -> datetime:
    """Return the instant of `micros`."""
    return _EPOCH + at * _MICRO


def _overlap(one: Stay, other: Cover) -> bool:
    return (one.until is None or other.since < one.until) and (other.until is None or one.since < other.until)


def within(at: datetime, span: "Stay | Cover | Piece") -> bool:
    """Whether an instant lies in a time: its begin included, its end not."""
    return span.since <= at and (span.until is None or at < span.until)


class Curve:
    """Sums over time, by microseconds since 1970. Changes are few and in any order; reads are many."""

    def __init__(self) -> None:
        self._instants, self._ledger, self._covered = array("q"), array("q"), array("q")
        self._pending: list[tuple[int, int, int]] = []

    def add(self, at: int, ledger: int, covered: int) -> None:
        """Change the sums from an instant on."""
        self._pending.append((at, ledger, covered))

    def at(self, instant: int) -> Count:
        """Return the sums at an instant."""
        if len(self._pending) > MOST_PENDING:
            self.settle()
        place = bisect_right(self._instants, instant) - 1
        ledger, covered = (self._ledger[place], self._covered[place]) if place >= 0 else (0, 0)
        for at, more, also in self._pending:
            if at <= instant:
                ledger, covered = ledger + more, covered + also
        return Count(ledger, covered)

    def changes(self, since: int, until: int) -> list[int]:
        """Return the instants of changes after `since`, up to `until`."""
        self.settle()
        first, last = bisect_right(self._instants, since), bisect_right(self._instants, until)
        return list(self._instants[first:last])

    def settle(self) -> None:
        """Merge what was added into the sums."""
        if not self._pending:
            return
        changes, self._pending = self._pending, []
        changes += zip(self._instants, _steps(self._ledger), _steps(self._covered), strict=True)
        changes.sort()
        self._instants, self._ledger, self._covered = array("q"), array("q"), array("q")
        ledger = covered = 0
        for at, some in groupby(changes, key=itemgetter(0)):
            for _, more, also in some:
                ledger, covered = ledger + more, covered + also
            self._instants.append(at)
            self._ledger.append(ledger)
            self._covered.append(covered)


def _steps(sums: Iterable[int]) -> Iterator[int]:
    """Return by how much each sum differs from the one before."""
    before = 0
    for one in sums:
        yield one - before
        before = one


class Scope(NamedTuple):
    """What is counted: the enterprises in some areas and of some trade. Empty = all."""

    areas: tuple[str, ...] = ()
    """Those asked for."""
    within: tuple[str, ...] = ()
    """Those the caller may see; an enterprise must be in both."""
    trade: str | None = None

    def holds(self, area: str, trade: str) -> bool:
        """Whether an enterprise is counted."""
        if self.trade is not None and trade != self.trade:
            return False
        return all(
            not outers or any(inside(area, one) for one in outers) for outers in (self.areas, self.within)
        )


WHOLE: Final = Scope()


class Curves:
    """The curves of the enterprises in a scope, in each way of counting."""

    def __init__(self, root: str, scope: Scope = WHOLE) -> None:
        self._scope = scope
        one = scope.areas if scope.areas else scope.within
        self._child = _children(one[0] if len(one) == 1 else root)
        self._curves: dict[tuple[str, str], Curve] = {}

    def put(self, some: Iterable[Piece], sign: int = 1) -> None:
        """Add an enterprise's pieces; with sign -1 take them away again."""
        for piece in some:
            if self._scope.holds(piece.area, piece.trade):
                span = micros(piece.since), None if piece.until is None else micros(piece.until)
                covered = sign if piece.routes else 0
                for key in self._keys(piece):
                    self._put(key, span, sign, covered)
                for route in piece.routes:
                    self._put(("route", route), span, 0, sign)

    def settle(self) -> None:
        """Merge what was put: after many, so that the first reads need not."""
        for curve in self._curves.values():
            curve.settle()

    def at(self, when: datetime) -> Count:
        """Return the sums of all at an instant."""
        return self._at((ALL, ""), micros(when))

    def by(self, by: By, when: datetime) -> dict[str, Count]:
        """Return the sums by value at an instant, without values that count nothing. Those by route count all
        enterprises of the ledger, and one in chapters of two routes in both."""
        at = micros(when)
        if by == "route":
            ledger = self.at(when).ledger
            found = {route: Count(ledger, self._at((by, route), at).covered) for route in ROUTES}
        else:
            found = {value: self._at((kind, value), at) for kind, value in self._curves if kind == by}
        return {value: found[value] for value in sorted(found) if found[value].ledger}

    def steps(self, since: datetime, until: datetime) -> list[Step]:
        """Return the curve of all between two instants."""
        curve = self._curves.get((ALL, ""))
        changes = curve.changes(micros(since), micros(until)) if curve else []
        begin = Step(since, *self.at(since))
        return [begin, *(Step(instant(one), *self._at((ALL, ""), one)) for one in changes)]

    def _keys(self, piece: Piece) -> tuple[tuple[str, str], ...]:
        return (
            (ALL, ""),
            ("area", self._child(piece.area)),
            ("trade", piece.trade),
            ("size", piece.size),
        )

    def _put(self, key: tuple[str, str], span: tuple[int, int | None], ledger: int, covered: int) -> None:
        curve = self._curves.get(key)
        if curve is None:
            curve = self._curves[key] = Curve()
        since, until = span
        curve.add(since, ledger, covered)
        if until is not None:
            curve.add(until, -ledger, -covered)

    def _at(self, key: tuple[str, str], instant: int) -> Count:
        curve = self._curves.get(key)
        return curve.at(instant) if curve else Count()


def _children(outer: str) -> Callable[[str], str]:
    """Return a function from an area to the one directly below `outer` that contains it, or to itself."""
    known: dict[str, str] = {}

    def child(area: str) -> str:
        found = known.get(area)
        if found is None:
            chain = [area, *parents(area)]
            found = known[area] = chain[max(0, chain.index(outer) - 1)] if outer in chain else area
        return found

    return child
