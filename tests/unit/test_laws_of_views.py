"""Laws that `muster verify` checks on rows of views: true rows keep them, damaged ones are found."""

from typing import Any

import msgspec

from projections.catalog import views
from projections.fold import fold
from services.verify.laws import LAWS, posts
from tests.given import Aggregate, J, given, t

unit, post = Aggregate("unit"), Aggregate("post")


def rows() -> dict[str, dict[str, Any]]:
    """Return the rows of a post that two people held, one after the other."""
    city = given(
        unit.establish(unit="U1", name="Committee", area="2307"),
        post.create(post="P1", name="Officer", unit="U1", area="2307"),
        post.appoint(post="P1", holder="H1", holder_name="sealed:1", until=t("09:00")),
    )
    city.log.now = t("10:00")
    city.and_(post.appoint(post="P1", holder="H2", holder_name="sealed:2"))
    return {name: dict(fold(view, city.log.commits)) for name, view in views.items()}


def test_every_law_is_kept_by_a_true_history():
    true = rows()
    assert [what for law in LAWS for what in law.broken(J, true)] == []


def test_two_holders_at_one_instant_are_found():
    true = rows()
    row = true["posts"]["P1"]
    longer = msgspec.structs.replace(row.terms[0], until=t("11:00"))
    true["posts"]["P1"] = msgspec.structs.replace(row, terms=(longer, row.terms[1]))
    assert list(posts.LAW.broken(J, true)) == ["post P1 is held by H1 and H2 at 2022-03-28T10:00:00+00:00"]


def test_a_holder_without_a_term_is_found():
    true = rows()
    true["posts"]["P1"] = msgspec.structs.replace(true["posts"]["P1"], terms=())
    assert list(posts.LAW.broken(J, true)) == ["post P1 is held by H2, who has none of its terms"]
