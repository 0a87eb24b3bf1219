"""A real service in a process of its own, its client, and a line to it that can be cut."""

import asyncio
import contextlib
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from services.sandbox.child import free_port
from services.wiring import open_tokens

MUSTER = (sys.executable, "-m", "services.cli")
ALTERED = (sys.executable, str(Path(__file__).parent / "altered.py"))
"""The same program, with a machine's clock or a folder of pages that the test gives."""


class Served:
    """`muster serve` on a data folder. `kill` ends it as a power cut would; `start` starts it again."""

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        env: dict[str, str] | None = None,
        program: Sequence[str] = MUSTER,
    ) -> None:
        self.data, self.port, self._program = data, port or free_port(), program
        self.url = f"http://127.0.0.1:{self.port}"
        self._env = {**os.environ, **(env or {})}
        self._process: subprocess.Popen[str] | None = None
        self._codes = itertools.count(4001)
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=30)
        self.start()

    def start(self) -> None:
        """Returns once it answers."""
        command = [*self._program, "serve", "--data", str(self.data)]
        log = (self.data.parent / f"{self.data.name}.out").open("a")
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port)], env=self._env, stdout=log, stderr=log, text=True
        )
        until(self._answers, 30, f"the service on {self.data} does not start")
        self.http.headers["Authorization"] = f"Bearer {self.secret}"

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.data.parent / f"{self.data.name}.out").read_text()
        with contextlib.suppress(httpx.HTTPError):
            return self.http.get("/healthz").status_code == 200 and (self.data / "admin.token").exists()
        return False

    def kill(self) -> None:
        """As by a power cut."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(20)

    @property
    def secret(self) -> str:
        return (self.data / "admin.token").read_text().strip()

    def city(self, timezone: str = "Asia/Shanghai") -> "City":
        """A small city under a code of its own: a county, a street, two communities."""
        city = City(self, str(next(self._codes)))
        city.ok("jurisdiction.establish", name="伊春市", timezone=timezone)
        names = {
            city.county: "伊美区",
            city.street: "旭日街道",
            city.south: "南山社区",
            city.north: "北山社区",
        }
        city.batch([("area.define", {"area": area, "name": name}) for area, name in names.items()])
        return city


def where_it_is_afternoon() -> str:
    """A timezone for what takes place within a day: some hours ago and in some hours it is the same date."""
    ahead = min(14, 15 - datetime.now(UTC).hour)
    return f"Etc/GMT{-ahead:+d}"  # its sign is the other way round


class City:
    """A jurisdiction as an admin commands and reads it; others on its service do not touch it."""

    def __init__(self, service: Served, j: str) -> None:
        self.service, self.j, self.url, self.http = service, j, service.url, service.http
        self.county, self.street = f"{j}17", f"{j}17001"
        self.south, self.north = f"{j}17001001", f"{j}17001002"

    @property
    def secret(self) -> str:
        """The admin's token."""
        return self.service.secret

    def token(self, scope: str, name: str = "") -> str:
        """A token of this scope for this jurisdiction."""
        with ThreadPoolExecutor(1) as thread:  # Playwright has the event loop of this one
            return thread.submit(asyncio.run, self._token(scope, name)).result()

    async def _token(self, scope: str, name: str) -> str:
        async with open_tokens(self.service.data) as tokens:
            return await tokens.create(name or f"t{uuid4().hex[:8]}", scope, (self.j,), ())

    def send(self, name: str, /, *, key: str | None = None, **body: Any) -> httpx.Response:
        """One command as an admin."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self.http.post(f"/api/v1/{self.j}/commands/{name}", json=body, headers=headers)

    def ok(self, name: str, /, **body: Any) -> dict[str, Any]:
        """One command that must be recorded."""
        answer = self.send(name, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def batch(self, items: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
        """Many commands in order; all must be recorded. Waits until the views show them."""
        answers: list[dict[str, Any]] = []
        for begin in range(0, len(items), 500):
            part = [
                {"id": str(uuid4()), "name": name, "data": data} for name, data in items[begin : begin + 500]
            ]
            answer = self.http.post(f"/api/v1/{self.j}/commands", json=part)
            assert answer.status_code == 200, answer.text
            answers += answer.json()["items"]
        bad = [one for one in answers if one["outcome"] not in ("accepted", "known", "unchanged")]
        assert not bad, bad[:3]
        last = max(one.get("position") or 0 for one in answers)
        until(lambda: self.get("jurisdictions")["position"] >= last, 60, "the views do not follow")
        return answers

    def get(self, view: str, **query: Any) -> dict[str, Any]:
        """A page of a view, once it shows all that is recorded, whoever recorded it."""
        pages: list[dict[str, Any]] = []

        def follows() -> bool:
            answer = self.http.get(f"/api/v1/{self.j}/{view}", params=query)
            assert answer.status_code == 200, answer.text
            pages[:] = [answer.json()]
            beyond = self.http.get(f"/api/v1/{self.j}/log", params={"after": pages[0]["position"]})
            return not beyond.content

        until(follows, 20, f"{view} does not follow the log")
        return pages[0]

    def rows(self, view: str, **query: Any) -> list[dict[str, Any]]:
        return self.get(view, **query)["items"]

    def on_duty(self) -> int:
        """By the headcount."""
        return sum(
            row["count"] for row in self.rows("headcount", limit=1000) if row["presence"] != "off_duty"
        )

    def code(self, worker: str) -> str:
        """The link of a one-time sign-in code for a worker, once the views show them."""
        self.get("jurisdictions")
        made = self.http.post(f"/api/v1/{self.j}/codes", json={"worker": worker})
        assert made.status_code == 200, made.text
        return made.json()["link"]


@contextlib.contextmanager
def served(
    data: Path, *, env: dict[str, str] | None = None, program: Sequence[str] = MUSTER
) -> Iterator[Served]:
    """A service until the block ends."""
    service = Served(data, env=env, program=program)
    try:
        yield service
    finally:
        service.stop()
        service.http.close()


def until(holds: Callable[[], Any], seconds: float, otherwise: str | Callable[[], str]) -> None:
    """Wait for something, not for luck. `otherwise` = what to say if it does not come; called only then."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, otherwise() if callable(otherwise) else otherwise
        time.sleep(0.05)  # between two looks


class Line:
    """A line between browser and service: `cut` breaks it, `freeze` leaves it open but silent."""

    def __init__(self, port: int) -> None:
        self._target, self._open = port, True
        self._flows = threading.Event()
        self._flows.set()
        self._pairs: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if not self._open:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            self._pairs |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self._flows.wait()
                other.sendall(data)
        for end in (one, other):
            self._pairs.discard(end)
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def cut(self) -> None:
        """Every connection breaks, and no new one comes about."""
        self._open = False
        for one in list(self._pairs):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._open = True

    def freeze(self) -> None:
        """Nothing breaks, and nothing comes through any more."""
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    def close(self) -> None:
        self._flows.set()
        self._listening.close()
        self.cut()


def number(text: str) -> int:
    """The first whole number of a text, thousands separated or not."""
    found = re.search(r"\d[\d,]*", text)
    assert found, f"no number in {text!r}"
    return int(found.group().replace(",", ""))
