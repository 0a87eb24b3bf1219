"""The commits of many jurisdictions in one transaction: equal rows, and what goes wrong stays by itself."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest

from events.catalog import envelopes
from events.commit import Head, decode
from projections.catalog import views as catalog
from projections.fold import StraightRows
from services import wiring
from services.adapters.sqlite.views import SqliteViews
from services.adapters.sqlite.views_table import Table
from services.application.muster import Muster
from services.decisions.area.commands import DefineArea
from services.decisions.worker.commands import CheckIn, CheckOut, Register, SetPresence
from services.log.port import Stored
from services.views import hot as hot_rows
from services.views import turn as turns
from services.views.batch import run_batch
from services.views.folding import Folding
from services.views.hot import HotRows
from services.views.loop import Projector
from services.views.port import Query, Standing, ViewsUnavailable
from services.views.turn import run_turn
from tests.make import Chain

FOLDING = Folding(catalog)
CODES = ["2301", "2307", "2310"]


def history(code: str) -> list[Stored]:
    made = Chain(code)
    made.commit(DefineArea(area=f"{code}17", name="county"))
    for worker in ("W1", "W2"):
        made.commit(Register(worker=worker, role="courier"))
    for area in (f"{code}17", code, f"{code}17"):
        made.commit(CheckIn(worker="W1", area=area))
    made.commit(SetPresence(worker="W1", presence="on_break"))
    made.commit(CheckOut(worker="W1"))
    return made.commits


HISTORIES = {code: history(code) for code in CODES}
LENGTH = len(HISTORIES[CODES[0]])


def nth(n: int) -> dict[str, list[Stored]]:
    return {code: [commits[n]] for code, commits in HISTORIES.items()}


@pytest.fixture
async def store() -> AsyncIterator[SqliteViews]:
    views = await asyncio.to_thread(SqliteViews, None, catalog)
    yield views
    await views.close()


async def assert_equal_to_the_fold(store: SqliteViews, codes: Sequence[str] = CODES) -> None:
    for code in codes:
        folded = StraightRows(catalog)
        for stored in HISTORIES[code]:
            for event in envelopes(decode(stored.data)):
                folded.take(event)
        found, head = await store.snapshot(code, {view: Query() for view in catalog})
        assert head == HISTORIES[code][-1].head
        assert {view: dict(rows) for view, rows in found.items()} == folded.rows


class Counted:
    """A store that counts what it is asked."""

    def __init__(self, store: SqliteViews) -> None:
        self.asked: list[str] = []
        self._store = store

    async def standing(self, jurisdictions: Sequence[str]) -> dict[str, Standing]:
        self.asked.append("standing")
        return await self._store.standing(jurisdictions)

    async def load_all(self, keys: Any) -> Any:
        self.asked.append("load")
        return await self._store.load_all(keys)

    async def write_all(self, batches: Any) -> Any:
        self.asked.append("write")
        return await self._store.write_all(batches)


@pytest.mark.parametrize("most", [0, 3, hot_rows.MOST], ids="{} rows kept".format)
async def test_rows_are_those_of_the_fold(store: SqliteViews, monkeypatch: pytest.MonkeyPatch, most: int):
    monkeypatch.setattr(hot_rows, "MOST", most)
    hot = HotRows(catalog)
    for n in range(LENGTH):
        assert await run_turn(store, nth(n), hot, FOLDING) == {
            code: one[0].head for code, one in nth(n).items()
        }
    await assert_equal_to_the_fold(store)


async def test_rows_that_were_just_written_are_not_read(store: SqliteViews):
    hot, counted = HotRows(catalog), Counted(store)
    for n in range(LENGTH):
        await run_turn(counted, nth(n), hot, FOLDING)
    assert counted.asked.count("write") == LENGTH
    assert counted.asked.count("standing") == 1
    assert counted.asked[-2:] == ["write", "write"]


async def test_a_turn_that_is_too_large_is_divided(store: SqliteViews, monkeypatch: pytest.MonkeyPatch):
    size = {code: sum(len(one.data) for one in commits) for code, commits in HISTORIES.items()}
    monkeypatch.setattr(turns, "MOST_BYTES", 2 * max(size.values()))
    counted = Counted(store)
    assert set(await run_turn(counted, HISTORIES, HotRows(catalog), FOLDING)) == set(CODES)
    assert counted.asked.count("write") == 2
    await assert_equal_to_the_fold(store)

    monkeypatch.setattr(turns, "MOST_BYTES", 1)
    assert await run_turn(counted, HISTORIES, HotRows(catalog), FOLDING) == {}


async def test_what_does_not_go_straight_is_left_out_and_the_others_are_written(store: SqliteViews):
    """A gap, bytes that are no commit, a commit that is there already, a view that fails."""
    hot = HotRows(catalog)
    await run_turn(store, {"2310": HISTORIES["2310"][:1]}, hot, FOLDING)

    def fails(row: Any, envelope: Any, key: str) -> Any:
        if failing and envelope.name == "worker.registered":
            raise ValueError("cannot be folded")
        return catalog["roster"].evolve(row, envelope, key)

    failing: set[str] = set()
    broken = {**catalog, "roster": msgspec.structs.replace(catalog["roster"], evolve=fails)}
    turn = {
        "2301": HISTORIES["2301"][1:],
        "2307": HISTORIES["2307"],
        "2310": HISTORIES["2310"][:1],
        "bad": [Stored(b"{", Head())],
    }
    assert set(await run_turn(store, turn, hot, Folding(broken))) == {"2307"}
    assert await store.head("2301") == Head()
    failing.add("roster")
    assert await run_turn(store, {"2301": HISTORIES["2301"]}, hot, Folding(broken)) == {}
    await assert_equal_to_the_fold(store, ["2307"])


async def test_a_head_that_another_process_moved_is_read_again(store: SqliteViews):
    hot = HotRows(catalog)
    for n in range(2):
        await run_turn(store, nth(n), hot, FOLDING)
    await run_batch(store, "2301", HISTORIES["2301"][2:4], _nothing, catalog)

    assert set(await run_turn(store, nth(2), hot, FOLDING)) == {"2307", "2310"}
    rest = {code: commits[3 + (code == "2301") :] for code, commits in HISTORIES.items()}
    assert set(await run_turn(store, rest, hot, FOLDING)) == set(CODES)
    await assert_equal_to_the_fold(store)


async def test_rows_that_were_folded_again_are_read_again(store: SqliteViews):
    hot = HotRows(catalog)
    await run_turn(store, {"2301": HISTORIES["2301"][:4]}, hot, FOLDING)
    rows, at = (
        dict((await store.snapshot("2301", {"roster": Query()}))[0]["roster"]),
        HISTORIES["2301"][3].head,
    )
    hot.known("2301")["roster"]["W1"] = None  # as if it had been read from a damaged table
    assert await store.rebuild("2301", "roster", rows, at)
    hot.forget("2301")
    await run_turn(store, {"2301": HISTORIES["2301"][4:]}, hot, FOLDING)
    await assert_equal_to_the_fold(store, ["2301"])


async def _nothing(jurisdiction: str, after: int) -> AsyncIterator[list[Stored]]:
    raise AssertionError(f"{jurisdiction} has no gap after {after}")
    yield []


class Log:
    """All histories, and one jurisdiction that cannot be read."""

    async def jurisdictions(self) -> list[str]:
        return []

    async def end(self, jurisdiction: str) -> Head:
        return HISTORIES[jurisdiction][-1].head

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        yield [one for one in HISTORIES.get(jurisdiction, ()) if one.head.position > after]


async def test_a_projector_parks_one_that_cannot_be_read_and_goes_on_with_the_others(store: SqliteViews):
    log: Any = Log()
    projector = Projector(log, store, lambda jurisdiction, position: None)
    running = asyncio.create_task(projector.run())
    hollow = b'{"jurisdiction":"bad","first":1,"prev":"%s","events":[{}]}' % (b"0" * 64)
    projector.offer("bad", Stored(hollow, Head(1, "1" * 64)))
    for code, commits in HISTORIES.items():
        projector.offer(code, commits[-1])  # the log has what was not offered
    for code in CODES:
        assert await projector.reached(code, HISTORIES[code][-1].head.position, 5)
    assert set(projector.parked) == {"bad"}
    running.cancel()
    await assert_equal_to_the_fold(store)


async def test_a_projector_waits_for_a_store_that_fails(store: SqliteViews, monkeypatch: pytest.MonkeyPatch):
    log: Any = Log()
    broken = True
    write = SqliteViews.write_all

    async def failing(self: SqliteViews, batches: Any) -> Any:
        if broken:
            raise ViewsUnavailable("disk full")
        return await write(self, batches)

    monkeypatch.setattr(SqliteViews, "write_all", failing)
    monkeypatch.setattr("services.views.loop.RETRY_SECONDS", 0.01)
    projector = Projector(log, store, lambda jurisdiction, position: None)
    running = asyncio.create_task(projector.run())
    for code, commits in HISTORIES.items():
        for one in commits:
            projector.offer(code, one)
    while projector.trouble is None:
        await asyncio.sleep(0.001)
    broken = False
    for code in CODES:
        assert await projector.reached(code, HISTORIES[code][-1].head.position, 5)
    assert projector.trouble is None
    running.cancel()
    await assert_equal_to_the_fold(store)


async def test_commits_that_follow_each_other_are_written_together_unless_somebody_waits(
    store: SqliteViews, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.views.loop.GATHER_SECONDS", 3600)
    log: Any = Log()
    projector = Projector(log, store, lambda jurisdiction, position: None)
    running = asyncio.create_task(projector.run())
    first, *rest = HISTORIES["2301"]
    projector.offer("2301", first)
    while projector.positions.get("2301") != first.head.position:
        await asyncio.sleep(0.001)
    for one in rest:
        projector.offer("2301", one)
        await asyncio.sleep(0)
    assert await store.head("2301") == first.head
    assert await projector.reached("2301", rest[-1].head.position, 5)
    assert len(await store.steps("2301", 0) or ()) == 2
    running.cancel()


async def test_events_after_a_mended_row_are_folded_on_that_row(tmp_path: Path):
    """And not on the damaged one that was read before."""
    code, commits = "2301", HISTORIES["2301"]

    async def show(muster: Muster, some: Sequence[Stored]) -> None:
        for one in some:
            assert await muster.log.append(code, one.data)
            muster.progress.offer(code, one)
        assert await muster.progress.reached(code, some[-1].head.position, 10)

    first = await wiring.embedded(tmp_path)
    async with first.running():
        await show(first, commits[:4])
    db = apsw.Connection(str(tmp_path / "views.sqlite"))
    table = Table(catalog["roster"]).name
    (data,) = db.execute(f"SELECT row FROM {table} WHERE key = 'W1'").fetchone() or (b"",)  # noqa: S608
    damaged = msgspec.json.encode({**msgspec.json.decode(data), "capacity": 9})
    db.execute(f"UPDATE {table} SET row = ? WHERE key = 'W1'", (damaged,))  # noqa: S608
    db.close()

    again = await wiring.embedded(tmp_path)
    async with again.running():
        await show(again, commits[4:5])  # perhaps read from the log, as at every start
        await show(again, commits[5:6])
        scrub: Any = again.scrub
        await scrub.all("roster")
        assert scrub.wrong_rows == 1
        await show(again, commits[6:7])
        (found,) = (await again.views.get(code, "roster", "W1")).items
        assert msgspec.to_builtins(found[1])["capacity"] == 1
