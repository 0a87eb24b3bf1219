"""`muster token create | list | revoke | code`."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from services import wiring
from services.access import Token, TokenRefused
from services.access.tokens import CODE_MINUTES, MAX_CODE_MINUTES
from services.api.phone.sign_in_codes import link as code_link
from services.api.server.serve import running
from services.cli.common import (
    DATA,
    Data,
    Fail,
    Format,
    Json,
    Jurisdiction,
    existing,
    only,
    out,
    print_rows,
    run,
)
from services.cli.reading import reading
from services.decisions.scopes import SCOPES

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
_NAMED: Final = [f"{scope}:ID" if scope == "worker" else scope for scope in SCOPES]
_CHOICES: Final = f"{', '.join(_NAMED[:-1])} or {_NAMED[-1]}"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Name of the token's owner, such as desk-1.")],
    scope: Annotated[str, typer.Option(help=_CHOICES)],
    jurisdiction: Annotated[
        list[str] | None, typer.Option(help="Jurisdictions it covers; may be repeated, default: all.")
    ] = None,
    area: Annotated[
        list[str] | None, typer.Option(help="Areas it covers; may be repeated, default: all.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days until it expires; default: never.")
    ] = None,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Create a token and print it. It cannot be shown again."""
    expires = datetime.now(UTC) + timedelta(days=days) if days else None
    try:
        secret = run(_create(data, name, scope, jurisdiction or (), area or (), expires))
    except TokenRefused as error:
        raise Fail(str(error), 2) from error
    if as_json:
        print_rows([{"name": name, "scope": scope, "token": secret}], (), Format.json)
    else:
        out.print(secret)


async def _create(
    data: Path,
    name: str,
    scope: str,
    jurisdictions: Sequence[str],
    areas: Sequence[str],
    expires: datetime | None,
) -> str:
    async with wiring.open_tokens(data) as tokens:
        return await tokens.create(name, scope, jurisdictions, areas, expires=expires)


@app.command()
def code(
    worker: Annotated[str, typer.Argument(help="Id of the worker.")],
    jurisdiction: Jurisdiction = None,
    minutes: Annotated[
        int, typer.Option(min=1, max=MAX_CODE_MINUTES, help="Minutes until it expires.")
    ] = CODE_MINUTES,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Create a one-time code to sign in a worker's phone. It replaces the worker's earlier codes."""
    try:
        made, expires = run(_issue(existing(data), jurisdiction, worker, minutes))
    except TokenRefused as error:
        raise Fail(str(error), 2) from error
    server = running(data) or {"url": ""}
    link = server["url"] + code_link(made)
    if as_json:
        print_rows([{"code": made, "link": link, "worker": worker, "expires_at": expires}], (), Format.json)
    else:
        out.print(f"{made}\n{link}")


async def _issue(data: Path, jurisdiction: str | None, worker: str, minutes: int) -> tuple[str, datetime]:
    where = await _known(data, jurisdiction, worker)
    async with wiring.open_tokens(data) as tokens:
        return await tokens.issue_code(where, worker, minutes)


async def _known(data: Path, jurisdiction: str | None, worker: str) -> str:
    """Return the jurisdiction. Raise Fail if the worker is not on its roster."""
    async with reading(data) as (_, views, _):
        where = only(await views.jurisdictions(), jurisdiction)
        found = await views.load(where, {"roster": [worker]})
    if found["roster"].get(worker) is None:
        raise Fail(f"{worker} is not on the roster of {where}; register them first.")
    return where


@app.command("list")
def list_(data: Data = DATA, as_json: Json = False) -> None:
    """List all tokens, without their secrets."""
    columns = [field.name for field in msgspec.structs.fields(Token)]
    rows = [msgspec.structs.asdict(token) for token in run(_list(data))]
    print_rows(rows, columns, Format.json if as_json else Format.table)


async def _list(data: Path) -> list[Token]:
    async with wiring.open_tokens(data) as tokens:
        return await tokens.list()


@app.command()
def revoke(token: Annotated[str, typer.Argument(help="Token id or name.")], data: Data = DATA) -> None:
    """Revoke a token immediately."""
    try:
        ended = run(_revoke(data, token))
    except TokenRefused as error:
        raise Fail(str(error)) from error
    out.print(f"revoked {ended.name} ({ended.id})")


async def _revoke(data: Path, token: str) -> Token:
    async with wiring.open_tokens(data) as tokens:
        return await tokens.revoke(token)
