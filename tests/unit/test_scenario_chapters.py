"""The chapters of the Yichun scenario: coverage from 39 of 375 to 227 of 377, counted from raw events."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from events.chapter import ChapterFormed, ChapterJoined, ChapterLeft, ChapterProposed, ChapterRenewed
from events.chapter_history import standing as chapter_at
from events.enterprise import EnterpriseClosed, EnterpriseRegistered
from events.formation import OWN
from events.review import ReviewJudged, ReviewSentBack
from projections import chapters, enterprises
from projections.coverage_index import CoverageIndex
from projections.fold import step
from services.decisions.chapter.table import CHAPTERS
from services.demo.scenarios.yichun.days import LOCKDOWN
from services.demo.scenarios.yichun.institutions.reviews import FORMATION, FORMED
from tests.scale import LONG
from tests.unit.test_scenario import Run
from tests.unit.test_scenario_ledger import played

STAGES = {"screen", "verify", "check_city", "check_county"}


@pytest.fixture(scope="module", params=[1, 7] if LONG else [1])
def run(request: pytest.FixtureRequest) -> Run:
    return played(request.param)


@pytest.fixture(scope="module")
def index(run: Run) -> CoverageIndex:
    """Return the index that the service has after these events."""
    found = CoverageIndex("2307")
    for view in (enterprises.VIEW, chapters.VIEW):
        rows: dict[str, Any] = {}
        for event in run.events:
            step(view, rows, event)
        for key, row in rows.items():
            found.take(view.name, key, row)
    return found


def by_hand(run: Run, when: datetime) -> tuple[int, int]:
    """Count enterprises that passed all four reviews and did not close, and those of them in a chapter."""
    verdicts: dict[str, dict[str, str]] = {}
    covered: dict[str, set[str]] = {}
    for event in sorted(run.events, key=lambda one: (one.at, one.position)):
        e = event.data
        if event.at > when:
            break
        if isinstance(e, EnterpriseRegistered | ReviewSentBack):
            verdicts[e.enterprise] = {}
        elif isinstance(e, ReviewJudged):
            verdicts[e.enterprise][e.stage] = e.verdict
        elif isinstance(e, EnterpriseClosed):
            verdicts.pop(e.enterprise)
        elif isinstance(e, ChapterFormed):
            for one in e.enterprises:
                covered.setdefault(one, set()).add(e.chapter)
        elif isinstance(e, ChapterJoined):
            covered.setdefault(e.enterprise, set()).add(e.chapter)
        elif isinstance(e, ChapterLeft):
            covered[e.enterprise].discard(e.chapter)
    ledger = [key for key, given in verdicts.items() if given == dict.fromkeys(STAGES, "approve")]
    return len(ledger), sum(1 for key in ledger if covered.get(key))


def new(run: Run) -> list[ChapterFormed]:
    """Return the chapters that were formed from the start of formation on."""
    return [one.data for one in run.events if isinstance(one.data, ChapterFormed) and one.at >= FORMATION]


def test_nothing_unforeseen_happens(run: Run):
    assert run.unforeseen == []
    assert all(one.received < LOCKDOWN for one in run.items)


def test_coverage_rises_from_10_4_to_60_2_per_cent(run: Run):
    start, end = by_hand(run, FORMATION), by_hand(run, FORMED)
    assert (start, end) == ((375, 39), (377, 227))
    assert (f"{start[1] / start[0]:.1%}", f"{end[1] / end[0]:.1%}") == ("10.4%", "60.2%")


def test_at_any_day_the_curve_is_what_a_count_by_hand_gives(run: Run, index: CoverageIndex):
    for day in range(45):
        when = FORMATION - timedelta(days=16) + timedelta(days=day)
        assert index.curves().at(when) == by_hand(run, when), when


def test_six_trades_and_51_enterprises_form_chapters(run: Run):
    routes = Counter(one.route for one in new(run))
    trades = {one.trade for one in new(run) if one.route == "joint"}
    assert (routes["own"], routes["joint"], len(trades)) == (51, 6, 6)
    assert routes["community"] > 0


def test_each_goes_by_the_rule_but_one_with_a_reason(run: Run):
    other = [one for one in new(run) if one.route != one.proposed]
    assert [(one.route, one.reason) for one in other] == [(OWN, "leading")]
    told = Counter(type(one.data) for one in run.events)
    assert (told[ChapterProposed], told[ChapterRenewed]) == (1, 1)


def test_who_is_in_two_chapters_counts_once(run: Run):
    living = (chapter_at(row.facts, FORMED) for row in run.state[CHAPTERS].values())
    named = Counter(key for one in living if one for key in one.enterprises)
    assert len(named) == by_hand(run, FORMED)[1]
    assert sum(many == 2 for many in named.values()) >= 3
