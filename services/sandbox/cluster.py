"""Start, supervise and stop all processes of a local cluster."""

import asyncio
import fcntl
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from services.base.private import replace
from services.sandbox.child import Child, NotReady, free_port
from services.sandbox.found import LOCK, SETTINGS
from services.sandbox.kafka import Broker
from services.sandbox.postgres import Database

START_SECONDS: Final = 60.0
WATCH_SECONDS: Final = 0.2
FIRST_PAUSE: Final = 0.2
"""Seconds before a restart; doubled up to MOST_PAUSE while the process dies within YOUNG seconds."""
MOST_PAUSE: Final = 5.0
YOUNG: Final = 10.0

Tell = Callable[[str, Child], None]
"""Called with an event ("started", "died", ...) and the process."""


class Taken(Exception):
    """Another cluster is running in this folder."""


class Cluster:
    """PostgreSQL, Kafka, API processes and projectors in one data folder; `watch` restarts them."""

    def __init__(
        self,
        folder: Path,
        *,
        apis: int = 2,
        projectors: int = 2,
        port: int = 0,
        scenario: bool = False,
        connections: int = 100,
        tell: Tell = lambda what, child: None,
    ) -> None:
        """`port` is that of the first API process, 0 = any; with `scenario`, processes share a clock file."""
        self.folder = folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / LOCK).open("a")
        self._tell, self._logs = tell, self.folder / "logs"
        self._unwatched: set[str] = set()
        self._lock_folder()
        self.database = Database(self.folder / "postgres", self._logs, connections=connections)
        self.broker = Broker(self.folder / "kafka", self._logs)
        self._scenario = scenario
        self.apis = [self.new_api(n, port + n if port else free_port()) for n in range(apis)]
        self.projectors = [self.new_projector(n) for n in range(projectors)]

    def _lock_folder(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Taken(
                f"another cluster is running in {self.folder}; stop it or choose another folder"
            ) from None

    @property
    def children(self) -> list[Child]:
        """All processes in start order."""
        return [self.database, self.broker, *self.projectors, *self.apis]

    @property
    def urls(self) -> list[str]:
        """URLs of the API processes."""
        return [f"http://{api.address}" for api in self.apis]

    @property
    def token(self) -> str:
        """The initial admin token."""
        return (self.folder / "api-1" / "admin.token").read_text().strip()

    @property
    def env(self) -> dict[str, str]:
        """Environment of the cluster's processes."""
        key = self.folder / "master.key"
        if not key.exists():
            key.touch(mode=0o600)
            key.write_bytes(secrets.token_bytes(32))
        found = {
            "MUSTER_KAFKA": self.broker.servers,
            "MUSTER_POSTGRES": self.database.dsn,
            "MUSTER_KAFKA_REPLICATION": "1",
            "MUSTER_KAFKA_MIN_INSYNC": "1",
            "MUSTER_MASTER_KEY_FILE": str(key),
            "MUSTER_TLS_CERT": "",  # processes use plain HTTP
            "MUSTER_TLS_KEY": "",
            "PYTHONUNBUFFERED": "1",
        }
        clock = self.folder / "clock"
        return found | ({"MUSTER_CLOCK": str(clock)} if self._scenario or clock.exists() else {})

    def __getitem__(self, name: str) -> Child:
        return next(child for child in self.children if child.name == name)

    # -- starting and ending -------------------------------------------------------------------------------

    def start(self) -> None:
        """Start everything and wait until it answers. On NotReady, stop everything."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        for child in (self.database, self.broker):
            child.start()
        for child in (self.database, self.broker):
            self._await(child)
        self.migrate()
        self._tell_how_to_reach()
        first, *others = self.apis
        first.start()  # alone, as it creates the initial admin token
        for child in self.projectors:
            child.start()
        self._await(first)
        for child in others:
            child.start()
        for child in (*others, *self.projectors):
            self._await(child)

    def _tell_how_to_reach(self) -> None:
        replace(self.folder / SETTINGS, json.dumps(self.env).encode())

    def _await(self, child: Child) -> None:
        child.wait_ready(START_SECONDS)
        self._tell("started", child)

    def migrate(self) -> None:
        """Create topics and tables. Raise NotReady."""
        argv = [sys.executable, "-m", "services.cli", "migrate"]
        env = {**os.environ, **self.env}
        done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotReady(f"cannot create topics and tables: {done.stderr.strip() or done.stdout}")

    def stop(self) -> None:
        """Stop all processes in reverse order."""
        for group in ((*self.apis, *self.projectors), (self.broker,), (self.database,)):
            for child in group:
                child.resume()
                if child.alive:
                    os.kill(child.pid or 0, child.ends)
            for child in group:
                child.stop()
                self._tell("ended", child)
        self._lock.close()

    # -- watching ------------------------------------------------------------------------------------------

    async def watch(self) -> None:
        """Restart processes that die, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for child in self.children:
                tasks.create_task(self._keep_alive(child))

    def leave(self, name: str, *, alone: bool = True) -> None:
        """Exclude a process from restarts or, with alone=False, include it again."""
        (self._unwatched.add if alone else self._unwatched.discard)(name)

    async def _keep_alive(self, child: Child) -> None:
        pause, since = FIRST_PAUSE, time.monotonic()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if child.alive or child.name in self._unwatched:
                continue
            self._tell("died", child)
            pause = FIRST_PAUSE if time.monotonic() - since > YOUNG else min(pause * 2, MOST_PAUSE)
            await asyncio.sleep(pause)
            child.start()
            child.restarts += 1
            since = time.monotonic()
            self._tell("restarted", child)

    # -- the processes -------------------------------------------------------------------------------------

    def new_api(self, number: int, port: int) -> Child:
        """Make an API process that is neither started nor watched."""
        name = f"api-{number + 1}"
        argv = ["serve", "--data", str(self.folder / name), "--port", str(port)]
        return self._muster(name, argv, f"127.0.0.1:{port}", "/healthz", {})

    def new_projector(self, number: int) -> Child:
        """Make a projector that is neither started nor watched."""
        name, port = f"projector-{number + 1}", free_port()
        argv = ["projector", "--data", str(self.folder / name)]
        return self._muster(name, argv, f"127.0.0.1:{port}", "/metrics", {"MUSTER_METRICS_PORT": str(port)})

    def _muster(self, name: str, argv: list[str], address: str, path: str, more: dict[str, str]) -> Child:
        return Child(
            name,
            [sys.executable, "-m", "services.cli", *argv],
            self._logs / f"{name}.log",
            lambda: _answers(address, path),
            env=self.env | more,
            address=address,
        )


def _answers(address: str, path: str) -> bool:
    """Whether it responds with 200. Asked twenty times a second: httpx would load certificates each time."""
    connection = HTTPConnection(address, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def described(children: list[Child]) -> str:
    """Describe the processes as JSON."""
    return json.dumps(
        [
            {"process": c.name, "pid": c.pid, "address": c.address, "alive": c.alive, "restarts": c.restarts}
            for c in children
        ]
    )
