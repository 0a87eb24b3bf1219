"""A commit file equals its log, or is refused, whatever damage it has."""

import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from chains import lockdown, recorded, seal

from events.commit import Head, digest
from services.adapters.sqlite.log import SqliteLog
from services.base.zstd import zstd
from services.transfer import CommitFile, TransferFailed, export
from services.transfer.form import MOST_LINE

J = "2307"


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """Export the lockdown history."""
    log = SqliteLog(tmp_path / "log.sqlite")
    for data in lockdown().stored():
        assert await log.append(J, data)
    await export(log, J, tmp_path / "2307.muster")
    await log.close()
    return tmp_path / "2307.muster"


def text(file: Path) -> list[bytes]:
    """Return the lines, decompressed as by any zstd tool."""
    return zstd.decompress(file.read_bytes()).splitlines(keepends=True)


def put(file: Path, lines: list[bytes]) -> None:
    file.write_bytes(zstd.compress(b"".join(lines)))


def code_of(file: Path) -> str:
    """Return the code of the refusal."""
    with pytest.raises(TransferFailed) as caught:
        CommitFile(file).check(Head())
    assert caught.value.detail.endswith(".")
    return caught.value.code


async def test_every_line_is_a_commit_byte_for_byte(file: Path) -> None:
    manifest, *commits, trailer = text(file)
    stored = lockdown().stored()
    said, end = msgspec.json.decode(manifest), msgspec.json.decode(trailer)

    assert [line.rstrip(b"\n") for line in commits] == stored
    assert said["hash"] == end["hash"] == digest(stored[-1])
    assert said["count"] == end["count"] == len(stored)
    assert (said["muster"], said["format"], said["jurisdiction"]) == ("commits", 1, J)
    assert said["began"] == "2022-03-28T00:01:00Z"


def test_the_file_is_its_owners_alone_and_nothing_else_is_left(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".")] == []


async def test_the_same_log_gives_the_same_file(file: Path) -> None:
    log = SqliteLog.open_readonly(file.parent / "log.sqlite")
    await export(log, J, file.with_name("again"))
    await log.close()
    assert file.with_name("again").read_bytes() == file.read_bytes()


async def test_nothing_is_overwritten_and_a_failure_leaves_nothing(file: Path) -> None:
    before = file.read_bytes()
    log = SqliteLog.open_readonly(file.parent / "log.sqlite")
    for wanted, path, upto, code in (
        (J, file, None, "transfer.exists"),
        (J, file.with_name("a"), 9999, "transfer.beyond"),
        ("9999", file.with_name("b"), None, "transfer.nothing"),
    ):
        with pytest.raises(TransferFailed) as caught:
            await export(log, wanted, path, upto)
        assert caught.value.code == code
    await log.close()
    assert file.read_bytes() == before
    assert {path.name for path in file.parent.iterdir()} >= {"2307.muster"}
    assert [path.name for path in file.parent.iterdir() if path.name.startswith((".", "a", "b"))] == []


async def test_up_to_a_position_never_cuts_a_commit(tmp_path: Path) -> None:
    log, head = SqliteLog(tmp_path / "log.sqlite"), Head()
    for count in (1, 3, 2):
        events = [recorded(head.position + n) for n in range(1, count + 1)]
        data, head = seal(J, head, events)
        assert await log.append(J, data)
    for upto, position in ((1, 1), (2, 1), (3, 1), (4, 4), (5, 4), (6, 6)):
        done = await export(log, J, tmp_path / str(upto), upto)
        assert done.manifest.position == position
    await log.close()


async def test_a_first_commit_beyond_the_limit_is_nothing(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "log.sqlite")
    assert await log.append(J, seal(J, Head(), [recorded(1), recorded(2)])[0])
    with pytest.raises(TransferFailed, match="ends at or before position 1"):
        await export(log, J, tmp_path / "out", 1)
    await log.close()
    assert not (tmp_path / "out").exists()


async def test_a_commit_that_is_no_line_is_not_exported(tmp_path: Path) -> None:
    log, data = SqliteLog(tmp_path / "log.sqlite"), seal(J, Head(), [recorded(1)])[0]
    assert await log.append(J, data.replace(b',"jurisdiction"', b',\n"jurisdiction"', 1))
    with pytest.raises(TransferFailed) as caught:
        await export(log, J, tmp_path / "out")
    await log.close()
    assert caught.value.code == "transfer.no_line"
    assert not (tmp_path / "out").exists()


def test_it_says_whether_a_head_is_on_its_chain(file: Path) -> None:
    commits = CommitFile(file)
    heads = [stored.head for stored in commits.commits()]
    assert all(commits.check(head).met for head in (Head(), *heads))
    assert not commits.check(Head(heads[2].position, "0" * 64)).met
    assert not commits.check(Head(9999, "0" * 64)).met
    commits.close()


# -- what is refused ------------------------------------------------------------------------------------


