"""Laws that `muster verify` checks on rows of views: true rows keep them, damaged ones are found."""

from functools import cache
from typing import Any

import msgspec
import pytest

from events.post_history import Charge
from projections.catalog import views
from projections.fold import fold
from services.verify.laws import LAWS
from tests.given import Aggregate, Given, J, area, given, t

unit, post, chapter = Aggregate("unit"), Aggregate("post"), Aggregate("chapter")
enterprise, review = Aggregate("enterprise"), Aggregate("review")
COUNTY = "230717"
Rows = dict[str, dict[str, Any]]


def city() -> Given:
    """Return a city at 12:00: units, posts, one holder after the other, and two chapters that merged."""
    found = given(
        area.define(area=COUNTY, name="County 1"),
        unit.establish(unit="U1", name="Committee", area="2307", duty="lead"),
        unit.establish(unit="U2", name="Bureau", area="2307", parent="U1"),
        unit.establish(unit="U3", name="Office", area="2307", parent="U1"),
        post.create(post="P0", name="Secretary", unit="U1", area="2307", first=True),
        post.create(post="P1", name="Officer", unit="U2", area="2307", parent="P0"),
        post.charge(post="P0", task="screen", area="2307"),
        post.charge(post="P1", task="answer", area=COUNTY),
        post.appoint(post="P1", holder="H1", holder_name="sealed:1", until=t("09:00")),
        *(enterprise.register(enterprise=key, area=COUNTY, name=key) for key in ("E1", "E2", "E3")),
        chapter.form(chapter="C1", name="C1", route="community", enterprises=("E1",)),
        chapter.form(chapter="C2", name="C2", route="community", enterprises=("E2",)),
    )
    found.and_(post.appoint(post="P1", holder="H2", holder_name="sealed:2"), now=t("10:00"))
    found.and_(chapter.merge(chapter="C2", into="C1"), now=t("11:00"))
    found.and_(unit.dissolve(unit="U3"), enterprise.close(enterprise="E3"), now=t("12:00"))
    return found


@cache
def _rows() -> Rows:
    commits = city().log.commits
    return {name: dict(fold(view, commits)) for name, view in views.items()}


def rows() -> Rows:
    """Return the rows of all views of the city, in dictionaries of the caller's own."""
    return {name: dict(found) for name, found in _rows().items()}


def broken(found: Rows) -> list[str]:
    return [f"{law.code}: {what}" for law in LAWS for what in law.broken(J, found)]


def with_changes(found: Rows, view: str, key: str, change: Any) -> Rows:
    """Return the rows with one whose history is damaged, as a fault of the fold or the store would."""
    row = found[view][key]
    damaged = msgspec.structs.replace(row, **{_history(row): tuple(map(change, getattr(row, _history(row))))})
    return {**found, view: {**found[view], key: damaged}}


def _history(row: Any) -> str:
    return "changes" if hasattr(row, "changes") else "history"


def moved(one: Any, **fields: Any) -> Any:
    place: Any = getattr(one, "place", None)
    return (
        one if place is None else msgspec.structs.replace(one, place=msgspec.structs.replace(place, **fields))
    )


def test_every_law_is_kept_by_a_true_history() -> None:
    assert broken(rows()) == []


def _longer(one: Any) -> Any:
    return (
        one if one.term is None or one.term.holder != "H1" else _with(one, term=_with(one.term, until=None))
    )


def _without_enterprises(one: Any) -> Any:
    return _with(one, enterprises=()) if one.kind == "merged" else one


def _of_the_closed(one: Any) -> Any:
    return _with(one, at=t("13:00"), enterprises=("E3",)) if one.kind == "formed" else one


_with = msgspec.structs.replace


