"""The cluster as set up by compose.yaml: each process with its own settings, secrets and rights."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from brokers import PARTITIONS, Broker, free_port
from pg_server import empty_database
from tools import compose, ran

MUSTER = (sys.executable, "-m", "services.cli")


class Cluster:
    """A cluster that runs Muster's commands as the services of the compose file."""

    def __init__(self, services: dict[str, Any], kafka: Broker) -> None:
        self._services, self._kafka = services, kafka
        (kafka.secrets / "postgres_dsn").unlink()
        (kafka.secrets / "postgres_dsn").write_text(empty_database())
        self.token = ""
        self.ports = {name: free_port() for name in ("api-1", "api-2", "projector-1")}
        self.running: list[subprocess.Popen[bytes]] = []

    def environment(self, service: str) -> dict[str, str]:
        """Return the service's environment. Only addresses, paths and replica counts are this machine's."""
        given = {
            name: value.replace("/run/secrets", str(self._kafka.secrets))
            for name, value in self._services[service]["environment"].items()
        }
        here = {
            "MUSTER_KAFKA": self._kafka.bootstrap,
            "MUSTER_KAFKA_PARTITIONS": str(PARTITIONS),
            "MUSTER_KAFKA_REPLICATION": "1",
            "MUSTER_KAFKA_MIN_INSYNC": "1",
            "MUSTER_DATA": str(self._kafka.folder / service),
            "MUSTER_HOST": "127.0.0.1",
            "MUSTER_METRICS_HOST": "127.0.0.1",
        }
        port = str(self.ports.get(service, 0))
        ports = {"MUSTER_METRICS_PORT" if service.startswith("projector") else "MUSTER_PORT": port}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MUSTER_")}
        return clean | given | here | ports

    def run(self, service: str, *command: str) -> str:
        """Run a command and return its output. Fails with its errors."""
        words = command or tuple(self._services[service]["command"])
        done = subprocess.run(
            [*MUSTER, *words], env=self.environment(service), capture_output=True, text=True, timeout=90
        )
        assert done.returncode == 0, f"{service} {words}\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    def start(self, service: str) -> None:
        """Start a process as its service does. Its output is beside its data."""
        with (self._kafka.folder / f"{service}.out").open("wb") as out:
            command = [*MUSTER, *self._services[service]["command"]]
            self.running.append(
                subprocess.Popen(command, env=self.environment(service), stdout=out, stderr=out)
            )

    def said(self) -> str:
        """Return the end of each process's output."""
        return "\n".join(path.read_text()[-2000:] for path in self._kafka.folder.glob("*.out"))

    def get(self, service: str, path: str) -> httpx.Response:
        """Send a GET request with the token."""
        url = f"http://127.0.0.1:{self.ports[service]}{path}"
        return httpx.get(url, headers={"Authorization": f"Bearer {self.token}"}, timeout=30)

    def wait(self, service: str, path: str) -> None:
        """Wait for a successful response."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if self.get(service, path).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"{service} does not answer {path}\n{self.said()}")

    def send(self, service: str, command: str, **body: str) -> int:
        """Send a command and return its position. If asked to, send the same id again."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid4())}
        url = f"http://127.0.0.1:{self.ports[service]}/api/v1/2307/commands/{command}"
        until = time.monotonic() + 60
        while True:
            answer = httpx.post(url, json=body, headers=headers, timeout=30)
            if answer.status_code != 503 or time.monotonic() > until:
                break
            time.sleep(0.5)
        assert answer.status_code == 200, answer.text + self.said()
        return answer.json()["position"]


@pytest.fixture(scope="module")
def cluster(deploy: Path, granted: Broker) -> Iterator[Cluster]:
    """Start everything in the order of the compose file: rights, migrate, seal, a token, then the servers."""
    files = ("--file", str(deploy / "compose.yaml"), "--file", str(deploy / "compose.tls.yaml"))
    text = ran(compose(), "--env-file", os.devnull, *files, "--profile", "*", "config", "--format", "json")
    found = Cluster(json.loads(text)["services"], granted)
    found.run("migrate")
    granted.rights("seal")
    found.token = found.run("tool", "token", "create", "desk-1", "--scope", "admin")
    try:
        for service in found.ports:
            found.start(service)
        found.wait("api-1", "/readyz")
        found.wait("api-2", "/readyz")
        yield found
    finally:
        for process in found.running:
            process.terminate()
        ended = [process.wait(30) for process in found.running]
    assert ended == [0, 0, 0], found.said()


def test_what_one_process_records_the_other_shows(cluster: Cluster) -> None:
    cluster.send("api-1", "jurisdiction.establish", name="2307", timezone="Asia/Shanghai")
    cluster.send("api-2", "area.define", area="230717", name="230717")
    cluster.send("api-1", "worker.register", worker="W1", role="rider", name="1", phone="00000000001")
    position = cluster.send("api-2", "worker.check_in", worker="W1", area="230717")
    cluster.wait("api-1", f"/api/v1/2307/headcount?after={position}")
    rows = cluster.get("api-1", "/api/v1/2307/headcount").json()["items"]
    assert [row["count"] for row in rows] == [1]
    worker = cluster.get("api-2", "/api/v1/2307/roster/W1?reveal=true").json()
    assert worker["name"] == "1"  # sealed by one process and opened by another


def test_its_figures_are_where_prometheus_looks(cluster: Cluster) -> None:
    cluster.wait("projector-1", "/metrics")
    assert (
        'muster_projector_head_position{jurisdiction="2307"}' in cluster.get("projector-1", "/metrics").text
    )
    assert 'muster_log_position{jurisdiction="2307"}' in cluster.get("api-1", "/metrics").text


def test_an_operators_commands_work_with_the_rights_of_tool(cluster: Cluster) -> None:
    assert "2307: ok" in cluster.run("tool", "verify")
    assert "2307 roster: 1 rows" in cluster.run("tool", "rebuild", "roster")
    assert "desk-1" in cluster.run("tool", "token", "list")


def test_migrating_again_while_all_runs_changes_nothing(cluster: Cluster) -> None:
    assert "none, already up to date" in cluster.run("migrate")
