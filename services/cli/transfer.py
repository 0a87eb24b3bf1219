"""`muster export` and `muster load`: move a jurisdiction between logs, or back it up."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import uuid4

import httpx
import msgspec
import typer

from services import wiring
from services.application.progress import ViewProgress
from services.cli.common import DATA, Data, Fail, Json, Jurisdiction, err, existing, only, out, progress, run
from services.cli.importing import sink
from services.intake.sending.sender import Sink
from services.log.port import Log
from services.recorder.errors import Overloaded
from services.refusals import sentence
from services.transfer import CommitFile, Exported, Loaded, TransferFailed
from services.transfer import export as export_commits
from services.transfer import load as load_commits
from services.transfer.draft import refuse_existing
from services.transfer.phones import index_phones
from services.transfer.resuming import resume
from services.vault import Vault
from services.views.port import Views

MOVE_TRIES: Final = 30
SHOWN_SECONDS: Final = 3600.0
"""How long the views may take to catch up after a load."""

File = Annotated[Path, typer.Option("--out", "-o", help="File to write; it must not exist yet.")]


@contextmanager
def reporting_failures(as_json: bool) -> Iterator[None]:
    """Report failures in one line; with --json, also as an object with the error code."""
    try:
        yield
    except TransferFailed as failed:
        if as_json:
            print_json({"error": {"code": failed.code, "detail": failed.detail}})
        raise Fail(str(failed)) from failed
    except Overloaded as overloaded:
        raise Fail("too many commands are waiting; try again") from overloaded
    except httpx.HTTPError as error:
        raise Fail(f"the server cannot be reached: {error}; try again, nothing is recorded twice.") from error


def print_json(what: Any) -> None:
    """Print a value as JSON."""
    out.print(msgspec.json.format(msgspec.json.encode(what), indent=2).decode(), markup=False)


@asynccontextmanager
async def resting(data: Path) -> AsyncIterator[tuple[Log, Vault]]:
    """Open the log and keys for reading, whether or not a server is running."""
    log, vault = await wiring.resting(data)
    try:
        yield log, vault
    finally:
        await log.close()
        await vault.close()


def export(
    out_: File,
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    upto: Annotated[
        int | None, typer.Option(min=1, help="Leave out commits that end after this position.")
    ] = None,
    move: Annotated[bool, typer.Option("--move", help="End the jurisdiction in this log first.")] = False,
    to: Annotated[str | None, typer.Option(help="With --move: the new location, shown to clients.")] = None,
    as_json: Json = False,
) -> None:
    """Export a jurisdiction's commits, byte for byte, to a file. The server may be running."""
    if to is not None and not move:
        raise Fail("--to can only be used with --move.", 2)
    if move and upto is not None:
        raise Fail("--move exports everything; remove --upto.", 2)
    with reporting_failures(as_json):
        done = run(_export(existing(data), jurisdiction, out_, upto, to, move=move))
    _say_exported(done, as_json)
    if done.damage:
        raise Fail(
            f"{done.damage}; {done.file} holds what precedes it, up to position {done.manifest.position}."
        )


async def _export(
    data: Path, wanted: str | None, file: Path, upto: int | None, to: str | None, *, move: bool
) -> Exported:
    refuse_existing(file)  # before anything is moved
    async with resting(data) as (log, _):
        jurisdiction = only(await log.jurisdictions(), wanted)
    if move:
        await _move(data, jurisdiction, to)
    async with resting(data) as (log, _):
        with progress(f"exporting {jurisdiction}", None) as done:
            return await export_commits(log, jurisdiction, file, upto, done)


async def _move(data: Path, jurisdiction: str, to: str | None) -> None:
    """End the jurisdiction here, through the running server if there is one. Do nothing if it has moved."""
    item = {"id": str(uuid4()), "name": "jurisdiction.move", "data": {"to": to}}
    item |= {"at": None, "sent_at": None, "observed": False}
    async with sink(data) as (target, *_):
        answer = await _answer(target, jurisdiction, item)
    if answer["outcome"] in ("accepted", "known"):
        return
    code = answer.get("code")
    if code is None:
        raise TransferFailed("transfer.unavailable", variant="move", jurisdiction=jurisdiction)
    values = answer.get("values", {})
    if code != "jurisdiction.moved":
        raise TransferFailed(code, **values)
    err.print(f"note: {sentence(code, values)}", markup=False)


