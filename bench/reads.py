"""`python -m bench.reads`: what each GET costs on a large log, alone and 20 at once, and others meanwhile.

Prints a row per operation: seconds of one, of the same again, of 20 at once and their statuses; the memory
they took at most; and the 99th percentile and maximum of a small read every 10 ms beside them.
"""

import argparse
import asyncio
import os
import re
import shutil
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import uvloop

from bench.__main__ import served
from bench.large import HERE, J, build
from projections.catalog import public_views

AT_ONCE: Final = 20
PROBE: Final = f"{HERE}/roster/W1"
PROBE_SECONDS: Final = 0.01
GIVE_UP: Final = 240.0


_OWN: Final = """
intervals?limit=1
intervals?worker=W5
intervals?area=B1-3&limit=1
intervals?sort=-since&limit=1000
hours?limit=1
hours?worker=W5
hours?sort=-seconds&limit=1
hours?by=month&sort=-seconds&limit=100
requests?at=THEN&limit=1
presence?at=THEN&limit=1
roster?as_of=200000&limit=1
presence?as_of=290000&limit=1
alerts
candidates?request=R0
places
log?after=0
roster.csv
presence.csv
intervals.csv
intervals.csv?sort=-since
hours.csv
intervals.xlsx
"""


def operations(now: datetime) -> dict[str, str]:
    """Return every GET that reads the log or views: name -> path."""
    then = (now - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    names = [f"{view}?limit=1000" for view in public_views()] + _OWN.split()
    others = ("/metrics", "/readyz", "/api/v1", "/api/v1/tokens")
    return {name: f"{HERE}/{name.replace('THEN', then)}" for name in names} | dict(
        zip(others, others, strict=True)
    )


class Read(NamedTuple):
    status: int
    seconds: float
    size: int


async def get(port: int, token: str, path: str) -> Read:
    """Read one answer to its end, however long."""
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        "Connection: close\r\n\r\n".encode()
    )
    status, size = 0, 0
    while part := await reader.read(1 << 20):
        status, size = status or int(part.split(b" ", 2)[1]), size + len(part)
    writer.close()
    return Read(status, time.perf_counter() - begun, size)


class Beside:
    """A small read every few milliseconds beside something else."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token
        self.seconds: list[float] = []

    async def __aenter__(self) -> "Beside":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(0.1)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        asked = f"GET {PROBE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self._token}\r\n\r\n".encode()
        while True:
            begun = time.perf_counter()
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(re.search(rb"content-length: (\d+)", head, re.I)[1]))  # type: ignore[index]
            self.seconds.append(time.perf_counter() - begun)
            await asyncio.sleep(PROBE_SECONDS)

    def quantile(self, q: float) -> float:
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * q))] if ordered else float("nan")


def memory(pid: int) -> tuple[float, float]:
    """Return (now, peak since the last reset) in MiB."""
    told = Path(f"/proc/{pid}/status").read_text()
    now, peak = (int(re.search(rf"{name}:\s+(\d+)", told)[1]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[index]
    return now, peak


def reset_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


async def measure(port: int, token: str, pid: int, name: str, path: str, together: int) -> None:
    reset_peak(pid)
    before, _ = memory(pid)
    try:
        async with asyncio.timeout(GIVE_UP), Beside(port, token) as one:
            alone = await get(port, token, path)
        again = await asyncio.wait_for(get(port, token, path), GIVE_UP)
        async with asyncio.timeout(GIVE_UP), Beside(port, token) as many:
            all_of = await asyncio.gather(*(get(port, token, path) for _ in range(together)))
    except TimeoutError:
        print(f"{name:<38} gave up after {GIVE_UP:.0f} s", flush=True)
        return
    _, peak = memory(pid)
    statuses = " ".join(
        f"{count}x{status}" for status, count in sorted(Counter(r.status for r in all_of).items())
    )
    print(
        f"{name:<38} {alone.status} {alone.size / 1e6:7.2f} MB {alone.seconds:7.2f} {again.seconds:7.2f} | "
        f"{max(r.seconds for r in all_of):7.2f} s {statuses:<14} | {peak - before:+6.0f} MiB | "
        f"{one.quantile(0.99):6.0f} {one.quantile(1):6.0f} | {many.quantile(0.99):6.0f} "
        f"{many.quantile(1):6.0f} ms | load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


async def run(data: Path, workers: int, events: int, only: str, together: int) -> None:
    with served(data) as (port, token):
        pid = int(re.search(r'"pid": (\d+)', (data / "service.json").read_text())[1])  # type: ignore[index]
        if (await get(port, token, f"{HERE}/areas?limit=1")).status != 200:
            begun = time.perf_counter()
            await build(port, token, workers, events)
            print(f"built {J} in {time.perf_counter() - begun:.0f} s", flush=True)
            await get(port, token, f"{HERE}/areas?after=1")
    with served(data) as (port, token):
        pid = int(re.search(r'"pid": (\d+)', (data / "service.json").read_text())[1])  # type: ignore[index]
        print(f"{memory(pid)[0]:.0f} MiB at the start", flush=True)
        print(
            f"{'':<38} one: size, first, again | {together} at once | memory | small read beside one: "
            "p99, max | beside many"
        )
        async with Beside(port, token) as nothing:
            await asyncio.sleep(2)
        print(
            f"small reads beside nothing: p99 {nothing.quantile(0.99):.0f}, max {nothing.quantile(1):.0f} ms"
        )
        for name, path in operations(datetime.now(UTC)).items():
            if re.search(only, name):
                await measure(port, token, pid, name, path, together)
        await asyncio.sleep(2)
        print(f"{memory(pid)[0]:.0f} MiB at the end", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reads", description=__doc__)
    parser.add_argument("--data", type=Path, help="keep the data folder here and use it again")
    parser.add_argument("--workers", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    parser.add_argument("--only", default="", help="pattern of operations")
    given = parser.parse_args()
    data = given.data or Path(tempfile.mkdtemp())
    try:
        uvloop.run(run(data, given.workers, given.events, given.only, given.at_once))
    finally:
        if not given.data:
            shutil.rmtree(data)


if __name__ == "__main__":
    main()
