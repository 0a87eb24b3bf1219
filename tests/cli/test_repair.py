"""A bad row behind the head of an embedded log, repaired by two people with the manual's own words."""

import re
import sqlite3
from pathlib import Path

import pytest

from events.commit import GENESIS, decode, digest
from services.decisions.worker.commands import Register
from tests.command_line import Done, muster
from tests.make import chain
from tests.manual import commands
from tests.transfer.places import J, Place, ok

HEADING = "Repair of one jurisdiction"
STEPS = (("worker.register", {"worker": "W1", "role": "courier"}),)
MORE = (("worker.register", {"worker": "W2", "role": "courier"}),)


def put(folder: Path, first: int, hashed: str | None = None) -> str:
    """Put a row behind the head that follows none, and return its hash."""
    data = chain(Register(worker="W9", role="rider"))[0].data
    data = data.replace(b'"first":1,', f'"first":{first},'.encode()).replace(GENESIS.encode(), b"ab" * 32)
    last = first + len(decode(data).events) - 1
    row = (J, first, last, hashed or digest(data), data)
    with sqlite3.connect(folder / "log.sqlite") as db:
        db.execute("INSERT INTO commits VALUES (?, ?, ?, ?, ?)", row)
    db.close()
    return digest(data)


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    """A data folder with one worker, and a file with the token of each of two admins and one dispatcher."""
    found = Place(tmp_path / "data")
    await found.does(*STEPS)
    for name, scope in (("desk-1", "admin"), ("desk-2", "admin"), ("desk-3", "dispatcher")):
        said = ok("token", "create", name, "--scope", scope, "--data", found.folder)
        (tmp_path / name).write_text(next(line for line in said.split() if line.startswith("mst_")))
    return found


def typed(place: Place, number: int, *people: str, **values: object) -> Done:
    """Type a command of the manual."""
    words = commands(HEADING, **values)[number]
    assert words[0] == "muster"
    consents = [word for name in people for word in ("--consent", place.folder.parent / name)]
    return muster(*words[1:], *consents, "--data", place.folder)


def shown(place: Place) -> dict[str, object]:
    """Return what the manual's placeholders stand for, read from what `muster repair` says."""
    said = typed(place, 1)
    assert said.returncode == 1, said
    found = re.search(r"--head (\d+:\w{64}) --dead (\w{64})", said.stdout)
    assert found, said.stdout
    return {"HEAD": found[1], "DIGEST": found[2], "REASON": "a row nobody should have written"}


async def test_by_the_manual(place: Place) -> None:
    before = await place.commits()
    dead = put(place.folder, before[-1].head.position + 3)

    found = typed(place, 0)
    assert (found.returncode, "(damaged)" in found.stdout) == (1, True)
    values = shown(place)
    assert values["HEAD"] == str(before[-1].head)
    assert dead in typed(place, 1).stdout
    done = typed(place, 2, "desk-1", "desk-2", **values)
    assert (done.returncode, done.stderr) == (0, ""), done
    assert "repaired by admin/desk-1 and admin/desk-2" in done.stdout
    again = typed(place, 3)
    assert again.returncode == 0, again
    assert "1 record(s) declared dead" in again.stdout
    assert "admin/desk-1 and admin/desk-2: a row nobody should have written" in again.stdout.replace(
        "\n", " "
    )
    assert f"{J}: ok" in again.stdout

    assert [one["outcome"] for one in await place.does(*MORE, first=1)] == ["accepted"]
    after = await place.commits()
    assert after[: len(before)] == before, "nothing acknowledged is lost"
    with sqlite3.connect(place.folder / "log.sqlite") as db:
        assert db.execute("SELECT hash FROM dead").fetchall() == [(dead,)], "the row is kept aside"
    db.close()
    assert ok("verify", "--expect", before[-1].head, "--data", place.folder)


async def test_two_people_are_needed_and_what_they_were_shown(place: Place) -> None:
    head = (await place.commits())[-1].head
    put(place.folder, head.position + 3)
    values = shown(place)
    refused = {
        ("desk-1", "desk-1"): "repair.one_person",
        ("desk-1", "desk-3"): "repair.not_admin",
        ("desk-1",): "two people must agree",
    }
    for people, code in refused.items():
        done = typed(place, 2, *people, **values)
        assert done.returncode in (1, 2)
        assert code in done.stderr
    moved = typed(place, 2, "desk-1", "desk-2", **{**values, "HEAD": f"1:{'0' * 64}"})
    assert "repair.head_moved" in moved.stderr
    put(place.folder, head.position + 7)
    other = typed(place, 2, "desk-1", "desk-2", **values)
    assert "repair.other_records" in other.stderr
    assert [line.count("muster: ") for line in (moved.stderr, other.stderr)] == [1, 1]


async def test_a_log_that_is_not_damaged_is_not_repaired(place: Place) -> None:
    assert "repair.not_damaged" in typed(place, 1).stderr
    head = (await place.commits())[-1].head
    values: dict[str, object] = {"HEAD": head, "DIGEST": "0" * 64, "REASON": "x"}
    assert "repair.not_damaged" in typed(place, 2, "desk-1", "desk-2", **values).stderr


async def test_a_commit_whose_bytes_changed_is_restored_not_declared_dead(place: Place) -> None:
    """It may have been acknowledged."""
    head = (await place.commits())[-1].head
    put(place.folder, head.position + 1, hashed="cd" * 32)
    done = typed(place, 1)
    assert done.returncode == 1
    assert "were changed" in done.stderr


async def test_a_commit_that_was_shown_is_not_given_up(place: Place) -> None:
    await place.does(*MORE, first=1)
    first = (await place.commits())[0].head
    with sqlite3.connect(place.folder / "log.sqlite") as db:
        db.execute("DELETE FROM commits WHERE last = ?", (first.position,))
    db.close()
    assert "repair.acknowledged" in typed(place, 1).stderr
