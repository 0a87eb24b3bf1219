"""run_batch and the past: what is judged, parked or set aside, and folds up to an earlier time."""

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from events.base import EventEnvelope
from events.catalog import UnknownEvent, envelopes, newest
from events.commit import Head, Recorded, decode
from projections import headcount, roster
from projections.base import View
from projections.fold import StraightRows, fold
from services.adapters.memory.views import page_of
from services.adapters.sqlite.views import SqliteViews
from services.decisions.area.commands import DefineArea
from services.decisions.worker.commands import CheckIn, CheckOut, Register
from services.history.as_of import AsOfViews, as_of
from services.log.port import LogDamaged, Stored
from services.views import pending
from services.views.batch import run_batch
from services.views.port import Query, Rows
from tests.make import BEGIN, Chain, chain
from tests.make import JURISDICTION as J
from tests.make import read as read_of

CATALOG: dict[str, View[Any]] = {"roster": roster.VIEW, "headcount": headcount.VIEW}


def history() -> list[Stored]:
    """Return commits: W0, W1 and W2 register and check in, then W0 checks out."""
    return chain(
        DefineArea(area="230717", name="county"),
        *(Register(worker=f"W{n}", role="courier", home_area="230717") for n in range(3)),
        *(CheckIn(worker=f"W{n}", area="230717") for n in range(3)),
        CheckOut(worker="W0"),
    )


COMMITS = history()


@pytest.fixture
async def store() -> AsyncIterator[SqliteViews]:
    views = SqliteViews(None, CATALOG)
    yield views
    await views.close()


class OneLog:
    """A log of these commits that counts its reads."""

    def __init__(self, commits: Sequence[Stored]) -> None:
        self.commits, self.asked = commits, list[int]()

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        self.asked.append(after)
        for stored in self.commits:
            if stored.head.position > after:
                yield [stored]


async def project(store: Any, commits: Sequence[Stored], log: Sequence[Stored] = COMMITS) -> Head:
    return await run_batch(store, J, commits, OneLog(log).read, CATALOG)


async def rows_of(store: SqliteViews, view: str) -> dict[str, Any]:
    found, _ = await store.snapshot(J, {view: Query()})
    return dict(found[view])


def straight(view: View[Any], commits: Sequence[Stored]) -> dict[str, Any]:
    return fold(view, [decode(stored.data) for stored in commits])


# -- what is accepted --------------------------------------------------------------------------------------


async def test_what_is_in_already_is_dropped_without_a_step(store: SqliteViews) -> None:
    await project(store, COMMITS)
    assert await project(store, COMMITS[2:5]) == COMMITS[-1].head
    assert len(await store.steps(J, 0) or ()) == 1


async def test_what_is_missing_is_read_again_from_the_head(store: SqliteViews) -> None:
    await project(store, COMMITS[:2])
    log = OneLog(COMMITS)
    assert await run_batch(store, J, COMMITS[-1:], log.read, CATALOG) == COMMITS[-1].head
    assert log.asked[0] == COMMITS[1].head.position
    assert await rows_of(store, "roster") == straight(roster.VIEW, COMMITS)


async def test_what_follows_a_gap_is_folded_too(store: SqliteViews) -> None:
    assert await project(store, [*COMMITS[:3], *COMMITS[5:]]) == COMMITS[-1].head
    assert await rows_of(store, "headcount") == straight(headcount.VIEW, COMMITS)


async def test_what_is_missing_even_in_the_log_is_named_and_nothing_after_it_is_written(
    store: SqliteViews,
) -> None:
    with pytest.raises(LogDamaged, match="missing") as damaged:
        await project(store, COMMITS[3:], log=COMMITS[3:])
    assert damaged.value.position == 1
    assert await store.head(J) == Head()


async def test_a_commit_of_another_chain_is_never_folded(store: SqliteViews) -> None:
    other = chain(DefineArea(area="230799", name="elsewhere"), Register(worker="X", role="medic"))
    await project(store, COMMITS[:1])
    with pytest.raises(LogDamaged, match="delete the views"):
        await project(store, other[1:], log=other)
    assert await rows_of(store, "roster") == {}


async def test_a_commit_of_another_jurisdiction_is_a_mistake_of_the_caller(store: SqliteViews) -> None:
    with pytest.raises(ValueError, match="got a commit of 2301 for 2307"):
        await project(store, chain(DefineArea(area="230102", name="x"), jurisdiction="2301"))


async def test_many_events_are_written_in_several_transactions(
    store: SqliteViews, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "MOST_EVENTS", 2)
    assert await project(store, COMMITS) == COMMITS[-1].head
    steps = await store.steps(J, 0) or []
    assert len(steps) > 2
    assert [s.after for s in steps] == [0, *(s.upto for s in steps[:-1])]
    assert await rows_of(store, "headcount") == straight(headcount.VIEW, COMMITS)


async def test_a_race_that_was_lost_is_run_again(store: SqliteViews, monkeypatch: pytest.MonkeyPatch) -> None:
    load = store.load

    async def overtaken(jurisdiction: str, keys: Any) -> Rows:
        monkeypatch.setattr(store, "load", load)
        await project(store, COMMITS[:4])
        return await load(jurisdiction, keys)

    monkeypatch.setattr(store, "load", overtaken)
    assert await project(store, COMMITS) == COMMITS[-1].head
    assert await rows_of(store, "roster") == straight(roster.VIEW, COMMITS)


async def test_a_store_that_fails_is_the_callers_to_try_again(
    store: SqliteViews, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_: Any) -> Any:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(store, "write", full)
        with pytest.raises(OSError, match="disk full"):
            await project(store, COMMITS)
    assert await project(store, COMMITS) == COMMITS[-1].head


# -- what is written ---------------------------------------------------------------------------------------


