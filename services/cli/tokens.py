"""`muster token create | list | revoke`."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
import typer

from services import wiring
from services.access import Token, TokenRefused
from services.cli.common import DATA, Data, Fail, Format, Json, out, print_rows

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
SCOPES = "viewer, analyst, dispatcher, worker:ID, gateway or admin"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose token it is, such as desk-1.")],
    scope: Annotated[str, typer.Option(help=SCOPES)],
    jurisdiction: Annotated[
        list[str] | None, typer.Option(help="May be given several times; none = all.")
    ] = None,
    area: Annotated[list[str] | None, typer.Option(help="Area codes it reaches; none = all.")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="Valid for so many days.")] = None,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Make a token; it is shown once."""
    expires = datetime.now(UTC) + timedelta(days=days) if days else None
    try:
        secret = wiring.tokens(data).create(name, scope, jurisdiction or (), area or (), expires=expires)
    except TokenRefused as error:
        raise Fail(str(error), 2) from error
    if as_json:
        print_rows([{"name": name, "scope": scope, "token": secret}], (), Format.json)
    else:
        out.print(secret)


@app.command("list")
def list_(data: Data = DATA, as_json: Json = False) -> None:
    """All tokens, without their secrets."""
    columns = [field.name for field in msgspec.structs.fields(Token)]
    rows = [msgspec.structs.asdict(token) for token in wiring.tokens(data).list()]
    print_rows(rows, columns, Format.json if as_json else Format.table)


@app.command()
def revoke(token: Annotated[str, typer.Argument(help="Id or name.")], data: Data = DATA) -> None:
    """End a token at once."""
    try:
        ended = wiring.tokens(data).revoke(token)
    except TokenRefused as error:
        raise Fail(str(error)) from error
    out.print(f"revoked {ended.name} ({ended.id})")
