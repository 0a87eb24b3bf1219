"""`python -m bench.flood`: 400 connections post check-ins as fast as they are answered; and others meanwhile.

Measures life-safety requests, reads of one's own writes, small reads, and memory before, during and after.
"""

import argparse
import asyncio
import json
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

import uvloop

from bench.__main__ import HERE, J, register, served
from bench.load import post
from bench.reads import memory

CONNECTIONS: Final = 400
OWN: Final = 20
"""Connections that read their own writes."""
MOST_MS: Final = 250
"""Limit of a life-safety request, 99th percentile."""
PAUSE: Final = 0.05


class Answers(NamedTuple):
    """Seconds of each answer, and how many there were of each status."""

    seconds: list[float]
    statuses: Counter[int]

    def quantile(self, q: float) -> float:
        """Return a quantile in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * q))] if ordered else float("nan")

    def __str__(self) -> str:
        told = ", ".join(f"{count:,} x {status}" for status, count in sorted(self.statuses.items()))
        return f"p50 {self.quantile(0.5):.0f}, p99 {self.quantile(0.99):.0f} ms; {told}"


class Caller:
    """One connection with keep-alive."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connected(cls, port: int) -> "Caller":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Return status and body."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.I)
        return int(head.split(b" ", 2)[1]), await self._reader.readexactly(int(length[1]) if length else 0)

    def close(self) -> None:
        self._writer.close()


def get(path: str, token: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


async def repeat(port: int, until: float, pause: float, one: Callable[[Caller], Awaitable[int]]) -> Answers:
    """Repeat something on one connection until then."""
    caller, found = await Caller.connected(port), Answers([], Counter())
    while time.perf_counter() < until:
        begun = time.perf_counter()
        status = await one(caller)
        found.seconds.append(time.perf_counter() - begun)
        found.statuses[status] += 1
        await asyncio.sleep(pause)
    caller.close()
    return found


def together(found: list[Answers]) -> Answers:
    """Return all answers as one."""
    return Answers([s for one in found for s in one.seconds], sum((one.statuses for one in found), Counter()))


class Flood:
    """What is sent, by whom."""

    def __init__(self, port: int, token: str, others: str, workers: int) -> None:
        """`token`: the flood's. `others`: that of the desk."""
        self._port, self._token, self._others, self._workers = port, token, others, workers
        self._n = 0

    async def check(self, caller: Caller) -> int:
        self._n += 1
        body = json.dumps({"worker": f"W{self._n % self._workers}", "area": J}).encode()
        path = f"{HERE}/commands/worker.check_in"
        return (await caller.ask(post(path, body, self._token, str(uuid4()))))[0]

    async def life_safety(self, caller: Caller) -> int:
        body = json.dumps({"category": "medical", "priority": 1, "area": J}).encode()
        return (await caller.ask(post(f"{HERE}/commands/request.open", body, self._others, str(uuid4()))))[0]

    async def own_write(self, caller: Caller) -> int:
        self._n += 1
        worker = f"W{self._n % self._workers}"
        body = json.dumps({"worker": worker, "area": J}).encode()
        path = f"{HERE}/commands/worker.check_in"
        status, answer = await caller.ask(post(path, body, self._others, str(uuid4())))
        if status != 200:
            return status
        after = json.loads(answer)["position"]
        return (await caller.ask(get(f"{HERE}/roster/{worker}?after={after}", self._others)))[0]

    async def small_read(self, caller: Caller) -> int:
        return (await caller.ask(get(f"{HERE}/roster/W1", self._others)))[0]

    async def flood(self, seconds: float, connections: int) -> dict[str, Answers]:
        """Post check-ins as fast as they are answered."""
        return {"check-ins": await self._many(seconds, connections, 0.0, self.check)}

    async def beside(self, seconds: float) -> dict[str, Answers]:
        """Do what others do meanwhile."""
        urgent, own, reads = await asyncio.gather(
            self._many(seconds, 4, PAUSE, self.life_safety),
            self._many(seconds, OWN, PAUSE, self.own_write),
            self._many(seconds, 4, PAUSE, self.small_read),
        )
        return {"life safety": urgent, "own writes read": own, "small reads": reads}

    async def _many(
        self, seconds: float, count: int, pause: float, one: Callable[[Caller], Awaitable[int]]
    ) -> Answers:
        until = time.perf_counter() + seconds
        return together(await asyncio.gather(*(repeat(self._port, until, pause, one) for _ in range(count))))


def apart(flood: Flood, seconds: float) -> dict[str, Answers]:
    """Run what others do, in a process of its own: a busy client would measure itself."""
    return uvloop.run(flood.beside(seconds))


async def second_token(port: int, token: str) -> str:
    """Return the secret of another token: senders take turns, and the desk is not the flood."""
    caller = await Caller.connected(port)
    body = json.dumps({"name": "desk", "scope": "dispatcher", "jurisdictions": [J]}).encode()
    _, answer = await caller.ask(post("/api/v1/tokens", body, token))
    caller.close()
    return json.loads(answer)["secret"]


async def _settled(pid: int, before: float) -> None:
    """Print the memory after a flood, and what is left of it a while later."""
    during, peak = memory(pid)
    for wait in (5, 30):
        await asyncio.sleep(wait)
        print(
            f"memory: {before:.0f} MiB before, {peak:.0f} at most, {during:.0f} at the end, "
            f"{memory(pid)[0]:.0f} after {wait} s more; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )


async def run(seconds: float, connections: int, workers: int, floods: int) -> bool:
    """Return whether the last flood keeps the limits."""
    found: dict[str, Answers] = {}
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (port, token):
        pid = int(re.search(r'"pid": (\d+)', (Path(folder) / "service.json").read_text())[1])  # type: ignore[index]
        await register(port, token, workers)
        flood = Flood(port, token, await second_token(port, token), workers)
        before, _ = memory(pid)
        with ProcessPoolExecutor(1) as pool:
            others = partial(asyncio.get_running_loop().run_in_executor, pool, apart)
            quiet = await others(flood, 3)
            print(f"life safety without a flood: {quiet['life safety']}", flush=True)
            for again in range(floods):
                flooding = asyncio.create_task(flood.flood(seconds + 2, connections))
                await asyncio.sleep(1)
                found = await others(flood, seconds) | await flooding
                if again + 1 < floods:
                    await _settled(pid, before)
        for name, answers in found.items():
            print(f"{name:<18} {len(answers.seconds) / seconds:7,.0f}/s  {answers}", flush=True)
        await _settled(pid, before)
        slowest, behind = found["life safety"].quantile(0.99), found["own writes read"].statuses[504]
        kept = slowest < MOST_MS and not behind
        print(
            f"life safety p99 {slowest:.0f} ms (limit {MOST_MS}), {behind} own writes not readable (0): "
            f"{'kept' if kept else 'exceeded'}"
        )
        return kept


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.flood", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--workers", type=int, default=1000)
    parser.add_argument(
        "--floods", type=int, default=1, help="one after the other: what does each leave behind?"
    )
    given = parser.parse_args()
    raise SystemExit(not uvloop.run(run(given.seconds, given.connections, given.workers, given.floods)))


if __name__ == "__main__":
    main()
