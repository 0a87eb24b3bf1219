"""Tests of the SQLite log only: damage, locks, reading beside a writer, full disks, kill -9."""

import asyncio
import contextlib
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import apsw
import pytest
from chains import commit
from test_log import fill, read_all

from events.commit import Head
from services.adapters.sqlite import group_commit
from services.adapters.sqlite import log_file as file
from services.adapters.sqlite.log import SqliteLog
from services.log.port import LogDamaged, LogFileDamaged, LogLocked, LogUnavailable, OutcomeUnknown
from services.verify.log import verify

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.sqlite"


def change(path: Path, sql: str, *values: Any) -> None:
    """Change the file behind the log's back. Closed at once: closing it later would remove the WAL in use."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        assert db.execute(sql, values).rowcount == 1


async def made(path: Path, counts: list[int]) -> list[Head]:
    log = SqliteLog(path)
    heads = [head for _, head in await fill(log, "2307", counts)]
    await log.close()
    return heads


class TestDamage:
    async def test_a_flipped_byte_is_found_by_position(self, path: Path) -> None:
        """Flips bytes of any commit, in its data or any other column."""
        counts = [1, 3, 2, 4, 1, 2]
        heads = await made(path, counts)
        firsts = [head.position - count + 1 for head, count in zip(heads, counts, strict=True)]
        chance = random.Random(7)
        for _ in range(120):
            n = chance.randrange(len(heads))
            column = chance.choice(["data", "data", "data", "hash", "first", "last"])
            undo = flip(path, heads[n].position, column, chance)
            log = SqliteLog.open_readonly(path)
            report = await verify(log, "2307")
            await log.close()
            undo()
            damaged = [f.position for f in report.findings if f.code == "damaged"]
            assert damaged == [firsts[n]], column

    async def test_a_commit_filed_under_another_jurisdiction_is_found_in_both(self, path: Path) -> None:
        await made(path, [1, 1, 1])
        change(path, "UPDATE commits SET jurisdiction = '3307' WHERE last = 2")
        log = SqliteLog.open_readonly(path)

        findings = [f for code in await log.jurisdictions() for f in (await verify(log, code)).findings]
        await log.close()
        damaged = [(f.jurisdiction, f.position) for f in findings if f.code == "damaged"]
        assert damaged == [("2307", 2), ("3307", 1)]

    async def test_good_commits_before_the_damage_are_read(self, path: Path) -> None:
        heads = await made(path, [1] * 6)
        change(path, "UPDATE commits SET hash = ? WHERE last = 4", "0" * 64)
        log = SqliteLog.open_readonly(path)

        reading = log.read("2307")
        assert [stored.head for stored in await anext(reading)] == heads[:3]
        with pytest.raises(LogDamaged, match="2307 is damaged at position 4") as found:
            await anext(reading)
        await log.close()
        assert (found.value.jurisdiction, found.value.position) == ("2307", 4)

    async def test_a_missing_commit_is_found(self, path: Path) -> None:
        await made(path, [1] * 6)
        change(path, "DELETE FROM commits WHERE last = 3")
        log = SqliteLog.open_readonly(path)

        with pytest.raises(LogDamaged) as found:
            await read_all(log, "2307")
        await log.close()
        assert found.value.position == 3

    async def test_nothing_is_chained_to_a_damaged_head(self, path: Path) -> None:
        heads = await made(path, [1, 1])
        change(path, "UPDATE commits SET hash = ? WHERE last = 2", "0" * 64)
        log = SqliteLog(path)
        data, _ = commit("2307", Head(2, "0" * 64))

        with pytest.raises(LogDamaged):
            await log.append("2307", data)
        other, _ = commit("2308", Head())
        assert await log.append("2308", other)
        await log.close()
        assert heads[-1].position == 2

    @pytest.mark.parametrize("hash_", [b"0" * 64, b"\xff" * 64], ids=["another", "not text"])
    async def test_a_damaged_head_concerns_no_other_jurisdiction(self, path: Path, hash_: bytes) -> None:
        """Appends that are written in one transaction are judged each by its own head."""
        await made(path, [1, 1])
        change(path, "UPDATE commits SET hash = CAST(? AS TEXT) WHERE last = 2", hash_)
        log = SqliteLog(path)
        following, _ = commit("2307", Head(2, "0" * 64))
        others = {f"33{n:02}": commit(f"33{n:02}", Head())[0] for n in range(90)}

        damaged, *accepted = await asyncio.gather(
            log.append("2307", following),
            *(log.append(code, data) for code, data in others.items()),
            return_exceptions=True,
        )

        assert isinstance(damaged, LogDamaged)
        assert damaged.jurisdiction == "2307"
        assert accepted == [True] * 90
        assert [len(await read_all(log, code)) for code in others] == [1] * 90
        await log.close()

    async def test_no_flipped_byte_of_the_file_changes_what_is_read(self, path: Path) -> None:
        """Flips bytes anywhere in the file. Each is detected, or the result is unchanged."""
        await made(path, [1, 2, 40, 1, 3])
        whole = path.read_bytes()
        log = SqliteLog.open_readonly(path)
        good = await read_all(log, "2307")
        await log.close()
        chance = random.Random(11)
        for _ in range(150):
            at = chance.randrange(100, len(whole))
            path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
            try:
                log = SqliteLog.open_readonly(path)
            except (LogDamaged, LogUnavailable):
                continue
            try:
                same = await read_all(log, "2307") == good
                assert same or await log.inspect()
            except (LogDamaged, LogUnavailable):
                continue
            finally:
                await log.close()


def flip(path: Path, last: int, column: str, chance: random.Random) -> Any:
    """Flip one bit of one value. Return a function that restores it."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        sql = f"SELECT rowid, {column} FROM commits WHERE last = ?"  # noqa: S608
        row, old = db.execute(sql, (last,)).fetchone()
    if isinstance(old, int):
        new: Any = old + 1_000_000 if column == "last" else old ^ (1 << chance.randrange(40))
    else:
        raw = bytearray(old.encode() if isinstance(old, str) else old)
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(7)
        new = raw.decode() if isinstance(old, str) else bytes(raw)
    change(path, f"UPDATE commits SET {column} = ? WHERE rowid = ?", new, row)  # noqa: S608
    return lambda: change(path, f"UPDATE commits SET {column} = ? WHERE rowid = ?", old, row)  # noqa: S608


