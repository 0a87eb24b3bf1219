"""The contract of stores of sealed files, a folder and PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pg_server import database

from services.adapters.folder.files import FolderFiles
from services.adapters.postgres.files import PgFiles
from services.adapters.postgres.pool import Pool
from services.files.form import SealedFile, name_of
from services.files.port import Files, FilesUnavailable

J, R1, R2 = "2307", "request/R1", "request/R2"
AT = datetime(2022, 3, 28, 8, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


def sealed(subject: str, content: bytes) -> tuple[str, bytes]:
    """Return (name, stored bytes) of a file."""
    stored = SealedFile(subject, "image/jpeg", content).packed()
    return name_of(stored), stored


@pytest.fixture(params=["folder", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Files]:
    folder = request.param == "folder"
    opened: Files = FolderFiles(tmp_path / "files") if folder else PgFiles(await Pool.open(database()))
    yield opened
    await opened.close()


async def test_a_new_store_is_empty(store: Files) -> None:
    assert await store.jurisdictions() == []
    assert await store.subjects(J) == []
    assert await store.get(J, "ab" * 32) is None
    assert await store.held(J, R1) == {}
    assert await store.erase(J, [R1]) == 0


async def test_a_file_is_what_was_put_and_putting_it_again_changes_nothing(store: Files) -> None:
    name, stored = sealed(R1, b"\0box")
    await store.put(J, name, R1, stored, AT)
    await store.put(J, name, R1, stored, LATER)
    assert await store.get(J, name) == stored
    assert await store.held(J, R1) == {name: LATER}
    assert (await store.subjects(J), await store.jurisdictions()) == ([R1], [J])
    assert await store.get("3307", name) is None


async def test_erasing_deletes_all_of_one_subject_and_nothing_else(store: Files) -> None:
    mine, also, other = sealed(R1, b"one"), sealed(R1, b"two"), sealed(R2, b"three")
    for subject, (name, stored) in ((R1, mine), (R1, also), (R2, other)):
        await store.put(J, name, subject, stored, AT)
    assert await store.erase(J, [R1, "request/unknown"]) == 2
    assert await store.get(J, mine[0]) is None
    assert await store.get(J, other[0]) == other[1]
    assert await store.subjects(J) == [R2]
    await store.put(J, mine[0], R1, mine[1], AT)
    assert await store.held(J, R1) == {mine[0]: AT}


async def test_what_was_put_again_meanwhile_is_not_discarded(store: Files) -> None:
    old, renewed, other = sealed(R1, b"one"), sealed(R1, b"two"), sealed(R2, b"three")
    for subject, (name, stored) in ((R1, old), (R1, renewed), (R2, other)):
        await store.put(J, name, subject, stored, AT)
    await store.put(J, renewed[0], R1, renewed[1], LATER)
    assert await store.discard(J, [old[0], renewed[0], "ab" * 32], LATER) == 1
    assert await store.held(J, R1) == {renewed[0]: LATER}
    assert await store.get(J, old[0]) is None
    assert await store.held(J, R2) == {other[0]: AT}


async def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")
    with pytest.raises(FilesUnavailable):
        await FolderFiles(tmp_path / "files").put(J, "ab" * 32, R1, b"x", AT)


async def test_a_damaged_file_hides_neither_the_others_nor_its_subject(tmp_path: Path) -> None:
    store = FolderFiles(tmp_path / "files")
    damaged, intact, other = sealed(R1, b"one"), sealed(R1, b"two"), sealed(R2, b"three")
    for subject, (name, stored) in ((R1, damaged), (R1, intact), (R2, other)):
        await store.put(J, name, subject, stored, AT)
    (bad,) = (tmp_path / "files").rglob(f"files/*/{damaged[0]}")
    bad.write_bytes(b"\0" * 100)
    assert await store.subjects(J) == [R1, R2]
    (worse,) = (tmp_path / "files").rglob(f"files/*/{other[0]}")
    worse.write_bytes(b"\0" * 100)
    assert await store.subjects(J) == [R1]


async def test_no_jurisdiction_leads_out_of_the_folder(tmp_path: Path) -> None:
    store, (name, stored) = FolderFiles(tmp_path / "inner" / "files"), sealed(R1, b"box")
    await store.put("..", name, R1, stored, AT)
    assert await store.jurisdictions() == [".."]
    assert [path.name for path in (tmp_path / "inner").iterdir()] == ["files"]
