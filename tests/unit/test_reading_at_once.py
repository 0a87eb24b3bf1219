"""A row by its key is read on the loop, unless that could hold it up."""

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
    assert not await file.read_at_once(here), "to open one takes milliseconds"
    assert await file.read_at_once(here)
    file.renew_readers()
    assert not await file.read_at_once(here)
    assert await file.read_at_once(here)


async def test_where_the_file_is_locked_a_thread_waits_for_it(file: Connections) -> None:
    def locked(db: apsw.Connection) -> bool:
        if here(db):
            raise apsw.BusyError("locked, for a test")
        return True

    await file.read_at_once(here)
    assert await file.read_at_once(locked)
    assert await file.read_at_once(here), "the connection is used again"


async def test_other_errors_are_those_of_the_port(file: Connections) -> None:
    def broken(db: apsw.Connection) -> None:
        raise apsw.IOError("broken, for a test")

    await file.read_at_once(here)
    with pytest.raises(ViewsUnavailable, match="broken, for a test"):
        await file.read_at_once(broken)
