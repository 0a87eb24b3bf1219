"""Verdicts given without right: found by what is known now, with an owner who has to confirm them."""

from datetime import datetime
from typing import Any

import pytest

from events.review import ReviewConfirmed
from projections import enterprises, posts
from projections.fold import fold
from projections.verdicts import VerdictRow, without_right
from services.cli.verdicts import lines
from tests.given import Given, area, t
from tests.unit.test_rules_review import (
    COUNTY,
    OPEN,
    city,  # noqa: F401  a fixture
    enterprise,
    gives,
    judge,
    opened,  # noqa: F401  a fixture
    post,
    review,
    staffed,
    through,
)

END = t("23:00")
LOST = post.relieve(post="trade-office", task="screen", area="2307")


def told(after: Given, at: datetime = END) -> list[VerdictRow]:
    """Return what the view says of the log as it is known now."""
    firms, offices = (fold(view, after.log.commits) for view in (enterprises.VIEW, posts.VIEW))
    return [row for _, row in without_right(firms.values(), offices, at)]  # type: ignore[arg-type]


def states(after: Given, at: datetime = END) -> list[tuple[str, str, str]]:
    return [(row.stage, row.why, row.state) for row in told(after, at)]


@pytest.fixture
def screened(opened: Given) -> Given:  # noqa: F811
    """Screened at five, before anybody knew that the post had lost the charge at four."""
    return gives(opened, "screen", now=t("05:00")).and_given


def given_at(after: Given) -> int:
    return told(after)[0].given


def test_a_charge_that_is_lost_late_lists_the_verdicts_given_since(screened: Given):
    assert told(screened) == []
    screened.and_(LOST, at=t("04:00"), now=t("06:00"))
    (row,) = told(screened)
    assert (row.enterprise, row.name, row.area, row.stage) == ("E1", "Firm 1", COUNTY, "screen")
    assert (row.why, row.state, row.post, row.given_at) == ("charge", "open", "trade-office", t("05:00"))
    assert (row.owner, row.owner_name) == ("lead", "lead")  # nobody screens now: whoever answers there
    assert told(screened, t("04:30")) == []


def test_who_is_charged_now_has_to_confirm(screened: Given):
    screened.and_(LOST, at=t("04:00"), now=t("06:00"))
    screened.and_(*staffed("new-office", "screen", above="lead"), now=t("06:00"))
    (row,) = told(screened)
    assert row.owner == "new-office"
    confirm = review.confirm(enterprise="E1", given=row.given)
    screened.when(confirm, actor="dispatcher/lead", now=t("07:00")).refused("review.not_yours")
    mine: dict[str, Any] = {"actor": "dispatcher/new-office", "now": t("07:00")}
    screened.when(confirm, **mine).then(ReviewConfirmed, given=row.given, stage="screen", post="new-office")
    screened.and_(confirm, **mine)
    assert states(screened) == [("screen", "charge", "confirmed")]
    assert states(screened, t("06:30")) == [("screen", "charge", "open")]
    screened.when(confirm, **mine).unchanged()


def test_the_owner_confirms_where_nobody_is_charged(screened: Given):
    screened.and_(LOST, at=t("04:00"), now=t("06:00"))
    confirm = review.confirm(enterprise="E1", given=given_at(screened))
    screened.and_(confirm, actor="dispatcher/lead", now=t("07:00"))
    assert states(screened) == [("screen", "charge", "confirmed")]


@pytest.mark.parametrize(("verdict", "state"), [("approve", "confirmed"), ("reject", "replaced")])
def test_giving_it_again_settles_it(screened: Given, verdict: str, state: str):
    screened.and_(LOST, at=t("04:00"), now=t("06:00"))
    screened.and_(*staffed("new-office", "screen", above="lead"), now=t("06:00"))
    screened.and_(judge("screen", verdict), actor="dispatcher/new-office", now=t("07:00"))
    assert states(screened) == [("screen", "charge", state)]


def test_a_holder_who_had_left_is_found_too(screened: Given):
    screened.and_(post.vacate(post="trade-office"), at=t("04:00"), now=t("06:00"))
    assert states(screened) == [("screen", "holder", "open")]
    assert told(screened)[0].owner == "lead"


