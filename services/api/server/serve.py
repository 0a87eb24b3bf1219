"""The HTTP server: starts, publishes its address, drains and exits cleanly."""

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import uvicorn

from services.api.direct import DirectCommands
from services.api.hub import Hub
from services.api.lean import LeanFastAPI
from services.api.server.connections import Connections, protocol, raise_descriptors
from services.api.server.tls import Certificate
from services.application.background import Background
from services.base.signals import ending

DRAIN_SECONDS = 5
SWITCH_SECONDS = 0.001
"""How long a busy thread may hold up the event loop, which waits for it several times in each small read.
Python's default is five times this."""


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """The address the server listens on, and the proxies it trusts."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 = any free port."""
    certificate: Certificate | None = None
    """None = plain HTTP."""
    proxies: Sequence[str] = ()
    """Addresses and networks of proxies whose X-Forwarded-Proto and X-Forwarded-For are trusted."""


class _Server(uvicorn.Server):
    """A server that ends the streams before it drains, and exits with 0 on Ctrl-C."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop, numbers = asyncio.get_running_loop(), ending()
        for number in numbers:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in numbers:
                loop.remove_signal_handler(number)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app: LeanFastAPI = self.config.app  # type: ignore[assignment]
        app.state.hub.stop()
        await super().shutdown(sockets)


def running_file(data: Path) -> Path:
    """Return the path of the file that describes a running server."""
    return data / "service.json"


def running(data: Path) -> dict[str, str] | None:
    """Return {pid, url, certificate?} of the server on this data folder, if its process is alive.

    `certificate` = the file to verify its TLS with.
    """
    try:
        found = json.loads(running_file(data).read_text())
        os.kill(int(found["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return None
    return found


async def serve(
    app: LeanFastAPI,
    background: Background,
    data: Path,
    door: Door,
    started: Callable[[str], Awaitable[None]],
    stop: asyncio.Event | None = None,
) -> int:
    """Serve until a signal or `stop`. Return the exit code: 0, or 1 if a loop died. `started` gets the URL.

    Raises BadCertificate, and OSError if the address cannot be bound.
    """
    hub: Hub = app.state.hub
    hub.most = min(hub.most, raise_descriptors() // 2)  # others must still be able to connect
    sys.setswitchinterval(SWITCH_SECONDS)
    server, listening = _Server(_config(app, door)), listen(door.host, door.port)
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve(sockets=[listening]))
        watching = [tasks.create_task(_stop(server, event)) for event in (background.died, stop) if event]
        while not server.started and not serving.done():  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
        if server.started:
            url = _url(door, listening)
            running_file(data).write_text(json.dumps({"pid": os.getpid(), "url": url} | _known_by(door)))
            telling = tasks.create_task(_tell(started, url))
            await serving
            telling.cancel()
        for task in watching:
            task.cancel()
        with contextlib.suppress(FileNotFoundError):
            running_file(data).unlink()
    return 1 if background.failure else 0


def _config(app: LeanFastAPI, door: Door) -> uvicorn.Config:
    context = door.certificate.context() if door.certificate else None
    return uvicorn.Config(
        app,
        host=door.host,
        port=door.port,
        access_log=False,
        server_header=False,
        log_config=None,
        http=protocol(Connections(door.proxies), DirectCommands(app, door.proxies)),
        timeout_graceful_shutdown=DRAIN_SECONDS,
        proxy_headers=bool(door.proxies),
        forwarded_allow_ips=list(door.proxies),
        ssl_context_factory=(lambda *_: context) if context else None,
    )


def _known_by(door: Door) -> dict[str, str]:
    return {"certificate": str(door.certificate.cert.absolute())} if door.certificate else {}


async def _tell(started: Callable[[str], Awaitable[None]], url: str) -> None:
    await started(url)


async def _stop(server: uvicorn.Server, event: asyncio.Event) -> None:
    await event.wait()
    server.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """Bind the socket. Raises OSError that names the port and what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(
            f"cannot listen on {host} port {port}: {reason}; choose another with --port."
        ) from error
    # inherited by each connection; without it every response waits 40 ms for the client's ACK
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _url(door: Door, listening: socket.socket) -> str:
    shown = f"[{door.host}]" if ":" in door.host else door.host
    return f"{'https' if door.certificate else 'http'}://{shown}:{listening.getsockname()[1]}"
