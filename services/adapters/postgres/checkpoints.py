"""Offsets up to which each log partition is projected into this database, and the log's id."""

from typing import Final

from services.adapters.postgres.pool import Pool
from services.log.port import LogUnavailable

_CLAIM: Final = "INSERT INTO source (log) VALUES ($1) ON CONFLICT DO NOTHING"
_SAVE: Final = (
    "INSERT INTO checkpoints (partition, next_offset, read_offset)"
    " SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[]) ON CONFLICT (partition)"
    " DO UPDATE SET next_offset = excluded.next_offset, read_offset = excluded.read_offset"
)
_READ: Final = "SELECT partition, greatest(next_offset, read_offset) FROM checkpoints"


class OtherLog(LogUnavailable):
    """The views in this database belong to another log."""

    def __init__(self, kept: str, log: str) -> None:
        super().__init__(
            f"the views in this database belong to log {kept}, but this is log {log}; point the processes at "
            "the brokers of that log, or restore it; a new log needs an empty database"
        )


async def projected(pool: Pool) -> str | None:
    """Return the first log projected into this database, if any."""
    return await pool.value("SELECT log FROM source")


async def refuse_other(pool: Pool, log: str) -> None:
    """Refuse a log other than the first one projected into this database, if any. Raises OtherLog."""
    kept = await projected(pool)
    if kept not in (None, log):
        raise OtherLog(kept, log)


class PgCheckpoints:
    """Hints only; the views' heads are authoritative. All methods but `close` raise DatabaseUnavailable."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(self, log: str) -> None:
        """Bind the database to the first log projected into it. Raises OtherLog."""
        await self._pool.put(_CLAIM, log)
        await refuse_other(self._pool, log)

    async def load(self) -> dict[int, int]:
        """Return partition -> the offset before which everything is in the views."""
        rows = await self._pool.fetch("SELECT partition, next_offset FROM checkpoints")
        return {row[0]: row[1] for row in rows}

    async def read(self) -> dict[int, int]:
        """Return partition -> the offset before which everything was read, including parked jurisdictions."""
        return {row[0]: row[1] for row in await self._pool.fetch(_READ)}

    async def save(self, offsets: dict[int, tuple[int, int]]) -> None:
        """Update these partitions' offsets: (projected into the views, read)."""
        projected, read = [list(two) for two in zip(*offsets.values(), strict=True)]
        await self._pool.put(_SAVE, list(offsets), projected, read)

    async def close(self) -> None:
        """Release the handle; it cannot be used afterwards."""
        await self._pool.close()
