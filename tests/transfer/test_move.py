"""Moves from one log to another and back: hashes stay, and the later of moved and resumed decides."""

import asyncio
import json
import shutil
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from server import Server

from events.commit import decode
from services.refusals import sentence
from tests.story import STORY
from tests.transfer.places import J, Place, failed, item, muster, ok, outcomes

NEW = ("worker.register", {"worker": "W9", "role": "rider", "name": "Courier 9"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Play the story in a folder, of which each test gets a copy."""
    folder = tmp_path_factory.mktemp("made") / "here"
    asyncio.run(Place(folder).plays())
    return folder


@pytest.fixture
def here(made: Path, tmp_path: Path) -> Place:
    shutil.copytree(made, tmp_path / "here")
    return Place(tmp_path / "here")


def moved(place: Place, file: Path, to: str | None = None) -> Path:
    """Move the jurisdiction away."""
    ok("export", "--move", *(("--to", to) if to else ()), "--out", file, "--data", place.folder)
    return file


async def event_names(place: Place) -> list[str]:
    """Return the names of the events, newest last."""
    return [event.name for stored in await place.commits() for event in decode(stored.data).events]


async def test_there_and_back_every_hash_stays(here: Place, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a passphrase of some length")
    secret = ("--passphrase-file", tmp_path / "secret")
    there, first, names = Place(tmp_path / "there"), await here.commits(), here.names()
    moved(here, tmp_path / "1", to="there")
    ok("keys", "export", *secret, "--out", tmp_path / "1.keys", "--data", here.folder)
    ok("keys", "load", tmp_path / "1.keys", *secret, "--data", there.folder)
    ok("load", tmp_path / "1", "--from", "here", "--data", there.folder)

    assert {one["outcome"] for one in await there.does(*STORY[:20])} == {"known"}
    assert [one["outcome"] for one in await there.does(NEW, first=1000)] == ["accepted"]
    assert names["W1"] == "C*"
    assert there.names() == names | {"W9": "C*"}

    moved(there, tmp_path / "2")
    ok("keys", "export", *secret, "--out", tmp_path / "2.keys", "--data", there.folder)
    ok("keys", "load", tmp_path / "2.keys", *secret, "--data", here.folder)
    ok("load", tmp_path / "2", "--data", here.folder)

    back, away = await here.commits(), await there.commits()
    assert back[: len(away)] == away
    assert away[: len(first)] == first
    assert [n for n in await event_names(here) if n in ("jurisdiction.moved", "jurisdiction.resumed")] == [
        "jurisdiction.moved",
        "jurisdiction.resumed",
    ] * 2
    assert {one["outcome"] for one in await here.does(*STORY[:20])} == {"known"}
    assert [one["outcome"] for one in await here.does(NEW, first=1000)] == ["known"]
    assert [one["outcome"] for one in await here.does(("worker.retire", {"worker": "W9"}), first=1001)] == [
        "accepted"
    ]
    assert [one["code"] for one in await there.does(("worker.retire", {"worker": "W9"}), first=1001)] == [
        "jurisdiction.moved"
    ]
    assert here.names() == names
    for place in (here, there):
        ok("verify", "--data", place.folder)


async def test_who_comes_too_late_is_told_where_to_go(here: Place, tmp_path: Path) -> None:
    moved(here, tmp_path / "file", to="https://muster.example")
    before = await here.commits()
    answers = await here.does(NEW, ("worker.check_in", {"worker": "W3", "area": "230717"}), first=1000)

    assert {answer["code"] for answer in answers} == {"jurisdiction.moved"}
    said = [sentence(answer["code"], answer["values"]) for answer in answers]
    assert all("https://muster.example" in one for one in said)
    assert outcomes(await here.does(*STORY)) == {"known"}
    assert await here.commits() == before
    [row] = here.show("jurisdictions")
    assert (row["state"], row["moved_to"]) == ("moved", "https://muster.example")


async def test_moving_twice_is_moving_once(here: Place, tmp_path: Path) -> None:
    one, two = moved(here, tmp_path / "one", to="there"), moved(here, tmp_path / "two", to="elsewhere")
    assert one.read_bytes() == two.read_bytes()
    assert (await event_names(here)).count("jurisdiction.moved") == 1


async def test_a_move_is_taken_back_on_purpose(here: Place, tmp_path: Path) -> None:
    file = moved(here, tmp_path / "file")
    failed("load", file, "--data", here.folder, code="transfer.same_log")
    ok("load", file, "--restore", "--data", here.folder)
    assert [one["outcome"] for one in await here.does(NEW, first=1000)] == ["accepted"]
    ok("load", file, "--restore", "--data", here.folder)
    assert (await event_names(here)).count("jurisdiction.resumed") == 1


def send(server: Server, n: int, name: str, data: dict[str, Any]) -> httpx.Response:
    """Send the n-th command to a server."""
    return httpx.post(
        f"{server.url}/api/v1/{J}/commands/{name}",
        json=data,
        headers={**server.headers, "Idempotency-Key": item(n, name, data)["id"]},
        trust_env=False,
        timeout=30,
    )


async def test_through_a_running_server_under_load(here: Place, tmp_path: Path) -> None:
    server = Server(here.folder)
    said: list[tuple[int, int]] = []
    stop = threading.Event()

    def work() -> None:
        for n in range(2000, 100_000):
            answer = send(server, n, "worker.register", {"worker": f"X{n}", "role": "courier"})
            said.append((n, answer.status_code))
            if stop.is_set():
                return

    worker = threading.Thread(target=work)
    worker.start()
    try:
        while not said:
            await asyncio.sleep(0.01)
        file = moved(here, tmp_path / "file", to="there")
        await asyncio.sleep(0.5)
    finally:
        stop.set()
        worker.join()
    late = send(server, 1000, *NEW)
    again = send(server, said[0][0], "worker.register", {"worker": f"X{said[0][0]}", "role": "courier"})
    command = httpx.post(
        f"{server.url}/api/v1/{J}/commands/jurisdiction.resume",
        json={"position": 1, "hash": "0" * 64},
        headers={**server.headers, "Idempotency-Key": str(uuid4())},
        trust_env=False,
    )
    assert server.stop() == 0

    assert (late.status_code, late.json()["code"]) == (409, "jurisdiction.moved")
    assert (again.status_code, again.json()["outcome"]) == (200, "known")
    assert command.status_code == 404
    taken = {item(n, "worker.register", {})["id"] for n, status in said if status == 200}
    assert {status for _, status in said} == {200, 409}
    ok("load", file, "--data", tmp_path / "there")
    held = [
        event for stored in await Place(tmp_path / "there").commits() for event in decode(stored.data).events
    ]
    assert taken <= {event.command for event in held}
    assert [stored.data for stored in await here.commits()] == [
        stored.data for stored in (await Place(tmp_path / "there").commits())[:-1]
    ]


async def test_a_copy_beside_a_running_server_ends_at_a_commit(here: Place, tmp_path: Path) -> None:
    server = Server(here.folder)
    try:
        done = json.loads(ok("export", "--out", tmp_path / "file", "--json", "--data", here.folder))
        refused = muster("load", tmp_path / "file", "--restore", "--data", here.folder)
    finally:
        server.stop()
    assert done["manifest"]["position"] == (await here.commits())[-1].head.position
    assert not done["moved"]
    assert refused.returncode == 1
    assert "is in use by process" in refused.stderr


MISTAKES = {
    "no log": (["export", "--out", "x", "--data", "nowhere"], "there is no log"),
    "to without move": (["export", "--out", "x", "--to", "there"], "--move"),
    "upto with move": (["export", "--out", "x", "--move", "--upto", "3"], "--upto"),
    "other jurisdiction": (["export", "--out", "x", "-j", "9999"], "9999"),
    "beyond": (["export", "--out", "x", "--upto", "9999"], "(transfer.beyond)"),
    "no folder": (["export", "--out", "no/where/x"], "No such file"),
    "no file": (["load", "nowhere"], "(transfer.no_file)"),
    "no keys": (["keys", "load", "nowhere"], "(transfer.no_file)"),
    "no secret": (["keys", "export", "--out", "x", "--passphrase-file", "nowhere"], "passphrase"),
}


async def test_a_mistake_is_one_clear_line(here: Place, tmp_path: Path) -> None:
    before = await here.commits()
    for arguments, words in MISTAKES.values():
        folder = [] if "--data" in arguments else ["--data", str(here.folder)]
        done = muster(*(str(tmp_path / a) if a == "x" else a for a in arguments), *folder)
        assert done.returncode in (1, 2), arguments
        assert done.stderr.startswith("muster: "), done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert words in done.stderr
    assert await here.commits() == before
    assert not (tmp_path / "x").exists()


async def test_a_bad_file_is_one_clear_line_with_a_code(here: Place, tmp_path: Path) -> None:
    there, file = Place(tmp_path / "there"), tmp_path / "file"
    ok("export", "--out", file, "--data", here.folder)
    whole = file.read_bytes()
    failed("load", file, "--data", there.folder, code="transfer.not_moved")
    failed("load", file, "-j", "9999", "--data", there.folder, code="transfer.jurisdiction")
    file.write_bytes(whole[: len(whole) // 2])
    done = muster("load", file, "--restore", "--json", "--data", there.folder)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] in ("transfer.truncated", "transfer.damaged")
    assert await there.commits() == []
