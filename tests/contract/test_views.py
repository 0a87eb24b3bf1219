"""The contract of view stores. A new adapter adds one line to STORES."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pg_server import database

from events.area import inside
from events.base import EventEnvelope
from events.commit import Head, decode
from events.worker import WorkerCheckedIn
from projections import headcount, roster
from projections.base import Row, View
from projections.fold import fold
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.views import PgViews
from services.adapters.sqlite import views_file as file
from services.adapters.sqlite.views import SqliteViews
from services.decisions.area.commands import DefineArea
from services.decisions.worker.commands import CheckIn, CheckOut, Register, Retire, SetPresence
from services.log.port import Stored
from services.views.batch import run_batch
from services.views.match import matches
from services.views.port import BadQuery, Batch, OutboxStep, Query, RowUnreadable, Standing, ViewsUnavailable
from services.views.scrub import Scrub
from tests.make import JURISDICTION as J
from tests.make import Chain, chain
from tests.make import read as read_of

Open = Callable[[Path | None, Mapping[str, View[Any]]], Awaitable[Any]]
"""Opens the store of a folder. None = an empty store that is not opened again."""


async def sqlite(folder: Path | None, catalog: Mapping[str, View[Any]]) -> SqliteViews:
    return await asyncio.to_thread(SqliteViews, folder / "views.sqlite" if folder else None, catalog)


_databases: dict[Path, str] = {}


async def postgres(folder: Path | None, catalog: Mapping[str, View[Any]]) -> PgViews:
    """Use one database per folder, and a new one for each caller without a folder."""
    dsn = _databases.get(folder) if folder else None
    if dsn is None:
        dsn = await asyncio.to_thread(database)
    if folder:
        _databases[folder] = dsn
    return await PgViews.open(await Pool.open(dsn), catalog)


STORES: list[Open] = [sqlite, postgres]
CATALOG: dict[str, View[Any]] = {"roster": roster.VIEW, "headcount": headcount.VIEW}
AT = datetime(2022, 3, 28, tzinfo=UTC)
FIELDS = ("area", "text", "number", "ratio", "flag", "when")


class ThingRow(Row, frozen=True):
    """A row with a column of every kind."""

    area: str | None = None
    text: str | None = None
    number: int = 0
    ratio: float | None = None
    flag: bool = False
    when: datetime | None = None


def _no_keys(envelope: EventEnvelope) -> Sequence[str]:
    return ()


def _no_rows(row: ThingRow | None, envelope: EventEnvelope, key: str) -> ThingRow | None:
    return row


THINGS = View(name="things", row=ThingRow, keys=_no_keys, evolve=_no_rows, filters=FIELDS)


@pytest.fixture(params=STORES, ids=lambda opened: opened.__name__)
def opened(request: pytest.FixtureRequest) -> Open:
    return request.param


@pytest.fixture
async def store(opened: Open, tmp_path: Path) -> AsyncIterator[Any]:
    views = await opened(tmp_path, CATALOG)
    yield views
    await views.close()


def person(worker: str, area: str = "230717", **more: Any) -> roster.RosterRow:
    given = {"role": "courier", "presence": "available", **more}
    return roster.RosterRow(worker=worker, area=area, **given)


def head(position: int) -> Head:
    return Head(position, f"{position:064d}")


def batch(start: Head, end: Head, *rows: roster.RosterRow, **more: Any) -> Batch:
    after = {"roster": {row.worker: row for row in rows}} if rows else {}
    fields: dict[str, Any] = {"before": {}, "after": after, "degraded": {}, **more}
    return Batch(jurisdiction=J, expected=start, head=end, **fields)


def shift(code: str = J) -> list[Stored]:
    """Return the commits of a shift: four workers arrive, move, pause, leave and retire."""
    county = f"{code}17"
    return chain(
        DefineArea(area=county, name="county"),
        DefineArea(area=f"{county}001", name="street"),
        *(Register(worker=f"W{n}", role="courier", home_area=county) for n in range(4)),
        *(CheckIn(worker=f"W{n}", area=f"{county}001") for n in range(4)),
        CheckIn(worker="W1", area=county),
        SetPresence(worker="W2", presence="on_break"),
        CheckOut(worker="W3"),
        Retire(worker="W3"),
        CheckIn(worker="W9", area=county, walk_in=True),
        jurisdiction=code,
    )


async def project(
    store: Any, commits: Sequence[Stored], catalog: Mapping[str, View[Any]] = CATALOG, code: str = J
) -> Head:
    return await run_batch(store, code, commits, lambda _, after: read_of(commits, after), catalog)


async def rows_of(store: Any, view: str, code: str = J) -> dict[str, Row]:
    found, _ = await store.snapshot(code, {view: Query()})
    return dict(found[view])


SHIFT = shift()
codes_of_examples = itertools.count(2308)


def straight(view: View[Any], commits: Sequence[Stored]) -> dict[str, Row]:
    return fold(view, [decode(stored.data) for stored in commits])


# -- heads and transactions --------------------------------------------------------------------------------


async def test_a_store_begins_empty(store: Any) -> None:
    assert await store.head(J) == Head()
    assert await store.jurisdictions() == []
    assert await store.load(J, {"roster": ["W1"]}) == {"roster": {"W1": None}}
    assert await store.steps(J, 0) == []
    assert (await store.query(J, "roster", Query())).items == []


async def test_rows_step_and_head_are_written_together(store: Any) -> None:
    assert await store.write(batch(Head(), head(3), person("W1"))) == "written"

    assert await store.head(J) == head(3)
    assert await store.jurisdictions() == [J]
    assert (await store.load(J, {"roster": ["W1", "W2"]}))["roster"] == {"W1": person("W1"), "W2": None}
    (step,) = await store.steps(J, 0)
    assert (step.after, step.upto) == (0, 3)
    assert [(c.view, c.key, c.before, c.row) for c in step.changes] == [("roster", "W1", None, person("W1"))]
    assert await store.steps(J, 0, views=["roster"]) == [step]
    assert await store.steps(J, 0, views=["presence"]) == [OutboxStep(0, 3, ())]


async def test_the_head_is_compared_before_anything_is_written(store: Any) -> None:
    await store.write(batch(Head(), head(3), person("W1")))

    assert await store.write(batch(Head(), head(2), person("W2"))) == "raced"
    assert await store.write(batch(Head(3, "f" * 64), head(4), person("W2"))) == "raced"

    assert await store.head(J) == head(3)
    assert set(await rows_of(store, "roster")) == {"W1"}


async def test_a_row_changes_and_goes(store: Any) -> None:
    old, new = person("W1"), person("W1", presence="on_break", since=AT)
    await store.write(batch(Head(), head(1), old))
    await store.write(batch(head(1), head(2), new, before={"roster": {"W1": old}}))
    assert (await store.get(J, "roster", "W1")).items == [("W1", new)]
    found = await store.query(J, "roster", Query(filters={"presence": ["on_break"]}))
    assert found.items == [("W1", new)]
    assert (await store.query(J, "roster", Query(filters={"presence": ["available"]}))).items == []

    gone = {"roster": {"W1": None}}
    await store.write(batch(head(2), head(3), before={"roster": {"W1": new}}, after=gone))
    assert (await store.get(J, "roster", "W1")).items == []


async def test_what_breaks_in_the_middle_of_a_write_leaves_nothing_behind(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.write(batch(Head(), head(1), person("W1")))

    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("services.adapters.sqlite.views_steps.write", killed)
        broken.setattr("services.adapters.postgres.views_heads.move", killed)
        with pytest.raises(KeyboardInterrupt):
            await store.write(batch(head(1), head(2), person("W2")))

    assert await store.head(J) == head(1)
    assert set(await rows_of(store, "roster")) == {"W1"}
    assert await store.write(batch(head(1), head(2), person("W2"))) == "written"


async def test_jurisdictions_do_not_mix(store: Any) -> None:
    await store.write(batch(Head(), head(1), person("W1")))
    other = msgspec.structs.replace(batch(Head(), head(2), person("W2")), jurisdiction="2301")
    await store.write(other)
    assert set(await rows_of(store, "roster")) == {"W1"}
    assert await store.head("2301") == head(2)
    assert (await store.get(J, "roster", "W2")).items == []


async def test_a_view_with_rows_that_cannot_be_held_is_named_and_nothing_is_written(store: Any) -> None:
    bad: Any = person("W1", presence=b"available")
    answer = await store.write(batch(Head(), head(1), bad))
    assert isinstance(answer, dict)
    assert set(answer) == {"roster"}
    assert await store.head(J) == Head()


async def test_everything_is_there_after_opening_again(opened: Open, tmp_path: Path) -> None:
    store = await opened(tmp_path, CATALOG)
    await store.write(batch(Head(), head(1), person("W1")))
    await store.close()
    again = await opened(tmp_path, CATALOG)
    assert await again.head(J) == head(1)
    assert await rows_of(again, "roster") == {"W1": person("W1")}
    assert await again.degraded(J) == {}
    await again.close()


# -- degraded views and rebuilds ---------------------------------------------------------------------------


async def test_a_view_set_aside_says_since_when_until_it_is_rebuilt(store: Any) -> None:
    await store.write(batch(Head(), head(4), degraded={"roster": 3}))
    assert await store.degraded(J) == {"roster": 3}
    assert (await store.query(J, "roster", Query())).degraded == 3
    assert (await store.query(J, "headcount", Query())).degraded is None

    assert not await store.rebuild(J, "roster", {"W1": person("W1")}, head(3)), "the head moved on"
    assert await store.rebuild(J, "roster", {"W1": person("W1")}, head(4))

    assert await store.degraded(J) == {}
    assert await rows_of(store, "roster") == {"W1": person("W1")}


async def alter(folder: Path, sql: str) -> None:
    """Change a folder's store behind its back, as a disk does."""
    if dsn := _databases.get(folder):
        db = await asyncpg.connect(dsn)
        await db.execute(sql)
        await db.close()
    else:
        with contextlib.closing(file.open_writer(folder / "views.sqlite")) as file_:
            file_.execute(sql)


