"""Kafka for tests: one broker per process, a new topic per test."""

import atexit
import shutil
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

from services.adapters.kafka.connection import Connection
from services.sandbox.kafka import Broker

_numbers = count(1)


@cache
def broker() -> Broker:
    """Return the broker. It starts at first use and ends with this process."""
    folder = Path(tempfile.mkdtemp(prefix="muster-kafka-"))
    started = Broker(folder)

    def end() -> None:
        started.kill()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    started.start()
    started.wait_ready(60)
    return started


def connection() -> Connection:
    """Return a connection to a topic that does not exist yet."""
    return Connection(servers=broker().servers, topic=f"test.{next(_numbers)}")
