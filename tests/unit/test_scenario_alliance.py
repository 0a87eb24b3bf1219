"""The alliance of the Yichun scenario: its figures counted by hand from raw events, and as the views say."""

from collections import Counter
from typing import Any

import pytest

from events.alliance import CommitmentMade, MeetingHeld, ReliefAdopted, ReliefGranted
from events.difficulty import (
    DifficultyConfirmed,
    DifficultyMerged,
    DifficultyRaised,
    DifficultyReopened,
    DifficultySettled,
)
from events.visit import VisitRecorded
from projections import commitments, difficulties, meetings, posts, reliefs, visits
from projections.difficulty_figures import figures
from projections.fold import step
from services.demo.scenarios.yichun.days import LOCKDOWN
from services.verify.laws import difficulties as law
from tests.scale import LONG
from tests.unit.test_scenario import Run
from tests.unit.test_scenario_ledger import played


@pytest.fixture(scope="module", params=[1, 7] if LONG else [1])
def run(request: pytest.FixtureRequest) -> Run:
    return played(request.param)


def rows(run: Run, *views: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {view.VIEW.name: {} for view in views}
    for event in run.events:
        for view in views:
            step(view.VIEW, found[view.VIEW.name], event)
    return found


def solved_by_hand(run: Run) -> int:
    """Count those whose last word is that they are solved, from the events alone."""
    last: dict[str, bool] = {}
    for event in run.events:
        match event.data:
            case DifficultyConfirmed() | DifficultySettled() as e:
                last[e.difficulty] = True
            case DifficultyReopened() | DifficultyRaised() as e:
                last[e.difficulty] = False
            case _:
                pass
    return sum(last.values())


def test_visits_difficulties_and_relief_are_those_of_the_report(run: Run):
    assert run.unforeseen == []
    before = [event.data for event in run.events if event.at < LOCKDOWN]
    kinds = Counter(type(e) for e in before)
    assert kinds[VisitRecorded] == 1_153
    assert len({e.visit for e in before if isinstance(e, VisitRecorded)}) == 1_153
    assert solved_by_hand(run) == 283
    assert kinds[ReliefAdopted] == 13
    received = {e.relief for e in before if isinstance(e, ReliefGranted)}
    assert len(received) == 13, "each measure reached some enterprise"
    assert (kinds[MeetingHeld], kinds[CommitmentMade]) == (4, 12)


def test_the_views_say_the_same_before_the_lockdown(run: Run):
    found = rows(run, visits, difficulties, reliefs, meetings, commitments)
    then = {
        name: [row for row in (module.at(one, LOCKDOWN) for one in found[name].values()) if row]
        for name, module in (("visits", visits), ("reliefs", reliefs), ("meetings", meetings))
    }
    assert {name: len(some) for name, some in then.items()} == {"visits": 1_153, "reliefs": 13, "meetings": 4}
    total = figures(found["difficulties"].values(), LOCKDOWN)[-1]
    raised = sum(isinstance(event.data, DifficultyRaised) for event in run.events)
    merged = sum(isinstance(event.data, DifficultyMerged) for event in run.events)
    assert (total.solved, total.raised) == (283, raised - merged)
    assert (total.declined, total.withdrawn, total.closed, total.open) == (9, 5, 4, 20)
    assert total.askers == raised
    assert Counter(row.state for row in found["commitments"].values()) == {"done": 9, "open": 3}


def test_nothing_is_forgotten(run: Run):
    """The law of `verify`, over the scenario's own rows."""
    found = rows(run, difficulties, posts)
    assert list(law.broken("2307", found)) == []
