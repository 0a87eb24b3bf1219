"""Import: read a file once, send its commands in order, account for every row."""

import asyncio
import csv
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from services.importing.drafts import Drafts, identity
from services.importing.errors import FileError, ImportFailed, MappingError, RowError
from services.importing.mapping import Mapping, Source, used_columns
from services.importing.reader import digest, table
from services.importing.spool import Item, Spool

BATCH: Final = 500
TRIES: Final = 30
_HARMFUL: Final = ("=", "+", "-", "@", "\t", "\r")

Progress = Callable[[float, float | None], None]


class Sink(Protocol):
    """Where commands go: a runtime in this process, or a server."""

    async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Items {id, name, at, observed, data} in order; answers {id, outcome, code?, detail?} likewise."""
        ...


class FileSummary(msgspec.Struct):
    """rows = applied + known + rejected."""

    file: str
    source: str
    rows: int = 0
    applied: int = 0
    known: int = 0
    rejected: int = 0


class Summary(msgspec.Struct):
    """The sums of all files, and where rejected rows were written."""

    files: list[FileSummary] = []
    outcomes: dict[str, int] = {}
    """Commands by outcome, and by code where refused."""
    rejects: str | None = None

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.files)

    @property
    def applied(self) -> int:
        return sum(one.applied for one in self.files)

    @property
    def known(self) -> int:
        return sum(one.known for one in self.files)

    @property
    def rejected(self) -> int:
        return sum(one.rejected for one in self.files)


async def import_files(
    paths: Sequence[Path],
    mapping: Mapping,
    jurisdiction: str,
    sink: Sink,
    *,
    import_key: bytes,
    rejects: Path | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Import files in the order of the mapping's sources. Raises MappingError, FileError, ImportFailed.

    Every header is checked before the first row of any file is read.
    """
    summary, outcomes = Summary(), Counter[str]()
    chosen = [(path, await asyncio.to_thread(source_of, path, mapping)) for path in paths]
    order = [one.name for one in mapping.source]
    for path, source in sorted(chosen, key=lambda pair: order.index(pair[1].name)):
        spool = Spool(source)
        try:
            one = FileSummary(str(path), source.name)
            one.rows = await asyncio.to_thread(
                _read, path, Drafts(mapping, source, import_key, jurisdiction), mapping, spool, progress
            )
            total = await asyncio.to_thread(spool.finish)
            hashed = await asyncio.to_thread(digest, path)
            await _send(spool, total, jurisdiction, sink, import_key, hashed, outcomes, progress)
            one.applied, one.known, one.rejected = spool.sums()
            summary.files.append(one)
            if one.rejected:
                target = rejects or Path(f"{path.name}.rejects.csv")
                await asyncio.to_thread(_write_rejects, path, mapping, source, spool, target, len(chosen) > 1)
                summary.rejects = str(target)
        finally:
            spool.close()
    summary.outcomes = dict(outcomes)
    return summary


def source_of(path: Path, mapping: Mapping) -> Source:
    """The source whose columns the file's header has. Raises MappingError naming what is missing."""
    missing: dict[str, list[str]] = {}
    fitting: list[Source] = []
    for source in mapping.source:
        with table(path, mapping, source.sheet) as found:
            header = set(_named(found.header, source))
        lacks = [c for c in used_columns(source) if c not in header and c not in source.optional]
        if lacks:
            missing[source.name] = lacks
        else:
            fitting.append(source)
    if not fitting:
        near = min(missing, key=lambda name: len(missing[name]))
        raise MappingError(
            f"{path}: the mapping {mapping.name} needs the column(s) {', '.join(map(repr, missing[near]))}; "
            "rename them in the file, or use another mapping."
        )
    return max(fitting, key=lambda source: len(used_columns(source)))


def _named(header: list[str], source: Source) -> list[str]:
    """The header with aliases replaced by the names that the mapping uses."""
    names = {other.casefold(): name for name, others in source.alias.items() for other in (name, *others)}
    return [names.get(cell.casefold(), cell) for cell in header]


def _read(path: Path, drafts: Drafts, mapping: Mapping, spool: Spool, progress: Progress | None) -> int:
    """Every row into the spool, or rejected; the number of rows."""
    source, rows = drafts.source, 0
    with table(path, mapping, source.sheet) as found:
        header = _named(found.header, source)
        for line, cells in found.rows:
            rows += 1
            try:
                spool.add(line, *drafts.row(_cells(header, cells)))
            except RowError as error:
                spool.reject(line, error.code, error.reason)
            if progress and rows % 500 == 0:
                progress(rows, None)
    return rows


