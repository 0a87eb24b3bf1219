"""A cluster's sealed files: PostgreSQL, shared by all API processes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from services.adapters.postgres.pool import Pool
from services.base.unavailable import DatabaseUnavailable
from services.files.port import FilesUnavailable

_PUT: Final = (
    "INSERT INTO sealed_files (jurisdiction, name, subject, sealed, put_at) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (jurisdiction, name) DO UPDATE SET put_at = excluded.put_at"
)
_GET: Final = "SELECT sealed FROM sealed_files WHERE jurisdiction = $1 AND name = $2"
_HELD: Final = "SELECT name, put_at FROM sealed_files WHERE jurisdiction = $1 AND subject = $2"
_SUBJECTS: Final = "SELECT DISTINCT subject FROM sealed_files WHERE jurisdiction = $1"
_JURISDICTIONS: Final = "SELECT DISTINCT jurisdiction FROM sealed_files"
_ERASE: Final = "DELETE FROM sealed_files WHERE jurisdiction = $1 AND subject = ANY($2::text[]) RETURNING 1"
_DISCARD: Final = (
    "DELETE FROM sealed_files WHERE jurisdiction = $1 AND name = ANY($2::text[]) AND put_at < $3 RETURNING 1"
)


class PgFiles:
    """See services.files.port. Uses the table of 015_files.sql and 017_files_put.sql."""

    def __init__(self, pool: Pool) -> None:
        """Takes ownership of the handle; the table must exist."""
        self._pool = pool

    async def put(self, jurisdiction: str, name: str, subject: str, sealed: bytes, at: datetime) -> None:
        with _translated():
            await self._pool.put(_PUT, jurisdiction, name, subject, sealed, at)

    async def get(self, jurisdiction: str, name: str) -> bytes | None:
        with _translated():
            return await self._pool.value(_GET, jurisdiction, name)

    async def held(self, jurisdiction: str, subject: str) -> dict[str, datetime]:
        with _translated():
            rows = await self._pool.fetch(_HELD, jurisdiction, subject)
        return {row["name"]: row["put_at"].astimezone(UTC) for row in rows}

    async def subjects(self, jurisdiction: str) -> list[str]:
        with _translated():
            return sorted(row["subject"] for row in await self._pool.fetch(_SUBJECTS, jurisdiction))

    async def jurisdictions(self) -> list[str]:
        with _translated():
            return sorted(row["jurisdiction"] for row in await self._pool.fetch(_JURISDICTIONS))

    async def erase(self, jurisdiction: str, subjects: Iterable[str]) -> int:
        with _translated():
            return len(await self._pool.fetch(_ERASE, jurisdiction, list(subjects)))

    async def discard(self, jurisdiction: str, names: Iterable[str], before: datetime) -> int:
        with _translated():
            return len(await self._pool.fetch(_DISCARD, jurisdiction, list(names), before))

    async def close(self) -> None:
        await self._pool.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailable as error:
        raise FilesUnavailable(f"files cannot be read or written: {error}") from error