class Shift:
    """The log of SHIFT."""

    async def end(self, jurisdiction: str) -> Head:
        return SHIFT[-1].head

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        yield [stored for stored in SHIFT if stored.head.position > after]


async def no_pause(_: float) -> None: ...


DAMAGES = {
    "an unreadable row": "UPDATE {roster} SET row = {brace} WHERE key = 'W1'",
    "another's row": "UPDATE {roster} SET row = (SELECT row FROM {roster} WHERE key = 'W2') WHERE key = 'W1'",
    "no row": "DELETE FROM {roster} WHERE key = 'W1'",
    "an old row": "INSERT INTO {roster} SELECT jurisdiction, 'W', {columns}, row FROM {roster} LIMIT 1",
    "a column": "UPDATE {roster} SET by_area = '2308' WHERE key = 'W1'",
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_rows_that_differ_from_the_log_are_found_and_folded_again(
    damage: str, opened: Open, tmp_path: Path
) -> None:
    store = await opened(tmp_path, CATALOG)
    await project(store, SHIFT)
    told: list[str] = []

    async def rebuilt(jurisdiction: str) -> None:
        told.append(jurisdiction)

    scrub = Scrub(Shift(), store, CATALOG, rebuilt, pause=no_pause)
    await scrub.all("roster")
    assert (scrub.wrong_rows, scrub.unhealed, told) == (0, {}, [])

    table = store.tables["roster"]
    columns = ", ".join(column.sql for column in table.columns)
    brace = "CAST('{' AS BLOB)" if isinstance(store, SqliteViews) else "decode('7b', 'hex')"
    await alter(tmp_path, DAMAGES[damage].format(roster=table.name, columns=columns, brace=brace))
    await scrub.all("headcount")
    assert scrub.wrong_rows == 0
    await scrub.all("roster")
    assert (scrub.wrong_rows, scrub.unhealed, told) == (1, {}, [J])
    assert await rows_of(store, "roster") == straight(roster.VIEW, SHIFT)
    assert await scrub.wrong(J, "roster") == []
    await store.close()


async def test_a_batch_folded_without_a_view_that_was_rebuilt_meanwhile_has_raced(store: Any) -> None:
    await store.write(batch(Head(), head(4), degraded={"roster": 3}))
    folded = batch(head(4), head(5), aside=frozenset({"roster"}))
    await store.rebuild(J, "roster", {}, head(4))
    assert await store.write(folded) == "raced"


async def test_after_a_rebuild_streams_from_before_it_start_over(store: Any) -> None:
    await store.write(batch(Head(), head(1), person("W1")))
    await store.rebuild(J, "roster", {"W2": person("W2")}, head(1))
    assert await store.steps(J, 0) is None
    assert await store.steps(J, 1) == []
    await store.write(batch(head(1), head(2), person("W3")))
    assert [step.upto for step in await store.steps(J, 1)] == [2]


async def test_the_oldest_step_tells_from_where_steps_lead_on(store: Any) -> None:
    assert await store.oldest_step(J) is None
    await store.write(batch(Head(), head(1), person("W1")))
    assert await store.oldest_step(J) == 0
    await store.rebuild(J, "roster", {"W2": person("W2")}, head(1))
    assert await store.oldest_step(J) == 1


async def test_a_changed_or_new_view_is_stale_until_it_is_rebuilt(opened: Open, tmp_path: Path) -> None:
    store = await opened(tmp_path, {"roster": roster.VIEW})
    await store.write(batch(Head(), head(1), person("W1")))
    await store.close()

    changed = {
        "roster": msgspec.structs.replace(roster.VIEW, version=roster.VIEW.version + 1),
        "headcount": headcount.VIEW,
    }
    again = await opened(tmp_path, changed)
    assert await again.stale(J) == ["headcount", "roster"]
    assert await again.stale("2301") == []
    assert await rows_of(again, "roster") == {}
    assert await again.steps(J, 0) is None
    await again.rebuild(J, "roster", {"W1": person("W1")}, head(1))
    assert await again.stale(J) == ["headcount"]
    await again.close()


# -- steps -------------------------------------------------------------------------------------------------


async def test_a_batch_without_rows_is_a_step_too(store: Any) -> None:
    await store.write(batch(Head(), head(2)))
    (step,) = await store.steps(J, 0)
    assert (step.after, step.upto, step.changes) == (0, 2, ())


async def test_steps_of_views_that_are_not_public_hold_no_rows(opened: Open) -> None:
    private = {"roster": msgspec.structs.replace(roster.VIEW, public=False)}
    store = await opened(None, private)
    await store.write(batch(Head(), head(1), person("W1")))
    assert [step.changes for step in await store.steps(J, 0)] == [()]
    await store.close()


async def test_steps_come_in_order_and_by_portions(store: Any) -> None:
    for n in range(5):
        await store.write(batch(head(n) if n else Head(), head(n + 1), person(f"W{n}")))
    assert [step.upto for step in await store.steps(J, 2)] == [3, 4, 5]
    assert [step.upto for step in await store.steps(J, 0, limit=2)] == [1, 2]
    assert await store.steps(J, 5) == []


async def test_old_steps_are_forgotten(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.adapters.sqlite.views_steps.KEEP", 10)
    monkeypatch.setattr("services.adapters.postgres.views_heads.KEEP", 10)
    for n in range(200):
        await store.write(batch(head(n) if n else Head(), head(n + 1)))
    assert await store.steps(J, 0) is None
    assert [step.upto for step in await store.steps(J, 195)] == [196, 197, 198, 199, 200]


async def test_a_snapshot_and_the_steps_after_it_are_the_snapshot_of_now(store: Any) -> None:
    for way in range(3):
        for at in range(0, len(SHIFT), 4):
            code = f"{next(codes_of_examples)}"
            commits = shift(code)
            wanted = (Query(), Query(areas=[f"{code}17001"]), Query(filters={"presence": ["available"]}))[way]
            await project(store, commits[:at], code=code)
            found, then = await store.snapshot(code, {"roster": wanted})
            screen = dict(found["roster"])
            for stored in commits[at:]:
                await project(store, [stored], code=code)
            for change in (c for s in await store.steps(code, then.position) or () for c in s.changes):
                if change.view == "roster" and change.row and matches(roster.VIEW, wanted, change.row):
                    screen[change.key] = change.row
                elif change.view == "roster":
                    screen.pop(change.key, None)
            now, _ = await store.snapshot(code, {"roster": wanted})
            assert screen == dict(now["roster"])


# -- queries -----------------------------------------------------------------------------------------------


@pytest.fixture
async def things(opened: Open, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    views = await opened(tmp_path, {"things": THINGS})

    async def fill(rows: Mapping[str, ThingRow]) -> Any:
        await views.rebuild(J, "things", rows, Head())
        return views

    yield fill
    await views.close()


async def keys_of(store: Any, **query: Any) -> list[str]:
    return [key for key, _ in (await store.query(J, "things", Query(**query))).items]


THREE = {
    "a": ThingRow(area="2307", text="x", number=1, ratio=0.5, flag=True, when=AT),
    "b": ThingRow(area="230717", text="y", number=-2, when=AT + timedelta(microseconds=1)),
    "c": ThingRow(text="it's", number=1),
}


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        ({"text": ["x", "y"]}, "ab"),
        ({"text": ["it's"]}, "c"),
        ({"text": ["x"], "number": [1]}, "a"),
        ({"text": [None], "number": [1]}, ""),
        ({"area": [None]}, "c"),
        ({"area": [None, "2307"]}, "ac"),
        ({"number": ["-2"]}, "b"),
        ({"ratio": ["0.5"]}, "a"),
        ({"flag": ["true"]}, "a"),
        ({"flag": [False]}, "bc"),
        ({"when": [AT]}, "a"),
        ({"when": ["2022-03-28T08:00:00.000001+08:00"]}, "b"),
        ({"key": ["a", "c"]}, "ac"),
        ({"text": []}, ""),
    ],
)
async def test_filters(things: Any, filters: Any, keys: str) -> None:
    assert await keys_of(await things(THREE), filters=filters) == list(keys)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"filters": {"number": ["one"]}}, "number must be a whole number"),
        ({"filters": {"number": [2**70]}}, "number must be a whole number"),
        ({"filters": {"flag": ["yes"]}}, "flag must be true or false"),
        ({"filters": {"ratio": ["nan"]}}, "ratio must be a number"),
        ({"filters": {"when": ["2022-03-28"]}}, "when must be a time"),
        ({"filters": {"when": [datetime(2022, 3, 28)]}}, "when must be a time"),  # noqa: DTZ001
        ({"filters": {"text": ["a\0"]}}, "text must be text"),
        ({"filters": {"text": ["\ud800"]}}, "text must be text"),
        ({"filters": {"row": ["x"]}}, "cannot filter by 'row'"),
        ({"filters": {"1=1 OR text": ["x"]}}, "cannot filter by"),
        ({"sort": "jurisdiction"}, "cannot sort by"),
        ({"sort": "key; DROP TABLE heads"}, "cannot sort by"),
        ({"cursor": "???"}, "cursor is invalid"),
        ({"cursor": "e30="}, "cursor is invalid"),
        ({"areas": ["a\0"]}, "area must be text"),
        ({"limit": 0}, "limit must be at least 1"),
    ],
)
async def test_what_a_view_does_not_declare_is_refused(things: Any, query: Any, says: str) -> None:
    store = await things(THREE)
    with pytest.raises(BadQuery, match=says):
        await store.query(J, "things", Query(**query))


