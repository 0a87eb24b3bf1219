"""A peer: the same check-in, written by hand with FastAPI, asyncpg and PostgreSQL.

One row is updated and one row of a log added in a transaction, once per id. It has no views, no chain and no
rights. The database is that of BENCH_DSN.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Header, HTTPException

from bench.bare import Body, run

TABLES = """
CREATE TABLE IF NOT EXISTS worker (jurisdiction text, id text, area text, since timestamptz,
    PRIMARY KEY (jurisdiction, id));
CREATE TABLE IF NOT EXISTS log (position bigserial PRIMARY KEY, command uuid UNIQUE, body jsonb,
    at timestamptz);
"""
ADD = """
INSERT INTO log (command, body, at) VALUES ($1, $2, now()) ON CONFLICT (command) DO NOTHING RETURNING position
"""
UPDATE = "UPDATE worker SET area = $3, since = now() WHERE jurisdiction = $1 AND id = $2"
KNOWN = "SELECT position FROM log WHERE command = $1"
CONNECTIONS = 16
WORKERS = 1000


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Make the tables and the workers W0, W1, ..."""
    async with asyncpg.create_pool(
        os.environ["BENCH_DSN"], min_size=CONNECTIONS, max_size=CONNECTIONS
    ) as pool:
        await pool.execute(TABLES)
        rows = [(f"W{n}",) for n in range(WORKERS)]
        await pool.executemany("INSERT INTO worker VALUES ('B1', $1) ON CONFLICT DO NOTHING", rows)
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/api/v1/{jurisdiction}/commands/worker.check_in")
async def check_in(
    jurisdiction: str,
    body: Body,  # type: ignore[valid-type]
    idempotency_key: Annotated[UUID, Header()],
) -> dict[str, str | int]:
    told = json.loads(body.model_dump_json(exclude_unset=True))  # type: ignore[attr-defined]
    async with app.state.pool.acquire() as connection, connection.transaction():
        position = await connection.fetchval(ADD, idempotency_key, json.dumps(told))
        if position is None:
            known = await connection.fetchval(KNOWN, idempotency_key)
            return {"id": str(idempotency_key), "outcome": "known", "position": known}
        changed = await connection.execute(UPDATE, jurisdiction, told["worker"], told["area"])
        if changed == "UPDATE 0":
            raise HTTPException(409, "worker.unknown")
    return {"id": str(idempotency_key), "outcome": "accepted", "position": position}


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(run(app))
