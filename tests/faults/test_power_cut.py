"""The power goes at any moment, or the disk fails at any write: what was acknowledged is there afterwards.

What was refused as "nothing was changed" is not there.
"""

import asyncio
import random
from itertools import count
from pathlib import Path
from typing import Final

import apsw
import pytest
from chains import commit
from forgetful import Disk, Forgetful
from scale import LONG, scaled

from events.commit import Head, digest
from services.adapters.sqlite import keys, log_file
from services.adapters.sqlite.group_commit import GroupCommit
from services.adapters.sqlite.keys import SqliteKeyStore
from services.adapters.sqlite.log import SqliteLog
from services.log.port import LogUnavailable, OutcomeUnknown
from services.vault import VaultUnavailable

J = "2307"
ROUNDS: Final = scaled("MUSTER_POWER_CUTS", 15, 2_000)
_names = count()
DURABLE: Final = ("journal_mode = WAL", "synchronous = FULL")
"""As `data_file` opens every store."""
MASTER: Final = bytes(32)


class Ledger:
    """What the log answered to each commit."""

    def __init__(self) -> None:
        self.acknowledged: list[str] = []
        self.refused: list[str] = []


def begin(path: Path, disk: Disk, vfs: str, chance: random.Random) -> apsw.Connection | None:
    """Create a log as the service does; None if the disk fails meanwhile."""
    db = apsw.Connection(str(path), vfs=vfs)
    checkpoint = f"wal_autocheckpoint = {chance.choice((2, 8, 4000))}"
    try:
        for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL", checkpoint):
            db.execute(f"PRAGMA {pragma}").fetchall()
        db.execute(log_file.CREATE)
        db.execute("INSERT INTO meta VALUES ('id', 'of a test')")
    except (apsw.FullError, apsw.IOError):
        disk.mend()
        db.close()
        return None
    return db


async def write(writer: GroupCommit, chance: random.Random, ledger: Ledger, *, apart: bool) -> None:
    """Append commits in groups of random size, until one is not acknowledged, or some time.

    `apart`: none is written together with the one before it, as may happen to any.
    """
    head = Head()
    for _ in range(chance.randrange(1, 12)):
        made, after = [], head
        for _ in range(chance.randrange(1, 5)):
            data, after = commit(J, after, chance.randrange(1, 4), size=chance.choice((20, 6_000)))
            made.append((data, after))
        sent = list[asyncio.Future[bool]]()
        for data, _ in made:
            sent.append(writer.append(J, data))
            if apart:
                await asyncio.wait(sent)
        answers = await asyncio.gather(*sent, return_exceptions=True)
        for number, ((data, new), answer) in enumerate(zip(made, answers, strict=True)):
            if answer is True:
                ledger.acknowledged.append(digest(data))
                head = new
            elif isinstance(answer, LogUnavailable):
                ledger.refused.append(digest(data))
            elif answer is False:
                assert any(one is not True for one in answers[:number]), "it followed the head"
                ledger.refused.append(digest(data))
            else:
                assert isinstance(answer, OutcomeUnknown), answer
        if not all(answer is True for answer in answers):
            return


async def stored(path: Path) -> list[str]:
    """Return the hashes that the service finds after its next start."""
    log = SqliteLog(path)
    found = [one.head.hash async for batch in log.read(J) for one in batch]
    assert await log.inspect() == []
    await log.close()
    return found


async def tried(folder: Path, seed: int, disk: Disk, power_cut: bool, *, apart: bool = False) -> int:
    """Write until the disk fails, restart, and compare. Return how many writes were not synced."""
    ledger, chance, path = Ledger(), random.Random(seed), folder / "log.sqlite"
    folder.mkdir()
    name = f"forgetful-{next(_names)}"
    vfs = Forgetful(name, disk)
    db = begin(path, disk, name, chance)
    if db is None:
        return 0
    writer = GroupCommit(db, path, lambda: None, log_file.ends, lambda _: None)
    await write(writer, chance, ledger, apart=apart)
    unsynced = disk.leave(folder, chance if power_cut else None)
    disk.mend()
    await asyncio.to_thread(writer.close)
    del vfs  # it has to outlive the connection
    if ledger.acknowledged or ledger.refused:
        found = await stored(folder / "log.sqlite")
        assert found[: len(ledger.acknowledged)] == ledger.acknowledged, (seed, disk.calls)
        assert not set(ledger.refused) & set(found), (seed, disk.calls)
    return unsynced


