"""Views as of any position, and any instant of recording, are the fold of the log up to there."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, Final

import msgspec
import pytest
from msgspec.structs import replace

from events.catalog import envelopes
from events.commit import Commit, Head, decode
from projections import presence, roster
from projections.base import Row
from projections.catalog import public_views
from projections.catalog import views as catalog
from projections.fold import StraightRows
from services import wiring
from services.adapters.memory.views import page_of
from services.adapters.sqlite.instants import SqliteInstants
from services.adapters.sqlite.past import SqlitePast
from services.decisions.base import Refused, commands
from services.decisions.worker.commands import Register
from services.demo.scenarios import SCENARIOS
from services.history import instants as boards
from services.history import past as pasts
from services.history.history import History
from services.history.instants import Instants
from services.history.past import Past
from services.history.past_alerts import PastAlerts
from services.log.port import Stored
from services.views.port import Query
from tests.make import JURISDICTION as J
from tests.make import Chain
from tests.scale import LONG, scaled
from tests.through_time import OneLog

PUBLIC: Final = {name: catalog[name] for name in public_views()}
WORK: Final = {"incident", "team", "request", "assignment", "handover"}
OTHERS: Final = 600
"""First commands, which are of areas and institutions."""
ITEMS: Final = scaled("MUSTER_PAST_ITEMS", 1_000, 5_000)
PLACES: Final = scaled("MUSTER_PAST_PLACES", 10, 200)


@cache
def scenario() -> list[Stored]:
    """Return the log of the first commands of a lockdown, with some institutions."""
    chain = Chain()
    told = list(SCENARIOS["yichun"](7).timed)
    people = [one for one in told if one.item["name"].startswith("worker.")]
    work = [one for one in told if one.item["name"].partition(".")[0] in WORK]
    for one in sorted((*told[:OTHERS], *people[: ITEMS // 2], *work[:ITEMS]), key=lambda one: one.received):
        data = msgspec.json.encode(one.item["data"])
        try:
            chain.commit(commands[one.item["name"]].model_validate_json(data, strict=True))
        except Refused:
            continue
    return chain.commits


@pytest.fixture
async def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Past]:
    monkeypatch.setattr(pasts, "GRAIN", 50)
    made = Past(one_log(), SqlitePast(tmp_path / "past.sqlite", PUBLIC), PUBLIC)
    await made.make(J)
    yield made
    await made.close()


def one_log() -> Any:
    return OneLog(scenario())


def random_query(random: Random, fields: Sequence[str], rows: dict[str, Row]) -> Query:
    """Return a query of some order, perhaps filtered by what one of the rows holds."""
    sort = random.choice([None, *(way + field for field in ("key", *fields) for way in ("", "-"))])
    filters: dict[str, Any] = {}
    if fields and rows and random.random() < 0.5:
        field = random.choice(fields)
        value = getattr(random.choice(sorted(rows.items()))[1], field)
        filters = {field: [value if value is None or isinstance(value, datetime) else str(value)]}
        if isinstance(value, bool):
            filters = {field: [str(value).lower()]}
    return Query(sort=sort, filters=filters, limit=random.choice([5, 40, 1000]))


async def compare(past: Past, view: str, when: int | datetime, rows: dict[str, Row], random: Random) -> None:
    """Walk through all pages of a random query."""
    query = random_query(random, PUBLIC[view].filters, rows)
    expected = (await page_of(PUBLIC[view], rows, Head(), replace(query, limit=10_000))).items
    found: list[tuple[str, Row]] = []
    while True:
        page = await past.page(J, PUBLIC[view], when, query)
        assert page is not None
        found += page.items
        if page.next is None:
            break
        query = replace(query, cursor=page.next)
    assert found == expected, (view, when, query)


async def test_at_random_positions_and_instants_it_is_the_fold_of_the_prefix(past: Past) -> None:
    random, commits = Random(17), scenario()
    folded = StraightRows(PUBLIC)
    chosen = set(random.sample(range(60, len(commits)), PLACES))
    for number, stored in enumerate(commits):
        commit: Commit = decode(stored.data)
        for event in envelopes(commit):
            folded.take(event)
        if number not in chosen:
            continue
        position, recorded = (
            stored.head.position,
            commit.recorded_at + timedelta(milliseconds=random.randrange(999)),
        )
        for view in random.sample(sorted(PUBLIC), 4):
            await compare(past, view, position, folded.rows[view], random)
            await compare(past, view, recorded, folded.rows[view], random)
        page = await past.page(J, PUBLIC["roster"], position, Query(limit=1))
        assert page
        assert page.head == stored.head


async def test_a_read_begins_at_the_last_mark_and_not_at_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pasts, "GRAIN", 50)
    log: Any = one_log()
    past = Past(log, SqlitePast(tmp_path / "past.sqlite", PUBLIC), PUBLIC)
    later: Any = SimpleNamespace(now=lambda: None)
    history = History(log, log, later, past=past)
    end = scenario()[-1].head.position
    whole = await history.as_of(J, "roster", end, Query(limit=1000))
    assert log.asked[-1] == 0
    await past.make(J)
    log.asked.clear()
    assert await history.as_of(J, "roster", end, Query(limit=1000)) == whole
    assert end - min(log.asked) < 100
    await past.close()


async def test_alerts_of_an_instant_are_those_folded_from_the_log(past: Past) -> None:
    log: Any = one_log()
    for stored in scenario()[100::200]:
        when = decode(stored.data).recorded_at
        expected = await PastAlerts(log).at(J, when)
        log.asked.clear()
        found = await PastAlerts(log, past).at(J, when)
        assert (found.position, found.alerts) == (expected.position, expected.alerts)
        for name, rows in msgspec.structs.asdict(found.known).items():
            assert sorted(rows, key=repr) == sorted(getattr(expected.known, name), key=repr)
        assert log.asked == [], "nothing was folded from the beginning"


async def test_what_took_too_much_room_is_forgotten_and_folded_from_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pasts, "GRAIN", 50)
    past = Past(one_log(), SqlitePast(tmp_path / "past.sqlite", PUBLIC), PUBLIC, most=1)
    await past.make(J)
    folded, end = StraightRows(PUBLIC), scenario()[-1].head.position
    for stored in scenario():
        for event in envelopes(decode(stored.data)):
            folded.take(event)
    assert await past.page(J, presence.VIEW, 200, Query()) is None
    for view in Random(2).sample(sorted(PUBLIC), len(PUBLIC) if LONG else 8):
        await compare(past, view, end, folded.rows[view], Random(1))
    await past.close()


@pytest.mark.parametrize("damage", ["other views", "damaged", "cut"])
async def test_a_file_of_other_views_or_a_damaged_one_is_made_again(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "past.sqlite"
    log: Any = OneLog(scenario()[:100])
    views = {"presence": presence.VIEW} if damage == "other views" else {"roster": roster.VIEW}
    past = Past(log, SqlitePast(path, views), views)
    await past.make(J)
    await past.close()
    if damage == "damaged":
        path.write_bytes(b"no database" * 1000)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:100])
    again = SqlitePast(path, {"roster": roster.VIEW})
    assert (await again.head(J), await again.before(J, 10_000)) == (Head(), None)
    await again.close()


async def test_what_was_made_from_another_log_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pasts, "GRAIN", 50)
    path, other = tmp_path / "past.sqlite", Chain()
    before = Past(one_log(), SqlitePast(path, PUBLIC), PUBLIC)
    await before.make(J)
    await before.close()
    for n in range(300):
        other.commit(Register(worker=f"W{n}", role="courier"))
    log: Any = OneLog(other.commits)
    after = Past(log, SqlitePast(path, PUBLIC), PUBLIC)
    assert await after.page(J, roster.VIEW, 300, Query()) is None
    await after.follow(J, other.head.position)
    page = await after.page(J, roster.VIEW, other.head.position, Query(limit=1000))
    assert page
    assert len(page.items) == 300
    await after.close()


async def test_it_takes_a_file_in_the_data_folder_unless_it_may_take_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await wiring.past(tmp_path, one_log())
    assert opened
    await opened.close()
    assert (tmp_path / "past.sqlite").exists()
    monkeypatch.setenv("MUSTER_PAST_MB", "0")
    assert await wiring.past(tmp_path, one_log()) is None


async def test_it_is_made_a_part_at_a_time_while_the_service_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pasts, "GRAIN", 50)
    monkeypatch.setattr(boards, "GRAIN", 50)
    board, store = SqliteInstants(tmp_path / "instants.sqlite"), SqlitePast(tmp_path / "past.sqlite", PUBLIC)
    past = Past(one_log(), store, PUBLIC, instants=Instants(one_log(), board, 1 << 40))
    end, heads = scenario()[-1].head.position, list[tuple[int, int]]()
    for _ in range(3):
        await past.follow(J, end, busy=lambda: True)
        heads.append(((await store.head(J)).position, (await board.head(J)).position))
    for before, after in pairwise([(0, 0), *heads]):
        assert all(50 <= b - a < 100 for a, b in zip(before, after, strict=True))
    await past.follow(J, end)
    assert end - (await store.head(J)).position < 50
    assert (await board.head(J)).position == end
    await past.close()


def test_the_service_is_busy_while_many_events_a_second_come_into_the_views() -> None:
    progress: Any = SimpleNamespace(positions={"A": 1000, "B": 0})
    now = 0.0
    traffic = pasts.Traffic(progress, lambda: now)
    assert not traffic.busy()
    for seconds, events, busy in ((0.5, 900, False), (0.5, 0, True), (0.9, 0, True), (0.1, 0, False)):
        now += seconds
        progress.positions["B"] += events
        assert traffic.busy() is busy


async def test_only_what_was_asked_about_is_made_in_a_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pasts, "GRAIN", 50)
    store = SqlitePast(tmp_path / "past.sqlite", PUBLIC)
    past = Past(one_log(), store, PUBLIC, asked_only=True)
    end = scenario()[-1].head.position
    await past.follow(J, end)
    assert (await store.head(J)).position == 0
    assert await past.page(J, roster.VIEW, end, Query()) is None
    await past.follow(J, end)
    assert end - (await store.head(J)).position < 100
    await past.close()