def test_an_enterprise_that_lay_elsewhere_is_found_too(opened: Given):  # noqa: F811
    through(opened, "screen", "verify")
    opened.and_(area.define(area="230718", name="2"))
    gives(opened, "check_county", now=t("05:00"))
    opened.and_(enterprise.move(enterprise="E1", area="230718"), at=t("04:00"), now=t("06:00"))
    assert states(opened) == [("check_county", "charge", "open")]


def test_what_was_recorded_without_a_post_waits_too(opened: Given):  # noqa: F811
    opened.and_(judge("screen"), observed=True, now=t("05:00"))
    (row,) = told(opened)
    assert (row.why, row.post, row.owner) == ("unnamed", None, "trade-office")


def test_a_turn_delegated_without_right_gives_none(opened: Given):  # noqa: F811
    opened.and_(*staffed("friend", "verify", COUNTY, above="lead"))
    give = review.delegate(enterprise="E1", stage="screen", to="friend")
    opened.and_(give, actor="dispatcher/trade-office", now=t("05:00"))
    opened.and_(judge("screen"), actor="dispatcher/friend", now=t("05:30"))
    assert told(opened) == []
    opened.and_(LOST, at=t("04:00"), now=t("06:00"))
    assert states(opened) == [("screen", "delegation", "open")]


def test_a_return_without_right_waits_until_the_next_round(opened: Given):  # noqa: F811
    back = review.send_back(enterprise="E1", stage="screen", reason="incomplete")
    opened.and_(back, actor="dispatcher/trade-office", now=t("05:00"))
    opened.and_(LOST, at=t("04:00"), now=t("06:00"))
    assert states(opened) == [("screen", "charge", "open")]
    opened.and_(OPEN, now=t("07:00"))
    assert states(opened) == [("screen", "charge", "over")]


def test_a_confirmation_names_what_was_given_by_then(screened: Given):
    screened.and_(LOST, at=t("04:00"), now=t("06:00"))
    given, lead = given_at(screened), {"actor": "dispatcher/lead", "now": t("07:00")}
    screened.when(review.confirm(enterprise="E1", given=1), **lead).refused("review.not_given", "E1", "1")
    early = review.confirm(enterprise="E1", given=given)
    screened.when(early, at=t("04:30"), **lead).refused("review.not_given")


def test_nobody_confirms_the_other_half_of_the_joint_check(opened: Given):  # noqa: F811
    through(opened, "screen", "verify", "check_city")
    gives(opened, "check_county", now=t("05:00"))
    lost = post.relieve(post="county", task="check_county", area=COUNTY)
    opened.and_(lost, at=t("04:00"), now=t("06:00"))
    opened.and_(post.charge(post="city", task="check_county", area=COUNTY), now=t("06:00"))
    confirm = review.confirm(enterprise="E1", given=given_at(opened))
    opened.when(confirm, actor="dispatcher/city", now=t("07:00")).refused("review.same_person")


def test_who_entered_it_confirms_nothing_and_who_confirmed_changes_nothing(screened: Given):
    screened.and_(LOST, at=t("04:00"), now=t("06:00"))
    confirm = review.confirm(enterprise="E1", given=given_at(screened))
    by: dict[str, Any] = {"actor": "dispatcher/lead", "now": t("07:00")}
    screened.and_(confirm, **by)
    change = enterprise.amend(enterprise="E1", employees=9)
    screened.when(change, **by).refused("review.judged_by_you")


def test_a_confirmation_that_loses_its_right_settles_nothing(screened: Given):
    screened.and_(LOST, at=t("04:00"), now=t("06:00"))
    confirm = review.confirm(enterprise="E1", given=given_at(screened))
    screened.and_(confirm, actor="dispatcher/lead", now=t("07:00"))
    screened.and_(post.vacate(post="lead"), at=t("06:30"), now=t("08:00"))
    assert states(screened) == [("screen", "charge", "open")]


def test_the_command_prints_the_open_ones_by_area(screened: Given):
    screened.and_(LOST, at=t("04:00"), now=t("06:00"))
    rows = {str(row.given): row for row in told(screened)}
    assert [one["enterprise"] for one in lines(rows, (COUNTY,), "open")] == ["E1"]
    assert lines(rows, ("230718",), "all") == lines(rows, (), "confirmed") == []