@pytest.mark.timeout(60 + ROUNDS)
async def test_the_power_goes_at_any_moment(tmp_path: Path) -> None:
    unsynced = 0
    for seed in range(ROUNDS):
        whole = Disk()
        await tried(tmp_path / f"{seed}-whole", seed, whole, power_cut=True)
        at = random.Random(seed).randrange(1, whole.calls)
        unsynced += await tried(tmp_path / f"{seed}-cut", seed, Disk(at, apsw.IOError), power_cut=True)
    assert unsynced > ROUNDS, "most cuts fell between a write and its sync"


# -- keys: without its key, what was acknowledged could not be read ------------------------------------------


def opened(path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> tuple[SqliteKeyStore, Forgetful]:
    """Open the key store on a disk that forgets. It has one connection to it, which reads and writes."""
    vfs = Forgetful(name := f"forgetful-{next(_names)}", disk)

    def create(path: Path, schema: str, *, reading: bool) -> apsw.Connection:
        assert not reading
        db = apsw.Connection(str(path), vfs=name)
        for pragma in ("locking_mode = EXCLUSIVE", *DURABLE, "secure_delete = ON"):
            db.execute(f"PRAGMA {pragma}").fetchall()
        db.execute(schema)
        made.append(db)
        return db

    made: list[apsw.Connection] = []
    with monkeypatch.context() as patched:
        patched.setattr(keys, "open_store", create)
        patched.setattr(keys, "open_reader", lambda _: made[0])
        try:
            return SqliteKeyStore(path), vfs
        except VaultUnavailable:
            disk.mend()  # before the connection is dropped, which writes
            raise


async def give_and_erase(
    store: SqliteKeyStore, chance: random.Random
) -> tuple[dict[str, bytes], dict[str, None], set[str]]:
    """Return the keys given, the erasures told, and those whose end was not told, until the disk fails."""
    given: dict[str, bytes] = {}
    erased: dict[str, None] = {}
    for number in range(chance.randrange(2, 12)):
        some = {f"worker/W{number}-{n}" for n in range(chance.choice((1, 3, 200)))}
        gone = [one for one in given if one not in erased and chance.random() < 0.2][:3]
        untold = set(gone)
        try:
            given |= {subject: key for subject, key in (await store.ensure(J, some)).items() if key}
            for subject in gone:
                await store.erase(J, subject)
                untold.discard(subject)
                erased[subject] = None
            if gone:
                await store.scrub()
        except VaultUnavailable:
            return given, erased, untold
    return given, erased, set()


async def keys_tried(folder: Path, seed: int, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Give and erase keys until the power goes, and compare. Return whether any was given."""
    folder.mkdir()
    try:
        store, vfs = opened(folder / "keys.sqlite", disk, monkeypatch)
    except VaultUnavailable:
        return False
    chance = random.Random(seed)
    try:
        await store.unlock(MASTER)
        given, erased, untold = await give_and_erase(store, chance)
    except VaultUnavailable:  # it did not begin
        disk.mend()
        await store.close()
        return False
    disk.leave(folder, chance)
    disk.mend()
    await store.close()
    del vfs  # it has to outlive the connection
    again = await SqliteKeyStore.open(folder / "keys.sqlite")
    await again.unlock(MASTER)
    found = await again.keys(J, given)
    await again.close()
    for subject, key in given.items():
        if subject in erased:
            assert found[subject] is None, (seed, disk.calls, subject)
        elif subject not in untold:
            assert found[subject] == key, (seed, disk.calls, subject)
    return bool(given)


@pytest.mark.timeout(60 + ROUNDS)
async def test_keys_given_and_erasures_told_survive_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    survived = 0
    for seed in range(ROUNDS):
        whole = Disk()
        await keys_tried(tmp_path / f"{seed}-whole", seed, whole, monkeypatch)
        at = random.Random(seed).randrange(1, whole.calls)
        cut = Disk(at, apsw.IOError)
        survived += await keys_tried(tmp_path / f"{seed}-cut", seed, cut, monkeypatch)
    assert survived


# ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [apsw.FullError, apsw.IOError])
@pytest.mark.parametrize("power_cut", [False, True])
@pytest.mark.parametrize("apart", [False, True])
async def test_the_disk_fails_at_any_write_or_sync(
    error: type[Exception], power_cut: bool, apart: bool, tmp_path: Path
) -> None:
    whole = Disk()
    await tried(tmp_path / "whole", 1, whole, power_cut=False, apart=apart)
    for at in range(1, whole.calls + 1, 1 if LONG else 5):
        await tried(tmp_path / str(at), 1, Disk(at, error), power_cut, apart=apart)
