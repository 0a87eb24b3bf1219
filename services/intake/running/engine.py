"""The import: read each file once, send its commands in order, account for every row."""

import asyncio
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec

from services.decisions.jurisdiction.commands import Establish
from services.intake.cells.places import Places
from services.intake.cells.values import Answers
from services.intake.mapping import Mapping, sheet_name
from services.intake.rows.drafts import Drafts
from services.intake.rows.planning import plan_tables
from services.intake.sending.reading import Progress, Reading, Stopped
from services.intake.sending.rejects import Rejects, write_rejects
from services.intake.sending.sender import Sender, Sink, establish
from services.intake.sending.spool import Spool
from services.intake.sending.summary import FileSummary, Summary
from services.intake.tables.header import Found, find
from services.intake.tables.reader import digest
from services.refusals import REFERENCE

EVERY: Final = "all"
"""Accepts every line."""


async def import_files(
    paths: Sequence[Path],
    mapping: Mapping,
    jurisdiction: str,
    sink: Sink,
    *,
    import_key: bytes,
    observed: bool = True,
    rejects: Path | None = None,
    progress: Progress | None = None,
    language: str = REFERENCE,
    places: Places | None = None,
    answers: Answers | None = None,
    accepted: Collection[str] = (),
    run: str | None = None,
) -> Summary:
    """Import files in the order of the mapping's sources. Raise MappingError, FileError or ImportFailed.

    Every header is checked before any row is read. With `observed`, facts that a rule would refuse are
    recorded with an anomaly. `rejects` is the file for rejected rows, or the folder if there are several;
    the default is next to the data. `language` is the language of the rejection reasons. `places` are the
    known areas, `answers` what cells mean that the mapping does not know. `accepted` names the lines,
    as `lines` reads them, in which the sheet is right where it contradicts what people decided. `run` tells
    this import from others of the same file, by default at random.
    """
    found = [one for path in paths for one in await asyncio.to_thread(find, path, mapping)]
    order = [source.name for source in mapping.source]
    found.sort(key=lambda one: order.index(one.source.name))
    places = places or Places(jurisdiction)
    await asyncio.to_thread(plan_tables, found, mapping, places)
    if places.unestablished and mapping.timezone and not _establishes(mapping):
        await establish(sink, jurisdiction, mapping.timezone, import_key)
    summary, chosen = Summary(), lines(accepted)
    for one in found:
        target = _target(one, rejects, alone=len(found) == 1)
        rejected = Rejects(target, language)
        drafts = Drafts(mapping, one, import_key, jurisdiction, places, answers)
        sender = Sender(
            sink,
            jurisdiction,
            import_key,
            observed=observed,
            sheet=sheet_name(mapping, one.source),
            accepted=partial(accepts, chosen, one.sheet),
            run=run or str(uuid4()),
        )
        await _import(one, mapping, drafts, sender, rejected, summary, progress)
    return summary


def accepts(accepted: Collection[str], sheet: str | None, line: int) -> bool:
    """Whether a line is among those accepted: `all`, LINE, or of a workbook SHEET:LINE."""
    return not {EVERY, str(line), f"{sheet}:{line}"}.isdisjoint(accepted)


def lines(named: Iterable[str]) -> frozenset[str]:
    """Return the lines, as `accepts` reads them, that texts such as `all`, `3,5` or `SHEET:3,5` name."""
    found: set[str] = set()
    for text in named:
        sheet, colon, numbers = text.rpartition(":")
        found.update(f"{sheet}{colon}{number}" for number in numbers.split(","))
    return frozenset(found)


def _establishes(mapping: Mapping) -> bool:
    """Whether the mapping itself says how the jurisdiction is established."""
    return any(one.name == Establish.NAME for source in mapping.source for one in source.command)


def _target(found: Found, rejects: Path | None, *, alone: bool) -> Path:
    name = found.path.name if found.sheet is None else f"{found.path.name}.{found.sheet}"
    name = f"{name.replace('/', '_')}.rejects.csv"
    if rejects is None:
        return found.path.with_name(name)
    if rejects.is_dir():
        return rejects / name
    return rejects if alone else rejects.with_name(name)


async def _import(
    found: Found,
    mapping: Mapping,
    drafts: Drafts,
    sender: Sender,
    rejects: Rejects,
    summary: Summary,
    progress: Progress | None,
) -> None:
    """Import one table."""
    spool, stop = Spool(found.source), threading.Event()
    outcomes, reading = spool.outcomes, Reading(found, mapping, drafts, spool, progress, stop)
    try:
        await _thread(reading.all, stop)
        total = await _thread(spool.finish, stop)
        hashed = await _thread(lambda: digest(found.path), stop)
        await sender.all(spool, total, hashed, summary, progress)
        one = FileSummary(found.name, found.source.name, rows=reading.rows, ignored=drafts.ignored)
        one.applied, one.known, one.skipped, one.rejected = outcomes.sums()
        one.differing, one.changes = outcomes.changes(found.sheet)
        one.noted = outcomes.noted.all()
        if one.rejected:
            await _thread(lambda: write_rejects(found, mapping, outcomes, rejects), stop)
            one.rejects = str(rejects.path)
        summary.files.append(one)
        summary.notes += [msgspec.structs.replace(note, file=found.name) for note in outcomes.notes]
    finally:
        spool.close()


async def _thread(work: Callable[[], Any], stop: threading.Event) -> Any:
    """Run in a thread. On cancellation, signal the thread and wait until it has ended."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, Stopped):
            raise error from None
        raise
