"""The ledger of supervision of the Yichun scenario: counted by hand from raw events, and as the views say."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from events.undertaking import UndertakingDone, UndertakingReopened, UndertakingSetUp, UndertakingWithdrawn
from events.workdays import end_of
from projections import inspections, monthly_reviews, posts, undertakings
from projections.fold import step
from projections.monthly_reviews import review_figures
from projections.undertaking_board import board, overdue
from services.demo.scenarios.yichun.days import LOCKDOWN, ZONE
from services.demo.scenarios.yichun.institutions.supervision import REVIEWS
from services.verify.laws import undertakings as law
from tests.unit.test_scenario import Run
from tests.unit.test_scenario_ledger import played

TOWN = ZoneInfo(ZONE)


@pytest.fixture(scope="module")
def run() -> Run:
    return played(1)


@pytest.fixture(scope="module")
def rows(run: Run) -> dict[str, dict[str, Any]]:
    shown: tuple[Any, ...] = (undertakings, monthly_reviews, inspections, posts)
    found: dict[str, dict[str, Any]] = {view.VIEW.name: {} for view in shown}
    for event in run.events:
        for view in shown:
            step(view.VIEW, found[view.VIEW.name], event)
    return found


def by_hand(run: Run, when: datetime) -> Counter[str]:
    """Count states from the events alone: the last word of each, by the time at which it happened."""
    state: dict[str, str] = {}
    for event in sorted(run.events, key=lambda one: (one.at, one.position)):
        match event.data:
            case _ if event.at > when:
                continue
            case UndertakingSetUp() | UndertakingReopened() as e:
                state[e.undertaking] = "open"
            case UndertakingDone() as e:
                state[e.undertaking] = "done"
            case UndertakingWithdrawn() as e:
                state[e.undertaking] = "withdrawn"
            case _:
                pass
    return Counter(state.values())


def test_fields_measures_campaigns_and_plans_are_those_of_the_report(run: Run):
    assert run.unforeseen == []
    kinds = Counter(event.data.category for event in run.events if isinstance(event.data, UndertakingSetUp))
    assert kinds == {"field": 4, "measure": 10, "campaign": 6, "plan": 3, "finding": 2}


def test_the_states_by_hand_are_those_of_the_views(run: Run, rows: dict[str, dict[str, Any]]):
    assert by_hand(run, LOCKDOWN) == {"open": 14, "done": 10, "withdrawn": 1}
    then = [undertakings.at(row, LOCKDOWN) for row in rows["undertakings"].values()]
    assert Counter(row.state for row in then if row) == by_hand(run, LOCKDOWN)


def test_the_first_review_was_corrected_since(run: Run, rows: dict[str, dict[str, Any]]):
    """A measure had been done on 24 February, which was told in March."""
    review = rows["monthly_reviews"]["review-2022-02"]
    figures = review_figures(review, rows["undertakings"])
    assert (figures.then.raised, figures.then.done, figures.then.overdue) == (23, 0, 1)
    assert (figures.since.raised, figures.since.done, figures.since.overdue) == (23, 1, 0)
    assert [one.undertaking for one in figures.corrected] == ["measure-03"]
    assert figures.since.done == by_hand(run, REVIEWS[0][1])["done"]
    last = review_figures(rows["monthly_reviews"]["review-2022-03"], rows["undertakings"])
    assert last.then == last.since


def test_the_board_compares_units(rows: dict[str, dict[str, Any]]):
    lines = {one.unit: one for one in board(list(rows["undertakings"].values()), LOCKDOWN, TOWN)}
    trades, streets, committee = lines["U-trades"], lines["U-streets"], lines["U-committee"]
    assert (trades.now.in_time, trades.now.due, trades.now.rank) == (5, 7, 1)
    assert trades.not_in_time == ("measure-05", "measure-07"), "one late, one open"
    assert (streets.now.due, streets.now.small, streets.now.rank) == (2, True, None)
    assert (committee.now.due, committee.now.small) == (2, True)
    assert (lines["U-lead"].now.share, lines["U-lead"].now.rank) == (None, None), "no data"


def test_what_is_overdue_has_a_name(rows: dict[str, dict[str, Any]]):
    late = overdue(rows["undertakings"].values(), rows["posts"], LOCKDOWN)
    assert [one.undertaking for one in late] == ["measure-07"]
    one = late[0]
    assert (one.undertaking, one.post, one.vacant) == ("measure-07", "P-transport", False)
    assert one.ends == end_of(date(2022, 3, 25), TOWN)


def test_nothing_is_lost(rows: dict[str, dict[str, Any]]):
    """The law of `verify`, over the scenario's own rows."""
    assert list(law.broken("2307", rows)) == []
