"""A key file opens sealed data if it is complete and its passphrase is known, but never erased data."""

import asyncio
import stat
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import msgspec
import pytest
from chains import AT, recorded, seal

from events.commit import Head
from services.adapters.sqlite.keys import local_vault
from services.adapters.sqlite.log import SqliteLog
from services.transfer import TransferFailed, export_keys, keyfile, load_keys
from services.vault import Vault
from tests.transfer.places import J, Place, failed, muster, ok

SECRET = "a passphrase of some length"
PEOPLE = 9_000
"""Enough for more than two parts."""


def commit(n: int, head: Head, name: str, data: dict[str, str]) -> tuple[bytes, Head]:
    event = msgspec.structs.replace(recorded(n), name=name, data=msgspec.Raw(msgspec.json.encode(data)))
    return seal(J, head, [event], AT)


class Source:
    """A log with people, and their keys. The last person was erased."""

    def __init__(self, log: SqliteLog, vault: Vault) -> None:
        self.log, self.vault = log, vault
        self.tokens: list[str] = []

    @classmethod
    async def open(cls, folder: Path) -> "Source":
        folder.mkdir()
        return cls(SqliteLog(folder / "log.sqlite"), await local_vault(folder))

    async def filled(self, people: int) -> "Source":
        await self.vault.ensure(J, [f"worker/W{n}" for n in range(people)])
        head = Head()
        waiting = list[Awaitable[bool]]()
        for n in range(people):
            token = self.vault.seal(J, f"worker/W{n}", "c", "name", f"Courier {n}")
            data, head = commit(
                n, head, "worker.registered", {"worker": f"W{n}", "role": "rider", "name": token}
            )
            self.tokens.append(token)
            waiting.append(self.log.append(J, data))
        data, head = commit(people, head, "worker.erased", {"worker": f"W{people - 1}"})
        assert all(await asyncio.gather(*waiting, self.log.append(J, data)))
        await self.vault.erase(J, f"worker/W{people - 1}")
        return self

    async def close(self) -> None:
        await self.log.close()
        await self.vault.close()


@pytest.fixture
async def source(tmp_path: Path) -> AsyncIterator[Source]:
    found = await (await Source.open(tmp_path / "source")).filled(20)
    yield found
    await found.close()


@pytest.fixture
async def target(tmp_path: Path) -> AsyncIterator[Source]:
    """Open an empty store with another master key."""
    found = await Source.open(tmp_path / "target")
    yield found
    await found.close()


async def written(source: Source, file: Path, passphrase: str | None = SECRET) -> Path:
    await export_keys(source.log, source.vault, J, file, passphrase)
    return file


async def code_of(target: Source, file: Path, passphrase: str | None = SECRET) -> str:
    """Return the code of the refusal. No key may have been imported."""
    with pytest.raises(TransferFailed) as caught:
        await load_keys(target.log, target.vault, file, passphrase)
    assert set(await target.vault.keys_of(J, [f"worker/W{n}" for n in range(20)])) == {"service"}
    return caught.value.code


async def test_what_was_sealed_is_opened_and_the_erased_stay_so(
    source: Source, target: Source, tmp_path: Path
) -> None:
    file = await written(source, tmp_path / "keys")
    done = await load_keys(target.log, target.vault, file, SECRET)
    assert (done.subjects, done.erased, done.conflicts) == (20, 1, ())
    opened = [await target.vault.open(J, token) for token in source.tokens]
    assert opened == [*(f"Courier {n}" for n in range(19)), None]
    assert await target.vault.ensure(J, ["worker/W19"]) == {"worker/W19": False}


async def test_thousands_of_people(tmp_path: Path, target: Source) -> None:
    source = await (await Source.open(tmp_path / "many")).filled(PEOPLE)
    done = await export_keys(source.log, source.vault, J, tmp_path / "keys", SECRET)
    await load_keys(target.log, target.vault, tmp_path / "keys", SECRET)
    assert (done.subjects, done.erased, done.missing) == (PEOPLE, 1, 0)
    assert await target.vault.open(J, source.tokens[5_000]) == "Courier 5000"
    await source.close()


async def test_the_file_shows_no_key_and_is_its_owners_alone(source: Source, tmp_path: Path) -> None:
    for passphrase in (SECRET, None):
        file = await written(source, tmp_path / f"keys {passphrase}", passphrase)
        keys = await source.vault.keys_of(J, [f"worker/W{n}" for n in range(20)])
        content = file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        for subject, key in keys.items():
            assert subject.encode() not in content or subject == "service"
            if key:
                assert key not in content
                assert keyfile.encoded(key).encode() not in content


async def test_under_the_master_key_it_opens_with_that_one_alone(
    source: Source, target: Source, tmp_path: Path
) -> None:
    file = await written(source, tmp_path / "keys", None)
    assert await code_of(target, file, None) == "keys.wrong_master_key"
    same = await local_vault(tmp_path / "same", (tmp_path / "source" / "master.key").read_bytes())
    await load_keys(target.log, same, file)
    assert await same.open(J, source.tokens[0]) == "Courier 0"
    await same.close()