@pytest.mark.parametrize(
    ("view", "key", "change", "found"),
    [
        ("posts", "P1", _longer, "holders: post P1 is held by H1 and H2 at 2022-03-28T10:00:00+00:00"),
        (
            "units",
            "U2",
            lambda one: _with(one, duty="lead"),
            "offices: unit U1 and unit U2 both have the lead at 2022-03-28T00:00:00+00:00",
        ),
        (
            "posts",
            "P1",
            lambda one: moved(one, first=True),
            "offices: post P0 and post P1 both have the first responsibility at 2022-03-28T00:00:00+00:00",
        ),
        (
            "posts",
            "P0",
            lambda one: (one.charged and _with(one, charged=Charge("answer", COUNTY))) or one,
            "offices: post P0 and post P1 both have answer/230717/ at 2022-03-28T00:00:00+00:00",
        ),
        (
            "posts",
            "P1",
            lambda one: moved(one, unit="U3"),
            "offices: post P1 is under unit U3, which was not there all the time",
        ),
        (
            "units",
            "U2",
            lambda one: moved(one, parent="U3"),
            "offices: unit U2 is under unit U3, which was not there all the time",
        ),
        (
            "posts",
            "P1",
            lambda one: moved(one, parent="P9"),
            "offices: post P1 is under post P9, which was not there all the time",
        ),
        (
            "chapters",
            "C2",
            _without_enterprises,
            "chapters: chapter C2 handed over other enterprises at 2022-03-28T11:00:00+00:00 than it had",
        ),
        (
            "chapters",
            "C1",
            lambda one: _with(one, position=one.position + 100),
            "chapters: chapter C2 merged into C1, which did not take its enterprises over",
        ),
        (
            "chapters",
            "C2",
            lambda one: _with(one, at=t("11:30")) if one.kind == "formed" else one,
            "chapters: chapter C2 has a fact of 2022-03-28T11:30:00+00:00, after its end",
        ),
        (
            "chapters",
            "C1",
            _of_the_closed,
            "chapters: chapter C1 names enterprise E3 at 2022-03-28T13:00:00+00:00, which was closed",
        ),
        (
            "enterprises",
            "E3",
            lambda one: _with(one, at=t("14:00")) if one.what == "enterprise.registered" else one,
            "reviews: enterprise E3 has a history that is not in the order of its time",
        ),
    ],
)
def test_a_damaged_history_is_found(view: str, key: str, change: Any, found: str) -> None:
    assert found in broken(with_changes(rows(), view, key, change))


@pytest.mark.parametrize(
    ("view", "key", "fields", "found"),
    [
        (
            "posts",
            "P1",
            {"holder": "H1"},
            "holders: post P1 is shown with H1, which its history does not say",
        ),
        ("posts", "P1", {"terms": ()}, "holders: post P1 is shown with H2, which its history does not say"),
        (
            "units",
            "U2",
            {"duty": "lead"},
            "offices: unit U2 is shown as lead, which its history does not say",
        ),
        (
            "chapters",
            "C1",
            {"enterprises": ("E1",)},
            "chapters: chapter C1 is shown as alive, which its history does not say",
        ),
    ],
)
def test_a_row_that_its_history_does_not_say_is_found(
    view: str, key: str, fields: dict[str, Any], found: str
) -> None:
    true = rows()
    true[view][key] = msgspec.structs.replace(true[view][key], **fields)
    assert found in broken(true)


def test_what_was_observed_against_a_rule_is_excused() -> None:
    observed = city().and_(unit.charge(unit="U2", duty="lead"), observed=True)
    observed.and_(post.appoint(post="P1", holder="H3", holder_name="sealed:3"), observed=True)
    found = {name: dict(fold(view, observed.log.commits)) for name, view in views.items()}
    assert broken(found) == []
    assert len(broken({**found, "anomalies": {}})) == 2


def test_a_verdict_on_what_its_sender_entered_is_found() -> None:
    true = city()
    true.and_(review.open(enterprise="E1"), now=t("12:30"))
    verdict = review.judge(enterprise="E1", stage="screen", verdict="approve")
    true.and_(verdict, now=t("13:00"), observed=True, actor="dispatcher/desk")
    found: Rows = {name: dict(fold(view, true.log.commits)) for name, view in views.items()}
    assert broken({**found, "anomalies": {}}) == []
    entered = with_changes(found, "enterprises", "E1", lambda one: _with(one, by="dispatcher/desk"))
    assert (
        "reviews: enterprise E1 was entered and judged by dispatcher/desk, as 2022-03-28T13:00:00+00:00 shows"
        in broken({**entered, "anomalies": {}})
    )
