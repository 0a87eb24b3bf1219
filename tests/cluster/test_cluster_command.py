"""`muster cluster` from a user's view: it reports what runs where, keeps the data, and leaves no process."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest

from tests.command_line import muster
from tests.manual import commands

COMMAND = [sys.executable, "-m", "services.cli", "cluster", "--port", "0", "--apis", "1", "--projectors", "1"]


@contextmanager
def running(
    folder: Path, ends: signal.Signals = signal.SIGINT
) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Yield the supervisor and its output once everything is ready."""
    argv = [*COMMAND, "--data", str(folder), "--json"]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        for line in process.stdout:
            told = json.loads(line)
            if told["event"] == "ready":
                yield process, told
                break
        else:
            assert process.stderr
            raise AssertionError(process.stderr.read())
    finally:
        process.send_signal(ends)
        ended = process.wait(60)
    assert ended == 0


def client(told: dict[str, Any]) -> httpx.Client:
    token = Path(told["token_file"]).read_text().strip()
    return httpx.Client(
        base_url=told["urls"][0], headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=30
    )


def of(folder: Path) -> list[psutil.Process]:
    """Return the processes that use the folder."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(folder) in " ".join(process.info["cmdline"] or []) and process.pid != os.getpid()
    ]


@pytest.mark.usefixtures("terminal")
def test_it_serves_keeps_its_data_and_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "cluster"
    with running(folder) as (process, told), client(told) as http:
        key = {"Idempotency-Key": str(uuid4())}
        body = {"worker": "W1", "role": "courier"}
        answer = http.post("/api/v1/2307/commands/worker.register", json=body, headers=key)
        assert answer.status_code == 200, answer.text
        position = answer.json()["position"]
        assert http.get("/api/v1/2307/roster/W1", params={"after": position}).status_code == 200
        assert http.get("/readyz").json()["status"] == "ready"

        second = subprocess.run(
            [*COMMAND, "--data", str(folder)], capture_output=True, text=True, check=False, timeout=60
        )
        assert second.returncode == 1
        assert "another cluster is running in" in second.stderr
        assert "Traceback" not in second.stderr
        assert len(of(folder)) > 3

        start, verify, *others = commands("The local cluster", FOLDER=folder, BACKUP=tmp_path / "backup")
        assert start[:4] == ["muster", "cluster", "--data", str(folder)]
        verified = muster(*verify[1:])
        assert (verified.returncode, verified.stderr) == (0, "")
        assert "2307: ok" in verified.stdout
        for _, *words in others:
            assert (muster(*words).returncode, words) == (0, words)
        assert process.poll() is None
    assert of(folder) == []
    resting = muster("verify", "--data", folder)
    assert resting.returncode == 1
    assert resting.stderr.startswith(f"muster: the cluster in {folder} is not running; start it with")
    token = (folder / "api-1" / "admin.token").read_text().strip()
    logs = list((folder / "logs").iterdir())
    assert logs
    assert not [log for log in logs if log.stat().st_mode & 0o077 or token in log.read_text(errors="replace")]
    secrets = [folder / "master.key", folder / "cluster.json", folder / "postgres" / "password"]
    secrets.append(folder / "api-1" / "admin.token")
    assert all(path.stat().st_mode & 0o077 == 0 for path in secrets)

    with running(folder, signal.SIGHUP) as (_, told), client(told) as http:
        assert http.get("/api/v1/2307/roster/W1").json()["role"] == "courier"
        status = http.get(f"/api/v1/2307/commands/{key['Idempotency-Key']}").json()
        assert status["status"] == "recorded"
    assert of(folder) == []
