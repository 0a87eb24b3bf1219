"""`muster serve` with a certificate, and common mistakes."""

from pathlib import Path

import httpx
import pytest
from certificates import made
from server import Server, muster

from services.api.server.tls import Certificate, pinned

ROSTER = Path(__file__).parents[2] / "services/intake/examples/roster.csv"


def options(certificate: Certificate) -> list[str]:
    return ["--tls-cert", str(certificate.cert), "--tls-key", str(certificate.key)]


def test_it_says_where_it_is_and_other_commands_go_through_it(tmp_path: Path) -> None:
    certificate, data = made(tmp_path), tmp_path / "data"
    server = Server(data, *options(certificate))
    try:
        assert server.url.startswith("https://127.0.0.1:")
        answer = httpx.get(f"{server.url}/healthz", verify=pinned(certificate.cert), trust_env=False)
        assert answer.status_code == 200
        imported = muster("import", str(ROSTER), "-m", "roster", "-j", "2307", "--data", str(data))
    finally:
        assert server.stop() == 0
    assert imported.returncode == 0, imported.stderr
    assert "40 rows = 40 applied" in imported.stdout


def test_the_environment_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = made(tmp_path)
    monkeypatch.setenv("MUSTER_TLS_CERT", str(certificate.cert))
    monkeypatch.setenv("MUSTER_TLS_KEY", str(certificate.key))
    monkeypatch.setenv("MUSTER_TRUSTED_PROXY", "10.0.0.7, 10.1.0.0/16")
    server = Server(tmp_path / "data")
    try:
        assert server.url.startswith("https://")
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--tls-cert", "{a}.pem"], "needs both --tls-cert and --tls-key"),
        (["--tls-cert", "{a}.pem", "--tls-key", "{b}.key"], "is not that of the first certificate"),
        (["--tls-cert", "{a}.pem", "--tls-key", "{a}"], "cannot be read"),
        (["--tls-cert", "{c}.pem", "--tls-key", "{c}.key"], "is encrypted"),
        (["--trusted-proxy", "*"], "give the proxy's address"),
        (["--trusted-proxy", "10.0.0.1", "--trusted-proxy", "caddy"], "--trusted-proxy caddy"),
    ],
)
def test_a_mistake_is_a_sentence_and_nothing_starts(tmp_path: Path, given: list[str], said: str) -> None:
    for name in "ab":
        made(tmp_path, name)
    made(tmp_path, "c", b"secret")
    places = {name: tmp_path / name for name in "abc"}
    data = tmp_path / "data"
    done = muster("serve", "--data", str(data), "--port", "0", *(one.format(**places) for one in given))
    assert done.returncode == 2
    assert done.stderr.startswith("muster: ")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not data.exists()


def test_a_bad_url_of_tiles_is_a_sentence_and_nothing_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSTER_TILES", "https://tiles.example/{z}/{x}.png")
    for command in ("serve", "demo"):
        done = muster(command, "--data", str(tmp_path / command), "--port", "0")
        assert done.returncode == 2
        assert "MUSTER_TILES" in done.stderr
        assert "{y}" in done.stderr
