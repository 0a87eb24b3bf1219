"""Push subscriptions of a cluster: PostgreSQL, shared by all its API processes."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from services.postgres.blocking import Blocking, Connection, DatabaseUnavailable
from services.push.port import MOST_PHONES, PushUnavailable, Subscription

_PUT: Final = (
    "INSERT INTO push_subscriptions (endpoint, p256dh, auth, jurisdiction, worker, token, created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
)
_TRIM: Final = (
    "DELETE FROM push_subscriptions WHERE jurisdiction = $1 AND worker = $2 AND number NOT IN"
    " (SELECT number FROM push_subscriptions WHERE jurisdiction = $1 AND worker = $2"
    " ORDER BY number DESC LIMIT $3)"
)
_OF: Final = (
    "SELECT endpoint, p256dh, auth, jurisdiction, worker, token, created_at FROM push_subscriptions"
    " WHERE jurisdiction = $1 AND worker = ANY($2::text[]) ORDER BY number"
)
_CLAIM: Final = "INSERT INTO push_claims (push, until) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1"

T = TypeVar("T")


class PgPushStore:
    """As services.push.port, in the tables of services/postgres/sql/014_push.sql."""

    def __init__(self, dsn: str) -> None:
        """Connects; the tables must be there. Raises PushUnavailable."""
        try:
            self._blocking = Blocking(dsn, size=2)
        except DatabaseUnavailable as error:
            raise _trouble(error) from error

    def key(self, made: bytes) -> bytes:
        async def work(db: Connection) -> bytes:
            await db.execute("INSERT INTO push_key (private) VALUES ($1) ON CONFLICT DO NOTHING", made)
            return await db.fetchval("SELECT private FROM push_key")

        return self._run(work)

    def put(self, subscription: Subscription) -> None:
        async def work(db: Connection) -> None:
            async with db.transaction():
                # whose it was goes first: a number is given anew, so that it counts as the youngest
                await db.execute("DELETE FROM push_subscriptions WHERE endpoint = $1", subscription.endpoint)
                await db.execute(_PUT, *msgspec.structs.astuple(subscription))
                await db.execute(_TRIM, subscription.jurisdiction, subscription.worker, MOST_PHONES)

        self._run(work)

    def drop(self, endpoint: str, worker: tuple[str, str] | None = None) -> None:
        statement, given = "DELETE FROM push_subscriptions WHERE endpoint = $1", [endpoint]
        if worker is not None:
            statement, given = f"{statement} AND jurisdiction = $2 AND worker = $3", [endpoint, *worker]
        self._run(lambda db: db.execute(statement, *given))

    def of(self, jurisdiction: str, workers: Sequence[str]) -> list[Subscription]:
        rows: Any = self._run(lambda db: db.fetch(_OF, jurisdiction, list(workers)))
        return [Subscription(**row) for row in rows]

    def claim(self, push: str, now: datetime, until: datetime) -> bool:
        async def work(db: Connection) -> bool:
            await db.execute("DELETE FROM push_claims WHERE until <= $1", now)
            return await db.fetchval(_CLAIM, push, until) is not None

        return self._run(work)

    def close(self) -> None:
        try:
            self._blocking.close()
        except DatabaseUnavailable as error:
            raise _trouble(error) from error

    def _run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        try:
            return self._blocking.run(work)
        except DatabaseUnavailable as error:
            raise _trouble(error) from error


def _trouble(error: Exception) -> PushUnavailable:
    return PushUnavailable(f"push subscriptions cannot be read or written: {error}")
