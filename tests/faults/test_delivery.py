"""Under any delivery faults, the log and the views are those of the accepted chain."""

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from scale import scaled
from scripted import LOG, Scripted, Topic, spoil

from events.commit import Head
from projections.catalog import views as catalog
from services.adapters.sqlite.views import SqliteViews
from services.decisions.area.commands import DefineArea
from services.decisions.request.commands import Open
from services.decisions.worker.commands import CheckIn, CheckOut, Register, SetPresence
from services.log import tail
from services.log.chained import ChainedLog
from services.log.identity import partition_of, read_identity
from services.log.port import LogDamaged, LogUnavailable, Stored
from services.log.transport import Record
from services.projector.partitions import PartitionProjector
from services.transfer import TransferFailed, export
from services.verify.log import verify
from services.views.changes import Announcement
from services.views.port import Query
from services.views.rebuild import StraightFold
from tests.make import chain, read

SEEDS = scaled("MUSTER_SEEDS", 60, 1000)
CODES = ("2307", "2308", "SFFD")
PARTITIONS = 2


def history(jurisdiction: str) -> list[Stored]:
    """Return the commits of a short shift with a few people."""
    area = f"{jurisdiction}17" if jurisdiction.isdigit() else f"{jurisdiction}-17"
    return chain(
        DefineArea(area=area, name="county"),
        *(Register(worker=f"W{n}", role="courier", home_area=area) for n in range(4)),
        *(CheckIn(worker=f"W{n}", area=area) for n in range(4)),
        Open(request="R1", category="medicine", priority=2, area=area),
        SetPresence(worker="W2", presence="on_break"),
        CheckOut(worker="W3"),
        CheckIn(worker="W3", area=area),
        CheckOut(worker="W0"),
        jurisdiction=jurisdiction,
    )


def losers(chance: random.Random, commits: Sequence[Stored]) -> list[tuple[int, bytes]]:
    """Return (index after which it lands, bytes) of attempts on outdated heads, and of repeats."""
    found: list[tuple[int, bytes]] = []
    for _ in range(chance.randint(0, 6)):
        n = chance.randrange(len(commits))
        commit = msgspec.json.decode(commits[n].data)
        commit["id"] = f"loser-{chance.random()}"
        found.append((chance.randrange(n, len(commits)), msgspec.json.encode(commit)))
        found.append((chance.randrange(n, len(commits)), commits[n].data))
    return found


def filled(chance: random.Random, histories: dict[str, list[Stored]]) -> Topic:
    """Return a topic of all histories interleaved with losers, holes and records that are not commits."""
    topic = Topic(PARTITIONS)
    left = {code: [stored.data for stored in commits] for code, commits in histories.items()}
    late = {code: losers(chance, commits) for code, commits in histories.items()}
    while left:
        code = chance.choice(sorted(left))
        where, key = partition_of(code, PARTITIONS), code.encode()
        done = len(histories[code]) - len(left[code])
        topic.put(where, key, left[code].pop(0))
        for _, data in [one for one in late[code] if one[0] == done]:
            topic.put(where, key, data)
        _litter(chance, topic, where, key, histories[code][done].data)
        left = {code: rest for code, rest in left.items() if rest}
    return topic


def _litter(chance: random.Random, topic: Topic, where: int, key: bytes, data: bytes) -> None:
    match chance.randrange(12):
        case 0:
            topic.hole(where)
        case 1:
            topic.put(where, key, b"not a commit")
        case 2:
            topic.put(where, b"\xff\xfe", data)
        case 3:
            topic.put((where + 1) % PARTITIONS, key, data)
        case 4:
            topic.put(where, b"9999", data)
        case 5:
            topic.put(where, None, topic.identity.encode())
        case _:
            pass


