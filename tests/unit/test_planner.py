"""SQLite's query plans for large views: they use the index of the filter, without a full scan."""

import asyncio
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import apsw
import pytest

from events.area import inside
from events.commit import Head
from projections import headcount, roster
from projections.roster import RosterRow
from services.adapters.sqlite.views import SqliteViews
from services.adapters.sqlite.views_file import analyse, migrate, open_writer
from services.adapters.sqlite.views_table import MANY, Table
from services.views.port import Query
from services.views.query import select, select_page, sort_of

J = "2307"
AREAS = (J, "230717", "230718", "230718001", "230718-1", "2307180", "2308", "B1", "B1-3", "B1-3-1", "B1-30")
TEAM = 150
"""Workers per team: few, compared to 9,000 in the jurisdiction."""


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> apsw.Connection:
    """Return a store of 9,000 workers in 60 teams, half of them on duty."""
    path = tmp_path_factory.mktemp("planner") / "views.sqlite"
    store = SqliteViews(path, {"roster": roster.VIEW})
    rows = {
        f"W{n:05d}": RosterRow(
            worker=f"W{n:05d}",
            area=AREAS[n % len(AREAS)],
            role="courier",
            presence="available" if n % 2 else "off_duty",
            team=f"T{n // TEAM}",
        )
        for n in range(60 * TEAM)
    }
    asyncio.run(fill(store, rows))
    db = open_writer(path)
    analyse(db)
    return db


async def fill(store: SqliteViews, rows: dict[str, RosterRow]) -> None:
    await store.fill(J, {"roster": rows}, Head(1, "0" * 64))
    await store.close()


async def rebuild(store: SqliteViews, rows: dict[str, RosterRow]) -> None:
    assert await store.rebuild(J, "roster", rows, await store.head(J))
    await store.close()


def plan(views: apsw.Connection, filters: dict[str, Sequence[Any]]) -> str:
    table, query = Table(roster.VIEW), Query(filters=filters)
    chosen = select(table, J, query, sort_of(table, query))
    steps: Any = views.execute(f"EXPLAIN QUERY PLAN {chosen.sql}", chosen.given).fetchall()
    return " ".join(detail for *_, detail in steps)


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({"team": ["T1"]}, "by_team"),
        ({"team": ["T1", "T2"]}, "by_team"),
        ({"team": ["T1", "T2"], "presence": ["available", "off_duty"]}, "by_team"),
        ({"worker": ["W00001", "W00002"]}, "by_worker"),
        ({"presence": ["available"]}, "by_presence"),
    ],
)
def test_the_index_of_the_rarest_value_is_used(
    views: apsw.Connection, filters: dict[str, Sequence[Any]], index: str
) -> None:
    assert f"view_roster_v{roster.VIEW.version}_{index}" in plan(views, filters)


def test_a_page_of_an_area_sorts_keys_of_the_index_and_no_whole_rows(views: apsw.Connection) -> None:
    table, query = Table(roster.VIEW), Query(areas=["230718"])
    page = select_page(table, J, query, sort_of(table, query))
    steps: Any = views.execute(f"EXPLAIN QUERY PLAN {page.sql}", page.given).fetchall()
    assert "USING COVERING INDEX view_roster" in " ".join(detail for *_, detail in steps)


def test_a_page_of_one_value_in_an_area_is_read_in_order_until_it_is_full(views: apsw.Connection) -> None:
    table, query = Table(roster.VIEW), Query(areas=["2307"], filters={"presence": ["available"]})
    page = select_page(table, J, query, sort_of(table, query))
    steps: Any = views.execute(f"EXPLAIN QUERY PLAN {page.sql}", page.given).fetchall()
    (how,) = [detail for *_, detail in steps]
    assert "by_presence (jurisdiction=? AND by_presence=?)" in how


AREA_QUERIES: tuple[tuple[str, ...], ...] = (
    (),
    ("2307",),
    ("230718",),
    ("B1-3",),
    ("B1", "230717"),
    ("none",),
)


@pytest.mark.parametrize("areas", AREA_QUERIES)
@pytest.mark.parametrize(
    "filters", [{}, {"presence": ["available"]}, {"presence": ["available", "off_duty"]}]
)
def test_however_a_page_is_read_it_holds_the_first_rows_of_all_that_match(
    views: apsw.Connection, areas: Sequence[str], filters: dict[str, Sequence[Any]]
) -> None:
    table = Table(roster.VIEW)
    lying: Any = views.execute(f"SELECT key, by_area FROM {table.name}").fetchall()  # noqa: S608
    lies = dict(lying)
    for sort, within in product(("key", "-area", "team"), AREA_QUERIES[::2]):
        query = Query(areas=areas, within=within, filters=filters, sort=sort, limit=50)
        order = sort_of(table, query)
        page, whole = select_page(table, J, query, order), select(table, J, query, order)
        found: Any = views.execute(page.sql, page.given).fetchall()
        rows: Any = views.execute(whole.sql, whole.given).fetchall()
        keys = [key for key, *_ in rows]
        here = {area for area in AREAS if all(not some or _in(area, some) for some in (areas, within))}
        assert {lies[key] for key in keys} <= here
        assert [key for key, *_ in found] == keys[:51]
        if not filters:
            assert len(keys) == sum(area in here for area in lies.values())


