"""Any process killed or frozen under load: no acknowledged command is lost or doubled; nobody has to act."""

import asyncio
import contextlib
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import psutil
import pytest
from scale import LONG, scaled
from town import Town, command, ok, watched

from events.commit import decode
from projections.catalog import views as catalog
from services.adapters.kafka.log import open_log
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.views import PgViews
from services.log.chained import ChainedLog
from services.log.port import LogUnavailable
from services.sandbox.child import Child, free_port
from services.views.port import ViewsUnavailable

J = "PF"
ROUNDS = scaled("MUSTER_FAULTS", 5, 200)
MINUTE = scaled("MUSTER_BROKER_DOWN", 15, 60)
"""Seconds for which the broker is down, once."""
SEED = scaled("MUSTER_SEED", 328, 328)
SENDERS = 8
PAUSE = 0 if LONG else 0.1
"""Seconds between two commands of a sender: without, the load takes all of two cores."""
WORKERS = 50
CONNECTIONS = 100
RECOVER = 30.0
BACK_SECONDS = 5.0
"""Until a command is acknowledged once the only broker is back."""


class Load:
    """Senders that never stop, and send a new command only after the last was answered."""

    def __init__(self, town: Town) -> None:
        self.town, self.acknowledged = town, dict[str, int]()
        self.longest, self.last, self.tries = 0.0, time.monotonic(), 0
        self.times: list[float] = []
        """When commands of this round were answered."""
        self._chance = random.Random(SEED)

    @contextlib.asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        senders = [asyncio.create_task(self._send_on(n)) for n in range(SENDERS)]
        try:
            yield
        finally:
            for sender in senders:
                sender.cancel()
            done = await asyncio.gather(*senders, return_exceptions=True)
        for error in done:
            if isinstance(error, Exception):
                raise error

    async def _send_on(self, number: int) -> None:
        async with contextlib.AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(client) for client in self.town.clients()]
            for client in clients:
                client.timeout = httpx.Timeout(20, connect=2)
            while True:
                body = {"worker": f"W{self._chance.randrange(WORKERS)}", "area": J}
                await self._until_answered(clients, number, str(uuid4()), body)
                await asyncio.sleep(PAUSE)

    async def _until_answered(
        self, clients: list[httpx.AsyncClient], number: int, key: str, body: dict[str, str]
    ) -> None:
        """Send the same id again, to another process each time, until one reports its outcome."""
        for tried in range(1000):
            self.tries += 1
            try:
                client = clients[(number + tried) % len(clients)]
                answer = await command(client, J, "worker.check_in", key=key, **body)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code == 503:
                await asyncio.sleep(0.1)
                continue
            assert answer.status_code == 200, answer.text
            self._count(key, answer.json())
            return
        raise AssertionError(f"{key} was never answered")

    def _count(self, key: str, told: dict[str, object]) -> None:
        now = time.monotonic()
        self.longest, self.last = max(self.longest, now - self.last), now
        self.times.append(now)
        if told["outcome"] != "unchanged":
            self.acknowledged[key] = int(str(told["position"]))


class Truth:
    """The content of the log, read as it grows."""

    def __init__(self, log: ChainedLog) -> None:
        self.log, self.position = log, 0
        self.commands: dict[str, int] = {}

    async def read_on(self) -> None:
        async for batch in self.log.read(J, self.position):
            for stored in batch:
                commit = decode(stored.data)
                ids = {event.command for event in commit.events}
                doubled = ids & self.commands.keys()
                assert not doubled, f"recorded twice: {doubled}"
                self.commands |= dict.fromkeys(ids, stored.head.position)
                self.position = stored.head.position


@contextlib.asynccontextmanager
async def killed(town: Town, name: str) -> AsyncIterator[None]:
    """Kill a process with SIGKILL. The supervisor starts it again."""
    town.cluster[name].kill()
    yield


@contextlib.asynccontextmanager
async def frozen(town: Town, name: str, seconds: float) -> AsyncIterator[None]:
    """Freeze a process with SIGSTOP, then resume it with SIGCONT."""
    town.cluster[name].pause()
    try:
        await asyncio.sleep(seconds)
    finally:
        town.cluster[name].resume()
    yield


@contextlib.asynccontextmanager
async def robbed(town: Town) -> AsyncIterator[None]:
    """Start another projector, which takes over partitions, and kill it while it holds them."""
    thief = town.cluster.new_projector(7)
    thief.start()
    thief.wait_ready(30)
    await asyncio.sleep(2)
    thief.kill()
    yield


@contextlib.asynccontextmanager
async def crowded(town: Town, seconds: float) -> AsyncIterator[None]:
    """Use up PostgreSQL's connections, so that nobody can connect or reconnect."""
    held: list[asyncpg.Connection] = []
    for _ in range(CONNECTIONS):
        try:
            held.append(await asyncpg.connect(town.cluster.database.dsn, timeout=2))
        except (asyncpg.PostgresError, OSError, TimeoutError):
            break
    assert held
    town.cluster["projector-1"].kill()
    await asyncio.sleep(seconds)
    for one in held:
        await one.close(timeout=2)
    yield


@contextlib.asynccontextmanager
async def down(town: Town, name: str, seconds: float) -> AsyncIterator[None]:
    """Kill a process and keep it down for a while."""
    town.cluster.leave(name)
    town.cluster[name].kill()
    await asyncio.sleep(seconds)
    town.cluster.leave(name, alone=False)
    yield


EACH = ("api-1", "api-2", "projector-1", "projector-2", "kafka", "postgres")


