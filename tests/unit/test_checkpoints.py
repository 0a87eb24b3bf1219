"""A write-ahead log stays short, and nobody waits while it is moved into its file."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest

from services.adapters.sqlite import checkpoints
from services.adapters.sqlite.checkpoints import PAGE, Checkpoints
from services.adapters.sqlite.data_file import beside, connect, create, open_reader

MOST = 50
"""Pages from which on a checkpoint is due."""


class File:
    """A file of which a thousand rows of half a page are written over and over, a commit for each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        create(path, "CREATE TABLE rows (id INTEGER PRIMARY KEY, data BLOB)")
        self.db = connect(path)
        self.db.execute("PRAGMA synchronous = OFF").fetchall()
        self.checkpoints = Checkpoints(path, self.db, MOST)
        self.count = 0

    def commit(self, times: int) -> None:
        for _ in range(times):
            self.count += 1
            with self.db:
                row = self.count % 1_000, b"x" * (PAGE // 2)
                self.db.execute("INSERT OR REPLACE INTO rows VALUES (?, ?)", row)
            self.checkpoints.look()
            time.sleep(0.0001)  # the other thread's turn

    def wal_pages(self) -> int:
        return beside(self.path)[0].stat().st_size // PAGE

    def shrinks_below(self, pages: int) -> bool:
        """Whether the log does, while more is committed: the other thread's turn may be late."""
        for _ in range(100):
            if self.wal_pages() < pages:
                return True
            self.commit(20)
        return False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A reader that holds what it sees."""
        reader = open_reader(self.path)
        reader.execute("BEGIN; SELECT count(*) FROM rows").fetchall()
        yield
        reader.close()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[File]:
    made = File(tmp_path / "rows.sqlite")
    yield made
    made.checkpoints.close()
    made.db.close()


def test_it_does_not_grow_with_what_is_committed_while_others_read(file: File) -> None:
    for _ in range(40):
        with file.reading():
            file.commit(25)
        file.commit(25)
    assert file.shrinks_below(4 * MOST)


def test_what_a_slow_reader_made_of_it_is_given_back(file: File) -> None:
    with file.reading():
        file.commit(400)
        assert file.wal_pages() > 300
    assert file.shrinks_below(2 * MOST + 1)


def test_commits_go_on_while_it_is_moved(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    moved, go_on, move = threading.Event(), threading.Event(), checkpoints.move

    def slow(db: apsw.Connection) -> None:
        assert db is not file.db, "the writer moves only what the other thread has left"
        moved.set()
        assert go_on.wait(10)
        move(db)

    monkeypatch.setattr(checkpoints, "move", slow)
    file.commit(2 * MOST)
    assert moved.wait(10)
    file.commit(MOST)
    assert file.wal_pages() > 2 * MOST, "nothing has waited for it"
    monkeypatch.setattr(checkpoints, "move", move)
    go_on.set()


def test_a_move_that_fails_is_tried_again(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    failed: list[Path] = []

    def refuse(path: Path) -> Any:
        failed.append(path)
        raise apsw.CantOpenError("too many open files")

    monkeypatch.setattr(checkpoints, "connect", refuse)
    file.commit(20 * MOST)
    assert len(failed) > 1
    assert file.wal_pages() < 4 * MOST, "the writer did it by itself"
