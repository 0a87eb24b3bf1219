"""The restore drill: after total loss, everything is restored from two files."""

import asyncio
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.commit import decode
from projections.base import Row
from services import wiring
from services.files.form import SealedFile, name_of
from tests.story import STORY
from tests.transfer.places import J, Place, item, muster, ok, outcomes

RESTORE = ("load", "--restore")
KEYS = ("keys", "load")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Play the story in a folder and back it up. Each test gets a copy."""
    folder = tmp_path_factory.mktemp("made")
    place = Place(folder / "data")
    asyncio.run(place.plays())
    backup(place, folder / "backup")
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Place:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return Place(tmp_path / "data")


def backup(place: Place, folder: Path) -> None:
    """Export commits to one file, and keys to another under a passphrase."""
    folder.mkdir()
    (folder / "secret").write_text("a passphrase of some length\n")
    ok("export", "--out", folder / "2307.muster", "--data", place.folder)
    ok("keys", "export", "--out", folder / "2307.keys", *under(folder), "--data", place.folder)


def under(folder: Path) -> tuple[object, ...]:
    return ("--passphrase-file", folder / "secret")


def restore(place: Place, folder: Path) -> None:
    ok(*RESTORE, folder / "2307.muster", "--data", place.folder)


def restore_keys(place: Place, folder: Path) -> None:
    ok(*KEYS, folder / "2307.keys", *under(folder), "--data", place.folder)


Board = dict[str, dict[str, Row]]


def differing(before: Board, after: Board) -> dict[str, set[str]]:
    """Return {view: keys of the rows that differ}."""
    keys = {view: before[view].keys() | after[view].keys() for view in before}
    found = {v: {k for k in keys[v] if before[v].get(k) != after[v].get(k)} for v in before}
    return {view: some for view, some in found.items() if some}


@pytest.mark.parametrize("keys_first", [False, True], ids=["log first", "keys first"])
async def test_everything_comes_back(place: Place, tmp_path: Path, keys_first: bool) -> None:
    board, commits, people = await place.rows(), await place.commits(), place.show("roster")
    shutil.rmtree(place.folder)
    steps = [restore, restore_keys]
    for step in reversed(steps) if keys_first else steps:
        step(place, tmp_path / "backup")

    there = await place.commits()
    last = decode(there[-1].data)
    assert there[:-1] == commits
    assert [event.name for event in last.events] == ["jurisdiction.resumed"]
    assert differing(board, await place.rows()) == {
        "activity": {f"{last.first:012d}"},
        "commands": {last.events[0].command},
        "jurisdictions": {J},
    }
    assert place.show("roster") == people
    assert place.names()["W1"] == "C*"
    head = f"{commits[-1].head.position}:{commits[-1].head.hash}"
    ok("verify", "--data", place.folder, "--expect", head)


async def test_people_are_found_by_phone_again(place: Place, tmp_path: Path) -> None:
    shutil.rmtree(place.folder)
    restore(place, tmp_path / "backup")
    restore_keys(place, tmp_path / "backup")
    vault = await wiring.vault(place.folder)
    found = {
        n: await vault.find_phone(J, number) for n, number in enumerate(("00000099", "00000003", "00000001"))
    }
    erased = await vault.find_phone(J, "00000005")
    await vault.close()
    assert found == {0: ["worker/W1"], 1: ["worker/W3"], 2: []}
    assert erased == []


async def test_pictures_come_back_as_they_were(place: Place, tmp_path: Path) -> None:
    stored = SealedFile("request/R1", "image/jpeg", b"\0box").packed()
    name, archive = name_of(stored), tmp_path / "backup" / "2307.tar"
    async with wiring.open_files(place.folder) as files:
        await files.put(J, name, "request/R1", stored, datetime.now(UTC))
    assert "1 files of 2307" in ok("files", "export", "--out", archive, "--data", place.folder)
    shutil.rmtree(place.folder)
    restore(place, tmp_path / "backup")

    for _ in range(2):
        assert "2307: 1 files loaded" in ok("files", "load", archive, "--data", place.folder)
    async with wiring.open_files(place.folder) as files:
        assert await files.get(J, name) == stored
        assert set(await files.held(J, "request/R1")) == {name}


async def test_without_the_keys_all_is_there_but_names(place: Place, tmp_path: Path) -> None:
    board, people = await place.rows(), place.show("roster")
    shutil.rmtree(place.folder)
    restore(place, tmp_path / "backup")

    assert set(differing(board, await place.rows())) == {"activity", "commands", "jurisdictions"}
    there = place.show("roster")
    assert {person["name"] for person in there} == {None}
    assert [person["presence"] for person in there] == [person["presence"] for person in people]


async def test_commands_recorded_before_are_known_and_new_ones_taken(place: Place, tmp_path: Path) -> None:
    shutil.rmtree(place.folder)
    restore(place, tmp_path / "backup")
    restore_keys(place, tmp_path / "backup")

    assert outcomes(await place.does(*STORY)) == {"known"}
    new = ("worker.register", {"worker": "W9", "role": "rider", "name": "Courier 9"})
    assert [answer["outcome"] for answer in await place.does(new, first=1000)] == ["accepted"]


async def test_who_was_erased_after_the_keys_were_saved_stays_erased(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    await place.does(("worker.erase", {"worker": "W4"}), first=1000)
    (folder / "2307.muster").unlink()
    ok("export", "--out", folder / "2307.muster", "--data", place.folder)
    for steps in ((restore, restore_keys), (restore_keys, restore)):
        shutil.rmtree(place.folder)
        for step in steps:
            step(place, folder)
        names = {person["worker"]: person["name"] for person in place.show("roster")}
        assert names.get("W4") is None
        assert names["W3"] == "C*"
        vault = await wiring.vault(place.folder)
        assert await vault.ensure(J, ["worker/W3", "worker/W4"]) == {"worker/W3": True, "worker/W4": False}
        await vault.close()


async def test_restoring_twice_changes_nothing(place: Place, tmp_path: Path) -> None:
    shutil.rmtree(place.folder)
    restore(place, tmp_path / "backup")
    before = await place.commits()
    again = json.loads(ok(*RESTORE, tmp_path / "backup" / "2307.muster", "--json", "--data", place.folder))
    restore_keys(place, tmp_path / "backup")
    restore_keys(place, tmp_path / "backup")
    assert (again["outcome"], again["appended"]) == ("known", 0)
    assert await place.commits() == before


async def test_an_older_backup_does_not_go_over_a_log_that_went_on(place: Place, tmp_path: Path) -> None:
    answer = await place.does(("worker.register", {"worker": "W9", "role": "rider"}), first=1000)
    done = muster(*RESTORE, tmp_path / "backup" / "2307.muster", "--data", place.folder)
    assert done.returncode == 1
    assert "(transfer.behind)" in done.stderr
    assert (await place.commits())[-1].head.position == answer[0]["position"]


async def test_views_of_a_log_that_is_gone_are_noticed(place: Place, tmp_path: Path) -> None:
    names = place.names()
    for path in place.folder.glob("log.sqlite*"):
        path.unlink()
    done = muster(*RESTORE, tmp_path / "backup" / "2307.muster", "--data", place.folder)
    assert done.returncode == 1
    assert "(transfer.stale_views)" in done.stderr
    for path in place.folder.glob("views.sqlite*"):
        path.unlink()
    restore(place, tmp_path / "backup")
    assert names["W1"] == "C*"
    assert place.names() == names


def test_ids_of_the_story_are_the_same_each_time() -> None:
    assert item(0, *STORY[0])["id"] == item(0, *STORY[0])["id"] != item(1, *STORY[0])["id"]
