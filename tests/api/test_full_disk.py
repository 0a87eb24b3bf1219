"""A disk without room: every write is answered 503 with a stable code, reads go on, and all works afterwards.

The system's limit of file sizes stands for the full disk: it too fails each write, and also for root.
"""

import resource
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from service import J, Service, running
from test_files import JPEG
from test_push import RULES, Phone

from services.access import Tokens
from services.adapters.sqlite.phones import SqlitePushStore
from services.push.pusher import Pusher

HERE = f"/api/v1/{J}"
BYTES = {"Content-Type": "application/octet-stream"}
CODES = {"unavailable", "log.unavailable"}


@contextmanager
def full_disk() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def pushing(data: Path) -> Callable[[Tokens], Awaitable[Pusher]]:
    async def opened(tokens: Tokens) -> Pusher:
        return await Pusher.open(await SqlitePushStore.open(data / "push.sqlite"), RULES, valid=tokens.holds)

    return opened


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with running(tmp_path / "data", push=pushing(tmp_path)) as one:
        await one.ok("worker.register", worker="W1", role="courier", name="Test Person 1", phone="00001")
        await one.ok("worker.register", worker="W2", role="courier", name="Test Person 3")
        await one.ok("worker.check_in", worker="W1", area=J)
        await one.ok("request.open", request="R1", category="grocery", area=J)
        await one.ok("assignment.dispatch", assignment="A1", request="R1", worker="W1")
        yield one


Write = Callable[[Service, httpx.AsyncClient], Awaitable[httpx.Response]]


def command(name: str, /, **body: Any) -> Write:
    key = str(uuid4())

    async def write(service: Service, worker: httpx.AsyncClient) -> httpx.Response:
        return await service.send(name, key=key, **body)

    return write


async def sign_in(service: Service, worker: httpx.AsyncClient) -> httpx.Response:
    token = service.http.headers["Authorization"].removeprefix("Bearer ")
    async with service.client(None) as nobody:
        return await nobody.post("/api/v1/session", json={"token": token})


async def token(service: Service, worker: httpx.AsyncClient) -> httpx.Response:
    return await service.http.post("/api/v1/tokens", json={"name": "desk-9", "scope": "viewer"})


async def limit(service: Service, worker: httpx.AsyncClient) -> httpx.Response:
    return await service.http.patch(f"/api/v1/tokens/{await phone_token(service)}", json={"areas": [J]})


async def revoke(service: Service, worker: httpx.AsyncClient) -> httpx.Response:
    return await service.http.delete(f"/api/v1/tokens/{await phone_token(service)}")


async def phone_token(service: Service) -> str:
    return next(one.id for one in await service.tokens.list() if one.scope == "worker")


async def code(service: Service, worker: httpx.AsyncClient) -> httpx.Response:
    return await service.http.post(f"{HERE}/codes", json={"worker": "W1"})


async def position(service: Service, worker: httpx.AsyncClient) -> httpx.Response:
    now = datetime.now(UTC).isoformat()
    fix = {"at": now, "lon": 128.9, "lat": 47.7}
    return await worker.post(f"{HERE}/telemetry", json={"sent_at": now, "fixes": [fix]})


async def subscription(service: Service, worker: httpx.AsyncClient) -> httpx.Response:
    return await worker.post(f"{HERE}/push", json=Phone("1").subscription())


async def picture(service: Service, worker: httpx.AsyncClient) -> httpx.Response:
    headers = {"Content-Type": "image/jpeg"}
    return await worker.post(f"{HERE}/files", params={"subject": "request/R1"}, content=JPEG, headers=headers)


async def sheet(service: Service, worker: httpx.AsyncClient) -> httpx.Response:
    table = "name,phone,role\nTest Person 2,00002,courier\n"
    params = {"mapping": "roster", "file": "a.csv"}
    return await service.http.post(f"{HERE}/imports", params=params, content=table, headers=BYTES)


async def batch(service: Service, worker: httpx.AsyncClient) -> httpx.Response:
    item = {"id": str(uuid4()), "name": "worker.register", "data": {"worker": "W8", "role": "courier"}}
    return await service.http.post(f"{HERE}/commands", json=[item])


WRITES: dict[str, Write] = {
    "sign-in": sign_in,
    "token": token,
    "limit": limit,
    "code": code,
    "position": position,
    "subscription": subscription,
    "picture": picture,
    "import": sheet,
    "command": command("worker.register", worker="W9", role="courier"),
    "sealed": command("worker.register", worker="W7", role="courier", name="Test Person 7"),
    "erasure": command("worker.erase", worker="W2"),
    "revoke": revoke,
}


async def test_every_write_is_refused_for_now_and_works_once_there_is_room(service: Service) -> None:
    worker = await service.as_("worker", worker="W1", jurisdictions=[J])
    for what, write in WRITES.items():
        with full_disk():
            answer = await write(service, worker)
            assert (await service.http.get(f"{HERE}/roster")).status_code == 200, what
        assert answer.status_code == 503, (what, answer.text)
        assert answer.json()["code"] in CODES, (what, answer.text)
        assert "Traceback" not in answer.text
        answer = await write(service, worker)
        assert answer.status_code in (200, 201, 202, 204), (what, answer.text)
    assert service.muster.background.failure is None


async def test_a_batch_on_a_full_disk_is_pending(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    with full_disk():
        await batch(service, service.http)
        answer = await batch(service, service.http)
    assert len([one for one in caplog.messages if "cannot write" in one]) == 1, "once a minute"
    assert answer.status_code == 200, answer.text
    assert [one["outcome"] for one in answer.json()["items"]] == ["pending"]


async def test_signing_out_on_a_full_disk_is_told(service: Service) -> None:
    answer = await sign_in(service, service.http)
    async with service.client(None) as page:
        page.cookies.update(answer.cookies)
        with full_disk():
            assert (await page.delete("/api/v1/session")).status_code == 503
        assert (await page.delete("/api/v1/session")).status_code == 200