async def test_a_row_that_ends_as_it_began_is_no_change(store: SqliteViews) -> None:
    await project(store, COMMITS)
    made = Chain()
    for stored in COMMITS:
        made.seal(decode(stored.data).events, decode(stored.data).recorded_at)
    both = [*decode(COMMITS[-1].data).events, *decode(COMMITS[4].data).events]
    there_and_back = made.seal(both, BEGIN + timedelta(minutes=1))
    await project(store, [there_and_back])
    (step,) = await store.steps(J, COMMITS[-1].head.position) or [None]
    assert step is not None
    assert [c.key for c in step.changes if c.view == "headcount"] == []


async def test_a_step_says_what_a_row_was_and_is(store: SqliteViews) -> None:
    await project(store, COMMITS[:-1])
    await project(store, COMMITS[-1:])
    step = (await store.steps(J, COMMITS[-2].head.position) or [])[0]
    (change,) = [c for c in step.changes if c.view == "roster"]
    was, now = (change.before, change.row)
    assert isinstance(was, roster.RosterRow)
    assert isinstance(now, roster.RosterRow)
    assert (was.presence, now.presence) == ("available", "off_duty")


async def test_an_unknown_event_parks_behind_everything_before_it(store: SqliteViews) -> None:
    made = Chain()
    made.commit(Register(worker="W1", role="courier"))
    known = made.head
    data = msgspec.Raw(b"{}")
    future = Recorded(
        name="worker.teleported", schema=1, at=BEGIN, actor="a", command="c", body="b", data=data
    )
    made.seal([*decode(made.commits[0].data).events, future], BEGIN)
    for _ in range(2):
        with pytest.raises(UnknownEvent, match=r"worker\.teleported schema 1 at position"):
            await project(store, made.commits, log=made.commits)
        assert await store.head(J) == known
    assert set(await rows_of(store, "roster")) == {"W1"}


@pytest.mark.parametrize("part", ["keys", "evolve"])
async def test_a_view_that_raises_is_logged_and_the_rest_of_the_batch_stands(
    part: str, caplog: pytest.LogCaptureFixture
) -> None:
    def raises(*_: Any) -> Any:
        raise LookupError("no such row")

    broken = msgspec.structs.replace(roster.VIEW, **{part: raises})
    catalog = {**CATALOG, "roster": broken}
    store = SqliteViews(None, catalog)
    with caplog.at_level(logging.ERROR, "muster.views"):
        await run_batch(store, J, COMMITS, OneLog(COMMITS).read, catalog)
    assert await store.degraded(J) == {"roster": 1}
    assert await rows_of(store, "headcount") == straight(headcount.VIEW, COMMITS)
    assert "view roster of 2307 set aside at position 1" in caplog.text
    assert "LookupError" in caplog.text
    await store.close()


def test_views_are_asked_only_about_the_events_that_they_fold() -> None:
    asked: list[type] = []

    def keys(envelope: EventEnvelope) -> Sequence[str]:
        asked.append(type(envelope.data))
        return ()

    checked_in = _class_of("worker.checked_in")
    some = msgspec.structs.replace(roster.VIEW, name="some", keys=keys, events=(checked_in,))
    folded = StraightRows({"roster": roster.VIEW, "some": some})
    for stored in COMMITS:
        for event in envelopes(decode(stored.data)):
            folded.take(event)
    assert asked == [checked_in] * 3
    assert folded.rows == {"roster": straight(roster.VIEW, COMMITS), "some": {}}


def _class_of(name: str) -> Any:
    return newest[name]


# -- the past ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("position", [0, *(stored.head.position for stored in COMMITS)])
async def test_as_of_a_position_is_the_fold_up_to_it(position: int) -> None:
    page = await as_of(OneLog(COMMITS), roster.VIEW, J, position, Query())  # type: ignore[arg-type]
    upto = [stored for stored in COMMITS if stored.head.position <= position]
    assert dict(page.items) == straight(roster.VIEW, upto)
    assert page.head == (upto[-1].head if upto else Head())


async def test_as_of_an_instant_counts_what_was_recorded_by_then() -> None:
    log: Any = OneLog(COMMITS)
    page = await as_of(log, headcount.VIEW, J, BEGIN + timedelta(seconds=3.5), Query())
    assert dict(page.items) == straight(headcount.VIEW, COMMITS[:4])
    assert (await as_of(log, headcount.VIEW, J, BEGIN - timedelta(1), Query())).items == []


async def test_a_later_question_goes_on_from_an_earlier_fold() -> None:
    log: Any = OneLog(COMMITS)
    past = AsOfViews(log)
    for n in (5, 8, 3, 8):
        page = await past.as_of(J, roster.VIEW, COMMITS[n - 1].head.position, Query(limit=2))
        rest = await past.as_of(
            J, roster.VIEW, COMMITS[n - 1].head.position, Query(limit=9, cursor=page.next)
        )
        both = page.items + (rest.items if page.next else [])
        assert dict(both) == straight(roster.VIEW, COMMITS[:n])
    five = COMMITS[4].head.position
    assert log.asked[2] == five, "eight went on from five"
    assert log.asked[4] == 0, "three could not"


async def test_rows_computed_elsewhere_are_queried_alike() -> None:
    rows = straight(roster.VIEW, COMMITS)
    query = Query(filters={"presence": ["available"]}, sort="-key")
    page = await page_of(roster.VIEW, rows, COMMITS[-1].head, query, J)
    assert [key for key, _ in page.items] == ["W2", "W1"]
    assert page.head == COMMITS[-1].head


async def test_the_helper_reads_as_a_log_does() -> None:
    assert [batch async for batch in read_of(COMMITS, COMMITS[-2].head.position)] == [COMMITS[-1:]]
