"""The vault: sealed data cannot be read without its key, and never again once erased.

Runs on both key stores: a file of one server, and PostgreSQL shared by several.
"""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from pg_server import database, execute

from services.adapters.postgres.keys import PgKeyStore
from services.adapters.postgres.pool import Pool
from services.adapters.sqlite.keys import SqliteKeyStore, local_vault
from services.vault import BadToken, Erased, MasterKeyMissing, NoKey, Vault, WrongMasterKey, mask, open_vault
from services.vault.phones import normalised
from services.vault.port import KeyStore

ID = "0d7c1c52-0f6a-4a53-9c58-8a7a1f1b2c3d"
TOKEN = re.compile(rf"sealed:1:worker/W1:{ID}:name:[\w-]{{16}}:[\w-]+")


class Home:
    """The place of a vault, which may be opened several times."""

    def __init__(self, folder: Path, dsn: str | None) -> None:
        self.folder, self.dsn = folder, dsn

    async def open(self, master: bytes | None = None, **how: Any) -> Vault:
        return await open_vault(self.folder, await self.store(), master, **how)

    async def store(self) -> KeyStore:
        """Its keys, opened once more."""
        if self.dsn:
            return PgKeyStore(await Pool.open(self.dsn))
        return await SqliteKeyStore.open(self.folder / "keys.sqlite")

    def execute(self, sql: str) -> list[Any]:
        """Run SQL on the store from outside. `keys` is its table of keys."""
        if self.dsn:
            return execute(self.dsn, sql.replace("keys", "vault_keys"))
        with closing(sqlite3.connect(self.folder / "keys.sqlite")) as db:
            return db.execute(sql).fetchall()


