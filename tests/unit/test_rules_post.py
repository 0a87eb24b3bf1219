"""Posts: what they answer for, who holds them, and where their duties rise while they are vacant."""

from datetime import timedelta
from typing import Any

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from events.holder import HolderErased
from events.post import (
    PostAbolished,
    PostAppointed,
    PostCharged,
    PostCreated,
    PostMoved,
    PostRelieved,
    PostRenamed,
    PostVacated,
)
from events.post_history import post_at, terms
from projections import posts
from projections.fold import fold
from services.decisions.base import Command, Refused
from services.decisions.post.rules import answering, holds
from services.decisions.post.table import POSTS, TERMS_DUE
from tests.given import DAY, Aggregate, Given, area, given, t

unit, post, holder = Aggregate("unit"), Aggregate("post"), Aggregate("holder")
CITY, COUNTY, STREET = "2307", "230717", "230717001"
AREAS = (area.define(area=COUNTY, name="County 1"), area.define(area=STREET, name="Street 1"))
UNIT = unit.establish(unit="U1", name="Committee", duty="lead", area=CITY)
FIRST = post.create(post="P0", name="Secretary", unit="U1", area=CITY, first=True)
ABOVE = post.create(post="P1", name="Head", unit="U1", area=CITY, parent="P0")
POST = post.create(post="P2", name="Officer", unit="U1", area=CITY, parent="P1")
OFFICE = (*AREAS, UNIT, FIRST, ABOVE, POST)


def appoint(key: str, who: str = "H1", **fields: object) -> Command:
    """Return an appointment; the name is sealed before it is decided."""
    return post.appoint(post=key, holder=who, holder_name="sealed:name", **fields)


def later(given_: Given, clock: str) -> Given:
    """Let time pass."""
    given_.log.now = t(clock)
    return given_


def answers(city: Given, place: str, trade: str | None = None, task: str = "answer", clock: str = "23:00"):
    """Return the post that answers, and the vacant ones its duty rose through."""
    found = answering(city.state, task, place, trade, t(clock))
    return found and (found.post, found.passed)


def test_a_post_is_created_in_a_unit():
    given(UNIT).when(FIRST).then(PostCreated, unit="U1", first=True, name="Secretary")
    given(*OFFICE).when(POST).unchanged()
    other = post.create(post="P2", name="Other", unit="U1", area=CITY)
    given(*OFFICE).when(other).refused("post.exists", "P2")
    given().when(FIRST).refused("unit.unknown", "U1")


def test_one_post_is_first_responsible():
    second = post.create(post="P9", name="Mayor", unit="U1", area=CITY, first=True)
    given(*OFFICE).when(second).refused("post.first_taken", "P0")
    given(*OFFICE).when(second, observed=True).anomaly("post.first_taken")
    city = given(*OFFICE, post.move(post="P0", first=False))
    city.when(second).then(PostCreated, first=True)


def test_it_moves_and_is_renamed():
    city = given(*OFFICE)
    city.when(post.move(post="P2", parent="P0")).then(PostMoved, unit="U1", parent="P0", area=CITY)
    city.when(post.move(post="P2", area=COUNTY)).then(PostMoved, parent="P0", area=COUNTY)
    city.when(post.move(post="P2", area=COUNTY)).unchanged()
    city.when(post.rename(post="P2", name="Liaison")).then(PostRenamed, name="Liaison")
    city.when(post.rename(post="P2", name="Liaison")).unchanged()


def test_no_post_rises_to_one_below_it():
    city = given(*OFFICE)
    city.when(post.move(post="P1", parent="P2")).refused("post.circle", "P1", "P2")
    city.when(post.move(post="P1", parent="P1")).refused("post.circle")
    circle = city.and_(post.charge(post="P2", task="answer", area=CITY))
    circle.when(post.move(post="P1", parent="P2"), observed=True).anomaly("post.circle")
    assert answers(circle, CITY) == (None, ("P2", "P1", "P0"))


def test_one_post_answers_for_the_same():
    charge = post.charge(post="P2", task="answer", area=COUNTY)
    city = given(*OFFICE)
    city.when(charge).then(PostCharged, task="answer", area=COUNTY, trade=None)
    city.when(charge).unchanged()
    again = post.charge(post="P1", task="answer", area=COUNTY)
    city.when(again).refused("post.charge_taken", "P2", "everything", COUNTY)
    city.when(again, observed=True).anomaly("post.charge_taken")
    of_trade = post.charge(post="P1", task="answer", area=COUNTY, trade="courier")
    city.when(of_trade).then(PostCharged, trade="courier")


