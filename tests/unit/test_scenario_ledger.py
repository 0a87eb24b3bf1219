"""The institutions of the Yichun scenario: 378 enterprises through three reviews, counted from raw events."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from events.credit_code import code_state
from events.enterprise import EnterpriseClosed, EnterpriseRegistered
from events.enterprise_facts import in_ledger
from events.review import ReviewEscalated, ReviewJudged, ReviewSentBack
from projections.base import Row
from projections.catalog import views
from projections.fold import step
from services.decisions.enterprise.table import ENTERPRISES, enterprise_at
from services.demo.scenarios.yichun.days import LOCKDOWN
from services.demo.scenarios.yichun.institutions import institutions
from services.demo.scenarios.yichun.institutions.reviews import FORMATION, FORMED
from services.demo.scenarios.yichun.places import Places
from services.demo.scenarios.yichun.world import World
from services.verify.laws import LAWS
from tests.scale import LONG
from tests.unit.test_scenario import Run

STAGES = {"screen", "verify", "check_city", "check_county"}


@cache
def played(seed: int) -> Run:
    """Play the areas and the institutions alone, once for all files that look at them: do not change it."""
    places, world = Places(), World(seed)
    world.on(world.now, lambda: [_area(world, place.code, place.name) for place in places.every])
    return Run(seed, items=[*world.run(), *institutions(seed, places)])


def _area(world: World, code: str, name: str) -> None:
    world.send("area.define", {"area": code, "name": name}, "admin/city")


@pytest.fixture(scope="module", params=[1, 7] if LONG else [1])
def run(request: pytest.FixtureRequest) -> Run:
    return played(request.param)


def counted(run: Run, when: datetime) -> int:
    """Count the ledger by hand: all four verdicts of the last round approve, and it has not closed."""
    verdicts: dict[str, dict[str, str]] = {}
    for event in run.events:
        e = event.data
        if event.at > when:
            continue
        if isinstance(e, EnterpriseRegistered | ReviewSentBack):
            verdicts[e.enterprise] = {}
        elif isinstance(e, ReviewJudged):
            verdicts[e.enterprise][e.stage] = e.verdict
        elif isinstance(e, EnterpriseClosed):
            verdicts.pop(e.enterprise)
    return sum(given == dict.fromkeys(STAGES, "approve") for given in verdicts.values())


def test_nothing_unforeseen_happens(run: Run):
    assert run.unforeseen == []
    assert len(run.state[ENTERPRISES]) == 378


def test_375_are_in_the_ledger_at_the_start_and_377_at_the_end(run: Run):
    assert (counted(run, FORMATION), counted(run, FORMED)) == (375, 377)


def test_at_any_day_the_ledger_is_what_a_count_by_hand_gives(run: Run):
    for day in range(45):
        when = datetime(2022, 2, 14, tzinfo=UTC) + timedelta(days=day)
        known = (enterprise_at(run.state, key, when) for key in run.state[ENTERPRISES])
        assert sum(map(in_ledger, known)) == counted(run, when), when


def test_what_does_not_go_smoothly(run: Run):
    told = Counter(type(event.data) for event in run.events)
    assert (told[ReviewSentBack], told[ReviewEscalated], told[EnterpriseClosed]) == (20, 1, 1)
    rejected = Counter(
        event.data.stage
        for event in run.events
        if isinstance(event.data, ReviewJudged) and event.data.verdict == "reject"
    )
    assert rejected == {"verify": 12, "check_county": 8}
    (up,) = [event.data for event in run.events if isinstance(event.data, ReviewEscalated)]
    assert (up.posts, up.to) == (("regulator",), ("committee",))


def test_codes_are_as_a_registry_has_them(run: Run):
    codes = Counter(code_state(now.code) for now in run.state[ENTERPRISES].values())
    assert codes == {"missing": 9, "old": 7, "failing": 5, "good": 357}


def test_all_of_it_comes_before_the_lockdown(run: Run):
    assert all(one.received < LOCKDOWN for one in run.items)


def test_its_institutions_keep_every_law(run: Run) -> None:
    names = ("units", "posts", "enterprises", "chapters", "anomalies")
    rows: dict[str, dict[str, Row]] = {name: {} for name in names}
    for event in run.events:
        for name in names:
            step(views[name], rows[name], event)
    codes = ("chapters", "coverage", "holders", "offices", "reviews")
    assert [what for law in LAWS if law.code in codes for what in law.broken("2307", rows)] == []