HISTORIES = {code: history(code) for code in CODES}
STRAIGHT: dict[str, Any] = {}
"""Jurisdiction -> the rows of the straight fold of its history."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "QUIET_SECONDS", 0.01)
    monkeypatch.setattr(tail, "RETRY_SECONDS", 0.0)


async def follow(seed: int) -> None:
    """Follow a topic while it is written, and read it back."""
    chance = random.Random(seed)
    whole = filled(chance, HISTORIES)
    topic = Topic(PARTITIONS)
    log = await ChainedLog(Scripted(topic, seed), topic.identity).open()
    try:
        for code in CODES:
            await log.end(code)
        for partition, records in enumerate(whole.partitions):
            for record in records[1:]:
                topic.partitions[partition].append(record)
                if chance.random() < 0.1:
                    await asyncio.sleep(0)
        for code, commits in HISTORIES.items():
            assert await log.end(code) == commits[-1].head
            after = chance.randrange(commits[-1].head.position)
            found = [stored async for batch in log.read(code, after) for stored in batch]
            assert found == [stored for stored in commits if stored.head.position > after]
        assert await log.jurisdictions() == sorted(CODES)
    finally:
        await log.close()


class Quiet:
    """Checkpoints and announcements of a projector without listeners."""

    def __init__(self) -> None:
        self.offsets: dict[int, int] = {}
        self.offsets_read: dict[int, int] = {}
        self.announced: list[Announcement] = []

    async def load(self) -> dict[int, int]:
        return dict(self.offsets)

    async def read(self) -> dict[int, int]:
        return {p: max(offset, self.offsets_read.get(p, 0)) for p, offset in self.offsets.items()}

    async def save(self, offsets: dict[int, tuple[int, int]]) -> None:
        self.offsets |= {partition: projected for partition, (projected, _) in offsets.items()}
        self.offsets_read |= {partition: read for partition, (_, read) in offsets.items()}

    async def send(self, announcement: Announcement) -> None:
        self.announced.append(announcement)


class Packed(SqliteViews):
    """The embedded store with the outbox format of the shared one."""

    async def packed_steps(
        self, jurisdiction: str, after: int, limit: int = 1000
    ) -> list[tuple[int, int, bytes]] | None:
        steps = await self.steps(jurisdiction, after, limit)
        return None if steps is None else [(step.after, step.upto, b"-") for step in steps]

    async def positions(self) -> dict[str, int]:
        return {code: (await self.head(code)).position for code in await self.jurisdictions()}


async def project(seed: int) -> None:
    """Run a projector that gets faulty deliveries, loses partitions and is restarted."""
    chance = random.Random(seed)
    topic = filled(chance, HISTORIES)
    transport, views, quiet = Scripted(topic), await asyncio.to_thread(Packed, None, catalog), Quiet()
    try:
        for _ in range(chance.randint(1, 3)):
            projector = PartitionProjector(views, transport, LOG, quiet, quiet)
            for partition in range(PARTITIONS):
                projector.assign(partition)
            await _deliver(chance, projector, topic)
            await projector.save_checkpoints()
        projector = PartitionProjector(views, transport, LOG, quiet, quiet)
        for partition in range(PARTITIONS):  # the last process catches up without faults
            projector.assign(partition)
            await projector.catch_up(partition)
        for code, commits in HISTORIES.items():
            await _equal(views, code, commits)
        ends = [one.upto for one in quiet.announced if one.jurisdiction == "2307"]
        assert ends == sorted(ends)
        assert ends[-1] == HISTORIES["2307"][-1].head.position
    finally:
        await views.close()


async def _deliver(chance: random.Random, projector: PartitionProjector, topic: Topic) -> None:
    """Deliver parts of some partitions at a time."""
    held = {partition: [one for one in kept if one] for partition, kept in enumerate(topic.partitions)}
    left = dict(held)
    while left := {partition: records for partition, records in left.items() if records}:
        delivery: dict[int, list[Record]] = {}
        for partition in chance.sample(sorted(left), chance.randint(1, len(left))):
            n = chance.randint(1, len(left[partition]))
            delivery[partition] = spoil(chance, left[partition][:n], held[partition])
            left[partition] = left[partition][n:]
            if chance.random() < 0.1:
                projector.revoke(partition)
                projector.assign(partition)
        await projector.deliver(delivery)


async def _equal(views: Any, code: str, commits: Sequence[Stored]) -> None:
    if code not in STRAIGHT:
        straight = StraightFold(_Source(commits), code, catalog)
        await straight.advance()
        STRAIGHT[code] = straight.rows
    found, head = await views.snapshot(code, {name: Query() for name in catalog})
    assert head == commits[-1].head
    assert {name: dict(rows) for name, rows in found.items()} == STRAIGHT[code]


class _Source:
    def __init__(self, commits: Sequence[Stored]) -> None:
        self._commits = commits

    async def end(self, jurisdiction: str) -> Head:
        return self._commits[-1].head

    def read(self, jurisdiction: str, after: int = 0):
        return read(self._commits, after)


@pytest.mark.timeout(600)
async def test_a_log_followed_over_a_bad_line_is_the_accepted_chain() -> None:
    for seed in range(SEEDS):
        try:
            async with asyncio.timeout(20):
                await follow(seed)
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise


@pytest.mark.timeout(600)
async def test_views_of_spoilt_deliveries_equal_the_straight_fold() -> None:
    for seed in range(SEEDS):
        try:
            async with asyncio.timeout(20):
                await project(seed)
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise


async def test_a_commit_beyond_the_head_stops_its_jurisdiction_and_no_other() -> None:
    """The commit is missing in the log itself. It is never skipped, whatever follows."""
    topic = Topic(PARTITIONS)
    log = await ChainedLog(Scripted(topic), topic.identity).open()
    first, _, third, *_ = HISTORIES["2307"]
    other = HISTORIES["SFFD"][0]
    assert await log.append("2307", first.data)
    topic.put(partition_of("2307", PARTITIONS), b"2307", third.data)

    with pytest.raises(LogDamaged, match="does not follow"):
        await log.end("2307")
    assert await log.append("SFFD", other.data)
    await log.close()


@pytest.mark.parametrize("follows", [True, False])
async def test_what_precedes_the_damage_is_read_verified_and_exported(follows: bool, tmp_path: Path) -> None:
    topic = Topic(PARTITIONS)
    log = await ChainedLog(Scripted(topic), topic.identity).open()
    commits = HISTORIES["2307"]
    for stored in commits[:3]:
        assert await log.append("2307", stored.data)
    if not follows:
        await log.close()
    topic.put(partition_of("2307", PARTITIONS), b"2307", commits[4].data)
    if not follows:
        log = await ChainedLog(Scripted(topic), topic.identity).open()

    end, intact = commits[2].head.position, list[Stored]()

    async def all_after_the_first() -> None:
        async for batch in log.read("2307", commits[0].head.position):
            intact.extend(batch)

    with pytest.raises(LogDamaged, match=f"at position {end + 1}"):
        await all_after_the_first()
    assert intact == commits[1:3]

    report = await verify(log, "2307")
    assert (report.commits, report.head) == (3, commits[2].head)
    assert [(one.code, one.position) for one in report.findings] == [("damaged", end + 1)]

    whole = await export(log, "2307", tmp_path / "intact.muster")
    assert (whole.manifest.position, whole.manifest.hash) == tuple(msgspec.structs.astuple(commits[2].head))
    assert whole.damage is not None
    assert f"at position {end + 1}" in whole.damage
    part = await export(log, "2307", tmp_path / "part.muster", upto=end - 1)
    assert (part.manifest.position, part.damage) == (commits[1].head.position, None)
    with pytest.raises(TransferFailed, match=f"ends at {end}, not {end + 1}"):
        await export(log, "2307", tmp_path / "beyond.muster", upto=end + 1)
    await log.close()


async def test_a_topic_that_was_cut_is_not_written() -> None:
    topic = Topic(PARTITIONS)
    transport = Scripted(topic)
    log = await ChainedLog(transport, topic.identity).open()
    commits = HISTORIES["2307"]
    for stored in commits[:3]:
        assert await log.append("2307", stored.data)
    where = topic.partitions[partition_of("2307", PARTITIONS)]

    del where[-1]
    transport.dropping = True
    await asyncio.sleep(0.05)

    with pytest.raises(LogDamaged, match="truncated or replaced"):
        await log.append("2307", commits[3].data)
    await log.close()


async def until_failed(log: ChainedLog, jurisdiction: str) -> str:
    """Return why a jurisdiction stopped, once it did."""
    async with asyncio.timeout(5):
        while True:
            try:
                await log.end(jurisdiction)
            except LogDamaged as error:
                return str(error)
            await asyncio.sleep(0.01)


async def test_records_deleted_at_the_beginning_stop_only_their_partition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tail, "LOOK_SECONDS", 0.02)
    topic = Topic(PARTITIONS)
    touched = partition_of("2307", PARTITIONS)
    codes = (f"C{number}" for number in range(99))
    other = next(code for code in codes if partition_of(code, PARTITIONS) != touched)
    commits = history(other)
    log = await ChainedLog(Scripted(topic), topic.identity).open()
    for stored in HISTORIES["2307"][:3]:
        assert await log.append("2307", stored.data)
    assert await log.append(other, commits[0].data)

    topic.begins[touched] = 2
    assert "truncated or replaced" in await until_failed(log, "2307"), "noticed while running"
    assert await log.append(other, commits[1].data)
    await log.close()

    identity = await read_identity(Scripted(topic))
    again = await ChainedLog(Scripted(topic), identity).open()
    assert await again.jurisdictions() == sorted(["2307", other]), "it starts, and names both"
    report = await verify(again, "2307")
    assert [one.code for one in report.findings] == ["damaged"]
    assert (await verify(again, other)).head == commits[1].head
    assert await again.append(other, commits[2].data)
    await again.close()


async def test_a_log_whose_every_beginning_was_deleted_is_not_opened() -> None:
    topic = Topic(PARTITIONS)
    topic.begins = [1] * PARTITIONS
    with pytest.raises(LogUnavailable, match="its start was deleted; restore the log"):
        await read_identity(Scripted(topic))
