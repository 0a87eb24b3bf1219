"""A damaged file of the data folder is one line that says what to do. Nothing is served."""

import asyncio
import random
import resource
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import apsw
import pytest
from fastapi import FastAPI
from scale import LONG

from services.adapters.sqlite import data_file
from services.application.background import Background
from services.application.muster import Muster
from services.cli import main, serving
from tests.command_line import muster

ROSTER = Path(__file__).parents[2] / "services/intake/examples/roster.csv"
J = "2307"
PAGE = 4096


class Told(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Told]


def header(content: bytes) -> bytes:
    return b"X" + content[1:]


def middle(content: bytes) -> bytes:
    """Flip the kind of a page half-way."""
    at = len(content) // PAGE // 2 * PAGE
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def no_database(content: bytes) -> bytes:
    return b"hello world\n" * 400


def emptied(content: bytes) -> bytes:
    return b""


DAMAGE = (header, middle, truncated, no_database, emptied)
FILES = ("log.sqlite", "views.sqlite", "keys.sqlite", "access.sqlite", "telemetry.sqlite", "push.sqlite")
REMEDY = {
    "log.sqlite": "restore the newest backup",
    "views.sqlite": "folded again from the log",
    "keys.sqlite": "restore it from a backup",
    "access.sqlite": "restore it from a backup",
    "telemetry.sqlite": "move it away",
    "push.sqlite": "move it away",
}
READS = {
    "log.sqlite": ("show", "report", "verify", "rebuild", "log", "export", "load", "keys", "files", "import"),
    "views.sqlite": ("show", "report", "verify", "rebuild", "load", "import", "code"),
    "keys.sqlite": ("show", "verify", "rebuild", "log", "export", "load", "keys", "import"),
    "access.sqlite": ("token", "import"),
    "telemetry.sqlite": ("rebuild", "load", "import"),
    "push.sqlite": (),
}
"""File -> the commands that cannot do without it."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with every kind of file, and exports of it beside it."""
    folder = tmp_path_factory.mktemp("sound")
    with pytest.MonkeyPatch.context() as patch:
        run = runner(patch, folder)
        assert run("import", str(ROSTER), "-m", "roster", "-j", J).status == 0
        assert run("serve").status == 0
        for command in (("export",), ("keys", "export"), ("files", "export")):
            assert run(*command, "--out", str(folder / f"{'-'.join(command)}.file")).status == 0
    return folder


async def level(service: Muster) -> None:
    """Wait until all views show all of the log."""
    for jurisdiction in await service.log.jurisdictions():
        end = await service.log.end(jurisdiction)
        assert await service.progress.reached(jurisdiction, end.position, 60)
        async with asyncio.timeout(60):
            while await service.views.stale(jurisdiction):
                await asyncio.sleep(0.01)


def runner(patch: pytest.MonkeyPatch, folder: Path) -> Run:
    """Return a function that runs a command in this process; the server stops once its views are level."""

    async def start(app: FastAPI, background: Background, *_: object) -> int:
        async with app.router.lifespan_context(app):
            await level(app.state.muster)
            await asyncio.sleep(0.05)
        return 1 if background.failure else 0

    def run(*arguments: str) -> Told:
        patch.setattr(sys, "argv", ["muster", *arguments, "--data", str(folder / "data")])
        try:
            main()
        except SystemExit as left:
            return Told(int(left.code or 0), "", "")
        return Told(0, "", "")

    patch.setenv("MUSTER_PUSH_CONTACT", "mailto:desk@example.org")
    patch.setattr(serving, "run_server", start)
    return run