class TestOneWriter:
    async def test_a_second_one_is_told_the_process_of_the_first(self, path: Path) -> None:
        log = SqliteLog(path)
        with pytest.raises(LogLocked, match=f"in use by process {os.getpid()}") as refused:
            SqliteLog(path)
        await log.close()

        assert refused.value.pid == os.getpid()
        await SqliteLog(path).close()

    async def test_bytes_that_are_no_commit_are_refused_alone(self, path: Path) -> None:
        log = SqliteLog(path)
        good, _ = commit("2307", Head())
        calls = (log.append("2307", b"{}"), log.append("2308", good), log.append("2307", good))

        foul, misplaced, fine = await asyncio.gather(*calls, return_exceptions=True)
        await log.close()
        assert (type(foul), type(misplaced), fine) == (ValueError, ValueError, True)

    async def test_a_closed_log_says_so(self, path: Path) -> None:
        log = SqliteLog(path)
        await log.close()
        data, _ = commit("2307", Head())

        with pytest.raises(LogUnavailable, match="closed"):
            await log.append("2307", data)
        with pytest.raises(LogUnavailable, match="closed"):
            await log.end("2307")

    async def test_the_log_keeps_its_id(self, path: Path) -> None:
        log = SqliteLog(path)
        await log.close()
        again = SqliteLog(path)
        await again.close()

        assert len(log.id) == 36
        assert again.id == log.id


class TestReadingBesideAWriter:
    async def test_sees_what_is_appended(self, path: Path) -> None:
        log = SqliteLog(path)
        reader = SqliteLog.open_readonly(path)
        waiting = asyncio.ensure_future(reader.wait("2307", 0, timeout=5))
        made = await fill(log, "2307", [2])

        assert await waiting
        assert await reader.end("2307") == made[0][1]
        await reader.close()
        await log.close()

    async def test_cannot_append(self, path: Path) -> None:
        await made(path, [1])
        reader = SqliteLog.open_readonly(path)
        data, _ = commit("2308", Head())

        with pytest.raises(LogUnavailable, match="reading only"):
            await reader.append("2308", data)
        await reader.close()

    def test_a_missing_log_is_named_and_not_made(self, path: Path) -> None:
        with pytest.raises(LogUnavailable, match=f"no log at {path}"):
            SqliteLog.open_readonly(path)
        assert not path.exists()

    def test_a_foreign_file_is_not_a_log(self, path: Path) -> None:
        with contextlib.closing(sqlite3.connect(path)) as db, db:
            db.execute("CREATE TABLE other (x)")
        for opening in (SqliteLog, SqliteLog.open_readonly):
            with pytest.raises(LogUnavailable, match="not a Muster log"):
                opening(path)

    def test_text_is_not_a_log(self, path: Path) -> None:
        path.write_text("This is not a database at all. " * 40)
        for opening in (SqliteLog, SqliteLog.open_readonly):
            with pytest.raises(LogFileDamaged, match="is damaged: file is not a database; stop the service"):
                opening(path)

    async def test_a_log_of_a_newer_program_is_refused(self, path: Path) -> None:
        await made(path, [1])
        with contextlib.closing(sqlite3.connect(path)) as db, db:
            db.execute("PRAGMA user_version = 2")
        with pytest.raises(LogUnavailable, match="upgrade"):
            SqliteLog(path)


