"""The contract of snapshot stores, files and PostgreSQL: return what was put, or nothing."""

import asyncio
import gc
import logging
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import apsw
import msgspec
import pytest
from pg_server import database, execute

from services.adapters.postgres.pool import Pool
from services.adapters.postgres.snapshots import PgSnapshots
from services.adapters.sqlite import snapshots
from services.adapters.sqlite.snapshots import FolderSnapshots
from services.base.unavailable import DatabaseUnavailable
from services.decisions.snapshot import freeze
from services.decisions.state import State
from services.snapshots import packing
from services.snapshots.packing import checksum, code, pack, unpack
from services.snapshots.port import Idle, RowsLost, Snapshot, Snapshots, SnapshotsUnavailable
from tests.given import area, given

LOG = "0d7c1c52-0f6a-4a53-9c58-8a7a1f1b2c3d"
OTHER = "0d7c1c52-0f6a-4a53-9c58-8a7a1f1b2c3e"


class Home:
    """The place of a snapshot store, which may be opened several times."""

    def __init__(self, folder: Path, dsn: str | None) -> None:
        self.folder, self.dsn = folder, dsn

    async def open(self) -> Snapshots:
        if self.dsn:
            return PgSnapshots(await Pool.open(self.dsn), part=100)
        return FolderSnapshots(self.folder / "snapshots")

    def damage(self) -> None:
        """Change the last byte of the only stored payload."""
        if self.dsn:
            execute(self.dsn, "UPDATE decision_snapshot_parts SET payload = set_byte(payload, 0, 77)")
            return
        [file] = (self.folder / "snapshots").iterdir()
        file.write_bytes(file.read_bytes()[:-1] + b"M")

    def lose_a_part(self) -> None:
        if self.dsn:
            execute(self.dsn, "DELETE FROM decision_snapshot_parts WHERE part = 0")
            return
        [file] = (self.folder / "snapshots").iterdir()
        file.write_bytes(file.read_bytes()[:40])