async def test_who_was_erased_here_or_in_the_log_here_stays_erased(
    source: Source, target: Source, tmp_path: Path
) -> None:
    file = await written(source, tmp_path / "keys")
    data, _ = commit(0, Head(), "worker.erased", {"worker": "W3"})
    assert await target.log.append(J, data)
    await target.vault.erase(J, "worker/W4")
    await load_keys(target.log, target.vault, file, SECRET)
    opened = [await target.vault.open(J, token) for token in source.tokens[2:6]]
    assert opened == ["Courier 2", None, None, "Courier 5"]


async def test_another_key_here_is_kept_and_told(source: Source, target: Source, tmp_path: Path) -> None:
    file = await written(source, tmp_path / "keys")
    await target.vault.ensure(J, ["worker/W2"])
    done = await load_keys(target.log, target.vault, file, SECRET)
    assert done.conflicts == ("worker/W2",)
    assert await target.vault.open(J, source.tokens[1]) == "Courier 1"


async def test_keys_that_are_missing_are_counted(source: Source, target: Source, tmp_path: Path) -> None:
    async for batch in source.log.read(J):
        for stored in batch:
            assert await target.log.append(J, stored.data)
    done = await export_keys(target.log, target.vault, J, tmp_path / "keys", SECRET)
    assert (done.subjects, done.missing) == (0, 20)


# -- what is refused ------------------------------------------------------------------------------------


async def test_a_changed_byte_anywhere_is_found(source: Source, target: Source, tmp_path: Path) -> None:
    file = await written(source, tmp_path / "keys", None)
    whole = file.read_bytes()
    same = await local_vault(tmp_path / "same", (tmp_path / "source" / "master.key").read_bytes())
    for place in range(0, len(whole), 13):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x01]) + whole[place + 1 :])
        with pytest.raises(TransferFailed) as caught:
            await load_keys(target.log, same, file)
        assert caught.value.code.startswith("keys."), place
    assert set(await same.keys_of(J, ["worker/W1"])) == {"service"}
    await same.close()


async def test_lines_left_out_swapped_or_doubled_are_found(
    tmp_path: Path, source: Source, target: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyfile, "AT_ONCE", 6)
    file = await written(source, tmp_path / "keys")
    lines = file.read_bytes().splitlines(keepends=True)
    assert len(lines) == 5
    for changed, code in (
        (lines[:1], "keys.truncated"),
        (lines[:-1], "keys.damaged"),
        ([*lines[:2], *lines[3:]], "keys.damaged"),
        ([lines[0], lines[2], lines[1], *lines[3:]], "keys.damaged"),
        ([*lines, lines[-1]], "keys.damaged"),
        ([lines[0].replace(b'"erased":1', b'"erased":0'), *lines[1:]], "keys.damaged"),
        (lines[1:], "keys.no_header"),
        ([], "keys.no_header"),
        ([lines[0].replace(b'"format":1', b'"format":2'), *lines[1:]], "keys.format"),
        ([lines[0].replace(b'"2307"', b'"2308"'), *lines[1:]], "keys.wrong_passphrase"),
    ):
        file.write_bytes(b"".join(changed))
        assert await code_of(target, file) == code


async def test_the_passphrase_must_be_given_be_right_and_be_long(
    source: Source, target: Source, tmp_path: Path
) -> None:
    file = await written(source, tmp_path / "keys")
    assert await code_of(target, file, "another passphrase") == "keys.wrong_passphrase"
    assert await code_of(target, file, None) == "keys.passphrase"
    with pytest.raises(TransferFailed, match="at least 12"):
        await written(source, tmp_path / "short", "short")
    assert not (tmp_path / "short").exists()


async def test_the_command_line_says_loudly_what_the_file_holds(tmp_path: Path) -> None:
    place, other = Place(tmp_path / "data"), Place(tmp_path / "other")
    await place.plays()
    file = tmp_path / "2307.keys"
    done = muster("keys", "export", "--out", file, "--data", place.folder)
    assert done.returncode == 0
    assert done.stderr.startswith("WARNING: ")
    assert "names, phone numbers, addresses" in done.stderr
    failed("keys", "load", file, "--data", other.folder, code="keys.wrong_master_key")
    failed("keys", "load", file, "-j", "9999", "--data", place.folder, code="keys.jurisdiction")
    ok("keys", "load", file, "--data", place.folder)
    await other.does(("worker.register", {"worker": "W1", "role": "rider", "name": "Courier 1"}), first=5000)
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    ok("keys", "export", "--passphrase-file", secret, "--out", tmp_path / "2", "--data", place.folder)
    told = failed(
        "keys",
        "load",
        tmp_path / "2",
        "--passphrase-file",
        secret,
        "--data",
        other.folder,
        code="keys.conflict",
    )
    assert "worker/W1" in told