async def test_a_cursor_of_another_order_is_refused(things: Any) -> None:
    store = await things(THREE)
    page = await store.query(J, "things", Query(limit=1, sort="number"))
    with pytest.raises(BadQuery, match="another view or sort order"):
        await store.query(J, "things", Query(cursor=page.next, sort="-number"))


async def test_an_unknown_view_is_refused(store: Any) -> None:
    with pytest.raises(BadQuery, match="no view named 'nothing'"):
        await store.query(J, "nothing", Query())


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3)
instants = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
things_rows = st.dictionaries(
    texts,
    st.builds(
        ThingRow,
        area=st.none() | texts,
        text=st.none() | st.sampled_from(["x", "y", "é", "Z"]),
        number=st.integers(-2, 2) | st.integers(-(2**63) + 1, 2**63 - 1),
        ratio=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        flag=st.booleans(),
        when=st.none() | instants,
    ),
    max_size=12,
)
repeated = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


@repeated
@given(rows=things_rows, field=st.sampled_from(("key", *FIELDS)), down=st.booleans(), limit=st.integers(1, 5))
async def test_pages_visit_every_row_once_in_order(
    things: Any, rows: dict[str, ThingRow], field: str, down: bool, limit: int
) -> None:
    store = await things(rows)

    def rank(key: str) -> tuple[Any, ...]:
        value = key if field == "key" else getattr(rows[key], field)
        value = value.encode() if isinstance(value, str) else value
        return (value is not None, *(() if value is None else (value,)), key.encode())

    seen: list[str] = []
    following: str | None = None
    for _ in range(len(rows) + 1):
        query = Query(sort=f"-{field}" if down else field, limit=limit, cursor=following)
        page = await store.query(J, "things", query)
        seen += [key for key, _ in page.items]
        following = page.next
        if following is None:
            break
    assert seen == sorted(rows, key=rank, reverse=down)