@pytest.fixture(params=["files", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    return Home(tmp_path, database() if request.param == "postgres" else None)


@pytest.fixture
async def store(home: Home) -> AsyncIterator[Snapshots]:
    opened = await home.open()
    yield opened
    await opened.close()


def some(position: int = 10, **other: object) -> Snapshot:
    payload = bytes(n * position % 251 for n in range(1050))
    made = Snapshot(
        jurisdiction="2307",
        log=LOG,
        position=position,
        hash="ab" * 32,
        place=position * 3,
        code="1:x",
        checksum=checksum(payload),
        payload=payload,
    )
    return msgspec.structs.replace(made, **other)


class TestWhatIsKept:
    async def test_is_what_was_put(self, store: Snapshots, home: Home) -> None:
        assert await store.get("2307") is None
        assert await store.put(some())
        again = await home.open()

        assert await store.get("2307") == await again.get("2307") == some()
        assert await store.get("3307") is None
        await again.close()

    @pytest.mark.parametrize("one", [some(place=None), some(payload=b"", checksum=checksum(b""))])
    async def test_may_have_no_place_and_no_content(self, store: Snapshots, one: Snapshot) -> None:
        await store.put(one)

        assert await store.get("2307") == one

    async def test_jurisdictions_are_apart(self, store: Snapshots) -> None:
        codes = ["2307", "2307-1", "../2307", "23/07", "伊春"]
        for number, jurisdiction in enumerate(codes):
            await store.put(some(number + 1, jurisdiction=jurisdiction))

        kept = [await store.get(jurisdiction) for jurisdiction in codes]
        assert [one and (one.jurisdiction, one.position) for one in kept] == list(
            zip(codes, range(1, 6), strict=True)
        )

    async def test_only_a_newer_one_takes_its_place(self, store: Snapshots) -> None:
        assert await store.put(some(10))
        assert not await store.put(some(10, place=1))
        assert not await store.put(some(9))
        assert await store.get("2307") == some(10)
        assert await store.put(some(11))
        assert await store.get("2307") == some(11)

    @pytest.mark.parametrize("other", [{"log": OTHER}, {"code": "2:y"}])
    async def test_or_one_of_another_log_or_program(self, store: Snapshots, other: dict[str, str]) -> None:
        await store.put(some(10))

        assert await store.put(some(5, **other))
        assert await store.get("2307") == some(5, **other)

    async def test_a_shorter_one_leaves_nothing_of_a_longer_one(self, store: Snapshots) -> None:
        await store.put(some(10))
        await store.put(some(11, payload=b"short", checksum=checksum(b"short")))

        kept = await store.get("2307")
        assert kept
        assert kept.payload == b"short"

    async def test_can_be_dropped_but_not_in_the_place_of_another(self, store: Snapshots) -> None:
        await store.drop(some(10))
        await store.put(some(11))
        await store.drop(some(10))
        assert await store.get("2307") == some(11)
        await store.drop(some(11))
        assert await store.get("2307") is None
        assert await store.put(some(10))

    async def test_of_many_at_once_the_newest_stays_whole(self, store: Snapshots, home: Home) -> None:
        others = [await home.open() for _ in range(3)] if home.dsn else [store]
        await asyncio.gather(*(others[n % len(others)].put(some(n)) for n in range(1, 31)))

        assert await store.get("2307") == some(30)
        for other in others[: 3 if home.dsn else 0]:
            await other.close()


async def found(store: Snapshots, position: int, *keys: str, **of: str) -> list[Idle] | None:
    """Return what was put away under these keys; None if it is lost."""
    try:
        return sorted(await store.find(msgspec.structs.replace(some(payload=b""), **of), position, keys))
    except RowsLost:
        return None


A, B, C = ("requests", "R1", b"one"), ("requests", "R2", b"two"), ("past_facts", "R1", b"three")


class TestWhatIsPutAway:
    async def test_is_found_by_its_key_in_every_table(self, store: Snapshots, home: Home) -> None:
        assert await store.put(some(10), [A, B, C])
        again = await home.open()
        await again.get("2307")
        for one in (store, again):
            assert await found(one, 10, "R1", "R9") == [C, A]
            assert await found(one, 12, "R2") == [B]
        await again.close()

    async def test_stays_and_is_replaced_with_later_snapshots(self, store: Snapshots) -> None:
        await store.put(some(10), [A, B])
        await store.put(some(11))
        await store.put(some(12), [("requests", "R1", b"new")])
        assert await found(store, 12, "R1", "R2") == [("requests", "R1", b"new"), B]

    async def test_is_not_put_away_with_a_snapshot_that_is_not_stored(self, store: Snapshots) -> None:
        await store.put(some(10), [A])
        assert not await store.put(some(9), [("requests", "R1", b"old"), B])
        assert await found(store, 10, "R1", "R2") == [A]

    async def test_is_nothing_to_a_state_before_it(self, store: Snapshots) -> None:
        assert await found(store, 10, "R1") is None
        await store.put(some(10), [A])
        assert await found(store, 9, "R1") is None

    @pytest.mark.parametrize("other", [{"log": OTHER}, {"code": "2:y"}])
    async def test_is_gone_with_another_log_or_program(self, store: Snapshots, other: dict[str, str]) -> None:
        await store.put(some(10), [A, B])
        await store.put(some(5, **other), [A])
        assert await found(store, 10, "R1") is None
        assert await found(store, 10, "R1", "R2", **other) == [A]

    async def test_is_gone_with_a_snapshot_that_was_dropped(self, store: Snapshots) -> None:
        await store.put(some(10), [A])
        await store.drop(some(10, payload=b""))
        assert await found(store, 10, "R1") is None
        await store.put(some(11))
        assert await found(store, 11, "R1") == []

    async def test_jurisdictions_are_apart(self, store: Snapshots) -> None:
        await store.put(some(10), [A])
        await store.put(some(10, jurisdiction="3307"), [("requests", "R1", b"theirs")])
        assert await found(store, 10, "R1") == [A]
        assert await found(store, 10, "R1", jurisdiction="3307") == [("requests", "R1", b"theirs")]

    async def test_many(self, store: Snapshots) -> None:
        rows = [("requests", f"R{n}", b"x" * n) for n in range(5_000)]
        await store.put(some(10), rows)
        assert await found(store, 10, *(f"R{n}" for n in range(5_000))) == sorted(rows)


class TestRowsInFiles:
    async def test_what_a_crash_left_of_a_later_snapshot_is_not_seen(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = FolderSnapshots(tmp_path)
        await store.put(some(10), [A, B])

        def crash(*_: object) -> None:
            raise OSError("the process is killed")

        monkeypatch.setattr(snapshots, "replace", crash)
        with pytest.raises(SnapshotsUnavailable):
            await store.put(some(12), [("requests", "R1", b"new")])
        again = FolderSnapshots(tmp_path)
        assert await again.get("2307") == some(10)
        assert await found(again, 13, "R1", "R2") == [A, B]

    async def test_without_them_a_snapshot_is_as_if_it_were_not_there(self, tmp_path: Path) -> None:
        store = FolderSnapshots(tmp_path)
        await store.put(some(10), [A])
        await store.close()
        for file in tmp_path.glob("2307.rows*"):
            file.unlink()
        again = FolderSnapshots(tmp_path)
        assert await again.get("2307") is None
        assert await again.put(some(10), [A])
        assert await found(again, 10, "R1") == [A]

    async def test_a_row_that_was_changed_is_lost(self, tmp_path: Path) -> None:
        store = FolderSnapshots(tmp_path)
        await store.put(some(10), [A])
        db = apsw.Connection(str(tmp_path / "2307.rows"))
        db.execute("UPDATE kept SET data = CAST('onf' AS BLOB)")
        db.close()
        assert await found(store, 10, "R1") is None

    async def test_files_that_are_no_rows_are_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "2307.rows").write_bytes(b"no database" * 100)
        store = FolderSnapshots(tmp_path)
        with pytest.raises(RowsLost):
            await store.put(some(10), [A])
        assert await store.put(some(10), [A])
        assert await found(store, 10, "R1") == [A]


class TestWhatIsDamaged:
    @pytest.mark.parametrize("harm", [Home.damage, Home.lose_a_part])
    async def test_is_as_if_it_were_not_there(
        self, store: Snapshots, home: Home, harm: Callable[[Home], None], caplog: pytest.LogCaptureFixture
    ) -> None:
        await store.put(some(10))
        harm(home)
        with caplog.at_level(logging.WARNING, "muster.snapshots"):
            assert await store.get("2307") is None

        assert len(caplog.records) == 1
        assert "2307" in caplog.text
        assert "ignoring" in caplog.text
        assert await store.put(some(10))
        assert await store.get("2307") == some(10)


class TestWhereItCannotBeKept:
    async def test_no_database(self) -> None:
        dsn = database()
        execute(dsn, "DROP TABLE decision_snapshot_parts, decision_rows, decision_snapshots")
        store = PgSnapshots(await Pool.open(dsn))
        for call in (store.get("2307"), store.put(some()), store.drop(some())):
            with pytest.raises(SnapshotsUnavailable, match=r"decision_(snapshots|rows)"):
                await call
        await store.close()
        with pytest.raises(SnapshotsUnavailable):
            await store.get("2307")
        with pytest.raises(DatabaseUnavailable):
            await Pool.open(dsn.replace("/t", "/no_such_t", 1))

    async def test_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "snapshots").write_text("in the way")
        with pytest.raises(SnapshotsUnavailable, match="snapshots"):
            await FolderSnapshots(tmp_path / "snapshots").put(some())

    async def test_files_are_for_their_owner_only(self, tmp_path: Path) -> None:
        await FolderSnapshots(tmp_path / "snapshots").put(some())

        [file] = (tmp_path / "snapshots").iterdir()
        assert file.stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "snapshots").stat().st_mode & 0o777 == 0o700