@pytest.fixture
def run(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Run:
    shutil.copytree(sound, tmp_path, dirs_exist_ok=True)
    plain = runner(monkeypatch, tmp_path)

    def told(*arguments: str) -> Told:
        capfd.readouterr()
        status = plain(*arguments).status
        printed = capfd.readouterr()
        return Told(status, printed.out, printed.err)

    return told


def harm(data: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
    for beside in ("-wal", "-shm"):
        (data / f"{name}{beside}").unlink(missing_ok=True)
    (data / name).write_bytes(damage((data / name).read_bytes()))


def commands(folder: Path) -> dict[str, tuple[str, ...]]:
    return {
        "show": ("show", "roster"),
        "alerts": ("show", "alerts"),
        "past": ("show", "roster", "--as-of", "3"),
        "report": ("report", "peak"),
        "verify": ("verify",),
        "rebuild": ("rebuild",),
        "log": ("log",),
        "export": ("export", "--out", str(folder / "new")),
        "load": ("load", str(folder / "export.file"), "--restore"),
        "keys": ("keys", "export", "--out", str(folder / "new")),
        "keys load": ("keys", "load", str(folder / "keys-export.file")),
        "files": ("files", "export", "--out", str(folder / "new")),
        "files load": ("files", "load", str(folder / "files-export.file")),
        "token": ("token", "create", "desk-2", "--scope", "viewer"),
        "tokens": ("token", "list"),
        "revoke": ("token", "revoke", "local"),
        "code": ("token", "code", "W1"),
        "import": ("import", str(ROSTER), "-m", "roster", "-j", J),
    }


def is_plain(told: Told) -> bool:
    """Whether nobody has to read a traceback."""
    lines = told.err.strip().splitlines()
    return len(lines) <= 2 and "Traceback" not in told.out + told.err


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", FILES)
def test_the_service_does_not_start_on_a_damaged_file(
    name: str, damage: Callable[[bytes], bytes], run: Run, tmp_path: Path
) -> None:
    harm(tmp_path / "data", name, damage)
    told = run("serve")
    assert told.status == 1
    assert is_plain(told), told.err
    assert f"{tmp_path}/data/{name} is damaged" in told.err
    assert REMEDY[name] in told.err
    assert "sign in" not in told.out


@pytest.mark.parametrize("damage", DAMAGE if LONG else (no_database,))
@pytest.mark.parametrize("name", FILES)
def test_no_command_answers_a_damaged_file_with_a_traceback(
    name: str, damage: Callable[[bytes], bytes], run: Run, sound: Path, tmp_path: Path
) -> None:
    for what, command in commands(tmp_path).items():
        if not LONG and what not in READS[name]:
            continue
        shutil.rmtree(tmp_path / "data")
        shutil.copytree(sound / "data", tmp_path / "data")
        (tmp_path / "new").unlink(missing_ok=True)
        harm(tmp_path / "data", name, damage)
        told = run(*command)
        assert is_plain(told), (what, told.err)
        assert told.status in (0, 1), (what, told.err)
        if what in READS[name] and damage is not middle:
            assert told.status == 1, what
            assert f"{name} is damaged" in told.err, (what, told.err)


def test_log_and_keys_are_exported_although_the_views_are_damaged(run: Run, tmp_path: Path) -> None:
    before = run("log").out
    harm(tmp_path / "data", "views.sqlite", no_database)
    assert run("export", "--out", str(tmp_path / "new")).status == 0
    assert run("keys", "export", "--out", str(tmp_path / "new-keys")).status == 0
    assert run("log").out == before != ""


def test_deleted_views_come_back_as_they_were(run: Run, tmp_path: Path) -> None:
    """What the message tells to do works."""
    before = run("show", "roster", "--format", "json").out
    harm(tmp_path / "data", "views.sqlite", middle)
    (tmp_path / "data" / "views.sqlite").unlink()
    assert run("serve").status == 0
    assert run("show", "roster", "--format", "json").out == before


@pytest.mark.parametrize("damage", DAMAGE if LONG else (middle,))
@pytest.mark.parametrize("name", ["past.sqlite", "instants.sqlite"])
def test_what_is_made_again_from_the_log_keeps_no_service_from_starting(
    name: str, damage: Callable[[bytes], bytes], run: Run, tmp_path: Path
) -> None:
    harm(tmp_path / "data", name, damage)
    told = run("serve")
    assert told.status == 0, told.err
    assert is_plain(told), told.err


OLDER = {
    "without the view": "DROP TABLE {table}; DELETE FROM view_versions WHERE view = 'roster'",
    "with other rows": "UPDATE view_versions SET signature = 'other' WHERE view = 'roster'",
    "of another format": "PRAGMA user_version = 99",
}


@pytest.mark.parametrize("change", OLDER.values(), ids=OLDER)
def test_views_of_another_version_are_not_called_damaged(change: str, run: Run, tmp_path: Path) -> None:
    before = run("show", "roster", "--format", "json").out
    db = apsw.Connection(str(tmp_path / "data" / "views.sqlite"))
    table = db.execute("SELECT table_name FROM view_versions WHERE view = 'roster'").get
    db.execute(change.format(table=table)).fetchall()
    db.close()
    for command in (("show", "roster"), ("verify",)):
        told = run(*command)
        assert (told.status, is_plain(told)) == (1, True)
        assert "of another version of Muster; start the service once" in told.err
    assert run("serve").status == 0
    assert run("show", "roster", "--format", "json").out == before


def test_a_first_admin_is_made_again_once_the_tokens_are_moved_away(run: Run, tmp_path: Path) -> None:
    harm(tmp_path / "data", "access.sqlite", header)
    (tmp_path / "data" / "access.sqlite").rename(tmp_path / "aside")
    assert run("serve").status == 0
    assert "local" in run("token", "list").out


def test_a_token_file_of_other_bytes_is_no_token(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data" / "admin.token").write_bytes(b"\x92st_ubRFfsw")
    told = run("token", "revoke", "local")
    assert (told.status, told.err) == (0, "")


def test_bytes_flipped_anywhere_in_the_tokens_are_told_or_change_no_answer(run: Run, tmp_path: Path) -> None:
    whole = (tmp_path / "data" / "access.sqlite").read_bytes()
    chance = random.Random(5)
    for _ in range(400 if LONG else 20):
        at = chance.randrange(len(whole))
        flipped = whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :]
        harm(tmp_path / "data", "access.sqlite", lambda _, content=flipped: content)
        told = run("token", "list")
        assert is_plain(told), (at, told.err)
        assert told.status in (0, 1)


READING = (
    ("show", "roster"),
    ("show", "alerts"),
    ("show", "roster", "--as-of", "3"),
    ("report", "peak"),
    ("verify",),
    ("log",),
    ("export", "--out", "log.file"),
    ("keys", "export", "--out", "keys.file"),
    ("files", "export", "--out", "pictures.file"),
    ("token", "list"),
)
"""What can be done with a folder that is mounted for reading, such as a backup."""


def content(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file, when it was changed and what is in it."""
    return {
        one.name: (one.stat().st_mtime_ns, one.read_bytes()) for one in folder.rglob("*") if one.is_file()
    }


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_reading_needs_no_folder_that_can_be_written(
    command: tuple[str, ...], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for beside in (tmp_path / "data").glob("*.sqlite-*"):  # a backup has none
        beside.unlink()
    monkeypatch.setattr(data_file, "writable", lambda _: False)
    before = content(tmp_path / "data")
    told = run(*command)
    assert (told.status, "Traceback" in told.err) == (0, False), told.err
    assert content(tmp_path / "data") == before


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_reading_needs_no_room_on_the_disk(
    command: tuple[str, ...], sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's limit of file sizes stands for the full disk: it fails each write, also for root."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(sound / "data", tmp_path / "data")
    for beside in (tmp_path / "data").glob("*.sqlite-*"):  # as after a service that ended
        beside.unlink()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        told = muster(*command, "--data", tmp_path / "data")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    writes = "--out" in command or command[0] == "token"
    assert (told.returncode, "make room" in told.stderr) == ((1, True) if writes else (0, False)), told
    assert told.stderr.count("\n") == writes
