"""`python -m bench.watching PORT PATH COUNT SAMPLED PLAIN`: open streams in a process of their own.

A reader that parses every frame costs more than the service does. So all sockets are read, but only one in so
many keeps what it received, with the time, to be unpacked and parsed when the run is over. Prints `open`
when each stream has its snapshot, and after a line on standard input `{sampled, bytes, reads, closed}` as
JSON. Needs the token in BENCH_TOKEN.
"""

import json
import os
import re
import select
import socket
import sys
import time
import zlib
from typing import Final

READ: Final = 256 * 1024
ID: Final = re.compile(rb"^id: (\d+)$", re.M)


class Watching:
    """Open streams, read by one loop."""

    def __init__(self, sampled: int) -> None:
        self._sampled, self._poll = sampled, select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._kept: dict[int, list[tuple[float, bytes]]] = {}
        self.waiting = set[int]()
        """Streams that have received nothing yet."""
        self.bytes = self.reads = self.closed = 0
        self._poll.register(sys.stdin.fileno(), select.EPOLLIN)

    def open(self, port: int, request: bytes) -> None:
        """Open one more stream."""
        made = socket.create_connection(("127.0.0.1", port))
        made.sendall(request)
        number = made.fileno()
        self._sockets[number] = made
        if len(self._sockets) % self._sampled == 1 or self._sampled == 1:
            self._kept[number] = []
        self.waiting.add(number)
        self._poll.register(number, select.EPOLLIN)

    def turn(self, seconds: float) -> bool:
        """Read what has arrived; return whether a line came on standard input."""
        asked = False
        for number, _ in self._poll.poll(seconds):
            if number == sys.stdin.fileno():
                asked = True
                continue
            some = self._sockets[number].recv(READ)
            if not some:
                self._poll.unregister(number)
                self.closed += 1
            self.waiting.discard(number)
            self.bytes, self.reads = self.bytes + len(some), self.reads + 1
            if number in self._kept:
                self._kept[number].append((time.monotonic(), some))
        return asked

    def told(self) -> str:
        """Return what is known of the streams as JSON."""
        sampled = [received(chunks) for chunks in self._kept.values()]
        return json.dumps(
            {"sampled": sampled, "bytes": self.bytes, "reads": self.reads, "closed": self.closed}
        )


def received(chunks: list[tuple[float, bytes]]) -> list[tuple[int, float]]:
    """Return each id that a stream received, and when."""
    raw = b"".join(some for _, some in chunks)
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert b" 200 " in head.partition(b"\r\n")[0], head
    packed = b"gzip" in head.lower()
    parts, found, text = Chunked(), list[tuple[int, float]](), b""
    inflate = zlib.decompressobj(wbits=31)
    skipped = len(head) + 4
    for moment, some in chunks:
        begin, skipped = skipped, max(0, skipped - len(some))
        body = parts.feed(some[begin:])
        text += inflate.decompress(body) if packed else body
        whole, _, text = text.rpartition(b"\n")
        found += [(int(one[1]), moment) for one in ID.finditer(whole)]
    return found


class Chunked:
    """The body of a chunked response, in pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, some: bytes) -> bytes:
        """Return the content of the chunks that are whole by now."""
        data, out, at = self._rest + some, list[bytes](), 0
        while (line := data.find(b"\r\n", at)) >= 0:
            end = line + 2 + int(data[at:line], 16)
            if len(data) < end + 2:
                break
            out.append(data[line + 2 : end])
            at = end + 2
        self._rest = data[at:]
        return b"".join(out)


def main() -> None:
    port, path, count, sampled, plain = sys.argv[1:]
    encoding = "" if plain == "plain" else "Accept-Encoding: gzip\r\n"
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{encoding}"
        f"Authorization: Bearer {os.environ['BENCH_TOKEN']}\r\n\r\n"
    ).encode()
    watching = Watching(int(sampled))
    for _ in range(int(count)):
        watching.open(int(port), request)
        while len(watching.waiting) >= 50:
            watching.turn(1)
    while watching.waiting:
        watching.turn(1)
    print("open", flush=True)
    while not watching.turn(1):
        pass
    print(watching.told(), flush=True)


if __name__ == "__main__":
    main()