def lived() -> State:
    return given(*(area.define(area=f"23071{n}", name="County") for n in range(1, 6))).state


class TestPacking:
    async def test_a_state_comes_back_over_the_store(self, store: Snapshots) -> None:
        state = lived()
        await store.put(pack(freeze(state, 3), LOG, 42))
        kept = await store.get("2307")
        assert kept
        assert (kept.head, kept.place, kept.code) == (state.head, 42, code())
        restored = unpack(kept, LOG)

        assert restored
        assert restored.forgotten == 3
        assert freeze(restored.state, 3) == freeze(state, 3)

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"log": OTHER}, "belongs to log"),
            ({"code": "0.0.1:x"}, r"made by 0\.0\.1:x"),
            ({"payload": b"other"}, "checksum"),
            ({"payload": b"other", "checksum": checksum(b"other")}, "rror|nknown"),
            ({"payload": b"", "checksum": checksum(b"")}, "truncated"),
            ({"position": 7}, "another head"),
            ({"hash": "cd" * 32}, "another head"),
            ({"jurisdiction": "3307"}, "another head"),
        ],
    )
    def test_one_that_does_not_fit_is_ignored(
        self, change: dict[str, object], why: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        packed = msgspec.structs.replace(pack(freeze(lived()), LOG), **change)
        with caplog.at_level(logging.WARNING, "muster.snapshots"):
            assert unpack(packed, LOG) is None

        [line] = caplog.records
        assert re.search(rf"[23]307 at position \d+: .*({why})", line.getMessage())

    def test_one_that_was_cut_off_is_ignored(self) -> None:
        packed = pack(freeze(lived()), LOG)
        for end in range(len(packed.payload)):
            cut = packed.payload[:end]
            short = msgspec.structs.replace(packed, payload=cut, checksum=checksum(cut))
            assert unpack(short, LOG) is None

    def test_a_changed_rule_is_another_code(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        before = code()
        (tmp_path / "state.py").write_text("changed = True")
        monkeypatch.setattr(packing, "files", lambda _: tmp_path)

        assert code.__wrapped__() != before
        assert before.count(":") == 1

    def test_garbage_is_collected_again_afterwards(self) -> None:
        packed = pack(freeze(lived()), LOG)
        unpack(packed, LOG)
        unpack(msgspec.structs.replace(packed, payload=b"x", checksum=checksum(b"x")), LOG)

        assert gc.isenabled()