codes = st.one_of(
    st.sampled_from(["2307", "230717", "230717001", "230717001001", "230717001001-03", "230717001-3-1"]),
    st.text("0123-A:.٣é", max_size=14),
    st.from_regex(r"2307(17)?[0-9]{0,2}[A٣]?(-[0-9A]{1,2}){0,2}", fullmatch=True),
    st.from_regex(r"(2307(17(001(001)?)?)?)[0-9]{0,2}(-[0-9A]{1,2}){0,2}", fullmatch=True),
)


@repeated
@given(held=st.lists(codes, max_size=12, unique=True), outers=st.lists(codes, min_size=1, max_size=3))
async def test_an_area_filter_is_inside(things: Any, held: list[str], outers: list[str]) -> None:
    store = await things(
        {"none": ThingRow(), **{f"k{n}": ThingRow(area=code) for n, code in enumerate(held)}}
    )
    wanted = {f"k{n}" for n, code in enumerate(held) if any(inside(code, outer) for outer in outers)}
    assert set(await keys_of(store, areas=outers)) == wanted
    assert set(await keys_of(store, within=outers)) == wanted
    both = {f"k{n}" for n, code in enumerate(held) if f"k{n}" in wanted and inside(code, outers[0])}
    assert set(await keys_of(store, areas=outers, within=outers[:1])) == both


