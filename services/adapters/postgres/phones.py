"""A cluster's push subscriptions: PostgreSQL, shared by all API processes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import msgspec

from services.adapters.postgres.pool import Pool
from services.base.unavailable import DatabaseUnavailable
from services.push.port import MAX_PHONES, PushUnavailable, Subscription

_INSERT: Final = (
    "INSERT INTO push_subscriptions (endpoint, p256dh, auth, jurisdiction, worker, token, created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
)
_TRIM: Final = (
    "DELETE FROM push_subscriptions WHERE jurisdiction = $1 AND worker = $2 AND number NOT IN"
    " (SELECT number FROM push_subscriptions WHERE jurisdiction = $1 AND worker = $2"
    " ORDER BY number DESC LIMIT $3)"
)
_OF_WORKERS: Final = (
    "SELECT endpoint, p256dh, auth, jurisdiction, worker, token, created_at FROM push_subscriptions"
    " WHERE jurisdiction = $1 AND worker = ANY($2::text[]) ORDER BY number"
)
_CLAIM: Final = "INSERT INTO push_claims (push, until) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1"


class PgPushStore:
    """See services.push.port. Uses the tables of services/adapters/postgres/sql/014_push.sql."""

    def __init__(self, pool: Pool) -> None:
        """Takes ownership of the handle; the tables must exist."""
        self._pool = pool

    async def private_key(self, new: bytes) -> bytes:
        with _translated():
            await self._pool.put("INSERT INTO push_key (private) VALUES ($1) ON CONFLICT DO NOTHING", new)
            key: bytes = await self._pool.value("SELECT private FROM push_key")
        return key

    async def save(self, subscription: Subscription) -> None:
        with _translated():
            async with self._pool.writing() as db:
                # delete an older one first: the new number makes this one the youngest
                await db.execute("DELETE FROM push_subscriptions WHERE endpoint = $1", subscription.endpoint)
                await db.execute(_INSERT, *msgspec.structs.astuple(subscription))
                await db.execute(_TRIM, subscription.jurisdiction, subscription.worker, MAX_PHONES)

    async def delete(self, endpoint: str, worker: tuple[str, str] | None = None) -> None:
        statement, given = "DELETE FROM push_subscriptions WHERE endpoint = $1", [endpoint]
        if worker is not None:
            statement, given = f"{statement} AND jurisdiction = $2 AND worker = $3", [endpoint, *worker]
        with _translated():
            await self._pool.put(statement, *given)

    async def of_workers(self, jurisdiction: str, workers: Sequence[str]) -> list[Subscription]:
        with _translated():
            rows = await self._pool.fetch(_OF_WORKERS, jurisdiction, list(workers))
        return [Subscription(**row) for row in rows]

    async def claim(self, push: str, now: datetime, until: datetime) -> bool:
        with _translated():
            await self._pool.fetch("DELETE FROM push_claims WHERE until <= $1", now)
            return await self._pool.value(_CLAIM, push, until) is not None

    async def close(self) -> None:
        await self._pool.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailable as error:
        raise PushUnavailable(f"push subscriptions cannot be read or written: {error}") from error
