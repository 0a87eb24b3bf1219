"""The funnel of three reviews: whose silence is overdue, and what a caller limited to areas is told of it."""

from typing import Any

from events.answering import index_of
from projections import enterprises, posts
from projections.fold import fold
from projections.funnel import Asked, Overdue, funnel
from tests.given import Aggregate, Given, area, given, t

enterprise, review = Aggregate("enterprise"), Aggregate("review")
unit, post = Aggregate("unit"), Aggregate("post")
HERE, OTHER = "230717", "230718"


def silent() -> Given:
    """Return a firm here whose screening is a post's of another county."""
    return given(
        area.define(area=HERE, name="1"),
        area.define(area=OTHER, name="2"),
        unit.establish(unit="U1", name="U1", area="2307"),
        post.create(post="office", name="Office", unit="U1", area=OTHER),
        post.charge(post="office", task="screen", area=HERE),
        enterprise.register(enterprise="E1", area=HERE, name="Firm 1"),
        review.open(enterprise="E1"),
    )


def overdue(history: Given, **asked: Any) -> Overdue:
    rows, known = (dict(fold(view, history.log.commits)) for view in (enterprises.VIEW, posts.VIEW))
    query = Asked(instant=t("+6 00:00"), **asked)
    (found,) = funnel(rows.values(), (), known, index_of(known), query).overdue  # type: ignore[arg-type]
    return found


def test_what_is_overdue_names_whose_it_is():
    found = overdue(silent())
    assert (found.posts, found.elsewhere) == (("office",), False)


def test_of_a_post_elsewhere_a_limited_caller_is_told_only_that_there_is_one():
    found = overdue(silent(), within=(HERE,), reach=(HERE,))
    assert (found.posts, found.elsewhere) == ((), True)
