"""Web Push end to end: a fake push service on loopback decrypts messages as a browser would."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uvicorn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from service import J, Service, running
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.access import Tokens
from services.adapters.sqlite.phones import SqlitePushStore
from services.application.announcing import Advanced
from services.push import PushUnavailable, Rules, Subscription
from services.push.pusher import Pusher
from services.push.sealing import b64, point

RULES = Rules(contact="mailto:desk@example.org", hosts=("push.example",))


class Phone:
    """A browser with a subscription, which decrypts messages with its private key."""

    def __init__(self, name: str) -> None:
        self.endpoint = f"https://push.example/{name}"
        self._key, self._auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        self._public = point(self._key.public_key())

    def subscription(self) -> dict[str, Any]:
        keys = {"p256dh": b64(self._public), "auth": b64(self._auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def open(self, body: bytes) -> dict[str, Any]:
        salt, sender, sealed = body[:16], body[21:86], body[86:]
        other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        info = b"WebPush: info\0" + self._public + sender
        secret = _hkdf(self._key.exchange(ec.ECDH(), other), self._auth, info, 32)
        key = _hkdf(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(secret, salt, b"Content-Encoding: nonce\0", 12)
        plain, _, padding = AESGCM(key).decrypt(nonce, sealed, None).rpartition(b"\x02")
        assert not padding.strip(b"\0")
        return json.loads(plain)


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


class _Beside(uvicorn.Server):
    """Leaves signals to the process that it runs in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class PushService:
    """A fake push service: the messages it received, and its next responses (201 by default)."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[tuple[str, dict[str, str], bytes]] = asyncio.Queue()
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.port = 0

    async def _take(self, request: Request) -> Response:
        self.got.put_nowait((request.url.path, dict(request.headers), await request.body()))
        status, headers = self.answers.pop(0) if self.answers else (201, {})
        return Response(status_code=status, headers=headers)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["PushService"]:
        app = Starlette(routes=[Route("/{path:path}", self._take, methods=["POST"])])
        server = _Beside(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        self.port = server.servers[0].sockets[0].getsockname()[1]
        yield self
        server.should_exit = True
        await task

    async def next(self, seconds: float = 5.0) -> tuple[str, dict[str, str], bytes]:
        return await asyncio.wait_for(self.got.get(), seconds)

    async def nothing(self, seconds: float = 0.6) -> bool:
        await asyncio.sleep(seconds)
        return self.got.empty()


class _Rerouted(httpx.AsyncHTTPTransport):
    """Routes https://push.example to the fake on loopback."""

    def __init__(self, fake: PushService) -> None:
        super().__init__()
        self._fake = fake

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert (request.url.scheme, request.url.host) == ("https", "push.example")
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._fake.port)
        return await super().handle_async_request(request)


@pytest.fixture
async def fake() -> AsyncIterator[PushService]:
    async with PushService().running() as one:
        yield one


def pushing(fake: PushService, path: Path) -> Callable[[Tokens], Awaitable[Pusher]]:
    async def opened(tokens: Tokens) -> Pusher:
        return await Pusher.open(
            await SqlitePushStore.open(path),
            RULES,
            valid=tokens.holds,
            client=httpx.AsyncClient(transport=_Rerouted(fake), follow_redirects=False),
        )

    return opened


@pytest.fixture
async def crew(tmp_path: Path, fake: PushService) -> AsyncIterator[Service]:
    """Put W1 and W2 in active team T1, and add requests R1 to R3."""
    async with running(tmp_path / "data", push=pushing(fake, tmp_path / "push.sqlite")) as one:
        for n in (1, 2):
            await one.ok("worker.register", worker=f"W{n}", role="courier", name="张三")
            await one.ok("worker.check_in", worker=f"W{n}", area=J)
        await one.ok("team.form", team="T1", name="Team", kind="courier", area=J)
        for n in (1, 2):
            await one.ok("team.join", team="T1", worker=f"W{n}")
        await one.ok("team.activate", team="T1")
        for n in (1, 2, 3):
            await one.ok("request.open", request=f"R{n}", category="grocery", area=J, text="rice")
        yield one