def test_a_late_charge_may_not_overlap_one_that_came_after_it():
    charge = post.charge(post="P2", task="answer", area=COUNTY)
    city = later(given(*OFFICE), "09:00").and_(charge)
    late = post.charge(post="P1", task="answer", area=COUNTY)
    later(city, "10:00").when(late, at=t("08:00")).refused("post.charge_taken", "P2", "09:00")


def test_it_is_relieved_of_what_it_had():
    charge = {"post": "P2", "task": "answer", "area": COUNTY}
    city = later(given(*OFFICE, post.charge(**charge)), "10:00")
    city.when(post.relieve(**charge)).then(PostRelieved, task="answer")
    city.when(post.relieve(**charge)).unchanged()
    city.and_(post.charge(post="P1", task="answer", area=COUNTY), appoint("P1"), appoint("P2", "H2"))
    assert answers(city, COUNTY, clock="09:59") == (None, ("P2", "P1", "P0"))
    assert answers(city, COUNTY, clock="10:00") == ("P1", ())


def test_the_most_special_charge_answers():
    """Who answers for a trade goes before who answers for an area; the nearer area before the larger."""
    city = given(
        *OFFICE,
        post.charge(post="P0", task="answer", area=CITY),
        post.charge(post="P1", task="answer", area=COUNTY),
        post.charge(post="P2", task="answer", area=CITY, trade="courier"),
        *(appoint(key, f"H{key}") for key in ("P0", "P1", "P2")),
    )
    assert answers(city, STREET) == ("P1", ())
    assert answers(city, CITY) == ("P0", ())
    assert answers(city, STREET, "courier") == ("P2", ())
    assert answers(city, STREET, "taxi") == ("P1", ())
    assert answers(city, STREET, "courier", task="screen") is None


def test_the_duty_of_a_vacant_post_rises_until_it_is_filled():
    city = given(*OFFICE, post.charge(post="P2", task="answer", area=COUNTY), appoint("P0", "H0"))
    assert answers(city, COUNTY) == ("P0", ("P2", "P1"))
    later(city, "09:00").and_(appoint("P1", "H1"))
    later(city, "10:00").and_(appoint("P2", "H2"))
    later(city, "11:00").and_(post.vacate(post="P2", reason="transferred"))
    seen = [answers(city, COUNTY, clock=clock) for clock in ("08:30", "09:30", "10:30", "11:30")]
    assert seen == [("P0", ("P2", "P1")), ("P1", ("P2",)), ("P2", ()), ("P1", ("P2",))]


def test_a_post_without_a_parent_rises_to_the_first_responsible():
    alone = post.create(post="P5", name="Station", unit="U1", area=CITY)
    city = given(*OFFICE, alone, post.charge(post="P5", task="answer", area=STREET), appoint("P0"))
    assert answers(city, STREET) == ("P0", ("P5",))
    city.and_(post.vacate(post="P0"))
    assert answers(city, STREET, clock="23:00") == (None, ("P5", "P0"))


def test_a_holder_is_appointed_to_a_vacant_post():
    city = given(*OFFICE)
    city.when(appoint("P2", acts_as="desk")).then(PostAppointed, holder="H1", acts_as="desk", until=None)
    city.when(appoint("P2", acts_as="desk")).unchanged()
    city.when(appoint("P2", "H2")).refused("post.held", "P2", "H1")
    city.when(appoint("P2", "H2"), observed=True).anomaly("post.held")
    now = post_at(city.state[POSTS]["P2"].changes, t("23:00"))
    assert now
    assert now.term
    assert now.term.holder == "H2"


def test_a_term_ends_with_its_last_instant():
    city = given(*OFFICE, appoint("P2", until=t("10:00")))
    ends = city.state[POSTS]["P2"].changes
    held, vacant = post_at(ends, t("09:59")), post_at(ends, t("10:00"))
    assert [one and one.vacant_since for one in (held, vacant)] == [None, t("10:00")]
    later(city, "10:00").when(appoint("P2", "H2")).then(PostAppointed, holder="H2")
    given(*OFFICE).when(appoint("P2", until=t("00:00"))).refused("post.term_ends_first")


def test_a_late_term_ends_before_the_next_begins():
    city = later(given(*OFFICE), "09:00").and_(appoint("P2", "H2"))
    later(city, "10:00").when(appoint("P2"), at=t("08:00")).refused("post.held_later", "H2", "09:00")
    city.when(appoint("P2"), at=t("08:00"), observed=True).anomaly("post.held_later")
    in_time = later(given(*OFFICE), "09:00").and_(appoint("P2", "H2"))
    fits = appoint("P2", until=t("09:00"))
    later(in_time, "10:00").when(fits, at=t("08:00")).then(PostAppointed, holder="H1")