async def _answer(target: Sink, jurisdiction: str, item: dict[str, Any]) -> dict[str, Any]:
    """Send one command and return its outcome. Retry while it is pending."""
    answer = (await target.submit(jurisdiction, [item]))[0]
    for attempt in range(MOVE_TRIES):
        if answer["outcome"] != "pending":
            break
        await asyncio.sleep(min(0.1 * 2**attempt, 2))
        answer = (await target.submit(jurisdiction, [item]))[0]
    return answer


def _say_exported(done: Exported, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    manifest = done.manifest
    out.print(
        f"{done.file}: {manifest.count} commits of {manifest.jurisdiction}, {done.bytes} bytes", markup=False
    )
    out.print(f"head {manifest.head}", markup=False)
    if done.moved:
        out.print(
            f"{manifest.jurisdiction} has moved; load this file to continue it elsewhere.", markup=False
        )


def load(
    file: Annotated[Path, typer.Argument(help="File written by `muster export`.")],
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    restore: Annotated[
        bool, typer.Option("--restore", help="Resume without a move: the original log is lost.")
    ] = False,
    source: Annotated[str | None, typer.Option("--from", help="Description of the source.")] = None,
    as_json: Json = False,
) -> None:
    """Check an exported file, append it to the log and resume the jurisdiction."""
    with reporting_failures(as_json):
        done = run(_load(file, data, jurisdiction, source, restore=restore))
    if as_json:
        print_json(done)
        return
    manifest = done["manifest"]
    words = "already loaded; nothing changed" if done["outcome"] == "known" else "loaded"
    out.print(
        f"{manifest.jurisdiction}: {words}; {done['appended']} of {manifest.count} commits appended",
        markup=False,
    )
    out.print(f"head {done['head']}", markup=False)


async def _load(
    file: Path, data: Path, wanted: str | None, source: str | None, *, restore: bool
) -> dict[str, Any]:
    commits = CommitFile(file)
    try:
        code = commits.manifest.jurisdiction
        if wanted not in (None, code):
            raise TransferFailed("transfer.jurisdiction", jurisdiction=code, wanted=wanted)
        muster = await wiring.opened(data)
        try:
            loaded = await _append(muster.log, muster.views, commits, restore=restore)
        except BaseException:
            await muster.close()
            raise
        async with muster.running():
            if loaded.outcome == "loaded":
                position = await resume(
                    muster.commands, muster.clock, loaded, source=source, restored=restore
                )
                await _find_phones(muster.log, muster.vault, code)
                await _show(muster.progress, code, position, shared=muster.commands.shared)
            head = await muster.log.end(code)
        return {**msgspec.structs.asdict(loaded), "head": str(head)}
    finally:
        commits.close()


async def _append(log: Log, views: Views, commits: CommitFile, *, restore: bool) -> Loaded:
    """Append the commits to the log. Raise TransferFailed if the views belong to another log."""
    code = commits.manifest.jurisdiction
    shown, end = await views.head(code), await log.end(code)
    if shown.position > end.position:
        raise TransferFailed(
            "transfer.stale_views", jurisdiction=code, shown=shown.position, end=end.position
        )
    with progress(f"loading {code}", None) as done:
        return await load_commits(commits, log, restore=restore, progress=done)


async def _find_phones(log: Log, vault: Vault, code: str) -> None:
    """Index phone numbers so that workers can be looked up by them here."""
    with progress(f"indexing the phone numbers of {code}", None) as done:
        await index_phones(log, vault, code, done)


async def _show(views: ViewProgress, code: str, position: int, *, shared: bool) -> None:
    """Wait for the views of this process; a cluster's views catch up on their own."""
    with progress(f"updating the views of {code}", None):
        await views.reached(code, position, 0.0 if shared else SHOWN_SECONDS)
