"""The Kafka client says the same thing at every attempt, twenty times a second while a broker is away."""

import logging
import time
from typing import Final

AGAIN_SECONDS: Final = 30.0
"""Interval after which the same is said again, with how often it was left out."""
NAMES: Final = (
    "aiokafka",
    "aiokafka.cluster",
    "aiokafka.conn",
    "aiokafka.consumer.consumer",
    "aiokafka.consumer.fetcher",
    "aiokafka.consumer.group_coordinator",
    "aiokafka.producer.producer",
    "aiokafka.producer.sender",
)
"""The client's loggers; a filter of one does not hold for those below it."""


class Sparing(logging.Filter):
    """Lets each kind of message through once in a while."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[object, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter. A kind is a message before its values are filled in."""
        now, (since, left_out) = time.monotonic(), self._said.get(record.msg, (-AGAIN_SECONDS, 0))
        if now - since < AGAIN_SECONDS:
            self._said[record.msg] = since, left_out + 1
            return False
        self._said[record.msg] = now, 0
        if left_out:
            record.msg = f"{record.msg} (and {left_out} times since)"
        return True


def quieten() -> None:
    """Filter the client's loggers, once."""
    for name in NAMES:
        logger = logging.getLogger(name)
        if not any(isinstance(one, Sparing) for one in logger.filters):
            logger.addFilter(Sparing())
