"""Views of units and posts: rows as they are and as they were, and who answers up and down the tree."""

import re
from datetime import datetime
from typing import Any

from projections import posts, units
from projections.answerable import VIEW as ANSWERABLE
from projections.fold import fold
from projections.nested import entries
from projections.office_index import OfficeIndex, office_index
from projections.responsibility import Asked, Office, Responsibility, responsibility
from services.decisions.base import Command
from tests.given import Aggregate, Given, area, given, t, term

unit, post, holder = Aggregate("unit"), Aggregate("post"), Aggregate("holder")
CITY, COUNTY, STREET = "2307", "230717", "230717001"


def city() -> Given:
    """Return a city at 10:00: renamed and moved at 09:00, its officer gone at 09:30."""
    found = given(
        area.define(area=COUNTY, name="County 1"),
        area.define(area=STREET, name="Street 1"),
        unit.establish(unit="U1", name="Committee", duty="lead", area=CITY),
        unit.establish(unit="U2", name="Street office", duty="guarantee", area=COUNTY),
        post.create(post="P0", name="Secretary", unit="U1", area=CITY, first=True),
        post.create(post="P1", name="Officer", unit="U2", area=COUNTY),
        post.charge(post="P1", task="answer", area=COUNTY),
        post.charge(post="P0", task="answer", area=CITY, trade="courier"),
        appoint("P0", "H0"),
        appoint("P1", "H1"),
    )
    steps = {
        "09:00": [unit.rename(unit="U2", name="Station"), unit.move(unit="U2", parent="U1")],
        "09:30": [post.vacate(post="P1")],
        "10:00": [],
    }
    for clock, commands in steps.items():
        found.log.now = t(clock)
        found.and_(*commands)
    return found


def appoint(key: str, who: str) -> Command:
    """Return an appointment."""
    return post.appoint(post=key, holder=who, holder_name=f"sealed:{who}")


def rows(view: Any, history: Given) -> dict[str, Any]:
    """Return the rows of a view."""
    return dict(fold(view, history.log.commits))


def asked(history: Given, instant: datetime, **query: Any) -> Responsibility:
    """Return who answers."""
    wanted = Asked(**{"area": CITY, **query})
    return responsibility(Office(index_of_rows(history), instant, wanted.area), wanted)


def test_a_unit_is_as_it_was():
    row = rows(units.VIEW, city())["U2"]
    assert (row.name, row.parent, len(row.changes)) == ("Station", "U1", 3)
    then = units.at(row, t("08:30"))
    assert then is not None
    assert (then.name, then.parent, len(then.changes)) == ("Street office", None, 1)
    assert units.at(row, t("-1 08:00")) is None


def test_a_post_is_as_it_was():
    row = rows(posts.VIEW, city())["P1"]
    assert (row.state, row.vacant_since, row.holder) == ("vacant", t("09:30"), None)
    then = posts.at(row, t("09:29"))
    assert then is not None
    assert (then.state, then.holder, then.holder_name, then.vacant_since) == ("held", "H1", "sealed:H1", None)
    assert [(one.holder, one.until) for one in row.terms] == [("H1", t("09:30"))]


def test_a_term_that_ran_out_is_over_at_that_instant():
    history = city().and_(post.appoint(post="P1", holder="H2", holder_name="sealed:H2", until=t("11:00")))
    row = rows(posts.VIEW, history)["P1"]
    states = [then and then.state for then in (posts.at(row, t("10:59")), posts.at(row, t("11:00")))]
    assert states == ["held", "vacant"]


def test_an_erased_name_is_gone_from_every_part_of_the_row():
    history = city().and_(holder.erase(holder="H0"))
    row = rows(posts.VIEW, history)["P0"]
    assert row.holder == "H0"
    assert row.holder_name is None
    assert "sealed:H0" not in str(row)
    assert [one for one in entries(row) if getattr(one, "holder_name", None)] == []


def test_the_question_is_answered_at_any_date():
    history = city()
    seen = [asked(history, t(clock), area=STREET).answer for clock in ("08:30", "09:45")]
    assert [(one.post, one.passed) for one in seen] == [("P1", ()), ("P0", ("P1",))]
    before = asked(history, t("-1 08:00"), area=STREET)
    assert (before.answer.post, before.lead, before.first, before.units) == (None, None, None, [])


def test_names_and_parents_of_the_tree_are_those_of_the_date():
    history = city()
    trees = [asked(history, t(clock)).units for clock in ("08:30", "09:45")]
    told = [[(one.name, one.depth, one.posts) for one in tree] for tree in trees]
    assert told == [
        [("Committee", 0, ("P0",)), ("Street office", 0, ("P1",))],
        [("Committee", 0, ("P0",)), ("Station", 1, ("P1",))],
    ]


def test_what_nobody_answers_for_is_listed():
    found = asked(city(), t("10:00"))
    assert [one.code for one in found.gaps_areas] == [CITY]
    assert (found.answer.charge, found.vacant) == (None, ["P1"])
    assert "taxi" not in [one.code for one in found.gaps_trades]
    assert "food_delivery" in [one.code for one in found.gaps_trades]
    assert "courier" not in [one.code for one in found.gaps_trades]
    posts_then = {one.post: one.rises_to for one in found.posts}
    assert posts_then == {"P0": None, "P1": "P0"}