def test_a_file_that_is_cut_off_anywhere_is_refused(file: Path) -> None:
    whole = file.read_bytes()
    checksum = 4 + 3  # of the last frame, with its end mark: without them all lines are still there
    for size in (*range(0, len(whole) - checksum, 97), len(whole) - checksum - 1):
        file.write_bytes(whole[:size])
        assert code_of(file) in {"transfer.truncated", "transfer.no_manifest", "transfer.damaged"}, size


def test_a_flipped_bit_anywhere_is_refused_or_changes_nothing(file: Path) -> None:
    whole = file.read_bytes()
    there = list(CommitFile(file).commits())
    codes: list[str] = []
    for place in range(0, len(whole), 41):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        try:
            assert list(CommitFile(file).commits()) == there, place
        except TransferFailed as failure:
            codes.append(failure.code)
    assert {code.partition(".")[0] for code in codes} == {"transfer"}
    assert len(codes) > len(whole) / 41 * 0.9


Change = Callable[[list[bytes]], list[bytes]]


def swapped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], lines[3], lines[2], *lines[4:]]


def altered(lines: list[bytes]) -> list[bytes]:
    return [*lines[:3], lines[3].replace(b"admin/local", b"admin/other"), *lines[4:]]


def another(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"2307"', b'"2308"'), *lines[1:]]


def longer(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], b"x" * (MOST_LINE + 1), *lines[2:]]


def endless(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], b"x" * (3 * MOST_LINE)]


def newer(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"format":1', b'"format":2'), *lines[1:]]


def foreign(lines: list[bytes]) -> list[bytes]:
    """Add a correctly chained event that is unknown to this program."""
    event = msgspec.structs.replace(recorded(1), name="worker.flew")
    data, head = seal(J, Head(), [event])
    manifest = msgspec.json.decode(lines[0]) | {"count": 1, "position": 1, "hash": head.hash}
    end = {"end": "commits", "count": 1, "position": 1, "hash": head.hash}
    return [msgspec.json.encode(manifest) + b"\n", data + b"\n", msgspec.json.encode(end) + b"\n"]


def unreadable(lines: list[bytes]) -> list[bytes]:
    """Add a correctly chained event that does not fit its class."""
    event = msgspec.structs.replace(recorded(1), data=msgspec.Raw(b'{"worker": 5}'))
    data, head = seal(J, Head(), [event])
    manifest = msgspec.json.decode(lines[0]) | {"count": 1, "position": 1, "hash": head.hash}
    end = {"end": "commits", "count": 1, "position": 1, "hash": head.hash}
    return [msgspec.json.encode(manifest) + b"\n", data + b"\n", msgspec.json.encode(end) + b"\n"]


CHANGES: dict[str, tuple[Change, str]] = {
    "no manifest": (lambda lines: lines[1:], "transfer.no_manifest"),
    "empty": (lambda lines: [], "transfer.no_manifest"),
    "only a manifest": (lambda lines: lines[:1], "transfer.truncated"),
    "no trailer": (lambda lines: lines[:-1], "transfer.truncated"),
    "one commit less": (lambda lines: [*lines[:-2], lines[-1]], "transfer.truncated"),
    "one commit left out": (lambda lines: [*lines[:4], *lines[5:]], "transfer.damaged"),
    "two commits swapped": (swapped, "transfer.damaged"),
    "a commit altered": (altered, "transfer.damaged"),
    "a commit twice": (lambda lines: [*lines[:3], lines[2], *lines[3:]], "transfer.damaged"),
    "more behind the end": (lambda lines: [*lines, lines[-1]], "transfer.damaged"),
    "no commit": (lambda lines: [*lines[:3], b"[]\n", *lines[4:]], "transfer.damaged"),
    "no trailer but a line": (lambda lines: [*lines[:-1], b"{}\n"], "transfer.damaged"),
    "another jurisdiction": (another, "transfer.damaged"),
    "a line too long": (longer, "transfer.oversize"),
    "a line without end": (endless, "transfer.oversize"),
    "a newer format": (newer, "transfer.format"),
    "an unknown event": (foreign, "transfer.unknown_event"),
    "an event that does not fit": (unreadable, "transfer.damaged"),
    "half a line at the end": (lambda lines: [*lines, b"{"], "transfer.truncated"),
}


@pytest.mark.parametrize(("change", "code"), CHANGES.values(), ids=CHANGES)
def test_a_changed_file_is_refused(file: Path, change: Change, code: str) -> None:
    put(file, change(text(file)))
    assert code_of(file) == code


def test_what_is_no_export_is_refused(file: Path) -> None:
    file.write_bytes(b"not zstd at all")
    assert code_of(file) == "transfer.damaged"
    assert code_of(file.with_name("nowhere")) == "transfer.no_file"
    assert code_of(file.parent) == "transfer.no_file"


def test_the_last_hash_is_held_against_the_manifest(file: Path) -> None:
    lines = text(file)
    manifest = msgspec.json.decode(lines[0]) | {"hash": "0" * 64}
    put(file, [msgspec.json.encode(manifest) + b"\n", *lines[1:]])
    assert code_of(file) == "transfer.damaged"