def _in(area: str, outers: Sequence[str]) -> bool:
    return any(inside(area, outer) for outer in outers)


def test_the_figures_of_a_small_store_are_there_too(views: apsw.Connection) -> None:
    found: Any = views.execute("SELECT idx, stat FROM sqlite_stat1").fetchall()
    stats = {index: [int(n) for n in stat.split()] for index, stat in found if index}
    rows, of_jurisdiction, of_team, _ = stats[f"view_roster_v{roster.VIEW.version}_by_team"]

    assert rows == of_jurisdiction
    assert 0.8 * TEAM < of_team < 1.2 * TEAM


@pytest.mark.parametrize(
    ("before", "now", "again"),
    [(0, 2_000, True), (5_000, 5_000, False), (5_000, 10_000, False), (5_000, 10_001, True)],
)
def test_a_start_computes_the_figures_again_only_once_the_log_has_doubled(
    tmp_path: Path, before: int, now: int, again: bool
) -> None:
    path = tmp_path / "views.sqlite"
    store = SqliteViews(path, {"roster": roster.VIEW})
    row = RosterRow(worker="W1", area=J, role="courier", presence="available", team="T1")
    asyncio.run(fill(store, {"W1": row}))
    db = open_writer(path)
    analyse(db)
    db.execute("UPDATE analysed SET position = ?", (before,))
    db.execute("UPDATE heads SET position = ?", (now,))
    db.execute("UPDATE sqlite_stat1 SET stat = '7 7 7 7' WHERE idx GLOB '*_by_team'")
    db.close()

    asyncio.run(SqliteViews(path, {"roster": roster.VIEW}).close())

    stat: Any = open_writer(path).execute("SELECT stat FROM sqlite_stat1 WHERE idx GLOB '*_by_team'").get
    assert (stat != "7 7 7 7") is again


def test_a_view_that_is_folded_again_has_its_own_figures_computed_and_no_others(tmp_path: Path) -> None:
    path, both = tmp_path / "views.sqlite", {"roster": roster.VIEW, "headcount": headcount.VIEW}
    rows = {"W1": RosterRow(worker="W1", area=J, role="courier", presence="available")}
    asyncio.run(fill(SqliteViews(path, both), rows))
    db = open_writer(path)
    db.execute("UPDATE heads SET position = 5000")
    analyse(db)
    db.execute("UPDATE sqlite_stat1 SET stat = '7 7 7 7'")
    db.close()

    asyncio.run(rebuild(SqliteViews(path, both), rows))

    found: Any = open_writer(path).execute("SELECT tbl, stat FROM sqlite_stat1").fetchall()
    assert {stat for table, stat in found if table == Table(headcount.VIEW).name} == {"7 7 7 7"}
    assert "7 7 7 7" not in {stat for table, stat in found if table == Table(roster.VIEW).name}


@pytest.mark.parametrize("neighbour", [False, True])
@pytest.mark.parametrize("count", [10, MANY])
def test_a_view_that_is_folded_again_has_all_its_indexes_and_its_neighbours_rows(
    tmp_path: Path, count: int, neighbour: bool
) -> None:
    path, table = tmp_path / "views.sqlite", Table(roster.VIEW)
    row = RosterRow(worker="W1", area=J, role="courier", presence="available")
    store = SqliteViews(path, {"roster": roster.VIEW})
    if neighbour:
        asyncio.run(store.fill("2306", {"roster": {"W1": row}}, Head(1, "0" * 64)))
    asyncio.run(store.fill(J, {"roster": {"W0": row}}, Head(1, "0" * 64)))
    indexes = "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? ORDER BY name"
    before = open_writer(path).execute(indexes, (table.name,)).fetchall()

    asyncio.run(rebuild(store, {f"W{n}": row for n in range(1, count + 1)}))

    db = open_writer(path)
    assert db.execute(indexes, (table.name,)).fetchall() == before
    by_index = f"SELECT jurisdiction, count(*) FROM {table.name} WHERE by_presence = 'available' GROUP BY 1"  # noqa: S608
    found: Any = db.execute(by_index).fetchall()
    assert dict(found) == {J: count} | ({"2306": 1} if neighbour else {})
    assert db.execute("PRAGMA integrity_check").get == "ok"


def test_those_of_an_empty_store_are_zero() -> None:
    db = open_writer(None)
    migrate(db, {"roster": Table(roster.VIEW)})
    analyse(db)

    found: Any = db.execute("SELECT stat FROM sqlite_stat1 WHERE tbl GLOB 'view_*_v*'").fetchall()
    assert {n for (stat,) in found for n in stat.split()} == {"0"}