class SpanRow(Row, frozen=True):
    """A row that lies in several areas."""

    areas: tuple[str, ...]
    name: str = ""


SPANS: View[Any] = View(
    name="spans", row=SpanRow, keys=_no_keys, evolve=lambda row, envelope, key: row, filters=("name",)
)


async def test_who_covers_a_part_of_what_a_row_spans_sees_it_on_any_page(opened: Open) -> None:
    store = await opened(None, {"spans": SPANS})
    rows = {
        f"k{n}": SpanRow(areas=areas, name="x")
        for n, areas in enumerate(
            [("2307",), ("230718",), ("230717",), ("230718", "230717001"), ("2307180",), ("230717001-1",)]
        )
    }
    await store.write(batch(Head(), head(1), after={"spans": rows}))
    query = Query(within=("230717",), limit=2, sort="name")
    wanted = ["k0", "k2", "k3", "k5"]
    seen: list[str] = []
    while True:
        page = await store.query(J, "spans", query)
        assert len(page.items) == 2
        seen += [key for key, _ in page.items]
        if page.next is None:
            break
        query = msgspec.structs.replace(query, cursor=page.next)
    found, _ = await store.snapshot(J, {"spans": query})
    assert seen == wanted == [key for key, _ in found["spans"]]
    assert wanted == [key for key, row in rows.items() if matches(SPANS, query, row)]
    assert [key for key, _ in (await store.query(J, "spans", Query(areas=("230717",)))).items] == list(rows)
    await store.close()


