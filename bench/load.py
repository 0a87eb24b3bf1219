"""A small HTTP/1.1 load client for loopback, with keep-alive and one request at a time per connection."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

Request = Callable[[int], bytes]
"""Request number -> request bytes."""


class Result(NamedTuple):
    """Result of a load: requests answered with 200, total seconds, seconds of each request."""

    done: int
    seconds: float
    latencies: list[float]
    refused: int

    @property
    def rate(self) -> float:
        return self.done / self.seconds

    def quantile(self, q: float) -> float:
        """Return a latency quantile in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * q))]


def post(path: str, body: bytes, token: str, key: str | None = None) -> bytes:
    """Return a POST request as bytes."""
    idempotency = f"Idempotency-Key: {key}\r\n" if key else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n{idempotency}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def load(port: int, connections: int, requests: int, make: Request) -> Result:
    """Send `requests` requests over `connections` connections, each as fast as it is answered."""
    return await send(port, connections, map(make, range(requests)))


async def send(port: int, connections: int, requests: Iterable[bytes]) -> Result:
    """Do as `load`, with requests that are made one by one."""
    left = iter(requests)
    latencies: list[float] = []
    refused = 0

    async def one() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in left:
            begun = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
            latencies.append(time.perf_counter() - begun)
            refused += not head.startswith(b"HTTP/1.1 200")
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    seconds = time.perf_counter() - begun
    return Result(len(latencies) - refused, seconds, latencies, refused)
