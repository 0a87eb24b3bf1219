"""The board at any instant is read from a store, and is what replaying the whole log gives."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, Final

import pytest
from msgspec.structs import replace

from events.catalog import envelopes
from events.commit import Head, decode
from projections.instant import READ
from services.adapters.memory.views import page_of
from services.adapters.sqlite.instants import SqliteInstants
from services.adapters.sqlite.past import SqlitePast
from services.decisions.worker.commands import Register
from services.history import instants as module
from services.history.history import History
from services.history.instants import Instants
from services.history.past import Past
from services.views.port import Query
from tests.given import Given, area, assignment, given, request, t, team, worker
from tests.make import JURISDICTION as J
from tests.make import Chain
from tests.scale import scaled
from tests.through_time import OneLog, boards, compare, stored
from tests.unit.test_past import random_query, scenario

PLACES: Final = scaled("MUSTER_PAST_PLACES", 8, 200)
A, B = "230717", "230718"


def log_of(commits: Any) -> Any:
    return OneLog(commits)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteInstants]:
    made = SqliteInstants(tmp_path / "instants.sqlite")
    yield made
    await made.close()


async def test_at_random_instants_it_is_the_replayed_log(
    store: SqliteInstants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRAIN", 200)
    random, commits = Random(17), scenario()
    instants = Instants(log_of(commits), store, 1 << 40)
    events = [event for one in commits for event in envelopes(decode(one.data))]
    whens = [
        random.choice(events).at + timedelta(microseconds=random.choice((-1, 0, 1))) for _ in range(PLACES)
    ]
    for when in whens:
        for name, rows in boards(J, events, when).items():
            view = READ[name][0]
            query = random_query(random, view.filters, rows)
            expected = (await page_of(view, rows, Head(), replace(query, limit=10_000))).items
            found: list[Any] = []
            while True:
                page = await instants.page(J, name, when, query)
                assert page
                assert page.head == commits[-1].head
                found += page.items
                if page.next is None:
                    break
                query = replace(query, cursor=page.next)
            assert found == expected, (name, when, query)


async def test_a_read_folds_only_what_is_new(store: SqliteInstants) -> None:
    commits, when = scenario(), decode(scenario()[-1].data).recorded_at
    early, late = commits[:-5], log_of(commits)
    await Instants(log_of(early), store, 1 << 40).follow(J, early[-1].head.position)
    assert await Instants(late, store, 1 << 40).page(J, "headcount", when, Query())
    assert early[-1].head.position - min(late.asked) < 10


async def test_the_history_reads_there_and_not_from_the_beginning(
    store: SqliteInstants, tmp_path: Path
) -> None:
    log, when = log_of(scenario()), decode(scenario()[-1].data).recorded_at
    later: Any = SimpleNamespace(now=lambda: when)
    past = Past(log, SqlitePast(tmp_path / "past.sqlite", {}), {}, instants=Instants(log, store, 1 << 40))
    await past.follow(J, scenario()[-1].head.position)
    replayed = {view: await History(log, log, later).at(J, view, when, Query()) for view in READ}
    log.asked.clear()
    history = History(log, log, later, past=past)
    assert {view: await history.at(J, view, when, Query()) for view in READ} == replayed
    assert 0 not in log.asked


async def test_what_is_far_behind_is_replayed(store: SqliteInstants, monkeypatch: pytest.MonkeyPatch) -> None:
    when = decode(scenario()[-1].data).recorded_at
    monkeypatch.setattr(module, "MOST_BEHIND", 100)
    assert await Instants(log_of(scenario()), store, 1 << 40).page(J, "busy", when, Query()) is None


async def test_what_takes_too_much_room_is_replayed_from_then_on(store: SqliteInstants) -> None:
    commits, log = scenario(), log_of(scenario()[:50])
    when = decode(commits[-1].data).recorded_at
    await Instants(log, store, 1 << 40).follow(J, commits[49].head.position)
    most = await store.size() - 1
    instants = Instants(log, store, most)
    log.commits = commits
    await instants.follow(J, commits[-1].head.position)
    assert await instants.page(J, "busy", when, Query()) is None
    await Instants(log, store, most).follow(J, commits[-1].head.position)  # as in another process
    assert await store.head(J) == commits[49].head


async def test_what_was_made_from_another_log_is_made_again(store: SqliteInstants) -> None:
    when = decode(scenario()[-1].data).recorded_at
    await Instants(log_of(scenario()), store, 1 << 40).follow(J, scenario()[-1].head.position)
    other = Chain()
    for n in range(3):
        other.commit(Register(worker=f"W{n}", role="courier"))
    page = await Instants(log_of(other.commits), store, 1 << 40).page(J, "presence", when, Query())
    assert page
    assert [key for key, _ in page.items] == ["W0", "W1", "W2"]


def everything_at_every_instant(case: Given) -> None:
    whens = [event.at for event in case.log.events]
    compare("2307", stored(case.log.commits), [*whens, case.log.now + timedelta(days=1)])


@pytest.fixture
def case() -> Given:
    begun = given(
        area.define(area=A, name="County 1"),
        area.define(area=B, name="County 2"),
        worker.register(worker="W1", role="courier", home_area=B),
        team.form(team="T1", name="Team", kind="courier", area=A, members=("W1",), activate=True),
        request.open(request="R1", category="grocery", area=A),
    )
    begun.and_(worker.check_in(worker="W1", area=A), now=t("01:00"), id="first")
    return begun.and_(assignment.dispatch(assignment="A1", request="R1", team="T1"), now=t("02:00"))


def test_a_request_that_lay_elsewhere_moves_its_task(case: Given) -> None:
    case.and_(assignment.done(assignment="A1"), now=t("05:00"))
    case.and_(request.amend(request="R1", area=B), at=t("03:00"), now=t("06:00"), observed=True)
    everything_at_every_instant(case)


def test_what_a_team_does_changes_the_place_of_its_members(case: Given) -> None:
    case.and_(assignment.progress(assignment="A1", stage="on_scene"), at=t("02:30"), now=t("04:00"))
    case.and_(assignment.done(assignment="A1"), now=t("05:00"))
    case.and_(team.stand_down(team="T1"), now=t("06:00"))
    everything_at_every_instant(case)


def test_what_was_taken_back_or_corrected_never_was_so(case: Given) -> None:
    case.and_(worker.check_in(worker="W1", area=A), now=t("02:10"), id="in")
    case.and_(worker.check_out(worker="W1"), now=t("03:00"), id="out")
    case.and_(worker.take_back(worker="W1", command="out"), now=t("03:05"))
    fix = worker.correct_duty(worker="W1", fact="in", happened_at=t("01:50"), reason="late")
    case.and_(fix, now=t("04:00"))
    everything_at_every_instant(case)
