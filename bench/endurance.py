"""`python -m bench.endurance`: half an hour of 500 commands a second, with watchers; growth as slopes.

Commands start by the clock, not when an answer comes, so that waiting shows in the latency. All on loopback.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bench.__main__ import HERE, check_in, register, served
from bench.flood import Caller, get
from services.api.server.serve import running

WORKERS: Final = 500
WATCHERS: Final = 20
CONNECTIONS: Final = 64
EVERY: Final = 10.0
"""Seconds between samples."""


class Sample(NamedTuple):
    """What the server holds at a moment, and the latency since the last sample."""

    seconds: float
    memory: float
    """MiB resident."""
    descriptors: float
    wal: float
    """MiB of all write-ahead logs."""
    p99: float
    """Milliseconds."""


def held(data: Path, began: float, latencies: list[float]) -> Sample:
    """Take a sample of the process that serves a folder, and start new latencies."""
    server = running(data)
    if server is None:
        raise SystemExit("the server ended")
    process = Path(f"/proc/{server['pid']}")
    pages = int((process / "statm").read_text().split()[1])
    wal = sum(one.stat().st_size for one in data.glob("*-wal"))
    ordered = sorted(latencies) or [0.0]
    p99 = ordered[int(len(ordered) * 0.99)] * 1_000
    latencies.clear()
    memory = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return Sample(time.monotonic() - began, memory, len(os.listdir(process / "fd")), wal / 2**20, p99)


def slope(samples: Sequence[Sample], values: Sequence[float]) -> float:
    """Return the least-squares growth per hour."""
    middle = sum(one.seconds for one in samples) / len(samples)
    mean = sum(values) / len(values)
    spread = sum((one.seconds - middle) ** 2 for one in samples)
    along = sum((one.seconds - middle) * (v - mean) for one, v in zip(samples, values, strict=True))
    return 3_600 * along / spread if spread else 0.0


class Sender:
    """Sends check-ins at a steady rate over a few connections."""

    def __init__(self, port: int, token: str) -> None:
        self.latencies: list[float] = []
        self.answered, self.failed = 0, 0
        self._port, self._request = port, check_in(token, WORKERS)
        self._idle: asyncio.Queue[Caller] = asyncio.Queue()

    async def run(self, rate: float, seconds: float) -> None:
        for _ in range(CONNECTIONS):
            self._idle.put_nowait(await Caller.connected(self._port))
        began = time.monotonic()
        async with asyncio.TaskGroup() as sending:
            for number in range(int(rate * seconds)):
                due = began + number / rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                sending.create_task(self._send(number, due))

    async def _send(self, number: int, due: float) -> None:
        caller = await self._idle.get()
        try:
            status, _ = await caller.ask(self._request(number))
        finally:
            self._idle.put_nowait(caller)
        self.latencies.append(time.monotonic() - due)
        self.answered += status == 200
        self.failed += status != 200


async def watch(port: int, token: str) -> None:
    """Follow the roster and read whatever comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(get(f"{HERE}/stream?views=roster", token))
    while await reader.read(2**16):
        pass


async def run(minutes: float, rate: float) -> tuple[list[Sample], Sender]:
    """Return samples, of which the first ones show how caches fill, and the sender."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (port, token):
        await register(port, token, WORKERS)
        watchers = [asyncio.create_task(watch(port, token)) for _ in range(WATCHERS)]
        sender, began, samples = Sender(port, token), time.monotonic(), list[Sample]()
        sending = asyncio.create_task(sender.run(rate, minutes * 60))
        while not sending.done():
            await asyncio.wait((sending,), timeout=EVERY)
            samples.append(held(Path(folder), began, sender.latencies))
        await sending
        for watcher in watchers:
            watcher.cancel()
    return samples, sender


def tell(samples: Sequence[Sample], sender: Sender, rate: float) -> None:
    """Print first and last values and the growth per hour, without the first sample, in which caches fill."""
    print(f"{sender.answered} commands answered at {rate:g}/s, {sender.failed} refused, {WATCHERS} watchers")
    print(f"{'':24}{'first':>10}{'last':>10}{'growth/hour':>14}")
    for name, unit in (("memory", "MiB"), ("descriptors", ""), ("wal", "MiB"), ("p99", "ms")):
        values = [getattr(one, name) for one in samples]
        growth = slope(samples, values)
        print(f"{f'{name} {unit}':24}{values[0]:10.1f}{values[-1]:10.1f}{growth:14.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=500)
    asked = parser.parse_args()
    samples, sender = asyncio.run(run(asked.minutes, asked.rate))
    tell(samples[1:] or samples, sender, asked.rate)


if __name__ == "__main__":
    main()
