"""The real writer and projector in a world whose time, network and disk follow from a seed, in one loop.

Time passes only when nobody has anything to do, so an hour takes milliseconds.
"""

import asyncio
import random
import selectors
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from events.commit import Head, Verdict, digest, envelope, judge
from projections.catalog import views as catalog
from services.adapters.sqlite.views import SqliteViews
from services.application.lookup import recorded_commands
from services.decisions.area.commands import DefineArea
from services.decisions.base import Command
from services.decisions.worker.commands import CheckIn, CheckOut, Register
from services.log.port import LogUnavailable, OutcomeUnknown, Stored
from services.recorder.envelope import CommandEnvelope
from services.recorder.errors import Overloaded, Parked
from services.recorder.writer import Writer
from services.vault import Vault, VaultUnavailable, open_vault
from services.vault.wrapping import KeyWrapper
from services.views.loop import Projector

J: Final = "2307"
BEGIN: Final = datetime(2022, 3, 28, tzinfo=UTC)
FINAL: Final = ("accepted", "known", "unchanged", "refused")


class InlineExecutor:
    """Does work at once, on the caller's thread: threads would end in any order."""

    def __init__(self, *_: object) -> None: ...

    def submit(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def shutdown(self) -> None: ...


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time leaps to the next timer as soon as nothing is ready."""

    def __init__(self) -> None:
        self._passed = 0.0
        super().__init__(selectors.SelectSelector())
        select = self._selector.select  # type: ignore[attr-defined]

        def leap(timeout: float | None = None) -> Any:
            ready = select(0)
            if not ready and timeout is None:
                raise RuntimeError("everybody waits for ever")
            if not ready and timeout:
                self._passed += timeout
            return ready

        self._selector.select = leap  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._passed

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


class Clock:
    """The loop's time as an instant; may be off, as on a phone."""

    def __init__(self, loop: Loop, ahead: float = 0.0) -> None:
        self._loop, self._ahead = loop, ahead

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self._loop.time() + self._ahead)


class Log:
    """Commits of one jurisdiction. Appends take time, fail, or end without an answer."""

    id = "of a simulation"

    def __init__(self, chance: random.Random) -> None:
        self.commits: list[Stored] = []
        self.calm = False
        self._chance = chance

    @property
    def _head(self) -> Head:
        return self.commits[-1].head if self.commits else Head()

    async def jurisdictions(self) -> list[str]:
        return [J] if self.commits else []

    async def end(self, jurisdiction: str) -> Head:
        await self._trouble(0.02, LogUnavailable("the disk cannot be read, for a test"))
        return self._head

    async def known_head(self, jurisdiction: str) -> Head:
        return self._head

    async def append(self, jurisdiction: str, data: bytes) -> bool:
        await self._trouble(0.08, LogUnavailable("the disk is full, for a test"))
        seen = envelope(data)
        if judge(self._head, seen.first, seen.prev, len(seen.events)) is not Verdict.ACCEPTED:
            return False
        await self._trouble(0.03, OutcomeUnknown("it was not written, for a test"))
        if judge(self._head, seen.first, seen.prev, len(seen.events)) is not Verdict.ACCEPTED:
            return False
        head = Head(self._head.position + len(seen.events), digest(data))
        self.commits.append(Stored(data, head))
        await self._trouble(0.05, OutcomeUnknown("it was written, for a test"))
        return True

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        found = [stored for stored in self.commits if stored.head.position > after]
        await self._trouble(0.02, LogUnavailable("the disk cannot be read, for a test"))
        if found:
            yield found

    async def _trouble(self, probability: float, error: Exception) -> None:
        if self.calm:
            return
        await asyncio.sleep(self._chance.expovariate(200))
        if self._chance.random() < probability:
            raise error

    async def wait(self, jurisdiction: str, after: int, timeout: float) -> bool:
        return self._head.position > after

    def add_mark(self, *_: object) -> None: ...
    def mark(self, jurisdiction: str) -> None: ...
    def release(self, jurisdiction: str) -> None: ...
    async def close(self) -> None: ...