def script(chance: random.Random) -> list[tuple[str, str]]:
    """Return (fault, target) of each round in random order. If rounds are few, the gravest are kept."""
    grave = [("kill", "kafka"), ("kill", "api-1"), ("kill", "projector-1"), ("freeze", "kafka")]
    rare = [("kill", "postgres"), ("freeze", "projector-1"), ("crowd", ""), ("rob", ""), ("down", "kafka")]
    rounds = (grave + rare + [("kill", "api-2"), ("kill", "projector-2")])[:ROUNDS]
    while len(rounds) < ROUNDS:
        rounds.append(chance.choice([(kind, name) for kind in ("kill", "freeze") for name in EACH]))
    chance.shuffle(rounds)
    return rounds


def fault(
    town: Town, kind: str, name: str, chance: random.Random
) -> contextlib.AbstractAsyncContextManager[None]:
    """Return the fault of a round."""
    match kind:
        case "kill":
            return killed(town, name)
        case "freeze":
            return frozen(town, name, chance.uniform(1, 6))
        case "rob":
            return robbed(town)
        case "crowd":
            return crowded(town, 4)
        case _:
            return down(town, name, MINUTE)


async def listening(town: Town) -> float:
    """Wait until the broker can be connected to; return the time."""
    async with asyncio.timeout(RECOVER + 20):
        while not await asyncio.to_thread(town.cluster["kafka"].ready):
            await asyncio.sleep(0.02)
    return time.monotonic()


async def recovered(town: Town, views: PgViews, truth: Truth, load: Load) -> float:
    """Return the seconds until a command is acknowledged and the views reach the log's head of that time."""
    began = time.monotonic()
    known = len(load.acknowledged)
    async with asyncio.timeout(RECOVER + 20):
        while len(load.acknowledged) <= known + SENDERS:
            await asyncio.sleep(0.05)
        written = time.monotonic()
        while True:
            with contextlib.suppress(LogUnavailable, ViewsUnavailable):
                head = await truth.log.end(J)
                break
        while True:
            with contextlib.suppress(ViewsUnavailable):
                if (await views.head(J)).position >= head.position:
                    break
            await asyncio.sleep(0.05)
    took = time.monotonic() - written
    assert took < RECOVER, f"the views were {took:.0f} s behind"
    return time.monotonic() - began


@pytest.mark.timeout(ROUNDS * 60 + 300)
async def test_every_process_may_die_at_any_time(frail: Town) -> None:
    town = frail
    chance = random.Random(SEED)
    first = town.clients()[0]
    for n in range(WORKERS):
        await ok(first, J, "worker.register", worker=f"W{n}", role="courier")
    await first.aclose()
    truth, load = Truth(await open_log(town.connection)), Load(town)
    views = await PgViews.open(await Pool.open(town.cluster.database.dsn), catalog)
    async with watched(town):
        for kind, name in script(chance):
            load.longest, load.last, load.times = 0.0, time.monotonic(), []
            async with load.sending():
                await asyncio.sleep(chance.uniform(0.3, 1.0))
                async with fault(town, kind, name, chance):
                    back = await listening(town)
                    took = await recovered(town, views, truth, load)
                await asyncio.sleep(0.5)
            waited = min(one for one in load.times if one > back) - back
            assert name != "kafka" or waited < BACK_SECONDS, f"{waited:.1f} s after the broker was back"
            print(
                f"{kind:7}{name:12} longest without an acknowledged write {load.longest:5.1f} s,"
                f" {waited:4.1f} s after the broker listens,"
                f" recovered in {took:5.1f} s, {len(load.acknowledged)} acknowledged"
            )
            await truth.read_on()
            missing = load.acknowledged.keys() - truth.commands.keys()
            assert not missing, f"acknowledged and lost: {missing}"
        assert await town.audit(J) == []
    assert len(load.acknowledged) > ROUNDS * SENDERS
    await views.close()
    await truth.log.close()


def test_no_process_outlives_its_supervisor(tmp_path: Path) -> None:
    """Even if the supervisor is killed: the kernel signals its children."""
    program = (
        "import sys, time, pathlib\n"
        "from services.sandbox.child import Child\n"
        f"c = Child('sleeper', ['sleep', '600'], pathlib.Path({str(tmp_path)!r}) / 'log', lambda: True)\n"
        "c.start(); print(c.pid, flush=True); time.sleep(600)\n"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout
    pid = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.wait()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]:
        assert time.monotonic() < deadline, "it lives on"
        time.sleep(0.05)


def test_a_frozen_process_is_frozen_with_all_below_it(tmp_path: Path) -> None:
    """PostgreSQL's backends have sessions of their own: no signal to a group reaches them."""
    child = Child("tree", ["sh", "-c", "setsid sleep 60 & sleep 60"], tmp_path / "log", lambda: True)
    child.start()
    found: list[psutil.Process] = []
    try:
        while [one.name() for one in found].count("sleep") < 2:  # before, a shell may wait in fork
            found = [psutil.Process(child.pid), *psutil.Process(child.pid).children(recursive=True)]
        for freeze, stopped in ((child.pause, True), (child.resume, False)):
            freeze()
            deadline = time.monotonic() + 5
            while {one.status() == psutil.STATUS_STOPPED for one in found} != {stopped}:
                assert time.monotonic() < deadline, [one.status() for one in found]
                time.sleep(0.01)
    finally:
        for one in found:
            one.kill()
        child.stop()


def test_a_server_that_died_finds_its_port_free() -> None:
    """Clients that try to connect meanwhile get local ports from another range."""
    floor = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    ports = [free_port() for _ in range(400)]
    assert max(ports) < min(floor, 32_768)
    assert len(set(ports)) == 400, "nobody listens yet on a port that was returned before"
