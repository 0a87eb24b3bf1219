"""Projector faults: the last commit of a night is not lost; one jurisdiction does not block another."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from scripted import LOG, Scripted, Topic
from test_delivery import HISTORIES, PARTITIONS, Packed, Quiet

from events.commit import Head
from projections.catalog import views as catalog
from services.adapters.kafka.connection import Connection
from services.log.identity import partition_of
from services.log.port import LogDamaged, Stored
from services.log.transport import Record
from services.projector import jurisdictions, partitions, records, retrying
from services.projector.partitions import PartitionProjector
from services.projector.watchdog import MOST_BETWEEN, PATIENCE, Lag, Watchdog, signs_of_life
from services.views.port import Answer, Batch
from services.views.rebuild import rebuild_all

WHERE = partition_of("2307", PARTITIONS)


class Views(Packed):
    """A store that may forget, and may need a rebuild."""

    def __init__(self) -> None:
        super().__init__(None, catalog)
        self.need: dict[str, list[str]] = {}
        self.at: dict[str, int] | None = None

    async def stale(self, jurisdiction: str) -> list[str]:
        return self.need.get(jurisdiction, [])

    async def positions(self) -> dict[str, int]:
        found = {code: (await self.head(code)).position for code in await self.jurisdictions()}
        return self.at if self.at is not None else found


class Scene:
    """A projector and its environment."""

    def __init__(self, views: Views) -> None:
        self.views, self.topic, self.quiet = views, Topic(PARTITIONS), Quiet()
        self.projector = PartitionProjector(views, Scripted(self.topic), LOG, self.quiet, self.quiet)
        self.projector.assign(WHERE)

    def put(self, code: str, data: bytes) -> Record:
        offset = self.topic.put(WHERE, code.encode(), data)
        return Record(offset, code.encode(), data)

    async def take(self, *records: Record) -> None:
        async with asyncio.timeout(5):
            await self.projector.deliver({WHERE: records})


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    monkeypatch.setattr(retrying, "RETRY_SECONDS", 0.01)
    views = await asyncio.to_thread(Views)
    yield Scene(views)
    await views.close()


def of(code: str) -> Sequence[Stored]:
    return HISTORIES[code]


async def test_a_commit_that_was_never_delivered_is_projected_before_its_offset_is_passed(
    scene: Scene,
) -> None:
    """No later commit of its jurisdiction would reveal the gap."""
    await scene.projector.catch_up(WHERE)
    scene.put("2307", of("2307")[0].data)  # lost in delivery
    passed = scene.topic.identity.encode()
    await scene.take(Record(scene.topic.put(WHERE, None, passed), None, passed))

    assert await scene.views.head("2307") == of("2307")[0].head
    await scene.projector.save_checkpoints()
    assert scene.quiet.offsets[WHERE] == 3
    assert scene.projector.holes == 0


async def test_jurisdictions_delivered_together_are_written_in_one_transaction(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[list[str]] = []
    write_all = scene.views.write_all

    async def noted(batches: Sequence[Batch]) -> list[Answer]:
        written.append(sorted(batch.jurisdiction for batch in batches))
        return await write_all(batches)

    monkeypatch.setattr(scene.views, "write_all", noted)
    for partition in range(PARTITIONS):
        scene.projector.assign(partition)
        await scene.projector.catch_up(partition)
    for number in range(2):
        delivery: dict[int, list[Record]] = {}
        for code, commits in HISTORIES.items():
            where, data = partition_of(code, PARTITIONS), commits[number].data
            record = Record(scene.topic.put(where, code.encode(), data), code.encode(), data)
            delivery.setdefault(where, []).append(record)
        await scene.projector.deliver(delivery)

    assert written == [sorted(HISTORIES)] * 2
    for code, commits in HISTORIES.items():
        assert await scene.views.head(code) == commits[1].head
        ends = [one.upto for one in scene.quiet.announced if one.jurisdiction == code]
        assert ends == [commits[0].head.position, commits[1].head.position]


async def test_a_store_that_lost_its_last_instants_gets_them_again(scene: Scene) -> None:
    for stored in of("2307")[:2]:
        await scene.take(scene.put("2307", stored.data))
    loads, scene.views.at = scene.quiet.offsets.copy(), {"2307": 1}
    assert loads == {}

    before = dict(scene.projector.heartbeats)
    await scene.projector.restore_lost()

    assert scene.projector.heartbeats != before  # read again from the checkpoint
    assert scene.projector.owned == {WHERE}


async def test_a_view_that_cannot_be_rebuilt_keeps_nobody_waiting(scene: Scene) -> None:
    await scene.take(scene.put("2307", of("2307")[0].data))
    scene.views.need = {"2307": ["roster"]}
    held, scene.topic.partitions[WHERE] = scene.topic.partitions[WHERE], scene.topic.partitions[WHERE][:1]

    async with asyncio.timeout(5):
        await scene.projector.rebuild_stale(WHERE)
    scene.topic.partitions[WHERE] = held

    assert scene.projector.rebuilding == set()


async def test_a_checkpoint_beyond_the_end_turns_red(scene: Scene) -> None:
    scene.quiet.offsets[WHERE] = 7
    catching = asyncio.create_task(scene.projector.catch_up(WHERE))
    await asyncio.sleep(0.05)

    assert "the topic was truncated" in (scene.projector.trouble or "")
    scene.projector.revoke(WHERE)
    await catching
    assert scene.projector.trouble is None


async def test_bytes_that_are_no_commit_stop_nobody_unless_the_chain_goes_through_them(scene: Scene) -> None:
    first = of("2307")[0]
    hollow = b'{"jurisdiction":"2307","first":%d,"prev":"%s","events":[{}]}'
    await scene.take(scene.put("2307", first.data))
    await scene.take(scene.put("2307", hollow % (1, b"0" * 64)))
    assert scene.projector.parked == {}

    await scene.take(scene.put("2307", hollow % (first.head.position + 1, first.head.hash.encode())))
    assert "2307" in scene.projector.parked


async def test_one_that_is_parked_holds_its_checkpoint_but_not_what_others_see_of_the_work(
    scene: Scene,
) -> None:
    """Otherwise a projector without partitions would exit every minute because of the lag."""
    await scene.projector.catch_up(WHERE)
    await scene.take(
        scene.put("2307", b'{"jurisdiction":"2307","first":1,"prev":"%s","events":[{}]}' % (b"0" * 64))
    )
    await scene.take(scene.put("2307", of("2307")[0].data))
    await scene.projector.save_checkpoints()

    assert (await scene.quiet.load())[WHERE] < (await scene.quiet.read())[WHERE] == 3


async def test_those_that_are_stuck_keep_no_others_from_the_store(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = {f"S{n}" for n in range(jurisdictions.AT_ONCE)}
    begun: set[str] = set()

    async def run_batch(views: Views, jurisdiction: str, *_: object) -> Head:
        begun.add(jurisdiction)
        if jurisdiction in stuck and "2307" not in begun:
            raise OSError("its rows cannot be written")
        return await views.head(jurisdiction)

    monkeypatch.setattr(jurisdictions, "run_batch", run_batch)
    async with asyncio.timeout(5):
        await asyncio.gather(
            *(scene.projector.jurisdictions.project(WHERE, code, []) for code in (*sorted(stuck), "2307"))
        )

    assert begun == stuck | {"2307"}


async def test_views_that_are_not_of_this_log_are_not_rebuilt_for_ever(scene: Scene) -> None:
    scene.put("2307", of("2307")[0].data)

    class Elsewhere(Views):
        async def head(self, jurisdiction: str) -> Head:
            return Head(1, "e" * 64)

    views = await asyncio.to_thread(Elsewhere)
    with pytest.raises(LogDamaged, match="the views are at"):
        async with asyncio.timeout(5):
            await rebuild_all(scene.projector.log, views, "2307", {"roster": catalog["roster"]})
    await views.close()


async def test_boards_go_on_while_a_view_is_folded_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long that takes: views that stood still would count as stalled after half a minute."""
    reading, go_on = asyncio.Event(), asyncio.Event()

    async def slow(*_: object, alone: asyncio.Lock, **__: object) -> dict[str, int]:
        reading.set()
        await go_on.wait()
        async with alone:
            return {}

    monkeypatch.setattr(jurisdictions, "rebuild_all", slow)
    scene.put("2307", of("2307")[0].data)
    scene.views.need = {"2307": ["roster"]}
    assigned = asyncio.create_task(scene.projector.catch_up(WHERE))
    await asyncio.wait_for(reading.wait(), 5)
    assert scene.projector.rebuilding == {WHERE}
    await scene.take(scene.put("2307", of("2307")[1].data))
    assert await scene.views.head("2307") == of("2307")[1].head

    go_on.set()
    await asyncio.wait_for(assigned, 5)
    assert not scene.projector.rebuilding


