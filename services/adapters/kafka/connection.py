"""How to reach a Kafka cluster: addresses, encryption, credentials, and sizes shared by all clients."""

import asyncio
import contextlib
import ssl
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

MAX_RECORD_BYTES: Final = 2 * 2**20
"""Largest record; the topic's max.message.bytes must allow it."""
FETCH_BYTES: Final = 4 * 2**20
REQUEST_MS: Final = 5_000
RETRY_MS: Final = 50
"""Milliseconds between a client's retries."""
STOP_SECONDS: Final = 5


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """Broker connection settings."""

    servers: str
    topic: str = "muster.commits"
    security: str = "PLAINTEXT"
    mechanism: str = "SCRAM-SHA-512"
    user: str | None = None
    password: str | None = None
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments of every client."""
        found: dict[str, Any] = {
            "bootstrap_servers": self.servers,
            "security_protocol": self.security,
            "request_timeout_ms": REQUEST_MS,
            "retry_backoff_ms": RETRY_MS,
            "metadata_max_age_ms": 30_000,
        }
        if "SSL" in self.security:
            found["ssl_context"] = self._tls()
        if "SASL" in self.security:
            found["sasl_mechanism"] = self.mechanism
            found |= {"sasl_plain_username": self.user, "sasl_plain_password": self.password}
        return found

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca)
        if self.certificate:
            context.load_cert_chain(self.certificate, self.key)
        return context


async def stop_quietly(client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
    """Stop a client, ignoring errors and hangs; also in a task that was cancelled, see `Process.end`."""
    with contextlib.suppress(KafkaError, OSError, TimeoutError):
        await asyncio.wait_for(client.stop(), STOP_SECONDS)
