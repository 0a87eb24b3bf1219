"""Tests of the shared view store only: versions side by side, and a server that goes away and returns."""

import asyncio
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from pg_server import database, execute

from events.commit import Head
from projections import headcount, roster
from projections.base import View
from services.adapters.postgres import pool
from services.adapters.postgres.migrate import migrate
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.views import PgViews
from services.base.unavailable import DatabaseUnavailable
from services.sandbox.postgres import Database
from services.views.port import BadQuery, Batch, Query, ViewsUnavailable
from services.views.query import KEY, cursor, sort_of
from services.views.table import encoder
from tests.make import JURISDICTION as J

CATALOG: dict[str, View[Any]] = {"roster": roster.VIEW, "headcount": headcount.VIEW}
NEWER = {**CATALOG, "roster": msgspec.structs.replace(roster.VIEW, version=roster.VIEW.version + 1)}


@pytest.fixture
async def dsn() -> str:
    return await asyncio.to_thread(database)


async def opened(dsn: str, catalog: Mapping[str, View[Any]], *, readonly: bool = False) -> PgViews:
    """Open the store as a separate process would, with its own connections."""
    return await PgViews.open(await Pool.open(dsn), catalog, readonly=readonly)


@pytest.fixture
async def store(dsn: str) -> AsyncIterator[PgViews]:
    views = await opened(dsn, CATALOG)
    yield views
    await views.close()


def head(position: int) -> Head:
    return Head(position, f"{position:064d}") if position else Head()


def person(worker: str, **more: Any) -> roster.RosterRow:
    given = {"role": "courier", "presence": "available", **more}
    return roster.RosterRow(worker=worker, area="230717", **given)


def batch(start: int, end: int, *workers: str, jurisdiction: str = J, **more: Any) -> Batch:
    after = {"roster": {worker: person(worker) for worker in workers}}
    fields: dict[str, Any] = {"before": {}, "after": after, "degraded": {}, **more}
    return Batch(jurisdiction=jurisdiction, expected=head(start), head=head(end), **fields)


def table(catalog: Mapping[str, View[Any]], view: str = "roster") -> str:
    return PgViews(Any, catalog, readonly=True).tables[view].name  # type: ignore[arg-type]


async def many(dsn: str, sql: str, *values: object) -> list[Any]:
    return await asyncio.to_thread(execute, dsn, sql, *values)


# -- invalid input and storage -----------------------------------------------------------------------------


@pytest.mark.parametrize("bad", ["23\0", "\ud800"])
async def test_what_postgres_cannot_hold_is_refused_at_the_edge(store: PgViews, bad: str) -> None:
    for asked in (
        store.head(bad),
        store.degraded(bad),
        store.load(J, {"roster": [bad]}),
        store.query(bad, "roster", Query()),
        store.get(J, "roster", bad),
        store.snapshot(bad, {"roster": Query()}),
        store.steps(bad, 0),
    ):
        with pytest.raises(BadQuery):
            await asked


@pytest.mark.parametrize(("value", "key"), [(1, "a"), (1.5, "a"), ("a\0", "b"), ("a", "b\0")])
async def test_a_forged_cursor_is_refused(store: PgViews, value: Any, key: str) -> None:
    forged = cursor(sort_of(store.tables["roster"], Query(sort="area")), value, key)
    with pytest.raises(BadQuery):
        await store.query(J, "roster", Query(sort="area", cursor=forged))
    assert KEY.field == "key"


async def test_a_row_is_held_as_the_same_bytes_as_embedded(store: PgViews, dsn: str) -> None:
    await store.write(batch(0, 1, "W1"))
    [(held,)] = await many(dsn, f"SELECT row FROM {store.tables['roster'].name}")  # noqa: S608
    assert held == encoder.encode(person("W1"))


async def test_a_view_that_postgres_refuses_is_named_and_the_others_can_go_on(store: PgViews) -> None:
    count = headcount.HeadcountRow(area="230717", role="courier", presence="available", team=None, count=1)
    both = {"roster": {"W1": person("W1", team="T\0")}, "headcount": {"k": count}}
    answer = await store.write(batch(0, 1, after=both))
    assert isinstance(answer, dict)
    assert set(answer) == {"roster"}

    del both["roster"]
    assert await store.write(batch(0, 1, after=both, degraded={"roster": 1})) == "written"
    assert (await store.get(J, "headcount", "k")).items == [("k", count)]
    assert await store.degraded(J) == {"roster": 1}