class TestADiskThatFails:
    async def test_a_full_disk_writes_nothing_and_recovers(self, path: Path) -> None:
        log = SqliteLog(path)
        made = await fill(log, "2307", [1])
        big, _ = commit("2307", made[0][1], 100, size=10_000)
        small, head = commit("2307", made[0][1], 1)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
        try:
            with pytest.raises(LogUnavailable, match="nothing was changed"):
                await log.append("2307", big)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

        assert await log.end("2307") == made[0][1]
        assert await log.append("2307", small)
        await log.close()
        log = SqliteLog(path)
        assert [s.head for s in await read_all(log, "2307")] == [made[0][1], head]
        await log.close()

    async def test_a_full_file_refuses_the_whole_group(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        open_writer = file.open_writer

        def short(path: Path) -> apsw.Connection:
            db = open_writer(path)
            db.execute("PRAGMA max_page_count = 20")
            return db

        monkeypatch.setattr(file, "open_writer", short)
        log = SqliteLog(path)
        calls = [commit("2307", Head())[0], commit("2308", Head(), 100, size=10_000)[0]]
        codes = ["2307", "2308"]
        answers = await asyncio.gather(*map(log.append, codes, calls), return_exceptions=True)

        assert {type(a) for a in answers} <= {LogUnavailable, bool}
        assert isinstance(answers[1], LogUnavailable)
        for code, answer in zip(codes, answers, strict=True):
            assert ((await log.end(code)).position > 0) == (answer is True)
        await log.close()

    async def test_a_commit_whose_sync_failed_is_of_unknown_outcome(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log = SqliteLog(path)
        failed = apsw.exception_for(apsw.SQLITE_IOERR_FSYNC)
        execute = group_commit.execute

        def fails(db: apsw.Connection, sql: str) -> None:
            if sql == "COMMIT":
                raise failed
            execute(db, sql)

        data, head = commit("2307", Head())
        monkeypatch.setattr(group_commit, "execute", fails)
        with pytest.raises(OutcomeUnknown, match="status by id"):
            await log.append("2307", data)
        monkeypatch.undo()

        assert await log.append("2307", data)
        assert await log.end("2307") == head
        await log.close()


CHILD = """
import asyncio, sys
from chains import commit
from services.adapters.sqlite.log import SqliteLog

async def main():
    log = SqliteLog(sys.argv[1])
    code = sys.argv[2]
    head = await log.end(code)
    print("open", flush=True)
    while True:
        data, head = commit(code, head, 1 + head.position % 4, size=300)
        assert await log.append(code, data)
        print(head, flush=True)

asyncio.run(main())
"""


def start(path: Path, jurisdiction: str) -> "subprocess.Popen[str]":
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "contract")))
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), jurisdiction],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )


def run_and_kill(path: Path, seconds: float) -> list[str]:
    """Run and kill a writer. Return the heads it acknowledged. Meanwhile nobody else may write."""
    with start(path, "2307") as child:
        try:
            assert child.stdout
            assert child.stdout.readline() == "open\n"
            with pytest.raises(LogLocked) as refused:
                SqliteLog(path)
            assert refused.value.pid == child.pid
            time.sleep(seconds)
        finally:
            child.send_signal(signal.SIGKILL)
        return child.stdout.read().split("\n")[:-1]


async def test_kill_9_loses_nothing_that_was_acknowledged(path: Path) -> None:
    chance = random.Random(3)
    held: list[str] = []
    for _ in range(5):
        told = run_and_kill(path, chance.uniform(0.02, 0.3))
        log = SqliteLog(path)
        held = [str(stored.head) for stored in await read_all(log, "2307")]
        assert not set(told) - set(held)
        assert await log.inspect() == []
        await log.close()
    assert len(held) > 5


async def test_what_is_read_by_another_process_is_chained(path: Path) -> None:
    """A reader beside a busy writer always sees a whole chain."""
    child = start(path, "2307")
    assert child.stdout
    try:
        child.stdout.readline()
        reader = SqliteLog.open_readonly(path)
        position = 0
        for _ in range(10):
            assert await reader.wait("2307", position, timeout=5)
            position = (await read_all(reader, "2307"))[-1].head.position
        await reader.close()
    finally:
        child.kill()
        child.stdout.close()
        child.wait()
    assert position >= 10
