"""Recognition in the Yichun scenario: 23 items and 4 brands, counted by hand and as the views say."""

from collections import Counter
from itertools import takewhile
from typing import Any

import pytest

from events.award import AwardGranted
from events.brand import BrandRegistered
from events.consent import ConsentGiven, ConsentWithdrawn
from events.publication import PublicationErased, PublicationRetracted, Published
from projections import awards, brands, consents, nominations, publications
from projections.fold import step
from services.demo.scenarios import SCENARIOS
from services.demo.scenarios.yichun.days import LOCKDOWN
from services.verify.laws import recognition as law
from tests.unit.test_scenario import Run


@pytest.fixture(scope="module")
def run() -> Run:
    items = takewhile(lambda one: one.received < LOCKDOWN, SCENARIOS["yichun"](328).timed)
    return Run(328, items=items)


@pytest.fixture(scope="module")
def rows(run: Run) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {"anomalies": {}}
    for view in (awards.VIEW, brands.VIEW, consents.VIEW, nominations.VIEW, publications.VIEW):
        found[view.name] = {}
        for event in run.events:
            step(view, found[view.name], event)
    return found


def test_23_items_were_published_and_4_trades_have_a_brand(run: Run, rows: dict[str, dict[str, Any]]):
    assert run.unforeseen == []
    told = [event.data for event in run.events]
    kinds = Counter(type(one) for one in told)
    items = {one.publication for one in told if isinstance(one, Published)}
    assert (len(items), kinds[Published], kinds[PublicationRetracted]) == (23, 23, 0)
    assert len({one.trade for one in told if isinstance(one, BrandRegistered)}) == 4
    assert sum(row.state == "published" for row in rows["publications"].values()) == 23
    assert {row.state for row in rows["brands"].values()} == {"in_use"}
    assert all(row.contrast >= 4.5 for row in rows["brands"].values())


def test_one_lost_its_name_and_still_counts(run: Run, rows: dict[str, dict[str, Any]]):
    told = [event.data for event in run.events]
    named = {one.consent for one in told if isinstance(one, Published) and one.consent}
    given = {one.consent for one in told if isinstance(one, ConsentGiven)}
    ended = {one.consent for one in told if isinstance(one, ConsentWithdrawn)}
    assert named == given
    assert (len(named), len(ended)) == (14, 1)
    lost = [one.publication for one in told if isinstance(one, PublicationErased)]
    assert [row.publication for row in rows["publications"].values() if row.unnamed] == lost
    assert sum(row.named for row in rows["publications"].values()) == 13


def test_awards_rest_on_what_the_log_shows(run: Run, rows: dict[str, dict[str, Any]]):
    states = Counter(row.state for row in rows["nominations"].values())
    assert states == {"awarded": 8, "approved": 2, "rejected": 2}
    given = [event.data for event in run.events if isinstance(event.data, AwardGranted)]
    assert sum(one.seconds for one in given) == sum(row.seconds for row in rows["awards"].values())
    assert {row.claims >= 1 for row in rows["nominations"].values()} == {True}
    assert list(law.broken("2307", rows)) == []