@repeated
@given(rows=things_rows, areas=st.lists(codes, max_size=2), flag=st.sampled_from([[], ["true"], ["false"]]))
async def test_rows_in_hand_match_as_rows_in_the_store(
    things: Any, rows: dict[str, ThingRow], areas: list[str], flag: list[str]
) -> None:
    store = await things(rows)
    query = Query(areas=areas, filters={"flag": flag} if flag else {})
    found, _ = await store.snapshot(J, {"things": query})
    assert dict(found["things"]) == {key: row for key, row in rows.items() if matches(THINGS, query, row)}


# -- run_batch ---------------------------------------------------------------------------------------------


@pytest.fixture
async def shared(opened: Open) -> AsyncIterator[Any]:
    """One store for all examples of a test. Each has its own jurisdiction."""
    views = await opened(None, CATALOG)
    yield views
    await views.close()


@repeated
@given(
    cuts=st.lists(st.integers(0, len(SHIFT)), max_size=6),
    again=st.lists(st.tuples(st.integers(0, len(SHIFT)), st.integers(0, len(SHIFT))), max_size=4),
    skip=st.booleans(),
)
async def test_any_split_repeat_gap_or_order_is_the_straight_fold(
    shared: Any, cuts: list[int], again: list[tuple[int, int]], skip: bool
) -> None:
    code = f"{next(codes_of_examples)}"
    commits = shift(code)
    edges = sorted({0, *cuts, len(commits)})
    parts = [commits[a:b] for a, b in itertools.pairwise(edges)]
    parts = parts[skip:] or parts
    parts += [commits[a:b][::-1] for a, b in again]
    for part in parts:
        await run_batch(shared, code, part, lambda _, after: read_of(commits, after), CATALOG)

    assert await shared.head(code) == commits[-1].head
    for name, view in CATALOG.items():
        assert await rows_of(shared, name, code) == straight(view, commits)


