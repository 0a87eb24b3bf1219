"""How far each partition of the log was certainly projected into this database, and which log that is."""

from typing import Final

from services.adapters.postgres.pool import Pool

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
    """Hints: the heads of the views decide. All but `close` raises DatabaseUnavailable."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(self, log: str) -> None:
        """The first log that is projected into a database stays the only one. Raises OtherLog."""
        await self._pool.fetch(_CLAIM, log)
        kept = await self._pool.value("SELECT log FROM source")
        if kept != log:
            raise OtherLog(
                f"the views in this database are of the log {kept}, but this is the log {log}; give the "
                "projectors a database of their own, or the brokers that hold the other log"
            )

    async def load(self) -> dict[int, int]:
        """Partition -> the offset before which everything is in the views."""
        rows = await self._pool.fetch("SELECT partition, next_offset FROM checkpoints")
        return {row[0]: row[1] for row in rows}

    async def read(self) -> dict[int, int]:
        """Partition -> the offset before which everything was read: what is parked does not hold it back."""
        return {row[0]: row[1] for row in await self._pool.fetch(_READ)}

    async def save(self, offsets: dict[int, tuple[int, int]]) -> None:
        """Replace those of these partitions: up to which it is in the views, and up to which it was read."""
        projected, read = [list(two) for two in zip(*offsets.values(), strict=True)]
        await self._pool.fetch(_SAVE, list(offsets), projected, read)

    async def close(self) -> None:
        """Nothing can be asked any more."""
        await self._pool.close()