class Keys(KeyWrapper):
    """Keys in memory; now and then they cannot be reached."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__("memory")
        self._own: dict[str, bytes] = {}
        self._kept: dict[str, bytes | None] = {}
        self._chance = chance
        self.notice_window = (float("-inf"), float("inf"))

    def watch(self, *_: object) -> None: ...

    async def empty(self) -> bool:
        return not self._own

    async def _first(self, name: str, wrapped: bytes) -> bytes:
        return self._own.setdefault(name, wrapped)

    async def keys(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        return {one: self._kept[one] for one in subjects if one in self._kept}

    async def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        if self._chance.random() < 0.03:
            raise VaultUnavailable("the keys are out of reach, for a test")
        return {one: self._kept.setdefault(one, bytes(32)) for one in sorted(subjects)}

    async def set_phones(self, jurisdiction: str, hashes: Mapping[str, bytes | None]) -> None: ...
    async def find_phone(self, jurisdiction: str, hashes: Collection[bytes]) -> list[str]:
        return []

    async def close(self) -> None: ...


class Service:
    """One life of the service, from a start to a crash."""

    def __init__(self, world: "World") -> None:
        self.projector = Projector(world.log, world.views, self._viewed)  # type: ignore[arg-type]
        self.writer = Writer(
            J,
            log=world.log,  # type: ignore[arg-type]
            vault=world.vault,
            clock=world.clock,
            timezone="Asia/Shanghai",
            lookup=lambda ids, upto: recorded_commands(world.views, J, ids, upto),
            recorded=self.projector.offer,
            erased=lambda *_: None,
        )
        self.tasks = [asyncio.create_task(work) for work in (self._write(), self._project())]

    def _viewed(self, jurisdiction: str, position: int) -> None:
        self.writer.viewed(position)

    async def _write(self) -> None:
        await self.writer.run(None)

    async def _project(self) -> None:
        while True:
            try:
                await self.projector.run()
            except LogUnavailable:
                await asyncio.sleep(0.5)

    async def crash(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


class World:
    """Everything of one seed."""

    def __init__(self, loop: Loop, seed: int, vault: Vault, log: Log, views: SqliteViews) -> None:
        self.chance, self.loop, self.clock = random.Random(seed), loop, Clock(loop)
        self.log, self.vault, self.views = log, vault, views
        self.answers: dict[str, list[tuple[str, int | None]]] = {}
        """What the service answered to each command id, in order, whether or not it arrived."""
        self.service: Service | None = None

    async def send(self, envelope: CommandEnvelope) -> str:
        """Send a command over the network; return the outcome, or `lost`."""
        service = self.service
        await asyncio.sleep(self.chance.expovariate(20))
        if service is None or service is not self.service or self.chance.random() < 0.1:
            return "lost"
        answering = asyncio.create_task(service.writer.submit([envelope]))
        dead = asyncio.gather(*service.tasks, return_exceptions=True)
        await asyncio.wait((answering, dead), timeout=30, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            answering.cancel()
            return "lost"
        if isinstance(answering.exception(), Parked | Overloaded):
            return "lost"
        (outcome,) = answering.result()
        if outcome.outcome in FINAL:
            self.answers.setdefault(envelope.id, []).append((outcome.outcome, outcome.position))
        return "lost" if self.chance.random() < 0.1 else outcome.outcome

    async def phone(self, number: int, commands: int) -> None:
        """Send commands one after another, each until it is answered for good, some of them once more."""
        clock = Clock(self.loop, self.chance.uniform(-90, 90))
        for n in range(commands):
            await asyncio.sleep(self.chance.expovariate(0.2))
            command, at = self._command(number), clock.now()
            id_ = str(UUID(int=number << 32 | n, version=4))
            while True:
                sent = CommandEnvelope(
                    id=id_, command=command, actor="a", received=self.clock.now(), at=at, sent_at=clock.now()
                )
                outcome = await self.send(sent)
                if outcome in FINAL and self.chance.random() > 0.1:
                    break
                await asyncio.sleep(self.chance.expovariate(1))

    def _command(self, number: int) -> Command:
        worker = f"W{self.chance.choice((number, 0))}"
        return self.chance.choice(
            (
                Register(worker=worker, role="courier"),
                Register(worker=f"W{self.chance.randrange(99)}", role="rider", name="Test Person"),
                CheckIn(worker=worker, area=J),
                CheckOut(worker=worker),
                DefineArea(area=f"{J}{self.chance.randrange(10, 14)}", name="County"),
            )
        )

    async def fate(self) -> None:
        """Crash and start the service again and again."""
        while True:
            self.service = Service(self)
            await asyncio.sleep(self.chance.expovariate(0.05))
            dying, self.service = self.service, None
            await dying.crash()
            await asyncio.sleep(self.chance.expovariate(0.5))


async def live(loop: Loop, seed: int, phones: int = 3, commands: int = 4) -> World:
    """Play a seed to its end: all phones are answered, the disk is calm, and the views have caught up."""
    chance = random.Random(seed)
    vault = await open_vault("unused", Keys(chance), bytes(32))  # type: ignore[arg-type]
    world = World(loop, seed, vault, Log(chance), SqliteViews(None, catalog))
    fate = asyncio.create_task(world.fate())
    async with asyncio.timeout(100_000):
        await asyncio.gather(*(world.phone(number, commands) for number in range(1, phones + 1)))
    fate.cancel()
    await asyncio.gather(fate, return_exceptions=True)
    if world.service:
        await world.service.crash()
    world.log.calm = True
    await Projector(world.log, world.views, lambda *_: None).catch_up(J)  # type: ignore[arg-type]
    return world


def play(seed: int, judge_: Callable[[World], Coroutine[Any, Any, None]]) -> None:
    """Run a seed in a loop of its own and judge the world it leaves."""

    async def whole() -> None:
        world = await live(loop, seed)
        await judge_(world)
        await world.views.close()

    loop = Loop()
    try:
        loop.run_until_complete(whole())
    finally:
        loop.close()