async def subscribed(crew: Service, worker: str, client: httpx.AsyncClient | None = None) -> Phone:
    phone = Phone(worker)
    client = client or await crew.as_(f"worker:{worker}")
    answer = await client.post(f"/api/v1/{J}/push", json=phone.subscription())
    assert answer.status_code == 200, answer.text
    return phone


class TestAPush:
    async def test_tells_a_worker_of_an_offer_and_then_of_the_dispatch(
        self, crew: Service, fake: PushService
    ) -> None:
        phone = await subscribed(crew, "W1")
        await crew.ok("assignment.offer", assignment="A1", request="R1", worker="W1")
        path, headers, body = await fake.next()
        await crew.ok("assignment.accept", assignment="A1")
        await crew.ok("assignment.dispatch", assignment="A1")
        _, later, dispatch = await fake.next()
        row = (await crew.rows("assignments"))[0]

        assert path == "/W1"
        assert phone.open(body) == {"kind": "offer", "assignment": "A1"}
        assert phone.open(dispatch) == {"kind": "dispatch", "assignment": "A1"}
        assert headers["content-encoding"] == "aes128gcm"
        assert headers["authorization"].startswith("vapid t=")
        assert headers["topic"] == later["topic"]
        assert row["expires_at"]
        assert 0 < int(headers["ttl"]) <= 24 * 3600
        assert await fake.nothing()

    async def test_of_a_team_wakes_its_members(self, crew: Service, fake: PushService) -> None:
        phones = {f"/W{n}": await subscribed(crew, f"W{n}") for n in (1, 2)}
        await crew.ok("assignment.dispatch", assignment="A1", request="R1", team="T1")
        got = {path: body for path, _, body in (await fake.next(), await fake.next())}

        assert got.keys() == phones.keys()
        assert all(phones[path].open(body)["kind"] == "dispatch" for path, body in got.items())

    async def test_is_not_for_others(self, crew: Service, fake: PushService) -> None:
        await subscribed(crew, "W2")
        await crew.ok("assignment.offer", assignment="A1", request="R1", worker="W1")

        assert await fake.nothing()

    async def test_is_sent_once_by_all_processes_together(
        self, crew: Service, fake: PushService, tmp_path: Path
    ) -> None:
        """A second pusher shares the store and views, as in a cluster."""
        await subscribed(crew, "W1")
        other = await pushing(fake, tmp_path / "push.sqlite")(crew.tokens)
        muster, joined = crew.muster, asyncio.Event()

        def join(listener: Advanced) -> None:
            muster.announcements.on_advanced(listener)
            joined.set()

        announcements: Any = SimpleNamespace(on_advanced=join)
        running = other.run(muster.views, muster.progress, announcements, muster.clock)
        beside = asyncio.create_task(running)
        await asyncio.wait_for(joined.wait(), 5)
        for n in (1, 2, 3):
            await crew.ok("assignment.offer", assignment=f"A{n}", request=f"R{n}", worker="W1")
        for _ in range(3):
            await fake.next()

        assert await fake.nothing()
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)

    async def test_is_not_sent_after_signing_out(self, crew: Service, fake: PushService) -> None:
        code, _ = await crew.tokens.issue_code(J, "W1")
        async with crew.client(None) as browser:
            await browser.post("/api/v1/session", json={"code": code})
            await subscribed(crew, "W1", browser)
            await browser.delete("/api/v1/session")
        await crew.ok("assignment.offer", assignment="A1", request="R1", worker="W1")

        assert await fake.nothing()

    async def test_ends_when_the_phone_says_so(self, crew: Service, fake: PushService) -> None:
        client = await crew.as_("worker:W1")
        phone = await subscribed(crew, "W1", client)
        async with await crew.as_("worker:W2") as other:
            for one in (other, client):
                answer = await one.request("DELETE", f"/api/v1/{J}/push", json={"endpoint": phone.endpoint})
                assert answer.status_code == 200
                if one is other:
                    await crew.ok("assignment.offer", assignment="A1", request="R1", worker="W1")
                    await fake.next()
        await crew.ok("assignment.offer", assignment="A2", request="R2", worker="W1")

        assert await fake.nothing()


