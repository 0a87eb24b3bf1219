"""`make bench`: durable check-ins per second, batches and rebuild, with peers and limits in the same run.

It prints the table and writes it into RESULTS.md."""

import argparse
import asyncio
import json
import os
import platform
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Final
from uuid import uuid4

import psutil
import uvloop

from bench.load import Result, load, post
from services import wiring
from services.api.server.serve import running_file
from services.base.tuning import tune
from services.sandbox.postgres import Database

J = "B1"
HERE = f"/api/v1/{J}"
TURNS: Final = 3
PROJECTOR: Final = "services.adapters.sqlite.projecting"
RESULTS: Final = Path(__file__).with_name("RESULTS.md")
BEGIN, END = "<!-- make bench -->\n", "<!-- end -->"
"""Between them `make bench` writes."""
OTHERS: Final = (
    "bench.past",
    "bench.roster",
    "bench.instants",
    "bench.importing --rows 12000",
    "bench.watchers",
    "bench.start",
    "bench.jurisdictions",
)
"""Programs whose lines the table takes over with `--whole`."""


@contextmanager
def process(*command: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a child process; stop it on exit."""
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(30)


@contextmanager
def served(data: Path) -> Iterator[tuple[int, str]]:
    """Run `muster serve`; yield its port and admin token."""
    with process("-m", "services.cli", "serve", "--data", str(data), "--port", "0") as child:
        assert child.stdout
        for line in child.stdout:
            if found := re.search(r"API: +http://127\.0\.0\.1:(\d+)", line):
                break
        else:
            raise SystemExit("the server did not start")
        yield int(found[1]), (data / "admin.token").read_text().strip()


@contextmanager
def peer(module: str) -> Iterator[tuple[int, psutil.Process]]:
    """Run a peer that prints its port; yield that and its process."""
    with process("-m", module) as child:
        assert child.stdout
        yield int(child.stdout.readline()), psutil.Process(child.pid)


def processor_seconds(top: psutil.Process) -> list[float]:
    """Return the processor seconds of a process, then of its projector if it has one.

    The process that makes the past is left out: it gives way to others, comes and goes.
    """
    own = [top, *(one for one in top.children() if PROJECTOR in one.cmdline())]
    spent = [one.cpu_times() for one in own]
    return [one.user + one.system for one in spent]


def item(name: str, data: dict[str, object]) -> dict[str, object]:
    return {"id": str(uuid4()), "name": name, "data": data}


async def register(port: int, token: str, workers: int) -> None:
    """Register workers W0, W1, ... at the root."""
    items = [item("worker.register", {"worker": f"W{i}", "role": "courier"}) for i in range(workers)]
    bodies = [json.dumps(items[i : i + 500]).encode() for i in range(0, workers, 500)]
    result = await load(port, 4, len(bodies), lambda n: post(f"{HERE}/commands", bodies[n], token))
    assert not result.refused


def check_in(token: str, workers: int):
    """Return a function that makes check-ins, each with a new id."""
    bodies = [json.dumps({"worker": f"W{i}", "area": J}).encode() for i in range(workers)]
    path = f"{HERE}/commands/worker.check_in"
    return lambda n: post(path, bodies[n % workers], token, str(uuid4()))


async def singles(port: int, token: str, requests: int, connections: int) -> Result:
    result = await load(port, connections, requests, check_in(token, 1000))
    assert not result.refused, f"{result.refused} of {requests} refused"
    return result


async def batches(port: int, token: str, events: int) -> tuple[float, float]:
    """Return events/s until acknowledged as durable, and until visible."""
    bodies = [
        json.dumps(
            [item("worker.check_in", {"worker": f"W{(n + i) % 1000}", "area": J}) for i in range(500)]
        ).encode()
        for n in range(0, events, 500)
    ]
    begun = time.perf_counter()
    result = await load(port, 8, len(bodies), lambda n: post(f"{HERE}/commands", bodies[n], token))
    durable = time.perf_counter() - begun
    assert not result.refused
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while await views_behind(reader, writer, token):
        await asyncio.sleep(0.01)
    return events / durable, events / (time.perf_counter() - begun)


async def views_behind(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> bool:
    writer.write(f"GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(int(re.search(rb"content-length: (\d+)", head, re.I)[1]))  # type: ignore[index]
    figures = dict(re.findall(rb'muster_(log|views)_position\{jurisdiction="B1"\} ([0-9.e+]+)', body))
    return float(figures[b"views"]) < float(figures[b"log"])


async def rebuild(data: Path) -> tuple[int, float]:
    """Rebuild every view, as `muster rebuild` does; return the number of events and events/s."""
    from projections.catalog import views as catalog

    muster = await wiring.embedded(data)
    tune()
    begun = time.perf_counter()
    await wiring.rebuild(data, (muster.log, muster.views), J, catalog)
    seconds = time.perf_counter() - begun
    events = (await muster.log.end(J)).position
    await muster.close()
    return events, events / seconds


class Table:
    """Prints rows as they come, and keeps them for RESULTS.md."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []
        self.say("", "measured", "limit or peer in this run")

    def say(self, what: str, figure: str, limit: str = "") -> None:
        print(f"{what:<58} {figure:>16}  {limit}", flush=True)
        self.rows.append((what, figure, limit))

    def ratio(self, what: str, ours: list[float], theirs: list[float], name: str, goal: str) -> None:
        """Say the median of ours, of theirs and of their ratios, measured in turn."""
        found = median(one / other for one, other in zip(ours, theirs, strict=True))
        self.say(
            what, f"{median(ours):,.0f}/s", f"{name} {median(theirs):,.0f}/s: {found:.2f} (goal >= {goal})"
        )

    def keep(self, load: tuple[float, ...]) -> None:
        """Replace the part of RESULTS.md that is between the marks."""
        names = ("fastapi", "pydantic", "uvicorn", "apsw", "asyncpg", "eventsourcing")
        versions = ", ".join(f"{name} {version(name)}" for name in names)
        machine = f"{os.cpu_count()} cores ({platform.system()}, {platform.machine()})"
        loads = f"load {load[0]:.0f} at the start and {os.getloadavg()[0]:.0f} at the end"
        lines = [
            f"{machine}, {loads}, Python {platform.python_version()}, {versions}. "
            f"Medians of {TURNS}, the sides in turn.",
            "",
            "| figure | measured | limit or peer |",
            "|---|---|---|",
            *(f"| {what} | {figure} | {limit} |" for what, figure, limit in self.rows[1:]),
        ]
        before, _, rest = RESULTS.read_text().partition(BEGIN)
        RESULTS.write_text("\n".join([before + BEGIN, *lines, END + rest.partition(END)[2]]))


def others(table: Table) -> None:
    """Run the other programs, one after another, and take over what they say."""
    for command in OTHERS:
        done = subprocess.run(
            [sys.executable, "-m", *command.split()], stdout=subprocess.PIPE, text=True, check=True
        )
        for line in done.stdout.splitlines():
            what, *rest = re.split(r" {2,}", line.strip())
            table.say(what, *rest[:2])


async def in_turn(table: Table, port: int, token: str, requests: int, data: Path) -> None:
    """Single check-ins beside both peers."""
    ours, bare, written, spent = list[float](), list[float](), list[float](), list[list[float]]()
    server = psutil.Process(int(json.loads(running_file(data).read_text())["pid"]))
    for _ in range(TURNS):
        before = processor_seconds(server)
        found = await singles(port, token, requests, 64)
        ours.append(found.rate)
        await asyncio.sleep(1)  # the views
        after = processor_seconds(server)
        costs = [1e6 * (y - x) / requests for x, y in zip(before, after, strict=True)]
        for rates, module in ((bare, "bench.bare"), (written, "bench.peer_service")):
            with peer(module) as (other, running):
                await load(other, 64, requests // 8, check_in(token, 1000))
                before = processor_seconds(running)
                limit = await load(other, 64, requests, check_in(token, 1000))
                costs.append(1e6 * (processor_seconds(running)[0] - before[0]) / requests)
                assert not limit.refused
                rates.append(limit.rate)
        spent.append(costs)
    table.ratio(
        "single durable check-ins over HTTP, 64 connections", ours, bare, "bare FastAPI endpoint", "1.2"
    )
    table.ratio("the same", ours, written, "the same by hand on PostgreSQL", "3")
    *mine, of_bare, of_written = map(median, zip(*spent, strict=True))
    told = " + ".join(f"{one:.0f}" for one in mine)
    table.say(
        "processor time of each, microseconds a check-in",
        told,
        f"bare {of_bare:.0f}: {of_bare / mine[0]:.2f}; by hand {of_written:.0f}, without PostgreSQL's own",
    )


async def batches_in_turn(table: Table, port: int, token: str, events: int, data: Path) -> None:
    """Batches beside their peer."""
    durable, visible, spent = list[float](), list[float](), list[list[float]]()
    theirs, saving = list[float](), list[float]()
    server = psutil.Process(int(json.loads(running_file(data).read_text())["pid"]))
    for _ in range(TURNS):
        before = processor_seconds(server)
        found = await batches(port, token, events)
        costs = [1e6 * (y - x) / events for x, y in zip(before, processor_seconds(server), strict=True)]
        durable.append(found[0])
        visible.append(found[1])
        with process("-m", "bench.peer_eventsourcing", "--events", str(events)) as child:
            rate, cost, saved, _ = map(float, child.communicate()[0].split())
        theirs.append(rate)
        saving.append(saved)
        spent.append([*costs, 1e6 * cost])
    table.say("batches of 500, events/s, durable", f"{median(durable):,.0f}/s")
    table.say("the same, and visible in every view", f"{median(visible):,.0f}/s", "goal >= 20,000")
    table.ratio("the same", visible, theirs, "eventsourcing on SQLite", "5")
    table.say("eventsourcing with aggregates held by the caller", f"{median(saving):,.0f}/s")
    *mine, of_theirs = map(median, zip(*spent, strict=True))
    told = " + ".join(f"{one:.0f}" for one in mine)
    table.say(
        "processor time of each, microseconds an event", told, f"eventsourcing {of_theirs:.0f}, without views"
    )


async def run(scale: float, *, whole: bool) -> None:
    requests, events = int(8_000 * scale), int(60_000 * scale) // 500 * 500
    table, began = Table(), os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        data, database = Path(folder) / "data", Database(Path(folder) / "pg")
        await asyncio.to_thread(database.start)
        await asyncio.to_thread(database.wait_ready, 60)
        os.environ["BENCH_DSN"] = database.dsn
        try:
            with served(data) as (port, token):
                await register(port, token, 1000)
                await singles(port, token, requests // 8, 64)
                alone = await singles(port, token, requests // 16, 1)
                table.say(
                    "single check-in, 1 connection: p50 / p99",
                    f"{alone.quantile(0.5):.1f} / {alone.quantile(0.99):.1f} ms",
                )
                await in_turn(table, port, token, requests, data)
                await batches_in_turn(table, port, token, events // TURNS // 500 * 500, data)
        finally:
            await asyncio.to_thread(database.stop)
        total, rate = await rebuild(data)
        table.say(f"rebuild of every view, {total:,} events", f"{rate:,.0f}/s", "goal >= 50,000")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    table.say("peak memory of the largest process", f"{peak} MiB", f"{os.cpu_count()} cores")
    if whole:
        await asyncio.to_thread(others, table)
    table.keep(began)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the run; 1 = about a minute")
    parser.add_argument("--whole", action="store_true", help="also run the other programs: about ten minutes")
    given = parser.parse_args()
    uvloop.run(run(given.scale, whole=given.whole))


if __name__ == "__main__":
    main()
