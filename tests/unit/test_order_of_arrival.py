"""Facts about institutions in any order of arrival: told as they happened, all would have been accepted, and
every instant would be the same. So none of them contradicts another one."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from events.chapter_history import standing as chapter_then
from events.enterprise_facts import standing as enterprise_then
from events.post_history import post_at
from events.unit_history import unit_at
from services.decisions.base import Command, Refused
from services.decisions.chapter.table import CHAPTERS
from services.decisions.enterprise.table import ENTERPRISES
from services.decisions.post.table import POSTS
from services.decisions.unit.table import UNITS
from tests.given import Aggregate, Given, area, given, t
from tests.scale import scaled

chapter, enterprise, review = Aggregate("chapter"), Aggregate("enterprise"), Aggregate("review")
unit, post = Aggregate("unit"), Aggregate("post")
CITY, COUNTY, OTHER = "2307", "230717", "230718"
HOURS = range(1, 13)
LATER = t("+2 00:00")


class Told(NamedTuple):
    """A fact, who tells it, and the hour that it speaks of."""

    hour: int
    command: Command
    by: str


def clerk(*commands: Command) -> list[tuple[Command, str]]:
    return [(one, "dispatcher/clerk") for one in commands]


def staffed(key: str, task: str) -> tuple[Command, ...]:
    """Return a post whose holder gives the verdicts of a stage."""
    return (
        post.create(post=key, name=key, unit="U1", area=CITY, parent="P0"),
        post.charge(post=key, task=task, area=CITY),
        post.appoint(post=key, holder=f"H-{key}", holder_name=f"sealed:{key}", acts_as=key),
    )


def city() -> Given:
    """Return what is known before: two units with posts, two enterprises, nothing said of either."""
    return given(
        area.define(area=COUNTY, name="County 1"),
        area.define(area=OTHER, name="County 2"),
        unit.establish(unit="U1", name="Committee", duty="lead", area=CITY),
        unit.establish(unit="U2", name="Bureau", area=CITY),
        post.create(post="P0", name="Secretary", unit="U1", area=CITY, first=True),
        post.create(post="P1", name="Head", unit="U1", area=CITY, parent="P0"),
        post.create(post="P2", name="Officer", unit="U1", area=CITY, parent="P1"),
        *staffed("screener", "screen"),
        *staffed("verifier", "verify"),
        *(enterprise.register(enterprise=key, name=key, area=COUNTY) for key in ("E1", "E2")),
        actor="dispatcher/entry",
    )


def formed(key: str, *enterprises: str) -> Command:
    return chapter.form(chapter=key, name=key, route="community", enterprises=enterprises, area=COUNTY)


E1, E2 = {"enterprise": "E1"}, {"enterprise": "E2"}
LEDGER: list[tuple[Command, str]] = [
    *clerk(
        enterprise.amend(**E1, employees=5),
        enterprise.amend(**E1, employees=9),
        enterprise.amend(**E1, employees=9, members=2),
        enterprise.amend(**E1, trade="courier"),
        enterprise.move(**E1, area=OTHER),
        enterprise.move(**E1, area=COUNTY),
        enterprise.move(**E1, to="Harbin"),
        enterprise.merge(**E1, into="E2"),
        enterprise.merge(**E2, into="E1"),
        *(enterprise.close(**one) for one in (E1, E2)),
        *(enterprise.reopen(**one) for one in (E1, E2)),
        review.open(**E1),
    ),
    (review.judge(**E1, stage="screen", verdict="approve"), "dispatcher/screener"),
    (review.judge(**E1, stage="screen", verdict="reject", reason="other"), "dispatcher/screener"),
    (review.send_back(**E1, stage="screen", reason="other"), "dispatcher/screener"),
    (review.judge(**E1, stage="verify", verdict="approve"), "dispatcher/verifier"),
]
FORMED = clerk(
    *(enterprise.close(**one) for one in (E1, E2)),
    enterprise.merge(**E1, into="E2"),
    enterprise.reopen(**E1),
    formed("C1", "E1"),
    formed("C1", "E1", "E2"),
    formed("C2", "E2"),
    *(step(chapter="C1", **one) for step in (chapter.join, chapter.leave) for one in (E1, E2)),
    chapter.join(chapter="C2", **E1),
    chapter.leave(chapter="C2", **E2),
    chapter.renew(chapter="C1"),
    chapter.merge(chapter="C2", into="C1"),
    chapter.dissolve(chapter="C1"),
)
ANSWERS = {"task": "answer", "area": COUNTY}
OFFICES = clerk(
    unit.rename(unit="U2", name="Office"),
    unit.rename(unit="U2", name="Station"),
    unit.move(unit="U2", parent="U1"),
    unit.move(unit="U2", parent=None),
    unit.move(unit="U1", parent="U2"),
    unit.move(unit="U2", area=COUNTY),
    unit.charge(unit="U2", duty="lead"),
    unit.charge(unit="U1", duty="coordinate"),
    unit.charge(unit="U1", duty="lead"),
    unit.dissolve(unit="U2"),
    unit.establish(unit="U3", name="Street office", area=COUNTY, parent="U2", duty="lead"),
    post.create(post="P3", name="Liaison", unit="U2", area=COUNTY, parent="P2"),
    post.create(post="P4", name="Deputy", unit="U1", area=COUNTY, first=True),
    post.rename(post="P2", name="Chief"),
    post.rename(post="P2", name="Officer"),
    post.move(post="P2", unit="U2"),
    post.move(post="P2", area=COUNTY),
    post.move(post="P2", parent="P0"),
    post.move(post="P1", parent="P2"),
    post.move(post="P3", unit="U1", parent=None),
    post.move(post="P2", first=True),
    post.move(post="P0", first=False),
    *(step(post=key, **ANSWERS) for step in (post.charge, post.relieve) for key in ("P1", "P2")),
    post.appoint(post="P2", holder="H1", holder_name="sealed:1", until=t("06:30")),
    post.appoint(post="P2", holder="H2", holder_name="sealed:2"),
    post.vacate(post="P2"),
    post.abolish(post="P2"),
    post.abolish(post="P3"),
)


def stories(pool: list[tuple[Command, str]]) -> st.SearchStrategy[list[Told]]:
    """Return facts of different hours, in any order."""
    hours = st.permutations(HOURS).flatmap(lambda all_: st.integers(4, len(all_)).map(lambda n: all_[:n]))
    return hours.flatmap(
        lambda some: st.lists(st.sampled_from(pool), min_size=len(some), max_size=len(some)).map(
            lambda facts: [Told(hour, *fact) for hour, fact in zip(some, facts, strict=True)]
        )
    )


def told(facts: list[Told]) -> tuple[Given, list[Told]]:
    """Return what is known after facts told late in this order, and those that were recorded."""
    found, accepted = city(), list[Told]()
    for one in facts:
        try:
            new = found.log.do(one.command, at=t(f"{one.hour:02}:00"), now=LATER, actor=one.by)
        except Refused:
            continue
        accepted += [one] if new else []
    return found, accepted


def seen(found: Given) -> dict[tuple[str, str, int], Any]:
    """Return everything as it was at each hour, without where in the log that is recorded."""
    tables: list[tuple[Any, Callable[[Any, Any], Any]]] = [
        (ENTERPRISES, lambda row, at: _without_facts(enterprise_then(row.facts, at))),
        (CHAPTERS, lambda row, at: _without_order(chapter_then(row.facts, at))),
        (POSTS, lambda row, at: _without_order(post_at(row.changes, at))),
        (UNITS, lambda row, at: unit_at(row.changes, at)),
    ]
    return {
        (table.name, key, hour): then(row, t(f"{hour:02}:30"))
        for table, then in tables
        for key, row in found.state[table].items()
        for hour in (0, *HOURS)
    }


def _without_facts(then: Any) -> Any:
    return then and msgspec.structs.replace(then, facts=())


def _without_order(then: Any) -> Any:
    """Return a post or chapter with its charges or enterprises as a set."""
    if hasattr(then, "charges"):
        return msgspec.structs.replace(then, charges=frozenset(map(str, then.charges)))
    if hasattr(then, "enterprises"):
        return msgspec.structs.replace(then, enterprises=frozenset(then.enterprises))
    return then


def holds(facts: list[Told]) -> None:
    found, accepted = told(facts)
    in_order, again = told(sorted(accepted, key=lambda one: one.hour))
    now = city()
    for one in sorted(accepted, key=lambda one: one.hour):
        now.log.do(one.command, at=t(f"{one.hour:02}:00"), now=LATER, actor=one.by)  # none is refused
    assert {*again} <= {*accepted}
    assert seen(in_order) == seen(found)


EXAMPLES = scaled("MUSTER_ORDERS", 25, 2000)
run = settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)


@run
@drawn(stories(LEDGER))
def test_the_ledger_and_its_reviews(facts: list[Told]) -> None:
    holds(facts)


@run
@drawn(stories(FORMED))
def test_chapters_and_what_they_name(facts: list[Told]) -> None:
    holds(facts)


@run
@drawn(stories(OFFICES))
def test_units_and_posts(facts: list[Told]) -> None:
    holds(facts)
