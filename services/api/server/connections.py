"""Limits on connections: per address, and on the size and the time of a request's head."""

import logging
import resource
import time
from asyncio import BaseTransport, TimerHandle, Transport
from collections import Counter
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Final, cast

from services.api.server.ahead import Ordered
from services.api.server.direct import Direct, answering

MOST_OF_ONE: Final = 512
"""Most open connections of one address."""
HEAD_SECONDS: Final = 15.0
"""Time for a request's head: the first one's from the connection's start, later ones' from their first
bytes."""
IDLE_SECONDS: Final = 10.0
"""Time that a connection may idle between requests. Longer than the 5 s of common clients: a request that
meets the end of its connection is lost."""
PROXY_IDLE_SECONDS: Final = 150.0
"""The same from a proxy. Caddy keeps connections for two minutes, nginx for one."""
MOST_HEAD: Final = 64 * 1024
"""Bytes of a request's line and headers; also of what follows a body in parts."""
TELL_SECONDS: Final = 60.0
LEAST_DESCRIPTORS: Final = 12_000
"""Enough for 5,000 streams, as many other connections, and the files of the stores."""

_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)

log_of = logging.getLogger("muster.api")


class Connections:
    """The open connections of a server, by address."""

    def __init__(
        self,
        trusted: Sequence[str] = (),
        most: int = MOST_OF_ONE,
        head_seconds: float = HEAD_SECONDS,
        idle_seconds: tuple[float, float] = (IDLE_SECONDS, PROXY_IDLE_SECONDS),
    ) -> None:
        """`trusted`: addresses and networks without a limit, such as those of proxies. Loopback has none.
        `idle_seconds`: for others, and for those."""
        self.most, self.head_seconds, self._idle_seconds = most, head_seconds, idle_seconds
        self._trusted = [ip_network(one, strict=False) for one in ("127.0.0.0/8", "::1", *trusted)]
        self._open = Counter[str]()
        self._told = -TELL_SECONDS

    def enter(self, address: str) -> bool:
        """Count a connection; False if the address has too many."""
        if self._open[address] >= self.most and not self._trusts(address):
            self._tell(address)
            return False
        self._open[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Forget a connection that was counted."""
        self._open[address] -= 1
        if self._open[address] <= 0:
            del self._open[address]

    def idle_seconds(self, address: str) -> float:
        """Return how long a connection from there may idle between requests."""
        return self._idle_seconds[self._trusts(address)]

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:  # a Unix socket has none
            return True
        return any(parsed in network for network in self._trusted)

    def _tell(self, address: str) -> None:
        """Log at most once a minute."""
        now = time.monotonic()
        if now - self._told >= TELL_SECONDS:
            self._told = now
            log_of.warning("%s has %d connections open; closing more of them", address, self.most)


def protocol(connections: Connections, direct: Direct | None = None) -> type[Ordered]:
    """Return uvicorn's protocol with these limits, and with direct answers."""
    base = answering(direct) if direct else Ordered

    class Limited(base):
        _address: str | None = None
        _head: TimerHandle | None = None
        _pending = 0
        """Bytes received that are no part of a body, and complete no head or request yet: they are kept."""

        def connection_made(self, transport: BaseTransport) -> None:
            super().connection_made(cast("Transport", transport))
            address = self.client[0] if self.client else ""
            if not connections.enter(address):
                transport.close()
                return
            self._address = address
            self.timeout_keep_alive = connections.idle_seconds(address)
            self._await_head()

        def _await_head(self) -> None:
            self._head = self.loop.call_later(connections.head_seconds, self.transport.close)

        def _stop_timer(self) -> None:
            if self._head:
                self._head.cancel()
                self._head = None

        def on_headers_complete(self) -> None:
            self._pending = 0
            self._stop_timer()
            super().on_headers_complete()

        def on_body(self, body: bytes) -> None:
            self._pending = 0
            super().on_body(body)

        def on_message_complete(self) -> None:
            self._pending = 0
            self._stop_timer()  # it ran if the answer came before the end of the body
            super().on_message_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_timer()
            if self._address is not None:
                connections.leave(self._address)
                self._address = None
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if self._address is None:  # what arrives on a refused connection is not read
                return
            self._pending += len(data)
            super().data_received(data)
            if self._pending > MOST_HEAD and not self.transport.is_closing():
                self.refuse(_TOO_LARGE)
            elif self._pending and not self._head and self.cycle and self.cycle.response_complete:
                self._await_head()

    return Limited


def raise_descriptors(least: int = LEAST_DESCRIPTORS) -> int:
    """Raise this process's limit of open files to what the system allows, and return it.

    Each connection takes one. Logs a warning below `least`.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < least:
        log_of.warning("only %d files may be open, fewer than %d; raise `ulimit -n`", hard, least)
    return hard