async def test_a_view_that_lost_a_row_is_named(store: PgViews, dsn: str) -> None:
    old, new = person("W1"), person("W1", capacity=2)
    await store.write(batch(0, 1, "W1"))
    await many(dsn, f"DELETE FROM {store.tables['roster'].name}")  # noqa: S608
    changed: dict[str, Any] = {"before": {"roster": {"W1": old}}, "after": {"roster": {"W1": new}}}
    answer = await store.write(batch(1, 2, **changed))
    assert isinstance(answer, dict)
    assert "is missing rows" in answer["roster"]


async def test_a_row_that_moves_in_the_indexes_and_one_that_does_not(store: PgViews) -> None:
    rows = [person("W1"), person("W1", capacity=2), person("W1", presence="on_break"), None]
    await store.write(batch(0, 1, "W1"))
    for n, (old, new) in enumerate(itertools.pairwise(rows), 1):
        changed: dict[str, Any] = {"before": {"roster": {"W1": old}}, "after": {"roster": {"W1": new}}}
        assert await store.write(batch(n, n + 1, **changed)) == "written"
        wanted = [("W1", new)] if new else []
        assert (await store.get(J, "roster", "W1")).items == wanted
        presence = new.presence if new else "on_break"
        assert (await store.query(J, "roster", Query(filters={"presence": [presence]}))).items == wanted
    steps = await store.steps(J, 1) or []
    assert [(c.before, c.row) for step in steps for c in step.changes] == list(itertools.pairwise(rows))


async def test_what_was_folded_on_rows_that_another_process_has_rebuilt_is_folded_again(
    store: PgViews, dsn: str
) -> None:
    await store.write(batch(0, 1, "W1"))
    other = await opened(dsn, CATALOG)
    assert await other.rebuild(J, "roster", {"W1": person("W1", capacity=2)}, head(1))
    await other.close()
    assert await store.write(batch(1, 2, "W2")) == "raced"
    assert await store.write(batch(1, 2, "W2")) == "written"
    assert await store.write(batch(2, 3, "W3")) == "written"


async def test_what_no_row_is_to_blame_for_is_no_view_set_aside(store: PgViews, dsn: str) -> None:
    await store.write(batch(0, 1, "W1"))
    await many(dsn, "INSERT INTO steps SELECT $1, 2, 1, 0, ''", J)
    with pytest.raises(ViewsUnavailable, match="UniqueViolation"):
        await store.write(batch(1, 2, "W2"))
    assert await store.head(J) == head(1)


# -- several processes, several versions -------------------------------------------------------------------


async def test_processes_that_start_at_once_make_the_tables_once(dsn: str) -> None:
    stores = await asyncio.gather(*(opened(dsn, CATALOG) for _ in range(8)))
    tables = await many(dsn, "SELECT view FROM view_versions ORDER BY view")
    assert [row[0] for row in tables] == ["headcount", "roster"]
    assert await stores[0].write(batch(0, 1, "W1")) == "written"
    assert [await one.head(J) for one in stores] == [head(1)] * 8
    for one in stores:
        await one.close()


async def test_of_processes_that_write_at_once_one_wins(store: PgViews, dsn: str) -> None:
    stores = [store, *[await opened(dsn, CATALOG) for _ in range(5)]]
    for n in range(10):
        answers = await asyncio.gather(*(one.write(batch(n, n + 1, f"W{n}")) for one in stores))
        assert sorted(map(str, answers)) == ["raced"] * 5 + ["written"]
    for one in stores[1:]:
        await one.close()


