"""Kafka for tests: one broker, a new topic per test. Files that use it are one group in tests/conftest.py."""

import atexit
import shutil
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

from services.adapters.kafka.connection import Connection
from services.sandbox.kafka import Broker

_numbers = count(1)
_running: list[Broker] = []


@cache
def broker() -> Broker:
    """Return the broker. It starts at first use, and ends with its group of tests or with this process."""
    started = Broker(Path(tempfile.mkdtemp(prefix="muster-kafka-")))
    _running.append(started)
    started.start()
    started.wait_ready(60)
    return started


@atexit.register
def end() -> None:
    """End the broker, if there is one."""
    while _running:
        ended = _running.pop()
        ended.kill()
        shutil.rmtree(ended.folder, ignore_errors=True)
    broker.cache_clear()


def connection() -> Connection:
    """Return a connection to a topic that does not exist yet."""
    return Connection(servers=broker().servers, topic=f"test.{next(_numbers)}")