def test_a_holder_leaves_at_the_time_they_left():
    city = later(given(*OFFICE, appoint("P2")), "10:00")
    city.when(post.vacate(post="P2"), at=t("09:00")).then(PostVacated, holder="H1")
    then = post_at(city.state[POSTS]["P2"].changes, t("10:00"))
    assert (then and then.vacant_since) == t("09:00")
    city.when(post.vacate(post="P2")).unchanged()
    city.when(post.vacate(post="P2"), observed=True).then(PostVacated, holder=None)


def test_what_answers_for_something_is_not_abolished():
    charge = {"post": "P1", "task": "answer", "area": COUNTY}
    city = given(*OFFICE, post.charge(**charge))
    city.when(post.abolish(post="P1")).refused("post.has_posts", "P2")
    city.when(post.abolish(post="P1"), observed=True).anomaly("post.has_posts", "post.has_tasks")
    other = given(*OFFICE, post.charge(**charge), post.move(post="P2", parent="P0"))
    other.when(post.abolish(post="P1")).refused("post.has_tasks", "answer", COUNTY)
    other.and_(post.relieve(**charge)).when(post.abolish(post="P1")).then(PostAbolished)


def test_a_post_is_not_abolished_before_what_it_answered_for_later():
    charge = {"post": "P2", "task": "answer", "area": COUNTY}
    city = later(given(*OFFICE), "08:00").and_(post.charge(**charge))
    later(city, "09:00").and_(post.relieve(**charge))
    later(city, "10:00").when(post.abolish(post="P2"), at=t("07:00")).refused("post.has_tasks", COUNTY)
    city.when(post.abolish(post="P2"), at=t("09:00")).then(PostAbolished)


def test_an_abolished_post_is_nobodys():
    city = later(given(*OFFICE, appoint("P2")), "10:00").and_(post.abolish(post="P2"))
    city.when(post.abolish(post="P2")).unchanged()
    city.when(appoint("P2", "H2")).refused("post.abolished", "P2")
    city.when(appoint("P2", "H2"), observed=True).anomaly("post.abolished")
    then = [post_at(city.state[POSTS]["P2"].changes, t(clock)) for clock in ("09:59", "10:00")]
    assert [one and one.term and one.term.holder for one in then] == ["H1", None]


def test_before_it_was_created_it_was_not():
    city = later(given(*AREAS, UNIT), "09:00").and_(FIRST)
    early = post.rename(post="P0", name="N")
    later(city, "10:00").when(early, at=t("08:00")).refused("post.not_yet", "P0")
    city.when(early, at=t("08:00"), observed=True).anomaly("post.not_yet")
    moved = post.move(post="P0", area=COUNTY)
    city.when(moved, at=t("08:00"), observed=True).anomaly("post.not_yet")


def test_what_does_not_exist_is_unknown():
    given().when(post.rename(post="P9", name="N")).refused("post.unknown", "P9")


def test_an_actor_acts_for_the_post_that_answers():
    """The test's actor is `test`."""
    city = given(*OFFICE, post.charge(post="P2", task="screen", area=CITY, trade="courier"))
    city.and_(appoint("P1", "H1", acts_as="test"), appoint("P2", "H2", acts_as="desk"))
    assert holds(city.state, "dispatcher/desk", "P2", t("09:00"))
    assert not holds(city.state, "worker/desk", "P2", t("09:00"))
    later(city, "10:00").and_(post.vacate(post="P2"))
    answers = [answering(city.state, "screen", COUNTY, "courier", t(at)) for at in ("09:00", "10:00")]
    assert [one and one.post for one in answers] == ["P2", "P1"]
    assert answering(city.state, "screen", COUNTY, "taxi", t("10:00")) is None


def test_erasing_a_holder_keeps_their_terms():
    city = given(*OFFICE, appoint("P1"), appoint("P2"))
    city.when(holder.erase(holder="H1")).then(HolderErased, posts=("P1", "P2"))
    city.when(holder.erase(holder="H1")).unchanged()
    city.and_(post.vacate(post="P1"))
    city.when(appoint("P1")).refused("holder.exists", "H1")
    city.when(holder.erase(holder="H9")).refused("holder.unknown", "H9")
    assert [one.holder for one in terms(city.state[POSTS]["P2"].changes)] == ["H1"]


MINUTES = st.integers(0, 50)
STEPS = st.lists(
    st.tuples(st.sampled_from("AV"), MINUTES, st.none() | MINUTES, st.booleans()), min_size=1, max_size=12
)