class TestAPushServiceWithTroubles:
    @pytest.mark.parametrize("status", [404, 410])
    async def test_that_knows_the_phone_no_longer_is_not_asked_again(
        self, crew: Service, fake: PushService, tmp_path: Path, status: int
    ) -> None:
        await subscribed(crew, "W1")
        fake.answers = [(status, {})]
        await crew.ok("assignment.offer", assignment="A1", request="R1", worker="W1")
        await fake.next()
        store = await SqlitePushStore.open(tmp_path / "push.sqlite")
        async with asyncio.timeout(5):
            while await store.of_workers(J, ["W1"]):
                await asyncio.sleep(0.01)
        await store.close()
        await crew.ok("assignment.offer", assignment="A2", request="R2", worker="W1")

        assert await fake.nothing()

    async def test_that_fails_is_tried_again(self, crew: Service, fake: PushService) -> None:
        phone = await subscribed(crew, "W1")
        fake.answers = [(503, {}), (429, {"Retry-After": "1"})]
        await crew.ok("assignment.offer", assignment="A1", request="R1", worker="W1")
        got = [await fake.next() for _ in range(3)]

        assert [phone.open(body) for _, _, body in got] == [{"kind": "offer", "assignment": "A1"}] * 3

    async def test_that_sends_elsewhere_is_not_followed(self, crew: Service, fake: PushService) -> None:
        await subscribed(crew, "W1")
        fake.answers = [(307, {"Location": f"http://127.0.0.1:{fake.port}/elsewhere"})]
        await crew.ok("assignment.offer", assignment="A1", request="R1", worker="W1")
        path, _, _ = await fake.next()

        assert path == "/W1"
        assert await fake.nothing()

    async def test_or_a_store_that_fails_never_touches_commands(
        self, crew: Service, fake: PushService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def broken(*_: object) -> list[Subscription]:
            raise PushUnavailable("the disk is full")

        await subscribed(crew, "W1")
        with monkeypatch.context() as patched:
            patched.setattr(SqlitePushStore, "of_workers", broken)
            await crew.ok("assignment.offer", assignment="A1", request="R1", worker="W1")
            assert await fake.nothing()
        await crew.ok("assignment.offer", assignment="A2", request="R2", worker="W1")

        assert (await fake.next())[0] == "/W1"


class TestSubscribing:
    async def test_needs_the_key(self, crew: Service) -> None:
        async with await crew.as_("worker:W1") as phone:
            found = (await phone.get("/api/v1/push")).json()["key"]
            again = (await phone.get("/api/v1/push")).json()["key"]

        assert found == again
        assert len(found) == 87

    async def test_is_off_where_nobody_answers_for_it(self, service: Service) -> None:
        await service.ok("worker.register", worker="W1", role="courier")
        async with await service.as_("worker:W1") as phone:
            key = await phone.get("/api/v1/push")
            answer = await phone.post(f"/api/v1/{J}/push", json=Phone("W1").subscription())

        assert key.json() == {"key": None}
        assert (answer.status_code, answer.json()["code"]) == (409, "push.off")

    async def test_is_for_workers_phones(self, crew: Service) -> None:
        answer = await crew.http.post(f"/api/v1/{J}/push", json=Phone("x").subscription())
        async with crew.client(None) as nobody:
            key = await nobody.get("/api/v1/push")

        assert (answer.status_code, key.status_code) == (403, 401)

    @pytest.mark.parametrize(
        "endpoint", ["https://127.0.0.1/x", "http://push.example/x", "https://push.example:8443/x"]
    )
    async def test_names_a_known_push_service(self, crew: Service, endpoint: str) -> None:
        """Users must not make this service call arbitrary hosts."""
        body = Phone("W1").subscription() | {"endpoint": endpoint}
        async with await crew.as_("worker:W1") as phone:
            answer = await phone.post(f"/api/v1/{J}/push", json=body)

        assert (answer.status_code, answer.json()["code"]) == (422, "push.endpoint")

    @pytest.mark.parametrize("keys", [{}, {"p256dh": "AAAA", "auth": "AAAA"}, {"p256dh": "é", "auth": "A"}])
    async def test_brings_keys_to_seal_with(self, crew: Service, keys: dict[str, str]) -> None:
        body = Phone("W1").subscription() | {"keys": keys}
        async with await crew.as_("worker:W1") as phone:
            answer = await phone.post(f"/api/v1/{J}/push", json=body)

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
