"""A topic that is gone, emptied, cut, or another log: one line on an API process and a projector alike."""

import asyncio
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from kafka_server import connection
from pg_server import empty_database, execute
from pydantic import SecretStr

from services.adapters.kafka.connection import Connection
from services.adapters.kafka.topics import migrate as migrate_topics
from services.adapters.postgres.migrate import migrate as migrate_tables
from services.cli import holding
from services.wiring import adapters, projecting
from services.wiring.settings import Settings
from tests.command_line import muster

OTHER = "00000000-0000-4000-8000-00000000beef"
STATES = {
    "deleted": "does not exist",
    "emptied": "has no identity",
    "another": f"belong to log {OTHER}",
    "widened": "partition 1 of the log has no identity",
}
"""What happened to the topic -> what is said."""


async def happen(what: str, topic: Connection, dsn: str) -> None:
    """Make a database, and a topic to which this happened."""
    await migrate_tables(dsn)
    if what in ("another", "widened"):
        await migrate_topics(topic, partitions=1, replication=1, min_insync=1)
    await asyncio.to_thread(execute, dsn, "INSERT INTO source (log) VALUES ($1)", OTHER)
    admin = AIOKafkaAdminClient(**topic.options())
    await admin.start()
    if what == "emptied":
        await admin.create_topics([NewTopic(topic.topic, 1, 1)])
    if what == "widened":
        await admin.create_partitions({topic.topic: NewPartitions(2)})
    await admin.close()


@pytest.mark.parametrize("what", STATES)
def test_each_process_says_in_one_line_what_is_wrong_and_is_not_started_again_at_once(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, dsn, waited = connection(), empty_database(), list[float]()
    asyncio.run(happen(what, topic, dsn))
    key = tmp_path / "master.key"
    key.write_bytes(bytes(32))
    found = Settings(kafka=topic.servers, postgres=SecretStr(dsn), master_key_file=key)
    for module in (projecting, adapters):
        monkeypatch.setattr(module, "settings", lambda: found)
        monkeypatch.setattr(module, "kafka", lambda: topic)
    monkeypatch.setattr(holding.time, "sleep", waited.append)
    env = {"MUSTER_KAFKA": topic.servers, "MUSTER_POSTGRES": dsn}

    said = [muster(process, "--data", tmp_path / "data", env=env) for process in ("serve", "projector")]

    assert len(waited) == 2
    said.append(muster("migrate", env=env))

    for one in said:
        assert one.returncode == 1
        assert STATES[what] in one.stderr
        assert one.stderr.count("\n") == 1
        assert one.stderr.startswith("muster: ")
    assert all(0 < seconds <= holding.LEAST_SECONDS for seconds in waited)
