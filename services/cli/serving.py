"""`muster serve`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from services import wiring
from services.access import Tokens
from services.api.app import build
from services.cli.common import DATA, Data, Fail, out, run
from services.serve import serve as run_server

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(
    data: Data = DATA,
    host: Annotated[str | None, typer.Option(envvar="MUSTER_HOST", help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(envvar="MUSTER_PORT", help="Port; 0 = any free one.")] = None,
) -> None:
    """Run the service on this machine until Ctrl-C."""
    settings = wiring.settings()
    status = run(_serve(data, host or settings.host, settings.port if port is None else port))
    raise typer.Exit(status)


async def _serve(data: Path, host: str, port: int) -> int:
    muster = await wiring.opened(data)
    tokens = wiring.tokens(data)
    secret = tokens.first_admin()
    if host not in LOOPBACK and not _configured(tokens):
        await muster.close()
        raise Fail(
            f"will not listen on {host} with only the first admin token: make tokens for your people with "
            "`muster token create` first, or stay on 127.0.0.1.",
            2,
        )

    async def started(url: str) -> None:
        out.print(f"Muster serves {data} at {url}")
        if secret:
            out.print(f"  sign in:  {url}/#token={secret}")
            out.print(
                "            (made at this first start; shown once, kept in admin.token of the data folder)"
            )
        out.print(f"  API:      {url}/api/v1    documented at {url}/docs")
        out.print("  Ctrl-C ends it.")

    try:
        return await run_server(build(muster, tokens), muster, data, host, port, started)
    finally:
        tokens.close()


def _configured(tokens: Tokens) -> bool:
    """Whether somebody made tokens on purpose, beside the first admin's."""
    now = datetime.now(UTC)
    return any(token.valid(now) and not token.name.startswith("local") for token in tokens.list())
