"""A commit is reported as not in the log only if it certainly is not."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaTimeoutError, TopicAuthorizationFailedError

from services.adapters.kafka import transport as module
from services.adapters.kafka.connection import RETRY_MS, Connection
from services.adapters.kafka.transport import KafkaTransport
from services.log.transport import NotSent, SendUnknown


class Answering:
    """A producer whose client answers after a delay, possibly after several tries."""

    def __init__(self, seconds: float, error: Exception) -> None:
        self._seconds, self._error = seconds, error

    async def start(self) -> None:
        """Nothing is connected."""

    async def stop(self) -> None:
        """Nothing is open."""

    async def send(self, topic: str, **record: Any) -> asyncio.Future[Any]:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(self._seconds, answer.set_exception, self._error)
        return answer


class Querying:
    """A consumer that knows how many partitions there are."""

    def __init__(self) -> None:
        self._client = SimpleNamespace(set_topics=self._set_topics)

    async def start(self) -> None:
        """Nothing is connected."""

    async def stop(self) -> None:
        """Nothing is open."""

    async def _set_topics(self, topics: list[str]) -> None:
        """It knows them already."""

    def partitions_for_topic(self, topic: str) -> set[int]:
        return {0}


@pytest.mark.parametrize(
    ("seconds", "error", "raised"),
    [
        (0.0, TopicAuthorizationFailedError(), NotSent),
        (1.5 * RETRY_MS / 1000, TopicAuthorizationFailedError(), SendUnknown),
        (0.0, KafkaTimeoutError(), SendUnknown),
    ],
    ids=["refused at once", "refused after another try that may have been taken", "no answer"],
)
async def test_a_refusal_is_certain_only_of_the_first_try(
    monkeypatch: pytest.MonkeyPatch, seconds: float, error: Exception, raised: type[Exception]
) -> None:
    monkeypatch.setattr(module, "AIOKafkaProducer", lambda **_: Answering(seconds, error))
    monkeypatch.setattr(module, "AIOKafkaConsumer", lambda **_: Querying())
    transport = await KafkaTransport(Connection(servers="127.0.0.1:1")).open()
    with pytest.raises(raised):
        await transport.send(0, b"2307", b"x")
    await transport.close()
