"""`muster serve`."""

import logging
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import typer

from services import wiring
from services.access import Tokens, made_by_code
from services.api.app import build
from services.api.server.edge import BadTiles, Edge
from services.api.server.serve import Door
from services.api.server.serve import serve as run_server
from services.api.server.tls import BadCertificate, certificate_of
from services.base.tuning import tune
from services.cli.common import DATA, Data, Fail, out, run
from services.cli.holding import LOG_LINE, held
from services.push import BadPush, PushUnavailable

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(
    data: Data = DATA,
    host: Annotated[str | None, typer.Option(envvar="MUSTER_HOST", help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(envvar="MUSTER_PORT", help="Port; 0 = any free one.")] = None,
    tls_cert: Annotated[
        Path | None,
        typer.Option(
            envvar="MUSTER_TLS_CERT", metavar="FILE", help="Certificate chain (PEM); enables HTTPS."
        ),
    ] = None,
    tls_key: Annotated[
        Path | None,
        typer.Option(envvar="MUSTER_TLS_KEY", metavar="FILE", help="Private key (PEM), unencrypted."),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS",
            help="Proxy address or network whose X-Forwarded-Proto and -For are trusted; may be "
            "repeated (MUSTER_TRUSTED_PROXY: comma-separated).",
        ),
    ] = None,
) -> None:
    """Run the service on this machine until Ctrl-C."""
    settings = wiring.settings()
    if settings.clustered:
        logging.basicConfig(level=logging.WARNING, format=LOG_LINE)
    try:
        edge = wiring.edge()
        certificate = certificate_of(tls_cert or settings.tls_cert, tls_key or settings.tls_key)
        if certificate:
            certificate.context()
    except (BadCertificate, BadTiles) as error:
        raise Fail(str(error), 2) from error
    door = Door(
        host=host or settings.host,
        port=settings.port if port is None else port,
        certificate=certificate,
        proxies=_proxies(trusted_proxy or settings.trusted_proxy.split(",")),
    )
    with held() if settings.clustered else nullcontext():
        status = run(_serve(data, door, edge))
    raise typer.Exit(status)


def _proxies(named: Sequence[str]) -> list[str]:
    """Parse proxy addresses and networks. Reject names, which can change hosts, and `*`, which trusts all."""
    found = [one.strip() for one in named if one.strip()]
    for one in found:
        try:
            ip_network(one)
        except ValueError as error:
            raise Fail(
                f"--trusted-proxy {one}: {error}; give the proxy's address, such as 10.0.0.7, or its "
                "network, such as 10.0.0.0/24.",
                2,
            ) from error
    return found


async def _serve(data: Path, door: Door, edge: Edge) -> int:
    host = door.host
    tune()
    muster = await wiring.opened(data, serving=True)
    tokens = await wiring.tokens(data)
    secret = await tokens.first_admin()
    if host not in LOOPBACK and not await _configured(tokens):
        await tokens.close()
        await muster.close()
        raise Fail(
            f"refusing to listen on {host} with only the initial admin token: create tokens for your users "
            "with `muster token create` first, or listen on 127.0.0.1.",
            2,
        )

    try:
        pusher = await wiring.pusher(data, tokens)
    except (BadPush, PushUnavailable) as error:
        await tokens.close()
        await muster.close()
        raise Fail(str(error), 2 if isinstance(error, BadPush) else 1) from error

    async def started(url: str) -> None:
        out.print(f"Muster serves {data} at {url}")
        if secret and sys.stdout.isatty():  # a file or a service's log would keep it
            out.print(f"  sign in:  {url}/#token={secret}")
            out.print(
                "            (shown only at this first start; stored in admin.token in the data folder)"
            )
        elif secret or await tokens.local_admin():
            out.print(f"  sign in:  {url} with the token in admin.token in the data folder, or your own")
        out.print(f"  API:      {url}/api/v1    documented at {url}/docs")
        out.print("  Press Ctrl-C to stop.")

    try:
        app = build(muster, tokens, edge, pusher, await wiring.past(data, muster.log))
        return await run_server(app, muster.background, data, door, started)
    finally:
        await tokens.close()


async def _configured(tokens: Tokens) -> bool:
    """Return whether someone created tokens, other than the initial admin's and those of sign-in codes."""
    now = datetime.now(UTC)
    return any(
        token.valid(now) and not token.name.startswith("local") and not made_by_code(token)
        for token in await tokens.list()
    )
