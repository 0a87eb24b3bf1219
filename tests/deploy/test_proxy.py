"""The proxy: its file is valid, and a real proxy forwards a real server's responses at once, under TLS."""

import json
import os
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from tools import caddy, ran

from services.sandbox.child import free_port


class Front(NamedTuple):
    """A proxy in front of a server."""

    client: httpx.Client
    token: str
    health: int


@contextmanager
def running(command: Sequence[str | Path], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process until the block ends."""
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def until(reached: str, trust: ssl.SSLContext | bool = True) -> None:
    """Wait for a response."""
    for _ in range(150):
        try:
            httpx.get(reached, verify=trust, timeout=2).raise_for_status()
            return
        except (httpx.HTTPError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"{reached} does not answer")


@pytest.fixture(scope="module")
def front(deploy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Run Caddy with the deployment's file in front of one API process. The other upstream is down."""
    data, home = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("caddy")
    server, tls, health = free_port(), free_port(), free_port()
    serve = [sys.executable, "-m", "services.cli", "serve", "--port", str(server), "--data", str(data)]
    variables = {
        "MUSTER_TLS_PORT": str(tls),
        "MUSTER_PROXY_HEALTH_PORT": str(health),
        "MUSTER_UPSTREAMS": f"127.0.0.1:{free_port()} 127.0.0.1:{server}",
        "XDG_DATA_HOME": str(home),
    }
    run = [caddy(), "run", "--config", deploy / "Caddyfile", "--adapter", "caddyfile"]
    with running(serve), running(run, **variables):
        until(f"http://127.0.0.1:{server}/healthz")
        until(f"http://127.0.0.1:{health}/")
        trust = ssl.create_default_context(cafile=str(next(home.rglob("pki/**/root.crt"))))
        until(f"https://localhost:{tls}/healthz", trust)
        with httpx.Client(base_url=f"https://localhost:{tls}", verify=trust, timeout=10) as client:
            yield Front(client, (data / "admin.token").read_text().strip(), health)


def test_the_file_is_valid_and_in_its_form(deploy: Path) -> None:
    file = deploy / "Caddyfile"
    assert "Valid configuration" in ran(caddy(), "validate", "--config", file, "--adapter", "caddyfile")
    assert ran(caddy(), "fmt", file) == file.read_text()


def test_certificates_of_ones_own_are_taken(deploy: Path, tmp_path: Path) -> None:
    ran(deploy / "certificates.sh", tmp_path, "muster.example")
    pem = tmp_path / "muster.example.pem"
    own = {"MUSTER_SITE": "muster.example", "MUSTER_TLS": f"{pem} {pem}"}
    check = ("validate", "--config", deploy / "Caddyfile", "--adapter", "caddyfile")
    assert "Valid configuration" in ran(caddy(), *check, **own)


def test_it_is_served_under_tls_by_its_own_ca(front: Front) -> None:
    answer = front.client.get("/healthz")
    assert answer.json() == {"status": "ok"}
    assert answer.http_version == "HTTP/1.1"


def test_an_import_is_asked_for_where_it_was_taken(deploy: Path) -> None:
    """Other processes do not know the import."""
    adapted = ran(caddy(), "adapt", "--config", deploy / "Caddyfile", "--adapter", "caddyfile")
    policies = re.findall(r'"selection_policy":\{"policy":"(\w+)"', adapted)
    (matcher,) = re.findall(r'"path_regexp":\{[^}]*"pattern":"([^"]+)"', adapted)

    assert policies == ["client_ip_hash", "least_conn"]
    for path, taken in {
        "/api/v1/2307/imports": True,
        "/api/v1/2307/imports/1b4e28ba-2fa1-41d2-883f-0016d3cca427/rejects": True,
        "/api/v1/2307/importsx": False,
        "/api/v1/2307/roster/imports": False,
    }.items():
        assert bool(re.search(matcher, path)) is taken, path


def test_figures_stay_inside(front: Front) -> None:
    assert front.client.get("/metrics").status_code == 404


def test_a_dead_process_is_not_noticed(front: Front) -> None:
    assert {front.client.get("/healthz").status_code for _ in range(20)} == {200}


def test_the_cookie_travels_by_tls_alone(front: Front) -> None:
    cookie = front.client.post("/api/v1/session", json={"token": front.token}).headers["set-cookie"]
    assert cookie.endswith("; Secure")
    assert "HttpOnly" in cookie


def test_its_own_health_needs_no_server(front: Front) -> None:
    assert httpx.get(f"http://127.0.0.1:{front.health}/").status_code == 204


def test_patches_come_as_they_happen(front: Front) -> None:
    head = {"Authorization": f"Bearer {front.token}"}

    def send(name: str, body: dict[str, str], key: int) -> None:
        id = f"00000000-0000-4000-8000-{key:012d}"
        url = f"/api/v1/2307/commands/{name}"
        front.client.post(url, json=body, headers=head | {"Idempotency-Key": id}).raise_for_status()

    send("jurisdiction.establish", {"name": "2307", "timezone": "Asia/Shanghai"}, 1)
    with front.client.stream("GET", "/api/v1/2307/stream?views=areas", headers=head) as stream:
        assert stream.headers.get("content-encoding") == "gzip"  # compressed by the server, event by event
        events = (line for line in stream.iter_lines() if line.startswith("event:"))
        assert next(events) == "event: snapshot"
        began = time.monotonic()
        send("area.define", {"area": "230717", "name": "230717"}, 2)
        assert next(events) == "event: patch"
        assert time.monotonic() - began < 5  # a buffering proxy would hold it indefinitely


def test_what_is_not_a_stream_is_compressed(front: Front) -> None:
    answer = front.client.get("/openapi.json")
    assert answer.headers["content-encoding"] == "gzip"
    assert json.loads(answer.text)["openapi"].startswith("3.1")
