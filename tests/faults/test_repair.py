"""A record that follows nothing is declared dead by two people; every reader goes on, and nobody restarts."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scripted import LOG, Scripted, Topic
from test_delivery import HISTORIES, PARTITIONS, Packed, Quiet, impatient

from events.commit import Head
from projections.catalog import views as catalog
from services.access.principal import Principal
from services.decisions.worker.commands import Register
from services.log.chained import ChainedLog
from services.log.identity import partition_of
from services.log.port import Damage, LogDamaged, Stored
from services.projector.partitions import PartitionProjector
from services.recorder.repairing import Repair, RepairRefused, consenting, damage_of, repair
from services.transfer import CommitFile, TransferFailed, export
from services.verify.log import verify
from tests.make import chain

J = "2307"
WHERE = partition_of(J, PARTITIONS)
NOW = datetime(2022, 3, 29, tzinfo=UTC)
BY = ("admin/desk-1", "admin/desk-2")
COMMITS = HISTORIES[J]
GONE = COMMITS[5]
"""A commit whose predecessor the topic lost."""

__all__ = ["impatient"]  # the fixture


def person(name: str, **limits: Any) -> Principal:
    whole: dict[str, Any] = {"id": f"id of {name}", "name": name, "scope": "admin"}
    return Principal(**(whole | limits))


@pytest.fixture
def topic() -> Topic:
    return Topic(PARTITIONS)


@pytest.fixture
async def log(topic: Topic) -> AsyncIterator[ChainedLog]:
    """A log of three commits, with a record behind them that follows none."""
    opened = await ChainedLog(Scripted(topic), topic.identity).open()
    for stored in COMMITS[:3]:
        assert await opened.append(J, stored.data)
    topic.put(WHERE, J.encode(), GONE.data)
    yield opened
    await opened.close()


async def agreed(log: ChainedLog, shown: Head | None = None) -> Repair:
    damage = await damage_of(log, J, shown or Head())
    return Repair(jurisdiction=J, head=damage.head, digest=damage.digest, reason="a test of the brokers")


async def mended(log: ChainedLog) -> Head:
    return await repair(log, await agreed(log), BY, NOW, Head())


async def all_of(log: ChainedLog) -> list[Stored]:
    return [stored async for batch in log.read(J) for stored in batch]


def following(head: Head) -> bytes:
    """Return a commit that follows a head."""
    made = chain(Register(worker="W99", role="courier"), jurisdiction=J)[0]
    return made.data.replace(b'"first":1,', f'"first":{head.position + 1},'.encode()).replace(
        b"0" * 64, head.hash.encode()
    )


async def test_it_takes_commits_again_and_names_the_repair(log: ChainedLog) -> None:
    head = COMMITS[2].head
    assert await log.damage(J) == Damage(
        jurisdiction=J,
        head=head,
        records=1,
        digest=(await agreed(log)).digest,
        shown=(await damage_of(log, J, head)).shown,
    )
    waiting = asyncio.create_task(log.repaired(J))
    new = await mended(log)

    await asyncio.wait_for(waiting, 5)
    assert new.position == head.position + 1
    assert await log.damage(J) is None
    report = await verify(log, J, expect=head)
    assert report.ok, "the head noted before is still on the chain"
    assert (report.commits, [one.by for one in report.repairs]) == (4, [BY])
    assert await log.append(J, following(new))
    assert report.repairs[0].digest == (await all_of(log))[3].data.decode().split('"digest":"')[1][:64]


async def test_others_follow_without_a_restart(topic: Topic, log: ChainedLog) -> None:
    other = await ChainedLog(Scripted(topic), topic.identity).open()
    late = ChainedLog(Scripted(topic), topic.identity)
    with pytest.raises(LogDamaged):
        await other.end(J)
    new = await mended(log)
    assert await other.end(J) == new
    await late.open()
    assert await late.end(J) == new
    assert await all_of(other) == await all_of(late) == await all_of(log)
    await other.close()
    await late.close()


async def test_what_arrived_behind_it_is_dead_too_and_can_be_sent_again(
    topic: Topic, log: ChainedLog
) -> None:
    """Its sender was never told that it counts: a sender reads up to its own commit first."""
    racing = following(COMMITS[2].head)
    topic.put(WHERE, J.encode(), racing)
    first = await agreed(log)
    assert (await damage_of(log, J, Head())).records == 2
    new = await repair(log, first, BY, NOW, Head())
    assert racing not in [stored.data for stored in await all_of(log)]
    assert await log.append(J, following(new))


async def test_before_it_the_intact_part_can_be_exported_whole_or_in_part(
    log: ChainedLog, tmp_path: Path
) -> None:
    whole = await export(log, J, tmp_path / "whole.muster")
    assert whole.manifest.head == COMMITS[2].head
    assert "does not follow" in str(whole.damage)
    first = COMMITS[0].head.position
    part = await export(log, J, tmp_path / "part.muster", first)
    assert part.manifest.position == first
    with pytest.raises(TransferFailed) as beyond:
        await export(log, J, tmp_path / "beyond.muster", COMMITS[2].head.position + 1)
    assert beyond.value.code == "transfer.beyond"


async def test_nothing_of_a_log_without_its_beginning_can_be_exported(tmp_path: Path) -> None:
    topic = Topic(PARTITIONS)
    topic.put(WHERE, J.encode(), GONE.data)
    log = await ChainedLog(Scripted(topic), topic.identity).open()
    with pytest.raises(TransferFailed) as nothing:
        await export(log, J, tmp_path / "whole.muster")
    assert nothing.value.code == "transfer.nothing_intact"
    assert list(tmp_path.iterdir()) == []
    await log.close()


async def test_an_export_of_it_is_an_ordinary_chain(log: ChainedLog, tmp_path: Path) -> None:
    new = await mended(log)
    done = await export(log, J, tmp_path / "whole.muster")
    assert (done.damage, done.manifest.head) == (None, new)
    file = CommitFile(tmp_path / "whole.muster")
    assert file.check(COMMITS[2].head).met, "whoever checks it needs no rule but the acceptance rule"
    assert [stored.head for stored in file.commits()][-1] == new
    file.close()


async def test_it_is_refused_when_there_is_nothing_to_declare(log: ChainedLog) -> None:
    wanted = await agreed(log)
    new = await mended(log)
    with pytest.raises(RepairRefused, match=r"not damaged.*\(repair.not_damaged\)"):
        await repair(log, wanted, BY, NOW, new)


async def test_it_is_refused_when_the_head_or_the_records_moved(topic: Topic, log: ChainedLog) -> None:
    wanted = await agreed(log)
    elsewhere = Repair(jurisdiction=J, head=COMMITS[1].head, digest=wanted.digest, reason="x")
    with pytest.raises(RepairRefused, match=r"repair.head_moved"):
        await repair(log, elsewhere, BY, NOW, Head())
    topic.put(WHERE, J.encode(), COMMITS[7].data)
    with pytest.raises(RepairRefused, match=r"repair.other_records"):
        await repair(log, wanted, BY, NOW, Head())


async def test_it_is_refused_when_acknowledged_commits_are_missing(log: ChainedLog) -> None:
    """The views stand beyond the intact part: whatever led there is lost."""
    with pytest.raises(RepairRefused, match=r"repair.acknowledged"):
        await repair(log, await agreed(log), BY, NOW, COMMITS[4].head)


async def test_a_record_that_arrives_meanwhile_overtakes_it(topic: Topic, log: ChainedLog) -> None:
    wanted = await agreed(log)

    class Overtaken:
        read, damage = log.read, log.damage

        async def repair(self, jurisdiction: str, data: bytes) -> bool:
            topic.put(WHERE, J.encode(), COMMITS[7].data)
            return await log.repair(jurisdiction, data)

    with pytest.raises(RepairRefused, match=r"repair.overtaken"):
        await repair(Overtaken(), wanted, BY, NOW, Head())  # type: ignore[arg-type]
    assert (await damage_of(log, J, Head())).records == 3, "the decision that came too late is dead too"
    await mended(log)
    assert await log.damage(J) is None


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (person("desk-1"), "repair.one_person"),
        (person("Desk-1", id="another token"), "repair.one_person"),
        (person("desk-2", scope="dispatcher"), "repair.not_admin"),
        (person("desk-2", jurisdictions=("SFFD",)), "repair.not_admin"),
        (person("desk-2", areas=("230717",)), "repair.not_admin"),
    ],
)
def test_two_admins_who_are_two_people_must_agree(second: Principal, code: str) -> None:
    with pytest.raises(RepairRefused, match=code):
        consenting((person("desk-1"), second), J)
    assert consenting((person("desk-1"), person("desk-2", jurisdictions=(J,))), J) == BY


async def views_of(projector: PartitionProjector, topic: Topic, upto: int | None = None) -> Head:
    held = [record for record in topic.partitions[WHERE][:upto] if record]
    await projector.project(WHERE, held)
    return await projector.views.head(J)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("together", [False, True])
async def test_a_projector_goes_on_behind_it(
    topic: Topic, log: ChainedLog, restarted: bool, together: bool
) -> None:
    views, quiet = await asyncio.to_thread(Packed, None, catalog), Quiet()

    def started() -> PartitionProjector:
        new = PartitionProjector(views, Scripted(topic), LOG, quiet, quiet)
        new.assign(WHERE)
        return new

    projector = started()
    try:
        assert await views_of(projector, topic) == COMMITS[2].head
        assert list(projector.parked) == [J]
        await projector.save_checkpoints()
        assert quiet.offsets[WHERE] < len(topic.partitions[WHERE]), "it is read again by whoever takes over"
        new = await mended(log)
        assert await log.append(J, following(new))
        end = await log.end(J)
        if restarted:
            projector = started()
        if together:
            await views_of(projector, topic)
        else:
            for record in topic.partitions[WHERE]:
                if record:
                    await projector.project(WHERE, [record])
        assert await views.head(J) == end
        assert not projector.parked
        await projector.save_checkpoints()
        assert quiet.offsets[WHERE] == len(topic.partitions[WHERE])
    finally:
        await views.close()


@pytest.mark.parametrize("seed", range(20))
async def test_however_it_is_delivered_all_see_one_chain(topic: Topic, log: ChainedLog, seed: int) -> None:
    chance = random.Random(seed)
    spoilt = await ChainedLog(Scripted(topic, seed), topic.identity).open()
    try:
        if chance.random() < 0.5:
            with pytest.raises(LogDamaged):
                await spoilt.end(J)
        new = await mended(log)
        assert await log.append(J, following(new))
        end = await log.end(J)
        async with asyncio.timeout(10):
            assert await spoilt.end(J) == end
        assert await all_of(spoilt) == await all_of(log)
    finally:
        await spoilt.close()