async def test_two_projectors_that_race_fold_each_commit_once(store: Any) -> None:
    await asyncio.gather(*(project(store, SHIFT[: n + 1]) for n in range(len(SHIFT))))
    assert await rows_of(store, "headcount") == straight(headcount.VIEW, SHIFT)


async def test_a_view_that_raises_is_set_aside_and_the_others_go_on(store: Any) -> None:
    def raises(row: Any, envelope: EventEnvelope, key: str) -> Any:
        if isinstance(envelope.data, WorkerCheckedIn) and envelope.data.worker == "W2":
            raise ZeroDivisionError
        return roster.evolve(row, envelope, key)

    catalog = {**CATALOG, "roster": msgspec.structs.replace(roster.VIEW, evolve=raises)}
    done = await project(store, SHIFT[:6], catalog)
    kept = await rows_of(store, "roster")
    assert await project(store, SHIFT, catalog) == SHIFT[-1].head

    assert await store.degraded(J) == {"roster": done.position + 1}
    assert await rows_of(store, "headcount") == straight(headcount.VIEW, SHIFT)
    assert await rows_of(store, "roster") == kept
    assert await store.rebuild(J, "roster", straight(roster.VIEW, SHIFT), SHIFT[-1].head)
    assert await store.degraded(J) == {}


async def test_a_view_whose_stored_rows_cannot_be_read_is_set_aside(opened: Open, tmp_path: Path) -> None:
    store = await opened(tmp_path, CATALOG)
    torn: Any = msgspec.structs.replace(straight(roster.VIEW, SHIFT[:6])["W0"], capacity="many")
    await project(store, SHIFT[:6])
    await store.rebuild(J, "roster", {"W0": torn}, SHIFT[5].head)
    with pytest.raises(RowUnreadable, match="rebuild the view") as kept:
        await store.load(J, {"roster": ["W0", "W1"]})
    with pytest.raises(RowUnreadable) as kept_too:
        await store.snapshot(J, {"roster": Query()})
    await project(store, SHIFT)
    assert set(await store.degraded(J)) == {"roster"}, f"as if still reading: {kept}, {kept_too}"
    assert await rows_of(store, "headcount") == straight(headcount.VIEW, SHIFT)
    await store.close()


# -- many jurisdictions at once ----------------------------------------------------------------------------


def of(jurisdiction: str, start: Head, end: Head, *rows: roster.RosterRow, **more: Any) -> Batch:
    return msgspec.structs.replace(batch(start, end, *rows, **more), jurisdiction=jurisdiction)


async def test_batches_of_many_jurisdictions_are_written_together(store: Any) -> None:
    codes = ["2301", "2307", "2310"]
    batches = [of(code, Head(), head(n + 1), person(f"W{n}")) for n, code in enumerate(codes)]
    assert await store.write_all(batches) == ["written"] * 3

    assert await store.jurisdictions() == codes
    assert await store.standing([*codes, "9"]) == {
        "2301": Standing(head(1)),
        "2307": Standing(head(2)),
        "2310": Standing(head(3)),
        "9": Standing(),
    }
    asked = {code: {"roster": ["W0", "W1"]} for code in codes[:2]}
    assert await store.load_all(asked) == {
        "2301": {"roster": {"W0": person("W0"), "W1": None}},
        "2307": {"roster": {"W0": None, "W1": person("W1")}},
    }
    (step,) = await store.steps("2310", 0)
    assert [change.key for change in step.changes] == ["W2"]


