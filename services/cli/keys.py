"""`muster keys export` and `muster keys load`: transfer the keys of personal data, apart from the log."""

from pathlib import Path
from typing import Annotated

import typer

from services import wiring
from services.cli.common import DATA, Data, Fail, Json, Jurisdiction, err, existing, only, out, progress, run
from services.cli.transfer import File, print_json, reporting_failures, resting
from services.transfer import KeysLoaded, KeysWritten, TransferFailed, export_keys, load_keys
from services.transfer.phones import index_phones

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
Passphrase = Annotated[bool, typer.Option("--passphrase", help="Prompt for a passphrase.")]
PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File whose first line is the passphrase.")
]


@app.command("export")
def export(
    out_: File,
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    passphrase: Passphrase = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Export the keys of a jurisdiction's personal data, encrypted by the master key or a passphrase."""
    secret = _secret(passphrase, passphrase_file, confirm=True)
    with reporting_failures(as_json):
        done = run(_export_keys(existing(data), jurisdiction, out_, secret))
    _warn(done)
    if as_json:
        print_json(done)
    else:
        out.print(f"{done.file}: {done.subjects} subjects, {done.erased} of them erased", markup=False)


def _warn(done: KeysWritten) -> None:
    opener = "this data folder's or cluster's master key" if done.under == "master" else "its passphrase"
    err.print(
        f"WARNING: {done.file} contains the keys of {done.subjects - done.erased} people and requests."
        f" Anyone who has it and {opener} can read the names, phone numbers, addresses and texts in every"
        " copy of the log. Store it apart from both.",
        markup=False,
    )
    if done.missing:
        err.print(f"note: {done.missing} subjects in the log have no key here.", markup=False)


async def _export_keys(data: Path, wanted: str | None, file: Path, secret: str | None) -> KeysWritten:
    async with resting(data) as (log, vault):
        jurisdiction = only(await log.jurisdictions(), wanted)
        with progress(f"reading {jurisdiction}", None) as done:
            return await export_keys(log, vault, jurisdiction, file, secret, done)


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="File written by `muster keys export`.")],
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    passphrase: Passphrase = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Load the keys from a file. Subjects erased there or here stay erased."""
    secret = _secret(passphrase, passphrase_file, confirm=False)
    with reporting_failures(as_json):
        done = run(_load_keys(data, file, secret, jurisdiction))
    if as_json:
        print_json(done)
    else:
        out.print(
            f"{done.jurisdiction}: {done.subjects} subjects, {done.erased} of them erased", markup=False
        )
    if done.conflicts:
        raise Fail(str(_conflict(done)))


def _conflict(done: KeysLoaded) -> TransferFailed:
    return TransferFailed("keys.conflict", count=len(done.conflicts), some=done.conflicts[:5])


async def _load_keys(data: Path, file: Path, secret: str | None, wanted: str | None) -> KeysLoaded:
    muster = await wiring.opened(data)
    try:
        done = await load_keys(muster.log, muster.vault, file, secret, wanted)
        with progress(f"indexing the phone numbers of {done.jurisdiction}", None) as step:
            await index_phones(muster.log, muster.vault, done.jurisdiction, step)
        return done
    finally:
        await muster.close()


def _secret(asked: bool, file: Path | None, *, confirm: bool) -> str | None:
    if file is not None:
        try:
            lines = file.read_text().splitlines()
        except OSError as error:
            raise Fail(f"cannot read the passphrase from {file}: {error.strerror}.", 2) from error
        return lines[0] if lines else ""
    if asked:
        return str(typer.prompt("passphrase", hide_input=True, confirmation_prompt=confirm, err=True))
    return None
