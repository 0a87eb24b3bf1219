"""`muster certificate verify`: verify the code of a certificate or an award, or a badge, offline."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from services.api.institutions.certificate.badge import opened
from services.api.institutions.certificate.code import AwardPaper, BadCode, verified
from services.api.institutions.certificates import Trust
from services.cli.common import Fail, Json, out

_BADGE: Final = ".jwt"
_SIGNED: Final = "ey"
"""What the text of every badge begins with."""
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
Code = Annotated[
    str, typer.Argument(help="The code, the address behind the QR code, or a file with a badge (.jwt).")
]
Trusted = Annotated[
    Path,
    typer.Option("--trust", help="File with the key and the revoked numbers: GET .../public/certificates."),
]


@app.callback()
def _group() -> None:
    """Keep `verify` a command of its own."""


@app.command("verify")
def verify(code: Code, trust: Trusted, as_json: Json = False) -> None:
    """Verify a certificate, an award or a badge without a network. Fails if it is not genuine, or revoked."""
    known = _trusted(trust)
    try:
        said = _said(_text(code), known)
    except BadCode as error:
        raise Fail(f"not genuine: {error}.") from error
    if as_json:
        out.print(json.dumps(said, ensure_ascii=False), markup=False, soft_wrap=True)
        return
    out.print("valid", markup=False)
    for name, value in said.items():
        shown = value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)
        out.print(f"{name}: {shown}", markup=False, soft_wrap=True)


def _text(code: str) -> str:
    """Return a code, or that in a file."""
    if not code.endswith(_BADGE):
        return code
    try:
        return Path(code).read_text("utf-8")
    except (OSError, UnicodeError) as error:
        raise Fail(f"cannot read {code}: no file with a badge.", 2) from error


def _said(code: str, known: Trust) -> dict[str, Any]:
    """Return what a code or badge says. Raises BadCode, or Fail if it was revoked."""
    if code.startswith(_SIGNED):
        said = opened(code, known.key)
        _refuse_revoked("award", str(said["credentialSubject"].get("licenseNumber")), known.revoked_awards)
        return said
    paper = verified(code, known.key)
    if isinstance(paper, AwardPaper):
        _refuse_revoked("award", paper.number, known.revoked_awards)
    else:
        _refuse_revoked("certificate", paper.number, known.revoked)
    return msgspec.structs.asdict(paper)


def _refuse_revoked(kind: str, number: str, revoked: list[str]) -> None:
    if number in revoked:
        raise Fail(f"revoked: {kind} {number} no longer holds.")


def _trusted(file: Path) -> Trust:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Trust)
    except OSError as error:
        raise Fail(f"cannot read {file}: {error.strerror}.", 2) from error
    except msgspec.DecodeError as error:
        raise Fail(f"{file} is not an answer of GET /api/v1/JURISDICTION/public/certificates.", 2) from error
