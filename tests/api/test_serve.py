"""The server's sockets: no delays, TLS, and trusted proxies."""

import json
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from certificates import made
from service import J, Service, running

from services.api.server.serve import Door, listen
from services.api.server.tls import BadCertificate, Certificate, pinned

SIGN_IN = "/api/v1/session"
FORGED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}


def test_an_answer_in_two_writes_does_not_wait_for_the_client_to_acknowledge_the_first() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()) as client:
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert client.getpeername() == listening.getsockname()


# -- TLS -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def secured(tmp_path: Path) -> AsyncIterator[Service]:
    """Run a service with HTTPS, whose clients verify its name."""
    certificate = made(tmp_path)
    async with running(tmp_path / "data", Door(certificate=certificate)) as service:
        await service.http.aclose()
        service.verify = ssl.create_default_context(cafile=str(certificate.cert))
        service.http = service.client(_secret(tmp_path / "data"))
        yield service


def _secret(data: Path) -> str:
    return (data / "admin.token").read_text().strip()


async def test_https_is_spoken_and_verified_by_name(secured: Service) -> None:
    assert secured.url.startswith("https://127.0.0.1:")
    await secured.ok("worker.register", worker="W1", role="courier")
    assert [row["worker"] for row in await secured.rows("roster")] == ["W1"]
    async with secured.http.stream("GET", f"/api/v1/{J}/stream?views=roster") as stream:
        assert await anext(stream.aiter_lines()) == "id: 2"


async def test_who_does_not_know_the_certificate_is_not_served(secured: Service) -> None:
    async with httpx.AsyncClient(base_url=secured.url, trust_env=False) as stranger:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await stranger.get("/healthz")


async def test_under_tls_the_cookie_is_for_tls_alone_and_browsers_keep_to_it(
    secured: Service, tmp_path: Path
) -> None:
    answer = await secured.http.post(SIGN_IN, json={"token": _secret(tmp_path / "data")})
    assert "; Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_browsers_are_not_told_to_keep_this_machine_s_own_name_to_tls(secured: Service) -> None:
    url = secured.url.replace("127.0.0.1", "localhost") + "/healthz"
    answer = await secured.http.get(url)
    assert answer.status_code == 200
    assert "strict-transport-security" not in answer.headers


async def test_what_runs_beside_it_knows_it_by_that_very_certificate(
    secured: Service, tmp_path: Path
) -> None:
    found = json.loads((tmp_path / "data" / "service.json").read_text())
    assert found["url"] == secured.url
    async with httpx.AsyncClient(verify=pinned(Path(found["certificate"])), trust_env=False) as beside:
        assert (await beside.get(f"{secured.url}/healthz")).status_code == 200
    other = made(tmp_path, "other")
    async with httpx.AsyncClient(verify=pinned(other.cert), trust_env=False) as wrong:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await wrong.get(f"{secured.url}/healthz")


def test_what_is_no_certificate_and_its_key_is_said_in_a_sentence(tmp_path: Path) -> None:
    good, other, locked = made(tmp_path, "a"), made(tmp_path, "b"), made(tmp_path, "c", b"secret")
    text = tmp_path / "text"
    text.write_text("no certificate")
    for bad, said in (
        (Certificate(tmp_path / "nowhere", good.key), "nowhere cannot be read: No such file"),
        (Certificate(good.cert, tmp_path), "cannot be read: Is a directory"),
        (Certificate(good.cert, other.key), "b.key is not that of the first certificate in"),
        (locked, "c.key is encrypted"),
        (Certificate(text, good.key), "not a certificate and its key in PEM form"),
        (Certificate(good.cert, text), "not a certificate and its key in PEM form"),
    ):
        with pytest.raises(BadCertificate, match=said):
            bad.context()


# -- proxies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("proxies", [[], ["10.0.0.0/8", "192.0.2.7"]])
async def test_what_a_stranger_says_of_the_client_is_not_believed(tmp_path: Path, proxies: list[str]) -> None:
    async with running(tmp_path, Door(proxies=proxies)) as service:
        answer = await service.http.post(SIGN_IN, json={"token": _secret(tmp_path)}, headers=FORGED)
        assert answer.status_code == 200
        assert "Secure" not in answer.headers["set-cookie"]
        assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("proxy", ["127.0.0.1", "127.0.0.0/8"])
async def test_what_a_trusted_proxy_says_of_the_client_is_believed(tmp_path: Path, proxy: str) -> None:
    async with running(tmp_path, Door(proxies=[proxy])) as service:
        answer = await service.http.post(SIGN_IN, json={"token": _secret(tmp_path)}, headers=FORGED)
        assert "; Secure" in answer.headers["set-cookie"]
        assert "strict-transport-security" in answer.headers
        plain = await service.http.get("/healthz", headers={"X-Forwarded-Proto": "http"})
        assert "strict-transport-security" not in plain.headers