async def test_a_rebuild_holds_up_nobody_before_it_has_met_the_live_head(scene: Scene) -> None:
    held = list[int]()

    class Alone(contextlib.AbstractAsyncContextManager[None]):
        async def __aenter__(self) -> None:
            held.append(folded[-1])

        async def __aexit__(self, *_: object) -> None:
            held.append(len(folded))

    folded = list[int]()
    for one in of("2307")[:3]:
        await scene.take(scene.put("2307", one.data))
    chosen = {"roster": catalog["roster"]}
    await rebuild_all(
        scene.projector.log, scene.views, "2307", chosen, lambda at, _: folded.append(int(at)), Alone()
    )
    assert held == [of("2307")[2].head.position, len(folded)]


def test_the_watchdog_sees_what_stands_still_and_nothing_else() -> None:
    lag, late = Lag(), MOST_BETWEEN + 1
    assert lag.observe({0: 9}, {0: 5}, {}, 100) == 0
    assert lag.observe({0: 9}, {0: 5}, {}, 104) == 4
    assert lag.observe({0: 9}, {0: 5}, {0: 1}, 108) == 0  # progress is made
    assert lag.observe({0: 9}, {0: 5}, {0: 1}, 112) == 4
    assert lag.observe({0: 9}, {0: 5}, {0: 1}, 112 + late) == 0  # after a pause the projector cannot tell
    assert max(lag.observe({0: 9}, {0: 5}, {0: 1}, now) for now in range(120, 140, 2)) > PATIENCE
    assert lag.observe({0: 9}, {0: 9}, {0: 1}, 140) == 0
    assert lag.observe({0: 10}, {0: 9}, {0: 1}, 142) == 2


