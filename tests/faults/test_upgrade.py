"""Rolling upgrades: an old reader stops at an unknown event, and continues once upgraded."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from scripted import LOG, Scripted, Topic
from test_delivery import PARTITIONS, Packed, Quiet, history

from events import catalog as events
from events.commit import Head, decode
from projections.catalog import views as catalog
from services.adapters.sqlite.keys import local_vault
from services.base.clock import SystemClock
from services.decisions.state import RecordedCommand
from services.decisions.worker.commands import CheckIn
from services.log.chained import ChainedLog
from services.log.identity import partition_of
from services.log.port import Stored
from services.projector.partitions import PartitionProjector
from services.recorder.envelope import CommandEnvelope
from services.recorder.errors import Parked
from services.recorder.writer import Writer
from services.vault import Vault
from services.views.port import Query
from services.views.rebuild import StraightFold

NEW = "worker.presence_set"
"""The event that is unknown to the old reader."""
CODES = ("2307", "2308", "SFFD")
HISTORIES = {code: history(code) for code in CODES}


def old_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {key: decoder for key, decoder in events.decoders.items() if key[0] != NEW}
    assert len(known) < len(events.decoders)
    monkeypatch.setattr(events, "decoders", known)


def topic() -> Topic:
    """Return a topic with the three histories in turn."""
    made = Topic(PARTITIONS)
    for commits in zip(*HISTORIES.values(), strict=True):
        for code, stored in zip(CODES, commits, strict=True):
            made.put(partition_of(code, PARTITIONS), code.encode(), stored.data)
    return made


def before_the_new_one(commits: list[Stored]) -> Head:
    """Return the head before the first event that is unknown to the old reader."""
    head = Head()
    for stored in commits:
        if any(event.name == NEW for event in decode(stored.data).events):
            return head
        head = stored.head
    raise AssertionError("the story has no such event")


async def work_on(views: Packed, there: Topic, quiet: Quiet) -> PartitionProjector:
    """Return a projector that has caught up with everything it can read."""
    projector = PartitionProjector(views, Scripted(there), LOG, quiet, quiet)
    for partition in range(PARTITIONS):
        projector.assign(partition)
        await projector.catch_up(partition)
    await projector.save_checkpoints()
    return projector


async def test_an_old_projector_waits_and_an_upgraded_one_skips_nothing() -> None:
    views, quiet, there = await asyncio.to_thread(Packed, None, catalog), Quiet(), topic()
    with pytest.MonkeyPatch.context() as patched:
        old_reader(patched)
        old = await work_on(views, there, quiet)
        assert sorted(old.parked) == sorted(CODES)
        assert all(NEW in why and "newer than this program" in why for why in old.parked.values())
        for code, commits in HISTORIES.items():
            assert await views.head(code) == before_the_new_one(commits)

    upgraded = await work_on(views, there, quiet)

    assert upgraded.parked == {}
    for code, commits in HISTORIES.items():
        found, head = await views.snapshot(code, {name: Query() for name in catalog})
        transport = Scripted(there)
        log = await ChainedLog(transport, there.identity).open()
        straight = StraightFold(log, code, catalog)
        await straight.advance()
        assert head == straight.head == commits[-1].head
        assert {name: dict(rows) for name, rows in found.items()} == straight.rows
        await log.close()
    await views.close()


async def test_one_that_can_be_read_does_not_wait_for_one_that_cannot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    views, quiet, there = await asyncio.to_thread(Packed, None, catalog), Quiet(), Topic(PARTITIONS)
    plain = [stored for stored in HISTORIES["2308"] if stored.head.position <= 9]
    for stored in HISTORIES["2307"]:
        there.put(partition_of("2307", PARTITIONS), b"2307", stored.data)
    for stored in plain:
        there.put(partition_of("2308", PARTITIONS), b"2308", stored.data)
    old_reader(monkeypatch)

    projector = await work_on(views, there, quiet)

    assert list(projector.parked) == ["2307"]
    assert await views.head("2308") == plain[-1].head
    await views.close()


def envelope() -> CommandEnvelope:
    return CommandEnvelope(
        id=str(uuid4()),
        command=CheckIn(worker="W1", area="2307"),
        actor="dispatcher/desk-1",
        received=datetime.now(UTC),
    )


async def nothing(ids: object, upto: int) -> dict[str, RecordedCommand]:
    return {}


def writing(log: ChainedLog, vault: Vault) -> Writer:
    return Writer(
        "2307",
        log=log,
        vault=vault,
        clock=SystemClock(),
        timezone="Asia/Shanghai",
        lookup=nothing,
        recorded=lambda jurisdiction, stored, *, bulk: None,
        erased=lambda code, position: None,
    )


async def test_an_old_writer_at_work_answers_whoever_waits_when_a_newer_one_has_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, commits = Topic(PARTITIONS), HISTORIES["2307"]
    where = partition_of("2307", PARTITIONS)
    readable = before_the_new_one(commits)
    for stored in [one for one in commits if one.head.position <= readable.position]:
        there.put(where, b"2307", stored.data)
    log = await ChainedLog(Scripted(there), there.identity).open()
    vault = await local_vault(tmp_path)
    old_reader(monkeypatch)
    writer = writing(log, vault)
    running = asyncio.create_task(writer.run())
    await writer.ready()

    for stored in [one for one in commits if one.head.position > readable.position]:
        there.put(where, b"2307", stored.data)
    await log.end("2307")
    async with asyncio.timeout(5):
        outcome = (await writer.submit([envelope()]))[0]

    assert (outcome.outcome, outcome.code) == ("pending", "jurisdiction.parked")
    running.cancel()
    await asyncio.wait((running,))
    await log.close()
    await vault.close()


async def test_an_old_writer_refuses_what_it_cannot_decide_and_an_upgraded_one_goes_on(
    tmp_path: Path,
) -> None:
    there = topic()
    log = await ChainedLog(Scripted(there), there.identity).open()
    vault = await local_vault(tmp_path)

    async def submit() -> str:
        writer = writing(log, vault)
        running = asyncio.create_task(writer.run())
        try:
            await writer.ready()
            return (await writer.submit([envelope()]))[0].outcome
        finally:
            running.cancel()
            await asyncio.wait((running,))

    with pytest.MonkeyPatch.context() as patched:
        old_reader(patched)
        with pytest.raises(Parked, match="newer than this program"):
            await submit()
        assert await log.end("2307") == HISTORIES["2307"][-1].head

    assert await submit() == "accepted"
    await log.close()
    await vault.close()
