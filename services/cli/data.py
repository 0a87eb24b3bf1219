"""`muster verify`, `muster rebuild` and `muster log`."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from events.commit import Head, decode
from projections.catalog import views as catalog
from services import wiring
from services.api.journal import cloud_events
from services.base.tuning import tune
from services.cli.common import DATA, Data, Fail, Json, Jurisdiction, existing, only, out, progress, run
from services.cli.reading import reading
from services.verify.views import audit


def verify(
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    expect: Annotated[
        str | None, typer.Option(help="POSITION:HASH of a head you recorded elsewhere.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Verify the hash chain, the invariants, and every view against the log."""
    head = expected("--expect", expect) if expect else None
    clean = run(_verify(existing(data), jurisdiction, head, as_json))
    raise typer.Exit(0 if clean else 1)


def expected(option: str, text: str) -> Head:
    """Parse POSITION:HASH. Raise Fail if it is invalid."""
    position, _, digest = text.partition(":")
    if not position.isdigit() or len(digest) != 64:
        raise Fail(f"{option} {text}: use POSITION:HASH, as printed by a report.", 2)
    return Head(int(position), digest.lower())


async def _verify(data: Path, wanted: str | None, expect: Head | None, as_json: bool) -> bool:
    async with reading(data) as (log, views, _), wiring.open_files(data) as files:
        held = sorted({*await log.jurisdictions(), *await views.jurisdictions()})
        chosen = [only(held, wanted)] if wanted or expect else held
        reports = []
        for jurisdiction in chosen:
            with progress(f"verifying {jurisdiction}", None) as done:
                reports.append(await audit(log, views, jurisdiction, expect, done, files))
    if as_json:
        out.print(msgspec.json.format(msgspec.json.encode(reports), indent=2).decode(), markup=False)
    else:
        for one in reports:
            for finding in one.findings:
                out.print(f"FAULT  {finding}", markup=False)
            for repaired in one.repairs:
                out.print(f"note   {one.jurisdiction} {repaired}", markup=False, soft_wrap=True)
            word = "ok" if one.ok else f"{len(one.findings) + one.more} fault(s)"
            out.print(f"{one.jurisdiction}: {word}; {one.commits} commits; head {one.head}", markup=False)
        if not reports:
            out.print("the log is empty")
    return all(one.ok for one in reports)


def rebuild(
    view: Annotated[str | None, typer.Argument(help="Name of a view; default: all views.")] = None,
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
) -> None:
    """Rebuild views from the log. Stop the server first; a cluster can keep running."""
    if view is not None and view not in catalog:
        raise Fail(f"no view named {view}; choose from {', '.join(sorted(catalog))}.", 2)
    run(_rebuild(existing(data), jurisdiction, [view] if view else sorted(catalog)))


async def _rebuild(data: Path, wanted: str | None, names: list[str]) -> None:
    muster = await wiring.opened(data)
    tune()
    try:
        held = await muster.log.jurisdictions()
        for jurisdiction in [only(held, wanted)] if wanted else held:
            await muster.progress.catch_up(jurisdiction)
            with progress(f"rebuilding {jurisdiction}", None) as done:
                rows = await wiring.rebuild(data, (muster.log, muster.views), jurisdiction, names, done)
            await wiring.announce_rebuilt(muster.views, jurisdiction)
            for name, count in rows.items():
                out.print(f"{jurisdiction} {name}: {count} rows")
    finally:
        await muster.close()


def log(
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    after: Annotated[int, typer.Option(min=0, help="Print only events after this position.")] = 0,
    follow: Annotated[bool, typer.Option(help="Keep running and print new events.")] = False,
) -> None:
    """Print events as CloudEvents 1.0, one JSON object per line."""
    run(_log(existing(data), jurisdiction, after, follow))


async def _log(data: Path, wanted: str | None, after: int, follow: bool) -> None:
    source, vault = await wiring.resting(data)
    try:
        jurisdiction, position = only(await source.jurisdictions(), wanted), after
        while True:
            async for batch in source.read(jurisdiction, position):
                for stored in batch:
                    lines = cloud_events(decode(stored.data)).splitlines(keepends=True)
                    skip = len(lines) - (stored.head.position - after)
                    sys.stdout.buffer.write(b"".join(lines[max(0, skip) :]))
                    position = stored.head.position
            sys.stdout.buffer.flush()
            if not follow:
                return
            await source.wait(jurisdiction, position, 1.0)
    finally:
        await source.close()
        await vault.close()
