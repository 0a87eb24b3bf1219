"""How far each partition of the log was certainly projected into this database, and which log that is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from services.postgres.blocking import Blocking, Connection, DatabaseUnavailable
from services.views.port import ViewsUnavailable

_CLAIM: Final = "INSERT INTO source (log) VALUES ($1) ON CONFLICT DO NOTHING"
_SAVE: Final = (
    "INSERT INTO checkpoints (partition, next_offset, read_offset)"
    " SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[]) ON CONFLICT (partition)"
    " DO UPDATE SET next_offset = excluded.next_offset, read_offset = excluded.read_offset"
)
_READ: Final = "SELECT partition, greatest(next_offset, read_offset) FROM checkpoints"


class OtherLog(Exception):
    """The views in this database are of another log."""


class PgCheckpoints:
    """Hints: the heads of the views decide. Every method raises ViewsUnavailable."""

    def __init__(self, blocking: Blocking) -> None:
        self._blocking = blocking

    async def claim(self, log: str) -> None:
        """The first log that is projected into a database stays the only one. Raises OtherLog."""

        async def claimed(connection: Connection) -> str:
            await connection.execute(_CLAIM, log)
            return await connection.fetchval("SELECT log FROM source")

        kept = await self._run(claimed)
        if kept != log:
            raise OtherLog(
                f"the views in this database are of the log {kept}, but this is the log {log}; give the "
                "projectors a database of their own, or the brokers that hold the other log"
            )

    async def load(self) -> dict[int, int]:
        """Partition -> the offset before which everything is in the views."""
        rows = await self._run(lambda c: c.fetch("SELECT partition, next_offset FROM checkpoints"))
        return {row[0]: row[1] for row in rows}

    async def read(self) -> dict[int, int]:
        """Partition -> the offset before which everything was read: what is parked does not hold it back."""
        rows = await self._run(lambda c: c.fetch(_READ))
        return {row[0]: row[1] for row in rows}

    async def save(self, offsets: dict[int, tuple[int, int]]) -> None:
        """Replace those of these partitions: up to which it is in the views, and up to which it was read."""
        projected, read = [list(two) for two in zip(*offsets.values(), strict=True)]
        await self._run(lambda c: c.execute(_SAVE, list(offsets), projected, read))

    async def _run(self, work: Callable[[Connection], Awaitable[Any]]) -> Any:
        try:
            return await asyncio.to_thread(self._blocking.run, work)
        except DatabaseUnavailable as error:
            raise ViewsUnavailable(str(error)) from error
