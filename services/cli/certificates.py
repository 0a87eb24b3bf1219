"""`muster certificate verify`: verify a certificate's code offline."""

import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from services.api.certificate.code import BadCode, verified
from services.api.certificates import Trust
from services.cli.common import Fail, Json, out

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
Code = Annotated[str, typer.Argument(help="The code, or the address behind the QR code.")]
Trusted = Annotated[
    Path,
    typer.Option("--trust", help="File with the key and the revoked numbers: GET .../public/certificates."),
]


@app.callback()
def _group() -> None:
    """Keep `verify` a command of its own."""


@app.command("verify")
def verify(code: Code, trust: Trusted, as_json: Json = False) -> None:
    """Verify a certificate without a network. Fails if it is not genuine, or was revoked."""
    known = _trusted(trust)
    try:
        paper = verified(code, known.key)
    except BadCode as error:
        raise Fail(f"not genuine: {error}.") from error
    if paper.number in known.revoked:
        raise Fail(f"revoked: certificate {paper.number} no longer holds.")
    said = msgspec.structs.asdict(paper)
    if as_json:
        out.print(json.dumps(said, ensure_ascii=False), markup=False, soft_wrap=True)
        return
    out.print("valid", markup=False)
    for name, value in said.items():
        out.print(f"{name}: {value}", markup=False, soft_wrap=True)


def _trusted(file: Path) -> Trust:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Trust)
    except OSError as error:
        raise Fail(f"cannot read {file}: {error.strerror}.", 2) from error
    except msgspec.DecodeError as error:
        raise Fail(f"{file} is not an answer of GET /api/v1/JURISDICTION/public/certificates.", 2) from error
