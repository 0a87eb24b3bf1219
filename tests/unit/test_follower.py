"""A follower tracks the views of other processes, and never hides a gap."""

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Any

import pytest

from events.commit import Head
from services.views import follower
from services.views.changes import Announcement, decode, encode
from services.views.follower import Follower, RecentSteps
from services.views.port import OutboxStep

J = "2307"


class Shared:
    """A store written by projectors in other processes."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}
        self.outbox: list[OutboxStep] | None = []
        self.asked = 0

    async def positions(self) -> dict[str, int]:
        return dict(self.at)

    async def head(self, jurisdiction: str) -> Head:
        return Head(self.at.get(jurisdiction, 0), "x")

    async def steps(
        self, jurisdiction: str, after: int, limit: int = 1000, views: Collection[str] | None = None
    ) -> list[OutboxStep] | None:
        self.asked += 1
        return self.outbox

    def unpack(
        self, after: int, upto: int, packed: bytes, views: Collection[str] | None = None
    ) -> OutboxStep:
        return OutboxStep(after, upto, ())


class Line:
    """A feed of announcements."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Announcement] = asyncio.Queue()

    async def announcements(self) -> AsyncIterator[Announcement]:
        while True:
            yield await self.queue.get()

    async def close(self) -> None:
        """Do nothing."""

    def say(self, after: int, upto: int, *, packed: bytes | None = b"-", reset: bool = False) -> None:
        self.queue.put_nowait(
            Announcement(jurisdiction=J, after=after, upto=upto, packed=packed, reset=reset)
        )


class Scene:
    """A running follower."""

    def __init__(self) -> None:
        self.store, self.line = Shared(), Line()
        self.advanced: list[int] = []
        self.resets = 0
        store: Any = self.store
        self.follower = Follower(store, self.line, lambda _, at: self.advanced.append(at), self._reset)

    def _reset(self, jurisdiction: str) -> None:
        self.resets += 1


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    monkeypatch.setattr(follower, "POLL_SECONDS", 0.02)
    made = Scene()
    task = asyncio.create_task(made.follower.run())
    await asyncio.sleep(0)
    yield made
    task.cancel()
    await asyncio.wait((task,))


async def test_announced_steps_come_from_memory(scene: Scene) -> None:
    scene.line.say(0, 3)
    scene.line.say(3, 5)

    assert await scene.follower.reached(J, 5, 1)
    assert await scene.follower.steps(J, 0) == [OutboxStep(0, 3, ()), OutboxStep(3, 5, ())]
    assert await scene.follower.steps(J, 3) == [OutboxStep(3, 5, ())]
    assert await scene.follower.steps(J, 5) == []
    assert scene.store.asked == 0


async def test_what_does_not_join_is_read_from_the_outbox(scene: Scene) -> None:
    scene.line.say(0, 3)
    scene.line.say(4, 6)
    await scene.follower.reached(J, 6, 1)

    assert await scene.follower.steps(J, 0) == scene.store.outbox
    assert scene.store.asked == 1
    assert await scene.follower.steps(J, 4) == [OutboxStep(4, 6, ())]


async def test_a_repeated_or_late_announcement_changes_nothing(scene: Scene) -> None:
    for after, upto in ((0, 3), (3, 5), (0, 3), (3, 5)):
        scene.line.say(after, upto)
    await scene.follower.reached(J, 5, 1)
    await asyncio.sleep(0.01)

    assert scene.advanced == [3, 5]
    assert len(await scene.follower.steps(J, 0) or []) == 2


async def test_a_step_too_large_to_send_is_fetched(scene: Scene) -> None:
    scene.line.say(0, 3, packed=None)
    await scene.follower.reached(J, 3, 1)
    await scene.follower.steps(J, 0)

    assert scene.store.asked == 1


async def test_a_position_that_was_never_announced_resets_its_streams(scene: Scene) -> None:
    scene.store.at[J] = 7

    assert await scene.follower.reached(J, 7, 1)
    await asyncio.sleep(0.1)
    assert scene.resets == 1
    assert scene.advanced == [7]


async def test_an_erasure_resets_streams(scene: Scene) -> None:
    scene.line.say(0, 3, reset=True)
    await scene.follower.reached(J, 3, 1)
    await asyncio.sleep(0.01)

    assert scene.resets == 1


async def test_what_was_missed_before_an_announcement_resets_its_streams(scene: Scene) -> None:
    """The announcement of an erasure was lost; the next one arrived."""
    scene.line.say(0, 3)
    scene.line.say(5, 6)
    await scene.follower.reached(J, 6, 1)
    await asyncio.sleep(0.01)

    assert scene.resets == 1


async def test_waiting_for_a_write_looks_at_the_store_and_gives_up_in_time(scene: Scene) -> None:
    assert not await scene.follower.reached(J, 1, 0.05)


def test_memory_is_bounded_and_never_bridges_a_gap() -> None:
    recent = RecentSteps()
    for n in range(1000):
        recent.add(n, n + 1, b"x")

    assert len(recent.steps) == follower.KEEP
    assert recent.beyond(0, 1000) is None
    assert recent.beyond(999, 1000) == [(999, 1000, b"x")]
    assert recent.beyond(998, 1001) is None


def test_an_announcement_survives_its_topic_and_garbage_is_passed_over() -> None:
    said = Announcement(jurisdiction=J, after=1, upto=2, reset=True, packed=b"\x00\xff")

    assert decode(encode(said)) == said
    assert decode(b"garbage") is None


async def test_a_restored_store_takes_positions_and_screens_back(scene: Scene) -> None:
    scene.store.at[J] = 7
    assert await scene.follower.reached(J, 7, 1)
    await asyncio.sleep(0.1)
    before = scene.resets
    scene.store.at[J] = 4
    await asyncio.sleep(0.1)

    assert scene.follower.positions[J] == 4
    assert scene.resets == before + 1
    assert not await scene.follower.reached(J, 7, 0.01)

    scene.store.at[J] = 7
    assert await scene.follower.reached(J, 7, 1)
