"""Least rights of each process's user. `muster migrate` gives them to the users that exist."""

from collections.abc import Iterable, Mapping
from typing import Final

import asyncpg

from services.base.unavailable import DatabaseUnavailable

API: Final = "muster_api"
PROJECTOR: Final = "muster_projector"
TOOL: Final = "muster_tool"
BACKUP: Final = "muster_backup"
USERS: Final = (API, PROJECTOR, TOOL, BACKUP)

_MAINTAINED: Final = (17,)
"""The first version with this right."""
_READ: Final = "SELECT"
_WRITE: Final = "SELECT, INSERT, UPDATE, DELETE"
_SHOWN: Final = ("heads", "degraded", "steps")
_KEPT: Final = (
    "access_tokens",
    "access_sessions",
    "access_codes",
    "access_used",
    "decision_snapshots",
    "decision_snapshot_parts",
    "decision_rows",
    "push_key",
    "push_subscriptions",
    "push_claims",
    "sealed_files",
)
_USED: Final = "SELECT, UPDATE (used_at)"

Grants = Mapping[str, str]
"""Table -> privileges."""


def _api(views: Iterable[str]) -> Grants:
    return {
        **dict.fromkeys((*views, *_SHOWN, "source"), _READ),
        **dict.fromkeys(_KEPT, _WRITE),
        "view_versions": _USED,
        "access_version": "SELECT, UPDATE",
        "vault_own": "SELECT, INSERT",
        "vault_keys": "SELECT, INSERT, UPDATE",
    }


def _projector(views: Iterable[str]) -> Grants:
    return {
        **dict.fromkeys((*views, *_SHOWN, "checkpoints"), _WRITE),
        "view_versions": _USED,
        "source": "SELECT, INSERT",
    }


def _backup() -> Grants:
    names = ("vault_own", "vault_keys", "access_version", "push_key", "push_subscriptions")
    return dict.fromkeys((*names, *(one for one in _KEPT if one.startswith("access_"))), _READ)


def granted(views: Iterable[str]) -> dict[str, Grants]:
    """Return the rights of each user; `views` are the names of the views' tables."""
    views = list(views)
    return {
        API: _api(views),
        PROJECTOR: _projector(views),
        TOOL: {**_api(views), **_projector(views)},
        BACKUP: _backup(),
    }


async def grant(dsn: str) -> list[str]:
    """Give the users that exist exactly their rights, and return them. Raises DatabaseUnavailable."""
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (asyncpg.PostgresError, OSError, TimeoutError) as error:
        raise DatabaseUnavailable(f"PostgreSQL cannot be reached: {error}") from error
    try:
        found = await connection.fetch("SELECT rolname FROM pg_roles WHERE rolname = ANY($1::text[])", USERS)
        views = [row[0] for row in await connection.fetch("SELECT table_name FROM view_versions")]
        users = sorted(row[0] for row in found)
        async with connection.transaction():
            for user in users:
                await connection.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {user}")
                if user == BACKUP:  # pg_dump also reads where the tables' numbers stand
                    await connection.execute(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {user}")
                if user in (API, TOOL) and connection.get_server_version() >= _MAINTAINED:
                    # An erased key is vacuumed away.
                    await connection.execute(f"GRANT MAINTAIN ON vault_keys TO {user}")
                for table, rights in granted(views)[user].items():
                    await connection.execute(f'GRANT {rights} ON "{table}" TO {user}')
        return users
    except (asyncpg.PostgresError, OSError) as error:
        raise DatabaseUnavailable(f"the rights could not be given: {error}") from error
    finally:
        await connection.close(timeout=5)