async def test_one_that_is_not_written_keeps_no_other_from_it(store: Any) -> None:
    await store.write(of("raced", Head(), head(1)))
    await store.write(of("aside", Head(), head(1), degraded={"roster": 1}))
    bad: Any = person("W1", presence=b"available")
    batches = [
        of("first", Head(), head(1), person("W1")),
        of("raced", head(7), head(8), person("W1")),
        of("bad", Head(), head(1), bad),
        of("aside", head(1), head(2), person("W1")),
        of("worse", Head(), head(1), bad),
        of("last", Head(), head(1), person("W1"), degraded={"headcount": 1}),
    ]
    first, raced, refused, aside, worse, last = await store.write_all(batches)

    assert (first, raced, aside, last) == ("written", "raced", "raced", "written")
    assert set(refused) == set(worse) == {"roster"}
    assert await store.standing([one.jurisdiction for one in batches]) == {
        "first": Standing(head(1)),
        "raced": Standing(head(1)),
        "bad": Standing(),
        "aside": Standing(head(1), frozenset({"roster"})),
        "worse": Standing(),
        "last": Standing(head(1), frozenset({"headcount"})),
    }
    assert await rows_of(store, "roster") == {}
    assert (await store.get("first", "roster", "W1")).items == [("W1", person("W1"))]


async def test_what_breaks_among_many_leaves_nothing_of_any_behind(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = itertools.count()

    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    def killed_at_the_second(*args: Any) -> None:
        if next(calls):
            raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("services.adapters.sqlite.views_steps.write", killed_at_the_second)
        broken.setattr("services.adapters.postgres.views_heads.prune", killed)
        with pytest.raises(KeyboardInterrupt):
            await store.write_all([of(code, Head(), head(1), person("W1")) for code in ("2301", "2307")])

    assert await store.jurisdictions() == []
    assert (await store.get("2301", "roster", "W1")).items == []


async def test_one_with_an_unreadable_row_is_left_out_of_what_is_loaded(store: Any) -> None:
    torn: Any = person("W1", capacity="many")
    for code, row in (("2301", torn), ("2307", person("W1"))):
        await store.write(of(code, Head(), head(1)))
        await store.rebuild(code, "roster", {"W1": row}, head(1))
    asked = {code: {"roster": ["W1"]} for code in ("2301", "2307")}
    assert set(await store.load_all(asked)) == {"2307"}


# -- beside a running server -------------------------------------------------------------------------------


async def test_a_second_process_reads_and_does_not_write(tmp_path: Path) -> None:
    store = await sqlite(tmp_path, CATALOG)
    await project(store, SHIFT)
    beside = await asyncio.to_thread(SqliteViews.open_readonly, tmp_path / "views.sqlite", CATALOG)
    assert await beside.head(J) == SHIFT[-1].head
    assert (await beside.get(J, "roster", "W0")).items == (await store.get(J, "roster", "W0")).items
    with pytest.raises(ViewsUnavailable, match="open for reading only"):
        await beside.write(batch(SHIFT[-1].head, head(99)))
    await beside.close()
    await store.close()


async def test_no_file_and_no_database_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(ViewsUnavailable, match="start the server once"):
        SqliteViews.open_readonly(tmp_path / "views.sqlite", CATALOG)
    (tmp_path / "views.sqlite").write_bytes(b"no database " * 1000)
    with pytest.raises(ViewsUnavailable, match="folded again"):
        SqliteViews(tmp_path / "views.sqlite", CATALOG)


async def test_a_closed_store_says_so(opened: Open, tmp_path: Path) -> None:
    store = await opened(tmp_path, CATALOG)
    await store.close()
    with pytest.raises(ViewsUnavailable, match="closed"):
        await store.head(J)


def test_the_helper_makes_the_same_chain_each_time() -> None:
    assert [s.data for s in shift()] == [s.data for s in SHIFT]
    assert isinstance(Chain().head, Head)


async def test_reads_go_on_while_the_planner_learns_the_tables(tmp_path: Path) -> None:
    store = await sqlite(tmp_path, CATALOG)
    await store.head(J)
    await store.write(batch(Head(), head(2_000), person("W1")))
    await store.write(batch(head(2_000), head(5_000), person("W2")))
    for _ in range(5):
        assert set(await rows_of(store, "roster")) == {"W1", "W2"}
    await store.close()
