"""Small private stores: deleted data is gone from the disk, and what was stored survives a power cut."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.adapters.folder.files import FolderFiles
from services.adapters.sqlite.data_file import open_store
from services.base.private import make_folder, write_once

SCHEMA = "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value BLOB) STRICT"


def test_what_is_deleted_is_overwritten(tmp_path: Path) -> None:
    db = open_store(tmp_path / "small.sqlite", SCHEMA)
    secret = b"a secret of some length"
    db.execute("INSERT INTO kept VALUES ('one', ?)", (secret,))
    db.execute("DELETE FROM kept")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert secret not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    db.close()


def test_it_is_durable(tmp_path: Path) -> None:
    db = open_store(tmp_path / "small.sqlite", SCHEMA)
    found = {name: next(db.execute(f"PRAGMA {name}"))[0] for name in ("journal_mode", "synchronous")}
    assert found == {"journal_mode": "wal", "synchronous": 2}
    assert (tmp_path / "small.sqlite").stat().st_mode & 0o777 == 0o600
    db.close()


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Note what is made durable, by its inode."""
    found, sync = set[int](), os.fsync

    def noting(fd: int) -> None:
        found.add(os.fstat(fd).st_ino)
        sync(fd)

    monkeypatch.setattr(os, "fsync", noting)
    return found


def unsynced(root: Path, synced: set[int]) -> list[str]:
    """Return what a power cut may take: files, and folders whose names or whose entries are not durable."""
    return [str(one.relative_to(root.parent)) for one in (root, *root.rglob("*")) if not _kept(one, synced)]


def _kept(one: Path, synced: set[int]) -> bool:
    empty = one.is_dir() and not any(one.iterdir())
    return one.parent.stat().st_ino in synced and (empty or one.stat().st_ino in synced)


async def test_a_picture_is_kept_with_every_folder_above_it(tmp_path: Path, synced: set[int]) -> None:
    store = FolderFiles(tmp_path / "data" / "files")
    for name in ("ab" * 32, "cd" * 32):
        await store.put("2307", name, "request/R1", b"sealed", datetime(2022, 3, 28, tzinfo=UTC))
    assert unsynced(tmp_path / "data", synced) == []


def test_a_file_that_was_there_is_durable_when_that_is_told(tmp_path: Path, synced: set[int]) -> None:
    assert write_once(tmp_path / "one", b"1")
    synced.clear()
    assert not write_once(tmp_path / "one", b"1")
    assert tmp_path.stat().st_ino in synced


def test_a_new_data_folder_is_kept(tmp_path: Path, synced: set[int]) -> None:
    make_folder(tmp_path / "new" / "data")
    assert {one.stat().st_ino for one in (tmp_path, tmp_path / "new")} <= synced
    assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700
    make_folder(tmp_path / "new" / "data")