@pytest.fixture(params=["file", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    return Home(tmp_path, database() if request.param == "postgres" else None)


@pytest.fixture
async def vault(home: Home) -> AsyncIterator[Vault]:
    opened = await home.open()
    await opened.ensure("2307", ["worker/W1"])
    yield opened
    await opened.close()


def sealed(vault: Vault, plain: str = "测试人员 17", field: str = "name", subject: str = "worker/W1") -> str:
    return vault.seal("2307", subject, ID, field, plain)


async def hashed(vault: Vault, jurisdiction: str, subject: str | None, *asked: Any) -> str:
    """Return the hash as a writer does, after `ensure`."""
    await vault.ensure(jurisdiction, [subject] if subject else [])
    return vault.body_hash(jurisdiction, subject, *asked)


class TestSealing:
    async def test_a_token_names_its_origin_and_hides_its_value(self, vault: Vault) -> None:
        assert TOKEN.fullmatch(sealed(vault))

    async def test_opens_to_what_was_sealed(self, vault: Vault) -> None:
        for plain in ("测试人员 17", "", "a:b", "😀" * 1000):
            assert await vault.open("2307", sealed(vault, plain)) == plain

    async def test_the_same_value_is_another_token_each_time(self, vault: Vault) -> None:
        assert len({sealed(vault) for _ in range(100)}) == 100

    async def test_a_key_stays_the_same_over_restarts(self, vault: Vault, home: Home) -> None:
        token = sealed(vault)
        again = await home.open()

        assert await again.open("2307", token) == "测试人员 17"
        await again.close()

    async def test_more_subjects_than_memory_holds(self, home: Home) -> None:
        vault = await home.open(keep=10)
        subjects = [f"worker/W{n}" for n in range(50)]
        await vault.ensure("2307", subjects)
        tokens = [vault.seal("2307", s, ID, "name", s) for s in subjects]

        assert [await vault.open("2307", token) for token in tokens] == subjects
        await vault.close()

    async def test_nothing_is_sealed_for_a_subject_without_a_key(self, vault: Vault) -> None:
        with pytest.raises(NoKey, match="worker/W2 in 2307"):
            sealed(vault, subject="worker/W2")

    async def test_two_that_ensure_at_once_get_one_key(self, home: Home) -> None:
        one, other = await home.open(), await home.open()
        await asyncio.gather(*(v.ensure("2307", ["worker/W9"]) for v in (one, other)))

        assert await other.open("2307", sealed(one, "x", subject="worker/W9")) == "x"
        await one.close()
        await other.close()


class TestTampering:
    @pytest.mark.parametrize(
        ("part", "value"),
        [(3, "0d7c1c52-0f6a-4a53-9c58-8a7a1f1b2c3e"), (4, "phone"), (5, "A" * 16), (6, "A" * 40)],
    )
    async def test_a_changed_part_is_noticed(self, vault: Vault, part: int, value: str) -> None:
        parts = sealed(vault).split(":")
        parts[part] = value

        with pytest.raises(BadToken, match="was modified"):
            await vault.open("2307", ":".join(parts))

    async def test_a_token_of_another_subject_is_noticed(self, vault: Vault) -> None:
        await vault.ensure("2307", ["worker/W2"])

        with pytest.raises(BadToken):
            await vault.open("2307", sealed(vault).replace("worker/W1", "worker/W2"))

    async def test_a_token_of_another_jurisdiction_is_noticed(self, vault: Vault) -> None:
        await vault.ensure("3307", ["worker/W1"])

        with pytest.raises(BadToken, match="does not belong to 3307"):
            await vault.open("3307", sealed(vault))

    async def test_parts_cannot_be_shifted_into_each_other(self, vault: Vault) -> None:
        parts = vault.seal("2307", "worker/W1", "ab", "c", "x").split(":")
        parts[3], parts[4] = "a", "bc"

        with pytest.raises(BadToken):
            await vault.open("2307", ":".join(parts))

    async def test_the_text_of_a_nonce_cannot_be_shifted_into_the_box(self, vault: Vault) -> None:
        *parts, nonce, box = sealed(vault).split(":")

        with pytest.raises(BadToken):
            await vault.open("2307", ":".join((*parts, nonce[:-1], nonce[-1] + box)))

    @pytest.mark.parametrize(
        "token", ["", "plain", "sealed:1:a:b", "sealed:2:worker/W1:c:f:n:b", "sealed:1:worker/W1:c:f:é:b"]
    )
    async def test_what_is_no_token_is_refused(self, vault: Vault, token: str) -> None:
        with pytest.raises(BadToken):
            await vault.open("2307", token)


class TestErasing:
    async def test_nothing_opens_any_more(self, vault: Vault) -> None:
        token = sealed(vault)
        await vault.erase("2307", "worker/W1")

        assert await vault.open("2307", token) is None

    async def test_nor_after_a_restart_or_with_a_new_key(self, vault: Vault, home: Home) -> None:
        token = sealed(vault)
        await vault.erase("2307", "worker/W1")
        again = await home.open()

        assert await again.open("2307", token) is None
        assert await again.ensure("2307", ["worker/W1", "worker/W2"]) == {
            "worker/W1": False,
            "worker/W2": True,
        }
        await again.close()

    async def test_nothing_is_sealed_or_hashed_for_them(self, vault: Vault) -> None:
        await vault.erase("2307", "worker/W1")

        with pytest.raises(Erased):
            sealed(vault)
        with pytest.raises(Erased):
            vault.body_hash("2307", "worker/W1", "worker.amend", None, {})

    async def test_others_keep_theirs(self, vault: Vault) -> None:
        await vault.ensure("3307", ["worker/W1"])
        token = vault.seal("3307", "worker/W1", ID, "name", "x")
        await vault.erase("2307", "worker/W1")

        assert await vault.open("3307", token) == "x"

    async def test_repeating_it_and_erasing_the_unknown_is_fine(self, vault: Vault) -> None:
        for subject in ("worker/W1", "worker/W1", "worker/W404"):
            await vault.erase("2307", subject)

        assert await vault.ensure("2307", ["worker/W404"]) == {"worker/W404": False}

    async def test_their_phone_finds_nobody(self, vault: Vault) -> None:
        await vault.index_phone("2307", "worker/W1", "13800000001")
        await vault.erase("2307", "worker/W1")
        await vault.index_phone("2307", "worker/W1", "13800000001")

        assert await vault.find_phone("2307", "13800000001") == []


class TestMany:
    async def test_keys_may_be_brought_into_memory_together(self, vault: Vault, home: Home) -> None:
        subjects = [f"worker/W{n}" for n in range(2, 500)]
        await vault.ensure("2307", subjects)
        tokens = [vault.seal("2307", s, ID, "name", s) for s in subjects]
        store = await home.store()
        other = await open_vault(home.folder, store)
        keyring = await other.keyring("2307", [*subjects, "worker/unknown"])
        store.keys = None  # type: ignore[assignment, method-assign]

        assert [keyring.open(token) for token in tokens] == subjects
        assert [await other.open("2307", token) for token in tokens] == subjects
        await other.close()

    async def test_many_are_erased_with_those_that_were_before(self, vault: Vault) -> None:
        subjects = [f"worker/W{n}" for n in range(2, 50)]
        await vault.ensure("2307", subjects)
        await vault.erase("2307", "worker/W7")
        await vault.erase_all("2307", [*subjects, "worker/unknown"])
        await vault.erase_all("2307", [])

        alive = await vault.ensure("2307", [*subjects, "worker/unknown", "worker/W1"])
        assert [s for s, lives in alive.items() if lives] == ["worker/W1"]

    async def test_racing_vaults_end_with_one_key_each(self, vault: Vault, home: Home) -> None:
        others = [await home.open() for _ in range(4)]
        subjects = [f"worker/R{n}" for n in range(200)]
        for begin in range(0, 200, 20):
            some = subjects[begin : begin + 20]
            await asyncio.gather(*(v.ensure("2307", reversed(some)) for v in others))
        for subject in subjects:
            token = others[0].seal("2307", subject, ID, "name", subject)
            assert {await other.open("2307", token) for other in others} == {subject}
        for other in others:
            await other.close()

    async def test_phones_and_keys_of_the_same_subjects_at_once(self, vault: Vault, home: Home) -> None:
        other, subjects = await home.open(), [f"worker/P{n}" for n in range(50)]
        await vault.ensure("2307", subjects)
        rounds = [{s: f"138{n:02}{s[8:]:0>6}" for s in subjects} for n in range(6)]
        await asyncio.gather(
            *(
                (vault, other)[n % 2].index_phones(
                    "2307", dict(reversed(phones.items()) if n % 2 else phones)
                )
                for n, phones in enumerate(rounds)
            ),
            *(other.erase("2307", s) for s in subjects[:5]),
        )
        for subject in subjects[:5]:
            assert not [r for r in rounds if subject in await vault.find_phone("2307", r[subject])]
        for subject in subjects[5:]:
            assert len([r for r in rounds if subject in await vault.find_phone("2307", r[subject])]) == 1
        await other.close()


class TestTheMasterKey:
    async def test_a_wrong_one_is_refused(self, vault: Vault, home: Home) -> None:
        with pytest.raises(WrongMasterKey, match="does not open"):
            await home.open(bytes(32))

    async def test_one_of_another_length_is_refused(self, vault: Vault, home: Home) -> None:
        with pytest.raises(WrongMasterKey, match="5 bytes"):
            await home.open(b"short")

    async def test_is_not_made_anew_where_it_is_missing(self, vault: Vault, home: Home) -> None:
        (home.folder / "master.key").unlink()

        with pytest.raises(MasterKeyMissing, match="restore it"):
            await home.open()
        assert not (home.folder / "master.key").exists()

    async def test_may_be_brought_by_the_caller(self, home: Home) -> None:
        await (await home.open(b"k" * 32)).close()

        assert not (home.folder / "master.key").exists()
        await (await home.open(b"k" * 32)).close()

    async def test_no_key_is_kept_unwrapped(self, vault: Vault, home: Home) -> None:
        await vault.ensure("2307", ["worker/W2"])
        raw = (await vault.keys_of("2307", ["worker/W2"]))["worker/W2"]
        kept = [bytes(row[0]) for row in home.execute("SELECT wrapped FROM keys")]

        assert raw
        assert len(kept) == 2
        assert not any(raw in wrapped for wrapped in kept)

    async def test_ids_of_imports_have_a_key_that_stays(self, vault: Vault, home: Home) -> None:
        again = await home.open()

        assert again.import_key() == vault.import_key()
        assert len(vault.import_key()) == 32
        await again.close()


class TestTheFile:
    """Keys in a data folder: content and permissions of the file."""

    @pytest.fixture
    async def vault(self, tmp_path: Path) -> AsyncIterator[Vault]:
        opened = await local_vault(tmp_path)
        await opened.ensure("2307", ["worker/W1"])
        yield opened
        await opened.close()

    async def test_is_made_for_its_owner_only(self, vault: Vault, tmp_path: Path) -> None:
        for name in ("master.key", "keys.sqlite"):
            assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        assert len((tmp_path / "master.key").read_bytes()) == 32

    async def test_is_taken_from_everybody_else_again(self, vault: Vault, tmp_path: Path) -> None:
        (tmp_path / "master.key").chmod(0o644)
        await (await local_vault(tmp_path)).close()

        assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600

    async def test_holds_no_key_unwrapped(self, vault: Vault, tmp_path: Path) -> None:
        raw = (await vault.keys_of("2307", ["worker/W1"]))["worker/W1"]

        assert raw
        assert not on_disk(tmp_path, raw)

    async def test_holds_no_number(self, vault: Vault, tmp_path: Path) -> None:
        await vault.index_phone("2307", "worker/W1", "13800001234")

        assert not on_disk(tmp_path, b"13800001234")

    async def test_the_bytes_of_the_key_are_gone_from_the_disk(self, tmp_path: Path) -> None:
        """From the store and its write-ahead log, even if pages were split meanwhile."""
        vault = await local_vault(tmp_path)
        subjects = [f"worker/{n * 7919 % 3001:04d}" for n in range(2000)]
        for begin in range(0, len(subjects), 100):
            await vault.ensure("2307", subjects[begin : begin + 100])
            phones = {s: f"138{s[-4:]}0000" for s in subjects[begin : begin + 100]}
            await vault.index_phones("2307", phones)
        erased = subjects[::400]
        gone = [secret for s in erased for secret in kept(tmp_path, s)]
        assert all(on_disk(tmp_path, secret) for secret in gone)
        for subject in erased:
            await vault.erase("2307", subject)

        assert not [secret for secret in gone if on_disk(tmp_path, secret)]
        assert all(on_disk(tmp_path, secret) for secret in kept(tmp_path, subjects[1]))
        await vault.close()


def kept(folder: Path, subject: str) -> list[bytes]:
    """Return the wrapped key and the phone hash of a subject."""
    with sqlite3.connect(folder / "keys.sqlite") as db:
        secrets = db.execute("SELECT wrapped, phone FROM keys WHERE subject = ?", (subject,)).fetchone()
    db.close()
    return list(secrets)


def on_disk(folder: Path, secret: bytes) -> bool:
    return any(secret in file.read_bytes() for file in folder.iterdir())


class TestTheHashOfABody:
    AT = datetime(2022, 3, 28, tzinfo=UTC)

    async def test_is_of_what_was_asked_and_not_of_how_it_was_written(self, vault: Vault) -> None:
        shanghai = self.AT.astimezone(timezone(timedelta(hours=8)))
        one = vault.body_hash("2307", None, "area.define", self.AT, {"a": 1, "b": {"c": 2, "d": 3}})
        other = vault.body_hash("2307", None, "area.define", shanghai, {"b": {"d": 3, "c": 2}, "a": 1})

        assert one == other
        assert re.fullmatch(r"[0-9a-f]{64}", one)

    async def test_differs_with_every_part(self, vault: Vault) -> None:
        asked = [
            (None, "worker.amend", None, {"name": "x"}),
            ("worker/W1", "worker.amend", None, {"name": "x"}),
            (None, "worker.register", None, {"name": "x"}),
            (None, "worker.amend", self.AT, {"name": "x"}),
            (None, "worker.amend", None, {"name": "y"}),
        ]
        assert len({vault.body_hash("2307", *one) for one in asked}) == len(asked)

    async def test_stays_over_restarts(self, vault: Vault, home: Home) -> None:
        again = await home.open()
        for subject in (None, "worker/W1"):
            hashes = {await hashed(v, "2307", subject, "n", None, {}) for v in (vault, again)}
            assert len(hashes) == 1
        await again.close()

    async def test_cannot_be_guessed_without_the_key(self, vault: Vault, home: Home) -> None:
        other = await Home(home.folder / "other", None).open()
        hashes = {await hashed(v, "2307", None, "n", None, {}) for v in (vault, other)}

        assert len(hashes) == 2
        await other.close()


class TestPhones:
    @pytest.mark.parametrize(
        "written",
        [
            "13800001234",
            "138 0000 1234",
            "+86 138-0000-1234",
            "0086 13800001234",
            "8613800001234",
            "(+86)138.0000.1234",
            "１３８００００１２３４",
            "+８６ 138 0000 1234",
        ],
    )
    async def test_a_number_is_found_however_it_is_written(self, vault: Vault, written: str) -> None:
        await vault.index_phone("2307", "worker/W1", written)

        assert await vault.find_phone("2307", "13800001234") == ["worker/W1"]

    @pytest.mark.parametrize("written", ["010-65529988", "+86 10 6552 9988", "+86 (0)10 6552 9988"])
    async def test_a_landline_is_found_with_and_without_its_prefixes(
        self, vault: Vault, written: str
    ) -> None:
        await vault.index_phone("2307", "worker/W1", written)

        for asked in ("01065529988", "+861065529988", "0086 010 65529988"):
            assert await vault.find_phone("2307", asked) == ["worker/W1"]

    async def test_each_of_two_numbers_finds_its_owner(self, vault: Vault) -> None:
        await vault.index_phone("2307", "worker/W1", "13800001234 / 010-65529988")

        for asked in ("+86 13800001234", "01065529988", "13900001234, 13800001234"):
            assert await vault.find_phone("2307", asked) == ["worker/W1"]
        assert await vault.find_phone("2307", "13900001234") == []

    async def test_a_number_without_country_code_is_of_the_region(self, vault: Vault) -> None:
        await vault.index_phone("2307", "worker/W1", "030 12345678")

        assert await vault.find_phone("2307", "+49 30 12345678", "DE") == ["worker/W1"]
        assert await vault.find_phone("2307", "+49 30 12345678", "FR") == []

    async def test_only_whole_numbers_match(self, vault: Vault) -> None:
        await vault.index_phone("2307", "worker/W1", "13800001234")

        for other in ("1380000123", "3800001234", "+1 13800001234", "", "phone"):
            assert await vault.find_phone("2307", other) == []

    async def test_one_number_may_be_of_several(self, vault: Vault) -> None:
        phones = {"worker/W2": "13800001234", "request/R1": "13800001234"}
        await vault.ensure("2307", phones)
        await vault.index_phones("2307", phones)

        assert await vault.find_phone("2307", "13800001234") == ["request/R1", "worker/W2"]

    async def test_an_amended_number_replaces_the_old_one(self, vault: Vault) -> None:
        await vault.index_phone("2307", "worker/W1", "13800001234")
        await vault.index_phone("2307", "worker/W1", "13900001234")

        assert await vault.find_phone("2307", "13800001234") == []
        assert await vault.find_phone("2307", "13900001234") == ["worker/W1"]
        await vault.index_phone("2307", "worker/W1", None)

        assert await vault.find_phone("2307", "13900001234") == []

    async def test_jurisdictions_are_apart(self, vault: Vault, home: Home) -> None:
        await vault.ensure("3307", ["worker/W1"])
        await vault.index_phone("2307", "worker/W1", "13800001234")
        await vault.index_phone("3307", "worker/W1", "13800001234")
        hashes = home.execute("SELECT DISTINCT phone FROM keys")

        assert len(hashes) == 2
        assert await vault.find_phone("4407", "13800001234") == []

    async def test_numbers_are_kept_as_hashes(self, vault: Vault, home: Home) -> None:
        await vault.index_phone("2307", "worker/W1", "13800001234")
        [row] = home.execute("SELECT phone FROM keys")

        assert len(row[0]) == 32
        assert b"1234" not in bytes(row[0])

    async def test_numbers_of_other_countries_keep_their_prefix(self) -> None:
        assert normalised("+1 (415) 555-0134") == "14155550134"
        assert normalised("86012345") == "86012345"


class TestMasking:
    @pytest.mark.parametrize(
        ("field", "plain", "masked"),
        [
            ("name", "张三", "张*"),
            ("name", "欧阳 17", "欧*"),
            ("contact_name", "Worker Seventeen", "W*"),
            ("name", "  Émile", "É*"),
            ("phone", "13800001234", "138****1234"),
            ("phone", "+86 138-0000-1234", "138****1234"),
            ("contact_phone", "0458 360 1234", "045****1234"),
            ("phone", "3601234", "****34"),
            ("phone", "110", "****"),
            ("phone", "ask the neighbour", "****"),
            ("address", "社区 1, 2 号楼", "***"),
            ("text", "needs insulin", "***"),
            ("note", "x", "***"),
            ("anything", "x", "***"),
        ],
    )
    async def test_shows_as_little_as_helps(self, field: str, plain: str, masked: str) -> None:
        assert mask(field, plain) == masked

    async def test_is_at_hand_on_the_vault(self, vault: Vault) -> None:
        assert vault.mask("name", "张三") == "张*"


class TestMoving:
    """Moving a jurisdiction's keys to another store, under another master key."""

    @pytest.fixture
    async def source(self, tmp_path: Path) -> AsyncIterator[Vault]:
        opened = await local_vault(tmp_path / "source")
        await opened.ensure("2307", ["worker/W1", "worker/W2"])
        await opened.erase("2307", "worker/W2")
        yield opened
        await opened.close()

    async def test_what_was_sealed_there_is_opened_here(self, source: Vault, home: Home) -> None:
        token, target = sealed(source), await home.open()
        keys = await source.keys_of("2307", ["worker/W1", "worker/W9"])

        assert await target.adopt("2307", keys) == []
        assert await target.open("2307", token) == "测试人员 17"
        assert "worker/W9" not in keys
        await target.close()

    async def test_the_erased_stay_erased_on_both_sides(self, source: Vault, home: Home) -> None:
        target = await home.open()
        await target.ensure("2307", ["worker/W2"])
        await target.erase("2307", "worker/W1")
        keys = await source.keys_of("2307", ["worker/W1", "worker/W2"])

        assert await target.adopt("2307", keys) == []
        assert await target.ensure("2307", ["worker/W1", "worker/W2"]) == {
            "worker/W1": False,
            "worker/W2": False,
        }
        await target.close()

    async def test_who_has_another_key_here_keeps_it_and_is_named(self, source: Vault, home: Home) -> None:
        target = await home.open()
        await target.ensure("2307", ["worker/W1"])
        mine = sealed(target, "another")

        assert await target.adopt("2307", await source.keys_of("2307", ["worker/W1"])) == ["worker/W1"]
        assert await target.open("2307", mine) == "another"
        await target.close()

    async def test_repeats_of_commands_are_known_here_and_further_on(
        self, source: Vault, home: Home, tmp_path: Path
    ) -> None:
        target, last = await home.open(), await local_vault(tmp_path / "last")
        asked = ("2307", None, "worker.check_in", None, {"worker": "W1"})
        before, elsewhere = await hashed(target, *asked), await hashed(target, "2308", *asked[1:])
        await target.adopt("2307", await source.keys_of("2307", []))
        await last.adopt("2307", await target.keys_of("2307", []))

        first, second, third = [await hashed(one, *asked) for one in (source, target, last)]
        assert first == second == third != before
        assert await hashed(target, "2308", *asked[1:]) == elsewhere
        await target.close()
        await last.close()

    async def test_other_processes_hear_of_the_services_key(self, source: Vault, home: Home) -> None:
        if home.dsn is None:
            first, second = (opened := await home.open()), opened
        else:
            first, second = await home.open(), await home.open()
        asked = ("2307", None, "worker.check_in", None, {"worker": "W1"})
        await hashed(second, *asked)
        await first.adopt("2307", await source.keys_of("2307", []))
        async with asyncio.timeout(10):
            while await hashed(second, *asked) != await hashed(source, *asked):
                await asyncio.sleep(0.05)
        await first.close()
        if second is not first:
            await second.close()

    async def test_only_the_same_master_key_unwraps(self, vault: Vault, source: Vault) -> None:
        wrapped = source.wrap(b"k" * 32, "a file", "2307")

        assert source.unwrap(wrapped, "a file", "2307") == b"k" * 32
        for other, owner in ((vault, "2307"), (source, "2308")):
            with pytest.raises(WrongMasterKey, match="another master key"):
                other.unwrap(wrapped, "a file", owner)