def _cells(header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(header):
        raise RowError("ragged", f"the row has {len(cells)} cells, the header {len(header)}")
    row = dict(zip(header, cells, strict=True))
    for name, cell in row.items():
        if len(cell) > 100_000:
            raise RowError("too_long", f"{name}: the cell has {len(cell)} characters")
        if "\0" in cell:
            raise RowError("nul", f"{name}: the cell holds a NUL character")
        if any("\udc80" <= char <= "\udcff" for char in cell):
            raise RowError("encoding", f"{name}: the cell is not text in the file's encoding")
    return row


async def _send(
    spool: Spool,
    total: int,
    jurisdiction: str,
    sink: Sink,
    key: bytes,
    hashed: str,
    outcomes: Counter[str],
    progress: Progress | None,
) -> None:
    sent = 0
    for batch in spool.ordered(BATCH):
        items = [_item(one, jurisdiction, key, hashed) for one in batch]
        answers = await _answers(sink, jurisdiction, items)
        applied: list[int] = []
        for one, answer in zip(batch, answers, strict=True):
            outcome = answer["outcome"]
            outcomes[f"refused {answer.get('code')}" if outcome == "refused" else outcome] += 1
            if outcome == "refused":
                spool.refused(one.line, answer.get("code") or "refused", answer.get("detail") or "")
            elif outcome == "accepted":
                applied.append(one.line)
        spool.applied(applied)
        sent += len(batch)
        if progress:
            progress(sent, total)


def _item(one: Item, jurisdiction: str, key: bytes, hashed: str) -> dict[str, Any]:
    draft = one.draft
    return {
        "id": identity(draft, jurisdiction, key, hashed),
        "name": draft.name,
        "at": draft.at,
        "observed": draft.observed,
        "data": draft.data,
    }


async def _answers(sink: Sink, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outcomes in order; what is pending is sent again with the same ids. Raises ImportFailed."""
    answers = await sink.submit(jurisdiction, items)
    for attempt in range(TRIES):
        waiting = [i for i, answer in enumerate(answers) if answer["outcome"] == "pending"]
        if not waiting:
            return answers
        await asyncio.sleep(min(2.0, 0.05 * 2**attempt))
        again = await sink.submit(jurisdiction, [items[i] for i in waiting])
        for i, answer in zip(waiting, again, strict=True):
            answers[i] = answer
    raise ImportFailed("the service did not record what was sent; import again later: nothing is doubled.")


def _write_rejects(
    path: Path, mapping: Mapping, source: Source, spool: Spool, target: Path, append: bool
) -> None:
    """Each rejected row as it was, after its line, code and reason."""
    reasons = {line: (code, reason) for line, code, reason in spool.rejected()}
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        target.open("a" if append else "w", newline="", encoding="utf-8-sig") as out,
        table(path, mapping, source.sheet) as found,
    ):
        writer = csv.writer(out)
        writer.writerow(["line", "code", "reason", *found.header])
        for line, cells in found.rows:
            if line in reasons:
                writer.writerow([line, *map(_harmless, (*reasons[line], *cells))])


def _harmless(cell: str) -> str:
    """A spreadsheet must not take a cell for a formula; broken bytes are shown as such."""
    clean = cell.encode("utf-8", "replace").decode()
    return f"'{clean}" if clean.startswith(_HARMFUL) else clean


async def preview(
    path: Path, mapping: Mapping, jurisdiction: str, import_key: bytes, limit: int = 20
) -> list[dict[str, Any]]:
    """The first rows with the commands that they would send, or why they would be rejected."""

    def rows() -> list[dict[str, Any]]:
        source = source_of(path, mapping)
        drafts, found_rows = Drafts(mapping, source, import_key, jurisdiction), list[dict[str, Any]]()
        with table(path, mapping, source.sheet) as found:
            header = _named(found.header, source)
            for line, cells in found.rows:
                if len(found_rows) == limit:
                    break
                found_rows.append(_shown(line, header, cells, drafts))
        return found_rows

    return await asyncio.to_thread(rows)


def _shown(line: int, header: list[str], cells: list[str], drafts: Drafts) -> dict[str, Any]:
    try:
        singles, groups = drafts.row(_cells(header, cells))
    except RowError as error:
        return {"line": line, "code": error.code, "reason": error.reason}
    every = sorted([*singles, *(group.draft for group in groups)], key=lambda draft: draft.rank)
    return {"line": line, "commands": [{"name": d.name, "at": d.at, "data": d.data} for d in every]}


__all__ = ["FileError", "Sink", "Summary", "import_files", "preview"]