def test_a_partition_that_waits_for_its_turn_to_catch_up_is_no_stall() -> None:
    """Five catch up, three at a time: those that wait have no sign of life of their own."""
    lag, ends, stalled = Lag(), dict.fromkeys(range(5), 900), 0.0
    seen = dict.fromkeys(range(4), -1) | {4: 100}
    for beat in range(20):
        life = signs_of_life(seen, {0: beat, 4: 0})
        stalled = lag.observe(ends, seen, life, 100.0 + 2 * beat)
    assert [lag.age(partition) for partition in range(4)] == [0.0] * 4
    assert stalled == lag.age(4) == 38.0, "one that is caught up tells by its own offset"


async def test_a_long_delivery_shows_signs_of_life_for_all_that_wait(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow machine projects a burst of large commits for longer than the watchdog is patient."""
    monkeypatch.setattr(records, "SLICE_BYTES", 1)
    other = (WHERE + 1) % PARTITIONS
    scene.projector.assign(other)
    for partition in (WHERE, other):
        await scene.projector.catch_up(partition)
    before = dict(scene.projector.heartbeats)
    await scene.projector.deliver({WHERE: [scene.put("2307", of("2307")[0].data)]})
    assert scene.projector.heartbeats == before, "a short one says nothing of the others"

    monkeypatch.setattr(partitions, "LONG_SECONDS", -1.0)
    later = [scene.put("2307", stored.data) for stored in of("2307")[1:4]]
    await scene.projector.deliver({WHERE: later})
    assert scene.projector.heartbeats[other] == before.get(other, 0) + len(later)
    assert await scene.views.head("2307") == of("2307")[3].head


def test_records_are_cut_into_slices_that_lose_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "SLICE_BYTES", 10)
    some = [Record(n, b"2307", bytes(size)) for n, size in enumerate((4, 4, 4, 30, 0, 2))]
    parts = [[one.offset for one in part] for part in records.sliced(some)]
    assert parts == [[0, 1, 2], [3], [4, 5]]
    assert list(records.sliced([])) == []


async def test_a_process_without_partitions_ends_where_nobody_projects(scene: Scene, tmp_path: Path) -> None:
    ended = list[int]()

    async def checkpoints() -> Quiet:
        return scene.quiet

    nowhere = Connection(servers="nowhere")
    dog = Watchdog(nowhere, scene.projector, checkpoints, tmp_path / "exits", ended.append)
    for now in range(100, 200, 4):
        scene.quiet.offsets = {p: len(held) for p, held in enumerate(scene.topic.partitions)}
        scene.put("2307", of("2307")[0].data)  # other projectors do the work
        await dog.observe_others(Scripted(scene.topic), now)
    assert ended == []

    for now in range(200, 300, 4):
        await dog.observe_others(Scripted(scene.topic), now)
    assert ended
    assert dog.exits == len(ended)
