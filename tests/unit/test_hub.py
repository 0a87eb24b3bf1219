"""The streams' loop survives an unreadable step. However slow a stream is, it gets a consistent prefix."""

import asyncio
import json
from collections.abc import Awaitable
from types import SimpleNamespace
from typing import Any

from services.api.frames import Frame
from services.api.hub import QUEUE, Client, Group, Hub, pause_after
from services.application.announcing import Announcements
from services.base.clock import SystemClock
from services.views.port import OutboxStep, RowUnreadable


async def steps(jurisdiction: str, after: int, limit: int = 1000) -> list[OutboxStep]:
    """Return announced steps. In one jurisdiction they come from a program with other rows."""
    if jurisdiction == "2308":
        raise RowUnreadable("roster", "W1", "it lacks a field")
    return [OutboxStep(after, 3, ())] if after < 3 else []


async def test_a_step_that_cannot_be_read_resets_its_own_screens_only() -> None:
    progress: Any = SimpleNamespace(steps=steps)
    vault: Any = None
    hub = Hub(progress, Announcements(), vault, SystemClock())
    running = asyncio.create_task(hub.run())
    _, bad = hub.join(("bad",), "2308", {}, 1)
    _, good = hub.join(("good",), "2307", {}, 1)
    async with asyncio.timeout(5):
        assert await bad.frames.get() is None
        assert await good.frames.get()

    assert not running.done()
    running.cancel()
    await asyncio.wait((running,))


def test_patches_come_more_often_the_less_they_cost_and_never_take_more_than_a_twentieth() -> None:
    assert pause_after(0.0001) == 0.05
    assert pause_after(0.005) == 0.1
    assert pause_after(1.0) == 0.4


# -- what each stream receives -------------------------------------------------------------------------------


class Socket:
    """A socket that is full or not, and what was written to it."""

    def __init__(self) -> None:
        self.written: list[tuple[int, int]] = []
        """From and to which position each patch leads."""
        self.room = asyncio.Event()
        self.room.set()

    def write(self, frame: Frame) -> Awaitable[None] | None:
        if self.room.is_set():
            return self._take(frame)
        return self._later(frame)

    def _take(self, frame: Frame) -> None:
        data = json.loads(frame.plain.partition(b"data: ")[2])
        self.written.append((data["after"], data["upto"]))

    async def _later(self, frame: Frame) -> None:
        await self.room.wait()
        self._take(frame)

    async def follow(self, client: Client) -> None:
        """Do as a stream's task: send what is queued."""
        while (frame := await client.next()) is not None:
            await self.room.wait()
            self._take(frame)


class Log:
    """Steps that are added one by one."""

    def __init__(self) -> None:
        self.end = 0

    async def steps(self, jurisdiction: str, after: int, limit: int = 1000) -> list[OutboxStep]:
        return [OutboxStep(n, n + 1, ()) for n in range(after, self.end)]


def group_of(log: Log) -> Group:
    progress: Any = log
    vault: Any = None
    return Group(progress, vault, SystemClock(), "2307", {})


async def advance(log: Log, group: Group, times: int = 1) -> None:
    for _ in range(times):
        log.end += 1
        await group.flush()
        await asyncio.sleep(0)


def whole(socket: Socket, end: int) -> None:
    """The patches continue each other without a gap, from the start to the end."""
    assert [after for after, _ in socket.written] == [0, *(upto for _, upto in socket.written[:-1])]
    assert socket.written[-1][1] == end


async def test_who_can_take_a_patch_has_it_written_without_a_task_and_who_cannot_gets_it_later() -> None:
    log = Log()
    group, quick, slow = group_of(log), Socket(), Socket()
    clients = [Client(0, write=socket.write) for socket in (quick, slow)]
    group.clients.update(clients)
    tasks = [asyncio.create_task(s.follow(c)) for s, c in zip((quick, slow), clients, strict=True)]
    await asyncio.sleep(0)
    await advance(log, group, 2)
    slow.room.clear()
    await advance(log, group, 5)
    assert (len(quick.written), len(slow.written)) == (7, 2)
    assert [client.sent for client in clients] == [7, 2], "it is told how far behind it is"
    slow.room.set()
    while clients[1].sent < 7:
        await asyncio.sleep(0)
    await advance(log, group, 3)
    for socket in (quick, slow):
        whole(socket, 10)
    assert clients[1].frames.empty(), "it is as quick as the others again"
    for task in tasks:
        task.cancel()


async def test_who_falls_too_far_behind_starts_over_and_gets_nothing_after_the_gap() -> None:
    log, socket = Log(), Socket()
    group, client = group_of(log), Client(0, write=socket.write)
    group.clients.add(client)
    following = asyncio.create_task(socket.follow(client))
    await asyncio.sleep(0)
    await advance(log, group)
    socket.room.clear()
    await advance(log, group, QUEUE + 3)
    assert client.lost
    socket.room.set()
    await following
    await advance(log, group, 3)
    assert socket.written[0] == (0, 1)
    assert len(socket.written) <= 2, "besides what was on its way there is only a reset"


async def test_a_client_that_is_gone_does_not_keep_the_others_from_their_patches() -> None:
    def broken(frame: Frame) -> None:
        raise OSError("connection reset")

    log, socket = Log(), Socket()
    group, gone, here = group_of(log), Client(0, write=broken), Client(0, write=socket.write)
    group.clients.update((gone, here))
    tasks = [asyncio.create_task(client.next()) for client in (gone, here)]
    await asyncio.sleep(0)
    await advance(log, group, 3)
    whole(socket, 3)
    assert await tasks[0] is None
    tasks[1].cancel()
