"""The limit: a bare FastAPI endpoint with the same model that records nothing (`python -m bench.bare`)."""

import asyncio
import contextlib
from typing import Annotated
from uuid import UUID

import uvicorn
from fastapi import FastAPI, Header

from services.api.commands import BODIES, PUBLIC

app = FastAPI()
Body = BODIES["worker.check_in"]


@app.post("/api/v1/{jurisdiction}/commands/worker.check_in")
async def check_in(
    jurisdiction: str,
    body: Body,  # type: ignore[valid-type]
    idempotency_key: Annotated[UUID, Header()],
) -> dict[str, str | int]:
    return {"id": str(idempotency_key), "outcome": "accepted", "position": len(PUBLIC)}


async def run(app: FastAPI) -> None:
    """Serve on any free port, and print it."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, access_log=False, log_config=None))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    await task


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(run(app))
