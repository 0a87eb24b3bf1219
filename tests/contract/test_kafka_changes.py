"""Announcements on a real Kafka: a reconnected feed misses nothing."""

import asyncio

import pytest
from kafka_server import connection

from services.adapters.kafka import changes as kafka_changes
from services.adapters.kafka.changes import KafkaAnnouncer, KafkaFeed
from services.adapters.kafka.topics import migrate
from services.views.changes import Announcement


def said(n: int, *, reset: bool = False) -> Announcement:
    return Announcement(jurisdiction=f"{n % 5}", after=n, upto=n + 1, reset=reset, packed=b"-")


async def test_a_feed_that_is_connected_anew_hears_what_was_said_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = connection()
    await migrate(made, partitions=3, replication=1, min_insync=1)
    announcer, heard = await KafkaAnnouncer(made).open(), list[int]()

    async def listen() -> None:
        async for announcement in KafkaFeed(made).announcements():
            heard.append(announcement.after)

    monkeypatch.setattr(kafka_changes, "QUIET_SECONDS", 0.2)
    listening = asyncio.create_task(listen())
    await asyncio.sleep(2)
    for n in range(20):
        await announcer.send(said(n, reset=n % 7 == 0))
        await asyncio.sleep(0.15)
    async with asyncio.timeout(10):
        while len(heard) < 20:
            await asyncio.sleep(0.05)

    assert sorted(heard) == list(range(20))
    listening.cancel()
    await asyncio.wait((listening,))
    await announcer.close()


async def test_what_cannot_be_announced_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = connection()
    await migrate(made, partitions=3, replication=1, min_insync=1)
    announcer = await KafkaAnnouncer(made).open()
    await announcer.close()

    await announcer.send(said(1, reset=True))

    assert "lost an announcement" in caplog.text
