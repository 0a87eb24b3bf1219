"""Chapters: 39 of 375 enterprises are covered at the start, 227 of 377 at the end, each route by the rule.

39 enterprises have chapters of their own from before. In March 51 more form one, six trades form a joint
chapter each, and communities form chapters for those whose trade is too few in their county.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from events.formation import OWN, Basis, Thresholds, fits
from services.demo.scenarios.story import Timed
from services.demo.scenarios.yichun.days import LOCAL, REGISTRATION
from services.demo.scenarios.yichun.institutions.enterprises import TRADES, Enterprise
from services.demo.scenarios.yichun.institutions.offices import CITY
from services.demo.scenarios.yichun.institutions.reviews import CLOSES, FORMATION, LATE
from services.demo.scenarios.yichun.places import ROOT
from services.demo.scenarios.yichun.world import World

BEFORE: Final = 39
"""Enterprises with a chapter of their own from before."""
NEW: Final = 51
"""Enterprises that form a chapter of their own."""
COVERED: Final = 227
"""Enterprises that belong to a chapter in the end."""
SMALL: Final = COVERED - BEFORE - NEW
"""Those of them that joint and community chapters cover."""
BY_COMMUNITY: Final = 16
"""Enterprises in chapters of communities, at most."""
REGISTERED: Final = REGISTRATION + timedelta(days=1)
"""The chapters from before are entered, when all their enterprises are."""
PAST: Final = datetime(2021, 3, 10, 9, tzinfo=LOCAL)
"""The first of them was formed."""
YEARS: Final = timedelta(days=3 * 365)
"""A term."""
OPENING: Final = FORMATION + timedelta(days=1, hours=9)
"""The trades form their chapters."""
LAST: Final = FORMATION + timedelta(days=25)
_THRESHOLDS: Final = Thresholds()


def chapters(seed: int, enterprises: Sequence[Enterprise]) -> Iterator[Timed]:
    """Return the timed commands of all chapters."""
    world = World(seed, "chapters")
    _Formation(world, enterprises).plan()
    return world.run()


class _Formation:
    """Which enterprises are covered by what. Neither the one that closes nor the late ones are."""

    def __init__(self, world: World, enterprises: Sequence[Enterprise]) -> None:
        self._world = world
        there = [one for one in enterprises[:-LATE] if one is not enterprises[CLOSES]]
        self._trades = Counter((one.trade, one.county) for one in enterprises)
        self._sure = Counter((one.trade, one.county) for one in there)
        """Enterprises of a trade in a county that are in the ledger all the time."""
        own = [one for one in there if self._route(one, self._trades) == OWN]
        small = [one for one in there if one.members < _THRESHOLDS.members]
        self._leading = small[0]
        """Forms a chapter of its own although the rule proposes another route."""
        self._own = [*own[: BEFORE + NEW - 1], self._leading]
        apart = [one for one in small[1:] if self._trades[one.trade, one.county] < _THRESHOLDS.enterprises]
        self._apart = apart[:BY_COMMUNITY]
        many = [one for one in small[1:] if self._sure[one.trade, one.county] >= _THRESHOLDS.enterprises]
        self._joint = {trade: [one for one in many if one.trade == trade] for trade in TRADES}
        _cut(self._joint, SMALL - len(self._apart))

    def plan(self) -> None:
        """Plan all of it."""
        self._before(self._own[:BEFORE])
        self._new(self._own[BEFORE:])
        for number, (trade, some) in enumerate(self._joint.items()):
            self._joins(f"chapter-trade-{trade}", trade, some, OPENING + timedelta(hours=number))
        for number, one in enumerate(self._apart):
            when = OPENING + timedelta(days=3 + number, hours=2)
            body = {
                "chapter": f"chapter-community-{number + 1:02}",
                "name": f"社区联合组织 {number + 1:02}",
                "enterprises": [one.key],
                "ends": (when + YEARS).isoformat(),
            }
            self._world.on(when, lambda b=body: self._world.send("chapter.form", b, CITY))

    def _route(self, one: Enterprise, trades: Counter[tuple[str, str]]) -> str:
        basis = Basis(
            members=one.members, trade=one.trade, area=one.county, enterprises=trades[one.trade, one.county]
        )
        return fits(basis, _THRESHOLDS)

    def _before(self, some: Sequence[Enterprise]) -> None:
        """Enter the chapters from before; the term of the first runs out in March and is renewed in time."""
        for number, one in enumerate(some):
            at = PAST + timedelta(days=number)
            ends = FORMATION + timedelta(days=9) if number == 0 else at + YEARS
            body = {"route": OWN, "enterprises": [one.key], "ends": ends.isoformat()} | _named(number, one)
            when = REGISTERED + timedelta(minutes=number)
            self._world.on(when, lambda b=body, a=at: self._world.send("chapter.form", b, CITY, at=a))
        renewed = FORMATION + timedelta(days=8, hours=10)
        again = {"chapter": "chapter-001", "ends": (renewed + YEARS).isoformat()}
        self._world.on(renewed, lambda: self._world.send("chapter.renew", again, CITY))

    def _new(self, some: Sequence[Enterprise]) -> None:
        """Form two or three a day. One is proposed first; the last goes against the rule, with a reason."""
        step = (LAST - OPENING) / len(some)
        for number, one in enumerate(some):
            when = OPENING + step * number + timedelta(minutes=self._world.random.randrange(60))
            body = {"enterprises": [one.key], "ends": (when + YEARS).isoformat()}
            body |= _named(BEFORE + number, one)
            if one is self._leading:
                body |= {"route": OWN, "reason": "leading"}
            if number == 0:
                proposal = {"chapter": body["chapter"], "enterprise": one.key}
                before = when - timedelta(days=1)
                self._world.on(before, lambda p=proposal: self._world.send("chapter.propose", p, CITY))
            self._world.on(when, lambda b=body: self._world.send("chapter.form", b, CITY))

    def _joins(self, key: str, trade: str, some: Sequence[Enterprise], opening: datetime) -> None:
        """Form a trade's chapter with its first two enterprises; the others join over the weeks.

        One that has a chapter of its own joins as well, and counts once."""
        body = {
            "chapter": key,
            "name": f"{TRADES[trade][0]}行业联合组织",
            "area": ROOT,
            "enterprises": [one.key for one in some[:2]],
            "ends": (opening + YEARS).isoformat(),
        }
        self._world.on(opening, lambda: self._world.send("chapter.form", body, CITY))
        joining = [*some[2:], *(one for one in self._own if one.trade == trade)][: len(some) - 1]
        step = (LAST - opening) / (len(joining) + 1)
        for number, one in enumerate(joining):
            join = {"chapter": key, "enterprise": one.key}
            when = opening + step * (number + 1)
            self._world.on(when, lambda j=join: self._world.send("chapter.join", j, CITY))


def _named(number: int, one: Enterprise) -> dict[str, object]:
    return {"chapter": f"chapter-{number + 1:03}", "name": f"{one.name} 组织"}


def _cut(joint: dict[str, list[Enterprise]], total: int) -> None:
    """Leave so many in all, the last ones of the largest trades out."""
    while sum(map(len, joint.values())) > total:
        max(joint.values(), key=len).pop()
