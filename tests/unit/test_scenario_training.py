"""Training in the Yichun scenario: 42 person-times of 18 people, counted by hand and as the views say."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from events.session import SessionAttended, SessionPresenceCorrected
from projections import chapters, leads, posts, sessions, training, training_targets
from projections.fold import step
from projections.leaders import leaders
from projections.training_figures import figures
from services.demo.scenarios.yichun.days import LOCKDOWN
from services.demo.scenarios.yichun.institutions.chapters import OPENING
from tests.scale import LONG
from tests.unit.test_scenario import Run
from tests.unit.test_scenario_ledger import played

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module", params=[1, 7] if LONG else [1])
def run(request: pytest.FixtureRequest) -> Run:
    return played(request.param)


def rows(run: Run, *views: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {view.VIEW.name: {} for view in views}
    for event in run.events:
        for view in views:
            step(view.VIEW, found[view.VIEW.name], event)
    return found


def seen_by_hand(run: Run) -> set[tuple[str, str, str]]:
    """Return (session, holder, half-day) from the events alone."""
    seen: set[tuple[str, str, str]] = set()
    for event in run.events:
        match event.data:
            case SessionAttended() as e:
                seen.add((e.session, str(e.holder), e.half))
            case SessionPresenceCorrected() as e:
                seen.discard((e.session, str(e.holder), e.half))
            case _:
                pass
    return seen


def test_there_are_42_person_times_of_18_people(run: Run):
    seen = seen_by_hand(run)
    assert len({(session, holder) for session, holder, _ in seen}) == 42
    assert len({holder for _, holder, _ in seen}) == 18
    found = rows(run, training, training_targets, sessions)
    targets = [one for row in found["training_targets"].values() for one in row.settings]
    figure = figures(found["training"].values(), targets, 2022, LOCKDOWN, ZONE, 100)
    assert (figure.person_times, figure.people, figure.sessions) == (42, 18, 3)
    assert figure.hours == 4 * len(seen)
    assert (figure.target, figure.reached) == (12, 16)
    assert {one.mode: one.person_times for one in figure.modes} == {"online": 16, "base": 14, "school": 12}
    assert sum(row.person_times for row in found["sessions"].values()) == 42


def test_the_place_that_was_given_up_went_to_whoever_waited(run: Run):
    row = rows(run, sessions)["sessions"]["session-03"]
    assert (row.places, row.taken, row.waits) == (12, 12, 0)
    assert [one.kind for one in row.facts].count("promoted") == 1


def test_the_chapters_of_the_trades_have_leaders_and_the_others_are_listed(run: Run):
    found = rows(run, chapters, leads, posts)

    def at(instant: datetime) -> dict[str, str]:
        every = leaders(found["chapters"].values(), found["leads"], found["posts"], instant)
        return {one.chapter: one.state for one in every}

    before, after = at(OPENING), at(LOCKDOWN)
    assert sorted(key for key, state in after.items() if state == "led") == sorted(found["leads"])
    assert len(found["leads"]) == 6
    assert "led" not in before.values()
    assert set(after.values()) == {"led", "no_post"}
