"""`make bench`: durable check-ins per second, batches and rebuild, with peers and limits in the same run."""

import argparse
import asyncio
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import uvloop

from bench.load import Result, load, post
from services import wiring

J = "B1"
HERE = f"/api/v1/{J}"


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
def bare() -> Iterator[int]:
    with process("-m", "bench.bare") as child:
        assert child.stdout
        yield int(child.stdout.readline())


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
    """Rebuild every view; return the number of events and events/s."""
    from projections.catalog import views as catalog
    from services.views.rebuild import rebuild_all

    muster = await wiring.embedded(data)
    begun = time.perf_counter()
    await rebuild_all(muster.log, muster.views, J, catalog)
    seconds = time.perf_counter() - begun
    events = (await muster.log.end(J)).position
    await muster.close()
    return events, events / seconds


def say(what: str, figure: str, limit: str = "") -> None:
    print(f"{what:<58} {figure:>16}  {limit}", flush=True)


async def run(scale: float) -> None:
    requests, events = int(8_000 * scale), int(60_000 * scale) // 500 * 500
    say("", "measured", "limit or peer in this run")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with served(data) as (port, token):
            await register(port, token, 1000)
            await singles(port, token, requests // 8, 64)
            alone = await singles(port, token, requests // 16, 1)
            say(
                "single check-in, 1 connection: p50 / p99",
                f"{alone.quantile(0.5):.1f} / {alone.quantile(0.99):.1f} ms",
            )
            rates = []
            for _ in range(3):
                ours = await singles(port, token, requests, 64)
                with bare() as other:
                    limit = await load(other, 64, requests, check_in(token, 1000))
                rates.append((ours.rate / limit.rate, ours, limit))
            ratio, ours, limit = sorted(rates, key=lambda r: r[0])[1]
            say(
                "single durable check-ins/s over HTTP, 64 connections",
                f"{ours.rate:,.0f}/s",
                f"bare FastAPI endpoint {limit.rate:,.0f}/s: ratio {ratio:.2f} (goal >= 1.0)",
            )
            say(
                "  p50 / p99",
                f"{ours.quantile(0.5):.1f} / {ours.quantile(0.99):.1f} ms",
                f"bare {limit.quantile(0.5):.1f} / {limit.quantile(0.99):.1f} ms",
            )
            durable, visible = await batches(port, token, events)
            say("batched events/s, durable", f"{durable:,.0f}/s")
            say("batched events/s, durable and visible", f"{visible:,.0f}/s", "goal >= 20,000")
        total, rate = await rebuild(data)
        say(f"rebuild of every view, {total:,} events", f"{rate:,.0f}/s", "goal >= 50,000")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    say("peak memory of the largest server process", f"{peak} MiB", f"{os.cpu_count()} cores")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the run; 1 = about a minute")
    uvloop.run(run(parser.parse_args().scale))


if __name__ == "__main__":
    main()