def test_a_charge_whose_posts_are_all_vacant_is_a_gap_with_a_post():
    history = city().and_(post.vacate(post="P0"))
    gaps = {one.code: one.charged for one in asked(history, t("10:00")).gaps_areas}
    assert gaps == {CITY: None, COUNTY: "P1", STREET: "P1"}


def test_most_gaps_are_counted_and_some_listed():
    history = city().and_(post.vacate(post="P0"))
    found = asked(history, t("10:00"), most=1)
    assert (len(found.gaps_areas), found.gaps_areas_count) == (1, 3)


def test_a_trade_that_is_no_longer_offered_is_no_gap():
    history = city().and_(term.define(list="trade", code="food_delivery", retired=True))
    assert "food_delivery" not in [one.code for one in asked(history, t("10:00")).gaps_trades]
    assert "food_delivery" in [one.code for one in asked(history, t("09:00")).gaps_trades]


def test_whoever_is_limited_to_an_area_sees_what_reaches_into_it():
    other = (area.define(area="230718", name="County 2"),)
    there = unit.establish(unit="U3", name="Elsewhere", area="230718")
    history = city().and_(*other, there, post.create(post="P3", name="Other", unit="U3", area="230718"))
    found = asked(history, t("10:00"), area=COUNTY, within=(COUNTY,))
    assert [one.unit for one in found.units] == ["U1", "U2"]
    assert [one.post for one in found.posts] == ["P0", "P1"]
    assert [(one.area, one.names.zh) for one in found.up] == [(CITY, None)]
    assert found.answer.names.zh == "County 1"
    by_stranger = history.and_(post.charge(post="P3", task="answer", area=STREET), appoint("P3", "H3"))
    told = asked(by_stranger, t("10:00"), area=STREET, within=(COUNTY,)).answer
    assert (told.post, told.charged, told.elsewhere) == (None, None, True)


def province(counties: int) -> OfficeIndex:
    """Return an index of so many counties, each with a unit and a vacant post that answers for it."""
    found = city()
    for n in range(20, 20 + counties):
        key, where = f"X{n}", f"2307{n}"
        found.and_(
            area.define(area=where, name=f"County {n}"),
            unit.establish(unit=key, name=key, area=where, parent="U1"),
            post.create(post=key, name=key, unit=key, area=where),
            post.charge(post=key, task="answer", area=where),
        )
    return index_of_rows(found)


def index_of_rows(history: Given) -> OfficeIndex:
    views = {"units": units.VIEW, "posts": posts.VIEW, "answerable": ANSWERABLE}
    return office_index({name: rows(view, history) for name, view in views.items()})


def test_the_answer_about_a_street_does_not_grow_with_the_province():
    wanted = Asked(area=STREET)
    small, large = (responsibility(Office(province(n), t("10:00"), STREET), wanted) for n in (0, 9))
    assert large == small
    assert [one.post for one in large.posts] == ["P0", "P1"]
    read = Office(province(9), t("10:00"), STREET)
    assert (sorted(read.units), sorted(read.posts)) == (["U1", "U2"], ["P0", "P1"])


def test_a_row_that_changes_replaces_what_the_index_had():
    history = city()
    index = index_of_rows(history)
    history.log.now = t("11:00")
    history.and_(post.relieve(post="P1", task="answer", area=COUNTY))
    history.and_(post.charge(post="P0", task="answer", area=COUNTY), post.move(post="P1", area=CITY))
    for key, row in rows(posts.VIEW, history).items():
        index.take("posts", key, row)
    for instant in (t("10:00"), t("11:00")):
        one, other = (Office(of, instant, COUNTY) for of in (index, index_of_rows(history)))
        assert responsibility(one, Asked(area=COUNTY)) == responsibility(other, Asked(area=COUNTY))
    index.take("posts", "P0", None)
    assert responsibility(Office(index, t("11:00"), COUNTY), Asked(area=COUNTY)).answer.charged is None


def test_whoever_is_limited_is_told_no_post_or_unit_of_elsewhere():
    """A vacant post here rises to one elsewhere, and lies in a unit of elsewhere."""
    there = "230718"
    history = city().and_(
        area.define(area=there, name="County 2"),
        unit.establish(unit="U9", name="Elsewhere", area=there),
        post.create(post="P9", name="Other", unit="U9", area=there),
        appoint("P9", "H9"),
        post.create(post="P8", name="Here", unit="U9", area=COUNTY, parent="P9"),
        post.charge(post="P8", task="answer", area=STREET),
        unit.move(unit="U2", parent="U9"),
    )
    told = asked(history, t("10:00"), area=STREET, within=(COUNTY,))
    here = {one.post: one for one in told.posts}["P8"]
    assert (here.unit, here.unit_name, here.rises_to, here.elsewhere) == (None, None, None, True)
    assert not {"P9", "U9"} & set(re.findall(r"[PU]\d", str(told)))
    everything = asked(history, t("10:00"), area=STREET)
    assert {"P9", "U9"} <= set(re.findall(r"[PU]\d", str(everything)))
