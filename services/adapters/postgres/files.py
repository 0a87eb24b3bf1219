"""A cluster's sealed files: PostgreSQL, shared by all API processes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from services.adapters.postgres.pool import Pool
from services.base.unavailable import DatabaseUnavailable
from services.files.port import FilesUnavailable

_PUT: Final = (
    "INSERT INTO sealed_files (jurisdiction, name, subject, sealed) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT DO NOTHING"
)
_GET: Final = "SELECT sealed FROM sealed_files WHERE jurisdiction = $1 AND name = $2"
_HELD: Final = "SELECT name FROM sealed_files WHERE jurisdiction = $1 AND subject = $2"
_SUBJECTS: Final = "SELECT DISTINCT subject FROM sealed_files WHERE jurisdiction = $1"
_JURISDICTIONS: Final = "SELECT DISTINCT jurisdiction FROM sealed_files"
_ERASE: Final = "DELETE FROM sealed_files WHERE jurisdiction = $1 AND subject = ANY($2::text[]) RETURNING 1"


class PgFiles:
    """See services.files.port. Uses the table of services/adapters/postgres/sql/015_files.sql."""

    def __init__(self, pool: Pool) -> None:
        """Takes ownership of the handle; the table must exist."""
        self._pool = pool

    async def put(self, jurisdiction: str, name: str, subject: str, sealed: bytes) -> None:
        with _translated():
            await self._pool.fetch(_PUT, jurisdiction, name, subject, sealed)

    async def get(self, jurisdiction: str, name: str) -> bytes | None:
        with _translated():
            return await self._pool.value(_GET, jurisdiction, name)

    async def held(self, jurisdiction: str, subject: str) -> frozenset[str]:
        with _translated():
            rows = await self._pool.fetch(_HELD, jurisdiction, subject)
        return frozenset(row["name"] for row in rows)

    async def subjects(self, jurisdiction: str) -> list[str]:
        with _translated():
            return sorted(row["subject"] for row in await self._pool.fetch(_SUBJECTS, jurisdiction))

    async def jurisdictions(self) -> list[str]:
        with _translated():
            return sorted(row["jurisdiction"] for row in await self._pool.fetch(_JURISDICTIONS))

    async def erase(self, jurisdiction: str, subjects: Iterable[str]) -> int:
        with _translated():
            return len(await self._pool.fetch(_ERASE, jurisdiction, list(subjects)))

    async def close(self) -> None:
        await self._pool.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailable as error:
        raise FilesUnavailable(f"files cannot be read or written: {error}") from error