async def test_a_table_of_another_version_stays_behind_and_says_so(store: PgViews, dsn: str) -> None:
    await store.write(batch(0, 1, "W1"))
    newer = await opened(dsn, NEWER)
    assert await newer.stale(J) == ["roster"]
    assert await store.degraded(J) == {}

    assert await newer.rebuild(J, "roster", {"W1": person("W1")}, head(1))
    assert await newer.write(batch(1, 2, "W2")) == "written"
    assert await store.stale(J) == ["roster"]
    assert (await store.query(J, "roster", Query())).degraded == 0
    assert await newer.stale(J) == []

    folded = batch(2, 3, after={}, aside=frozenset({"roster"}))
    assert await store.write(folded) == "written"
    assert await newer.stale(J) == ["roster"]

    other = batch(0, 1, "W1", jurisdiction="2301")
    assert await store.write(other) == "written"
    assert await newer.stale("2301") == ["roster"]
    await newer.close()


async def test_steps_show_each_program_the_tables_that_it_knows(store: PgViews, dsn: str) -> None:
    newer = await opened(dsn, NEWER)
    await newer.write(batch(0, 1, "W1"))
    [step] = await newer.steps(J, 0) or []
    assert [(c.view, c.key) for c in step.changes] == [("roster", "W1")]
    [step] = await store.steps(J, 0) or []
    assert (step.after, step.upto, step.changes) == (0, 1, ())
    await newer.close()


async def test_tables_that_nobody_uses_are_dropped_and_no_others(store: PgViews, dsn: str) -> None:
    await store.write(batch(0, 1, "W1"))
    newer = await opened(dsn, NEWER)
    assert await newer.drop_unused() == []
    old = table(CATALOG)
    await many(dsn, "UPDATE view_versions SET used_at = now() - interval '8 days'")
    assert await newer.drop_unused() == [old]
    assert await many(dsn, "SELECT to_regclass($1)::text", old) == [(None,)]
    assert await newer.drop_unused(timedelta(0)) == []
    await newer.rebuild(J, "roster", {"W1": person("W1")}, head(1))
    assert await newer.write(batch(1, 2, "W2")) == "written"
    await newer.close()


