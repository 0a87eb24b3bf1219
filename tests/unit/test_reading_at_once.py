"""Rows by their keys and pages are read on the loop, unless that could hold it up."""

import threading
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from services.adapters.sqlite.views_connections import Connections
from services.views.port import ViewsUnavailable


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Connections]:
    found = Connections(tmp_path / "views.sqlite", readonly=False)
    yield found
    await found.close()


def here(db: apsw.Connection) -> bool:
    """Whether it runs on the loop's thread."""
    return threading.current_thread() is threading.main_thread()


async def test_only_a_connection_that_is_open_is_used_on_the_loop(file: Connections) -> None:
    assert not await file.read_at_once("here", here), "to open one takes milliseconds"
    assert await file.read_at_once("here", here)
    file.renew_readers()
    assert not await file.read_at_once("here", here)
    assert await file.read_at_once("here", here)


async def test_where_the_file_is_locked_a_thread_waits_for_it(file: Connections) -> None:
    def locked(db: apsw.Connection) -> bool:
        if here(db):
            raise apsw.BusyError("locked, for a test")
        return True

    await file.read_at_once("here", here)
    assert await file.read_at_once("locked", locked)
    assert await file.read_at_once("here", here), "the connection is used again"


async def test_other_errors_are_those_of_the_port(file: Connections) -> None:
    def broken(db: apsw.Connection) -> None:
        raise apsw.IOError("broken, for a test")

    await file.read_at_once("here", here)
    with pytest.raises(ViewsUnavailable, match="broken, for a test"):
        await file.read_at_once("broken", broken)


COUNT = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) SELECT max(n) FROM c"


async def test_a_thread_reads_what_takes_long_until_it_takes_long_no_more(file: Connections) -> None:
    places: list[bool] = []

    def counted(db: apsw.Connection, most: int) -> int:
        places.append(here(db))
        return db.execute(COUNT, (most,)).get  # type: ignore[no-any-return]

    await file.read_at_once("here", here)
    assert await file.read_at_once("count", counted, 1_000_000) == 1_000_000
    assert places == [True, False], "it was broken off, and begun again"
    for most in (1_000_000, 3, 3):
        assert await file.read_at_once("count", counted, most) == most
    assert places[2:] == [False, False, True]
    assert await file.read_at_once("here", here), "other reads are not affected"


async def test_what_is_broken_off_leaves_nothing_behind(file: Connections) -> None:
    def counted(db: apsw.Connection) -> bool:
        assert db.in_transaction
        if here(db):
            db.execute(COUNT, (1_000_000,)).fetchall()
        return here(db)

    await file.read_at_once("here", here)
    for number in range(30):
        assert not await file.read_at_once(number, counted)
        assert await file.read_at_once(number, here)
