"""Duty lists: what a post has to do, evidence by file, and who took it over with the post."""

from datetime import timedelta
from typing import Any

import pytest

from events.duty_item import (
    DutyItemErased,
    DutyItemListed,
    DutyItemShown,
    DutyItemStruck,
    DutyItemTakenOver,
)
from projections import duty_items
from projections.fold import fold
from services.decisions.duty_item.decide import MOST_FILES
from tests.given import DAY, Aggregate, Given, given, t

duty_item, unit, post = Aggregate("duty_item"), Aggregate("unit"), Aggregate("post")
FILE = "a" * 64
YESTERDAY = DAY - timedelta(days=1)


@pytest.fixture
def city() -> Given:
    return given(
        unit.establish(unit="U1", name="U1", area="2307"),
        post.create(post="P1", name="Secretary", unit="U1", area="2307"),
        duty_item.list(duty_item="D1", post="P1", title="Visit each firm", due=t("+9 00:00")),
    )


def row(after: Given) -> Any:
    return fold(duty_items.VIEW, after.log.commits)["D1"]


def test_a_duty_is_listed_once(city: Given):
    listed = duty_item.list(duty_item="D2", post="P1", title="Lecture")
    city.when(listed).then(DutyItemListed, post="P1", area="2307")
    city.when(listed).refused("duty_item.exists", "D2")
    city.when(listed, observed=True).unchanged()
    city.when(duty_item.list(post="P9", title="Lecture")).refused("post.unknown", "P9")


def test_evidence_is_a_file_by_its_hash(city: Given):
    show = duty_item.show(duty_item="D1", file=FILE, note="First visit")
    city.when(show, at=YESTERDAY).refused("duty_item.not_yet", "D1")
    city.when(show, at=YESTERDAY, observed=True).anomaly("duty_item.not_yet")
    city.when(show).unchanged()
    other = duty_item.show(duty_item="D1", file="b" * 64)
    city.when(other, now=t("+1 00:00")).then(DutyItemShown, file="b" * 64)
    city.when(duty_item.show(duty_item="D9", file=FILE)).refused("duty_item.unknown", "D9")
    found = row(city)
    assert (found.shown, found.shown_at) == (2, t("+1 00:00"))
    then = duty_items.at(found, DAY)
    assert then
    assert [one.file for one in then.files] == [FILE]
    assert duty_items.at(found, YESTERDAY) is None


def test_a_duty_has_a_limited_number_of_files(city: Given):
    city.and_(*(duty_item.show(duty_item="D1", file=f"{n:064}") for n in range(MOST_FILES)))
    city.when(duty_item.show(duty_item="D1", file=FILE)).refused("duty_item.files", str(MOST_FILES))


def test_the_next_holder_takes_the_duties_over(city: Given):
    take = duty_item.take_over(duty_item="D1")
    city.when(take).refused("duty_item.vacant", "P1")
    city.and_(post.appoint(post="P1", holder="H1", holder_name="sealed:H1"))
    city.when(take).then(DutyItemTakenOver, holder="H1")
    city.when(take).unchanged()
    city.and_(post.vacate(post="P1"), now=t("+1 00:00"))
    city.and_(post.appoint(post="P1", holder="H2", holder_name="sealed:H2"))
    city.when(take, now=t("+2 00:00")).then(DutyItemTakenOver, holder="H2")
    found = row(city)
    assert (found.holder, found.taken_over_at) == ("H2", t("+2 00:00"))
    then = duty_items.at(found, DAY)
    assert then
    assert then.holder == "H1"


def test_a_struck_duty_takes_no_evidence(city: Given):
    struck = duty_item.strike(duty_item="D1", reason="Done")
    city.when(struck, at=YESTERDAY).refused("duty_item.not_yet", "D1")
    city.when(struck).then(DutyItemStruck, reason="Done")
    city.when(struck).unchanged()
    city.when(duty_item.show(duty_item="D1", file=FILE)).refused("duty_item.struck", "D1")
    city.when(duty_item.show(duty_item="D1", file=FILE), observed=True).anomaly("duty_item.struck")
    assert (row(city).state, row(city).reason) == ("struck", "Done")


def test_erasing_destroys_the_key_of_its_files(city: Given):
    city.when(duty_item.erase(duty_item="D1")).only(DutyItemErased)
    city.when(duty_item.erase(duty_item="D1")).unchanged()
    assert row(city).title == "Visit each firm"
