"""Coverage at any instant: the curves against a naive fold of the facts, whatever order rows come in."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

import pytest

from bench.coverage import ENTERPRISES, LIMIT_MS, build, p99, reads
from events.chapter_history import ChapterFact, standing
from events.dated import dated
from events.enterprise_facts import EnterpriseFact, in_ledger
from events.enterprise_facts import standing as firm_at
from events.formation import ROUTES, Thresholds
from projections.chapters import ChapterRow
from projections.coverage import BYS, Count, Curves, Scope, Step
from projections.coverage_index import CoverageIndex, Gap
from services.verify.laws.coverage import LAW
from tests.given import DAY
from tests.scale import scaled

ROOT = "2307"
AREAS = ("230717001001", "230717001002", "230717002001", "230718001001")
HOURS = 60
SCOPES = (
    Scope(),
    Scope(areas=("230717",)),
    Scope(areas=("230717",), within=("230717001",)),
    Scope(within=("230717001001", "230718")),
    Scope(trade="courier"),
)


class Firm(NamedTuple):
    """A row of the view `enterprises`, as far as coverage reads it."""

    history: tuple[EnterpriseFact, ...]


def hour(n: int) -> Any:
    return DAY + timedelta(hours=n)


def admitted(at: Any, details: dict[str, Any]) -> list[EnterpriseFact]:
    """Return the facts of an enterprise that is registered and passes its reviews at once."""
    facts = [
        EnterpriseFact(at, 1, "enterprise.registered", "test", details=details),
        EnterpriseFact(at, 2, "review.opened", "test"),
    ]
    for position, stage in enumerate(("screen", "verify", "check_city", "check_county"), 3):
        facts.append(EnterpriseFact(at, position, "review.judged", "test", stage=stage, verdict="approve"))
    return facts


def firm(random: Random) -> Firm:
    """Return an enterprise that is registered, and perhaps amended, moved, closed and reopened."""
    begin = random.randrange(HOURS)
    details: dict[str, Any] = {"name": "Firm", "area": random.choice(AREAS), "trade": random.choice(TRADES)}
    details |= {"size": random.choice((None, "small", "large")), "members": random.randrange(6)}
    facts = admitted(hour(begin), details)
    for position in range(10, random.randrange(10, 15)):
        what, given = random.choice(
            (
                ("enterprise.amended", {"trade": random.choice(TRADES)}),
                ("enterprise.moved", {"area": random.choice(AREAS)}),
                ("enterprise.closed", {}),
                ("enterprise.reopened", {}),
                ("review.sent_back", {}),
                ("review.opened", {}),
            )
        )
        at = hour(random.randrange(begin, HOURS + 1))
        facts.append(EnterpriseFact(at, position, what, "test", details=given))
    return Firm(tuple(sorted(facts, key=lambda one: (one.at, one.position))))


TRADES = ("courier", "internet", None)


def chapter(random: Random, key: str, firms: list[str]) -> ChapterRow:
    """Return a chapter with a random life."""
    some = tuple(random.sample(firms, random.randrange(1, 5)))
    begin = random.randrange(HOURS)
    facts: tuple[ChapterFact, ...] = (ChapterFact(hour(begin), 1, "formed", enterprises=some),)
    for position in range(2, random.randrange(2, 8)):
        kind = random.choice(("joined", "left", "joined", "renewed", "dissolved"))
        who = (random.choice(firms),) if kind in ("joined", "left") else ()
        at = hour(random.randrange(begin, HOURS + 1))
        facts = dated(facts, ChapterFact(at, position, kind, enterprises=who))
    area, route = random.choice(AREAS)[:6], random.choice(ROUTES)
    return ChapterRow(chapter=key, area=area, route=route, trade="courier", history=facts)


class World:
    """Rows, and coverage counted from their facts one by one."""

    def __init__(self, random: Random) -> None:
        self.firms = {f"E{n}": firm(random) for n in range(20)}
        names = list(self.firms)
        self.chapters = {f"C{n}": chapter(random, f"C{n}", names) for n in range(8)}

    def there(self, when: Any, scope: Scope) -> Iterator[tuple[Any, set[str]]]:
        """Yield each enterprise of the ledger and the routes of its chapters."""
        living = [(row.route, standing(row.history, when)) for row in self.chapters.values()]
        for key, row in self.firms.items():
            now = firm_at(row.history, when)
            if now and in_ledger(now) and scope.holds(now.area, now.trade or ""):
                yield now, {route for route, one in living if one and key in one.enterprises}

    def at(self, when: Any, scope: Scope) -> Count:
        found = list(self.there(when, scope))
        return Count(len(found), sum(1 for _, routes in found if routes))

    def by(self, by: str, when: Any, scope: Scope) -> dict[str, Count]:
        ledger, covered = Counter[str](), Counter[str]()
        found = list(self.there(when, scope))
        for now, routes in found:
            if by == "route":
                covered.update(routes)
                continue
            value = now.area if by == "area" else getattr(now, by) or ""
            ledger[value] += 1
            covered[value] += bool(routes)
        if by == "route":
            ledger = Counter({route: len(found) for route in ROUTES if found})
        return {key: Count(ledger[key], covered[key]) for key in ledger}


def index_of(world: World, random: Random) -> CoverageIndex:
    """Return an index that was fed in a random order, with rows that changed on the way."""
    index, other = CoverageIndex(ROOT), World(random)
    steps = [("enterprise", key) for key in world.firms] + [("chapter", key) for key in world.chapters]
    for kind, key in random.sample(steps, len(steps) // 2):
        rows: Any = other.firms if kind == "enterprise" else other.chapters
        getattr(index, kind)(key, rows[key] if random.random() < 0.8 else None)
    for scope in SCOPES:
        index.curves(scope)  # from here on it is kept up to date
    random.shuffle(steps)
    for kind, key in steps:
        rows = world.firms if kind == "enterprise" else world.chapters
        getattr(index, kind)(key, rows[key])
    return index


def summed(found: dict[str, Count], level: int) -> dict[str, Count]:
    """Add up the counts of areas by their first digits."""
    sums: dict[str, Count] = {}
    for area, count in found.items():
        before = sums.get(area[:level], Count())
        sums[area[:level]] = Count(before.ledger + count.ledger, before.covered + count.covered)
    return sums


@pytest.mark.parametrize("seed", range(scaled("MUSTER_COVERAGE_WORLDS", 8, 200)))
def test_the_curves_count_as_the_facts_do(seed: int):
    random = Random(seed)
    world = World(random)
    index = index_of(world, random)
    for scope in SCOPES:
        curves = index.curves(scope)
        for n in random.sample(range(-1, HOURS + 2), 12):
            assert curves.at(hour(n)) == world.at(hour(n), scope), (scope, n)
            for by in BYS:
                if by != "area":
                    assert curves.by(by, hour(n)) == world.by(by, hour(n), scope), (scope, by, n)
    for n in range(HOURS):
        assert index.curves().by("area", hour(n)) == summed(world.by("area", hour(n), Scope()), 6)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("seed", range(scaled("MUSTER_COVERAGE_WORLDS", 3, 200)))
def test_every_step_of_the_curve_has_its_facts(seed: int, scope: Scope):
    world = World(Random(seed))
    index = index_of(world, Random(seed))
    steps = index.curves(scope).steps(hour(-1), hour(HOURS))
    assert steps[0] == Step(hour(-1), 0, 0)
    assert [(one.ledger, one.covered) for one in steps] == [world.at(one.at, scope) for one in steps]
    for before, after in pairwise(steps):
        told = index.told(before.at, after.at, scope)
        if (before.ledger, before.covered) != (after.ledger, after.covered):
            assert {one.at for one in told} >= {after.at}
        change = sum({"entered": 1, "left": -1}.get(one.what, 0) for one in told)
        assert after.ledger - before.ledger == change


def registered(members: int, trade: str | None, area: str = AREAS[0]) -> Firm:
    details: dict[str, Any] = {"name": "Firm", "area": area, "trade": trade, "members": members}
    return Firm(tuple(admitted(hour(1), details)))


def test_the_largest_gap_comes_first_with_the_route_that_fits_and_who_could_take_them():
    index = CoverageIndex(ROOT)
    for n in range(4):
        index.enterprise(f"small-{n}", registered(1, "courier", AREAS[n % 3]))
    index.enterprise("big", registered(3, "internet"))
    index.enterprise("alone", registered(0, "property"))
    index.enterprise("unknown", registered(2, None))
    facts = (ChapterFact(hour(2), 9, "formed", enterprises=("small-3",)),)
    row = ChapterRow(
        chapter="C1", area="230717", route="joint", trade="courier", formed_at=hour(2), history=facts
    )
    index.chapter("C1", row)

    rest = (
        Gap("community", AREAS[0], None, ("alone", "unknown"), ()),
        Gap("own", AREAS[0], "internet", ("big",), ()),
    )
    small = ("small-0", "small-1", "small-2")
    assert index.gaps(hour(3), Thresholds()) == [Gap("joint", "230717", "courier", small, ("C1",)), *rest]
    assert index.gaps(hour(1), Thresholds())[0] == Gap("joint", "230717", "courier", (*small, "small-3"), ())
    assert index.gaps(hour(0), Thresholds()) == []
    assert index.gaps(hour(3), Thresholds(), Scope(trade="internet")) == [rest[1]]


# -- the law -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(scaled("MUSTER_COVERAGE_WORLDS", 2, 50)))
def test_the_law_holds_for_any_rows(seed: int):
    world = World(Random(seed))
    assert list(LAW.broken(ROOT, {"enterprises": world.firms, "chapters": world.chapters})) == []


def test_the_law_names_the_date_and_what_does_not_add_up(monkeypatch: pytest.MonkeyPatch):
    world = World(Random(1))
    monkeypatch.setattr(
        Curves, "by", lambda self, by, when: {"courier": Count(7, 3)} if by == "trade" else {}
    )

    found = list(LAW.broken(ROOT, {"enterprises": world.firms, "chapters": world.chapters}))

    assert any(one.startswith("coverage of trade courier at 2022-03-") for one in found)
    assert all(one.endswith(("but 3 of 7", "but 0 of 0")) for one in found)


def test_a_county_at_any_date_is_found_in_time():
    index = build(scaled("MUSTER_COVERAGE_ENTERPRISES", 2_000, ENTERPRISES))

    assert p99(reads(index, 500)) < LIMIT_MS, "CPU milliseconds; `python -m bench.coverage` shows more"