async def test_a_running_program_says_that_it_uses_its_tables(
    store: PgViews, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.adapters.postgres.views.USED_SECONDS", 0)
    await many(dsn, "UPDATE view_versions SET used_at = now() - interval '8 days'")
    await store.positions()
    [(unused,)] = await many(
        dsn, "SELECT count(*) FROM view_versions WHERE used_at < now() - interval '1 day'"
    )
    assert unused == 0


async def test_steps_of_each_jurisdiction_are_pruned(store: PgViews, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.adapters.postgres.views_heads.KEEP", 10)
    monkeypatch.setattr("services.adapters.postgres.views_writing.PRUNE_EVERY", 8)
    for n in range(40):
        for jurisdiction in ("2301", "2302"):
            await store.write(batch(n, n + 1, jurisdiction=jurisdiction))
    for jurisdiction in ("2301", "2302"):
        assert await store.steps(jurisdiction, 15) is None
        assert len(await store.steps(jurisdiction, 30) or []) == 10


async def test_a_reader_beside_them_writes_nothing(store: PgViews, dsn: str) -> None:
    await store.write(batch(0, 1, "W1"))
    beside = await opened(dsn, CATALOG, readonly=True)
    assert (await beside.get(J, "roster", "W1")).items == [("W1", person("W1"))]
    for refused in (beside.write(batch(1, 2)), beside.rebuild(J, "roster", {}, head(1))):
        with pytest.raises(ViewsUnavailable, match="for reading only"):
            await refused
    await beside.close()


# -- the server --------------------------------------------------------------------------------------------


async def test_a_lost_connection_in_the_middle_leaves_nothing_behind(
    store: PgViews, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.write(batch(0, 1, "W1"))

    async def lost(db: asyncpg.Connection, *args: Any) -> None:
        await many(dsn, "SELECT pg_terminate_backend($1)", db.get_server_pid())
        await db.execute("SELECT 1")

    with monkeypatch.context() as broken:
        broken.setattr("services.adapters.postgres.views_heads.move", lost)
        with pytest.raises(ViewsUnavailable):
            await store.write(batch(1, 2, "W2"))
    assert await store.head(J) == head(1)
    assert await store.write(batch(1, 2, "W2")) == "written"


async def test_who_finds_no_connection_free_is_told_in_time(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = await Pool.open(dsn)
    store = await PgViews.open(connections, CATALOG)
    leave, inside = asyncio.Event(), asyncio.Barrier(pool.SIZE + 1)

    async def hold() -> None:
        async with connections.connection():
            await inside.wait()
            await leave.wait()

    held = [asyncio.create_task(hold()) for _ in range(pool.SIZE)]
    async with asyncio.timeout(20):
        await inside.wait()
    monkeypatch.setattr(pool, "CONNECT_SECONDS", 0.3)
    begun = time.monotonic()
    with pytest.raises(ViewsUnavailable):
        await store.head(J)
    assert time.monotonic() - begun < 2
    leave.set()
    await asyncio.gather(*held)
    assert await store.head(J) == Head()
    await store.close()


async def test_one_who_hangs_in_the_middle_of_a_write_is_not_waited_for_for_ever(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pool.SETTINGS, "idle_in_transaction_session_timeout", "500ms")
    connections = await Pool.open(dsn)
    hangs, other = await PgViews.open(connections, CATALOG), await opened(dsn, CATALOG)
    await other.write(batch(0, 1, "W1"))
    async with connections.connection() as db:
        await db.execute("BEGIN")
        await db.execute("SELECT * FROM heads WHERE jurisdiction = $1 FOR UPDATE", J)
        async with asyncio.timeout(20):
            assert await other.write(batch(1, 2, "W2")) == "written"
    assert await hangs.head(J) == head(2)
    await hangs.close()
    await other.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Database]:
    tmp_path.chmod(0o755)
    for folder in tmp_path.parents[:2]:
        folder.chmod(0o755)
    database = Database(tmp_path / "pg", connections=12)
    database.start()
    database.wait_ready(30)
    yield database
    database.stop()


async def every_connection(dsn: str) -> list[asyncpg.Connection]:
    """Return all connections of the server."""
    taken: list[asyncpg.Connection] = []
    with suppress(asyncpg.TooManyConnectionsError):
        while len(taken) < 100:
            taken += [await asyncpg.connect(dsn)]
    return taken


async def once_back(store: PgViews) -> Head:
    """Return the head as soon as the store has heard of its server again."""
    while True:
        with suppress(ViewsUnavailable):
            return await store.head(J)
        await asyncio.sleep(0.05)


async def test_the_store_comes_back_with_its_server_and_lacks_nothing(server: Database) -> None:
    await migrate(server.dsn)
    store = await opened(server.dsn, CATALOG)
    for n in range(20):
        await store.write(batch(n, n + 1, f"W{n}"))
    await asyncio.to_thread(server.kill)
    for asked in (store.head(J), store.query(J, "roster", Query()), store.write(batch(20, 21, "W20"))):
        with pytest.raises(ViewsUnavailable):
            await asked
    await asyncio.to_thread(server.start)
    await asyncio.to_thread(server.wait_ready, 30)
    assert await once_back(store) == head(20), "what was written is there, though nothing came after it"
    assert await store.write(batch(20, 21, "W20")) == "written"
    await store.close()


async def test_a_server_without_free_connections_is_unavailable_until_it_has_some(server: Database) -> None:
    await migrate(server.dsn)
    others = await every_connection(server.dsn)
    with pytest.raises(DatabaseUnavailable):
        await opened(server.dsn, CATALOG)
    for one in others:
        await one.close()
    store = await opened(server.dsn, CATALOG)
    assert await store.head(J) == Head()
    await store.close()


class Watched(Pool):
    """Tells when a connection is taken."""

    def __init__(self, *how: Any) -> None:
        super().__init__(*how)
        self.taken = asyncio.Event()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        async with super().connection() as db:
            self.taken.set()
            yield db


async def test_closing_does_not_wait_for_a_server_that_hangs(
    server: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "CLOSE_SECONDS", 0.5)
    await migrate(server.dsn)
    connections = await Watched.open(server.dsn)
    store = await PgViews.open(connections, CATALOG)
    backend = await connections.value("SELECT pg_backend_pid()")
    os.kill(backend, signal.SIGSTOP)
    try:
        connections.taken.clear()
        asked = asyncio.create_task(store.head(J))
        await asyncio.wait_for(connections.taken.wait(), 5)
        async with asyncio.timeout(5):
            await store.close()
            with pytest.raises(ViewsUnavailable):
                await asked
    finally:
        os.kill(backend, signal.SIGCONT)