@settings(deadline=None, max_examples=40)
@drawn(STEPS)
def test_at_every_instant_a_post_has_at_most_one_holder(steps: list[tuple[str, int, int | None, bool]]):
    """Whatever is reported, however late, and even if it contradicts what was known."""
    city = later(given(*OFFICE), "10:00")
    for number, (what, at, lasts, observed) in enumerate(steps):
        when = DAY + timedelta(hours=8, minutes=at)
        ends = None if lasts is None else when + timedelta(minutes=lasts)
        step = post.vacate(post="P2") if what == "V" else appoint("P2", f"H{number}", until=ends)
        try:
            city.and_(step, at=when, observed=observed)
        except Refused:
            continue
    held = terms(city.state[POSTS]["P2"].changes)
    for minute in range(101):
        instant = DAY + timedelta(hours=8, minutes=minute)
        found = [one for one in held if one.since <= instant and (one.until is None or instant < one.until)]
        assert len(found) <= 1
        then = post_at(city.state[POSTS]["P2"].changes, instant)
        assert then is not None
        assert (then.term and then.term.holder) == next((one.holder for one in found), None)
        assert (then.vacant_since is None) == bool(found)


def test_a_term_that_is_over_is_recorded_at_its_planned_end():
    city = given(*OFFICE, appoint("P2", until=t("09:00")))
    assert city.state[TERMS_DUE] == {"P2": t("09:00")}
    later(city, "10:00").when(post.lapse(post="P2"), at=t("08:30")).unchanged()
    city.when(post.lapse(post="P2"), at=t("09:00")).then(PostVacated, holder="H1", reason="term_over")
    row: Any = fold(posts.VIEW, city.and_(post.lapse(post="P2"), at=t("09:00")).log.commits)["P2"]
    assert (row.state, row.vacant_since, row.holder) == ("vacant", t("09:00"), None)
    assert city.state[TERMS_DUE] == {}
    city.when(post.lapse(post="P2"), at=t("09:00")).unchanged()


def test_an_end_that_something_else_says_is_not_recorded_again():
    city = given(*OFFICE, appoint("P2", until=t("09:00")), appoint("P1", "H2", until=t("12:00")))
    later(city, "09:30").and_(appoint("P2", "H3"), at=t("09:00")).and_(post.vacate(post="P1"))
    assert city.state[TERMS_DUE] == {}
    city.when(post.lapse(post="P2"), at=t("09:00")).unchanged()


def test_a_past_term_told_late_ends_by_itself():
    city = later(given(*OFFICE), "11:00")
    city.and_(appoint("P2", until=t("10:00")), at=t("09:00"))
    assert city.state[TERMS_DUE] == {"P2": t("10:00")}


def test_it_was_not_abolished_before_something_that_is_known_of_it():
    city = later(given(*OFFICE), "09:00").and_(post.rename(post="P2", name="Liaison"))
    gone = post.abolish(post="P2")
    later(city, "10:00").when(gone, at=t("08:00")).refused("post.later", "P2", "09:00")
    city.when(gone, at=t("08:00"), observed=True).anomaly("post.later")


def test_no_post_comes_late_under_one_that_ended_then():
    ended = post.create(post="P4", name="Deputy", unit="U1", area=CITY, parent="P0")
    city = later(given(*OFFICE, ended), "10:00").and_(post.abolish(post="P4"), at=t("09:00"))
    below = post.create(post="P3", name="Liaison", unit="U1", area=CITY, parent="P4")
    for late in (below, post.move(post="P1", parent="P4")):
        city.when(late, at=t("08:00")).refused("post.abolished", "P4", "09:00")
        city.when(late, at=t("08:00"), observed=True).anomaly("post.abolished")


def test_a_task_told_late_was_taken_away_before_the_post_ended():
    charge = {"post": "P2", "task": "answer", "area": COUNTY}
    city = later(given(*OFFICE), "10:00").and_(post.abolish(post="P2"), at=t("09:00"))
    city.when(post.charge(**charge), at=t("08:00")).refused("post.abolished", "P2", "09:00")
    city.and_(post.relieve(**charge), at=t("08:30")).and_(post.charge(**charge), at=t("08:00"))
    city.and_(post.charge(post="P1", task="answer", area=COUNTY), at=t("08:30"))
    assert [answers(city, COUNTY, clock=clock) for clock in ("08:15", "08:45")] == [
        (None, ("P2", "P1", "P0")),
        (None, ("P1", "P0")),
    ]


def test_what_a_move_of_a_post_does_not_say_stays_as_it_is_told():
    city = later(given(*OFFICE), "10:00").and_(post.move(post="P2", area=COUNTY), at=t("09:00"))
    city.and_(post.move(post="P2", parent="P0"), at=t("08:00"))
    then = post_at(city.state[POSTS]["P2"].changes, t("09:30"))
    assert then
    assert (then.place.area, then.place.parent, then.place.kept) == (COUNTY, "P0", ())
