"""`python -m bench.sending PORT RATE WORKERS AT_ONCE`: check-ins at a rate, from a process of its own.

Each is sent when it is due, over one of 64 connections, `AT_ONCE` in a request. Prints `sending` once the
first was answered, and after a line on standard input `{accepted, seconds}` as JSON. Needs the token in
BENCH_TOKEN.
"""

import asyncio
import json
import os
import sys
import time
from typing import Any, Final
from uuid import uuid4

import uvloop

from bench.large import HERE, area, item
from bench.load import post

CONNECTIONS: Final = 64


class Sender:
    """Connections that take turns."""

    def __init__(self, port: int, token: str, workers: int, at_once: int) -> None:
        self._port, self._token, self._workers, self._at_once = port, token, workers, at_once
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        self.accepted = 0

    async def open(self) -> None:
        for _ in range(CONNECTIONS):
            self._free.put_nowait(await asyncio.open_connection("127.0.0.1", self._port))

    def _request(self, n: int) -> bytes:
        some: list[dict[str, Any]] = [
            {"worker": f"W{one % self._workers}", "area": area(one // self._workers + n)}
            for one in range(n * self._at_once, (n + 1) * self._at_once)
        ]
        if len(some) == 1:
            body = json.dumps(some[0]).encode()
            return post(f"{HERE}/commands/worker.check_in", body, self._token, str(uuid4()))
        items = [item("worker.check_in", one) for one in some]
        return post(f"{HERE}/commands", json.dumps(items).encode(), self._token)

    async def send(self, n: int) -> None:
        """Send the n-th request, once a connection is free."""
        reader, writer = await self._free.get()
        writer.write(self._request(n))
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        assert head.startswith(b"HTTP/1.1 200"), head + body
        self.accepted += body.count(b'"accepted"')
        self._free.put_nowait((reader, writer))


async def run(port: int, rate: float, workers: int, at_once: int) -> None:
    sender = Sender(port, os.environ["BENCH_TOKEN"], workers, at_once)
    await sender.open()
    await sender.send(0)  # answered once the state was read
    print("sending", flush=True)
    over = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    begun, tasks, n = time.monotonic(), set[asyncio.Task[None]](), 1
    before = sender.accepted
    while not over.done():
        task = asyncio.create_task(sender.send(n))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        n += 1
        await asyncio.sleep(max(0.0, begun + n * at_once / rate - time.monotonic()))
    seconds, accepted = time.monotonic() - begun, sender.accepted - before
    await asyncio.gather(*tasks)
    print(json.dumps({"accepted": accepted, "seconds": seconds}), flush=True)


def main() -> None:
    port, rate, workers, at_once = sys.argv[1:]
    uvloop.run(run(int(port), float(rate), int(workers), int(at_once)))


if __name__ == "__main__":
    main()
