"""Monthly reviews: what was known that day is fixed; what is corrected since stands beside it."""

from datetime import datetime
from typing import Any

import msgspec
import pytest

from events.monthly_review import MonthlyReviewHeld
from events.undertaking_counts import UndertakingCounts
from projections import inspections, monthly_reviews, posts, undertakings
from projections.fold import fold
from projections.monthly_reviews import review_figures
from services.decisions.base import Command
from services.verify.laws import undertakings as law
from tests.given import Aggregate, Given, area, given, t

monthly_review, undertaking = Aggregate("monthly_review"), Aggregate("undertaking")
unit, post = Aggregate("unit"), Aggregate("post")
COUNTY = "230717"
LEADER, CLERK = "dispatcher/office", "dispatcher/clerk"


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T12:00:00+08:00")


def hold(**fields: Any) -> Command:
    return monthly_review.hold(**{"monthly_review": "M1", "month": "2022-03", **fields})


@pytest.fixture
def city() -> Given:
    return given(
        area.define(area=COUNTY, name="1"),
        unit.establish(unit="U1", name="U1", area="2307"),
        post.create(post="office", name="office", unit="U1", area="2307", first=True),
        post.appoint(post="office", holder="H1", holder_name="sealed:H1", acts_as="office"),
        *(
            undertaking.set_up(
                undertaking=f"T{n}", title=f"Title {n}", leader="office", due=day("2022-03-29"), area=where
            )
            for n, where in enumerate((COUNTY, COUNTY, "2307"), 1)
        ),
        actor=CLERK,
    )


def rows(after: Given) -> dict[str, Any]:
    shown: tuple[Any, ...] = (undertakings, monthly_reviews, inspections, posts)
    return {view.VIEW.name: fold(view.VIEW, after.log.commits) for view in shown}


def test_it_fixes_what_is_known_and_stays_as_it_was(city: Given):
    city.when(hold(), now=t("+3 00:00")).then(
        MonthlyReviewHeld, counts=UndertakingCounts(raised=3, open=3, overdue=3)
    )
    finish = undertaking.finish(undertaking="T1")
    city.and_(finish, actor=LEADER, at=t("+1 00:00"), now=t("+9 00:00"))
    found = rows(city)
    figures = review_figures(found["monthly_reviews"]["M1"], found["undertakings"])
    assert figures.then == UndertakingCounts(raised=3, open=3, overdue=3)
    assert figures.since == UndertakingCounts(raised=3, open=2, done=1, overdue=2)
    [one] = figures.corrected
    assert (one.undertaking, one.then, one.since) == ("T1", "open", "done")
    assert (one.overdue_then, one.overdue_since) == (True, False)
    assert list(law.broken("2307", found)) == []


def test_what_happened_later_is_no_correction(city: Given):
    city.and_(hold(), now=t("+1 00:00"))
    city.and_(undertaking.finish(undertaking="T1"), actor=LEADER, now=t("+2 00:00"))
    found = rows(city)
    figures = review_figures(found["monthly_reviews"]["M1"], found["undertakings"])
    assert figures.then == figures.since
    assert figures.corrected == ()


def test_what_was_entered_late_was_not_known_then(city: Given):
    city.and_(hold(), now=t("+3 00:00"))
    late = undertaking.set_up(undertaking="T9", title="Late", leader="office")
    city.and_(late, at=t("+1 00:00"), now=t("+5 00:00"))
    found = rows(city)
    figures = review_figures(found["monthly_reviews"]["M1"], found["undertakings"])
    assert (figures.then.raised, figures.since.raised) == (3, 4)
    assert [(one.undertaking, one.then, one.since) for one in figures.corrected] == [("T9", None, "open")]


def test_a_review_of_an_area_counts_what_lies_in_it(city: Given):
    city.when(hold(area=COUNTY)).then(MonthlyReviewHeld, counts=UndertakingCounts(raised=2, open=2))


def test_each_month_of_an_area_is_reviewed_once_and_none_before_it_begins(city: Given):
    city.and_(hold())
    city.when(hold()).refused("monthly_review.exists", "M1")
    city.when(hold(monthly_review="M2")).refused("monthly_review.held", "2022-03", "M1")
    city.when(hold(monthly_review="M2", month="2022-04")).refused("monthly_review.future", "2022-04")
    city.when(hold(monthly_review="M2", area=COUNTY)).only(MonthlyReviewHeld)


def test_verify_finds_a_review_that_does_not_follow_from_the_log(city: Given):
    city.and_(hold())
    found = rows(city)
    review = found["monthly_reviews"]["M1"]
    found["monthly_reviews"] = {"M1": msgspec.structs.replace(review, done=1, open=2)}
    assert ["M1" in one for one in law.broken("2307", found)] == [True]
