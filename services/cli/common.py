"""Shared by the commands: options, errors, tables, progress."""

import asyncio
import csv
import io
import json
import os
import sys
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from services import wiring
from services.log.port import LogLocked
from services.sandbox.found import SETTINGS, NotRunning, settings_of

try:
    from uvloop import new_event_loop  # 10 % more requests per second than asyncio's own loop
except ImportError:  # uvloop does not support Windows
    from asyncio import new_event_loop

T = TypeVar("T")
MOST_CELL = 24
"""Characters of a cell for which a table makes room; longer ones wrap."""
out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


class Fail(Exception):
    """An error shown to the user as one line. Exit `status` 1 = failed, 2 = bad usage."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class Format(StrEnum):
    """Output format of rows."""

    table = "table"
    json = "json"
    csv = "csv"


def _reached(data: Path) -> Path:
    """If the folder is a local cluster's, take its settings. Raise Fail if that cluster is not running."""
    try:
        found = settings_of(data)
    except NotRunning as error:
        raise Fail(str(error)) from error
    except (OSError, ValueError) as error:
        raise Fail(f"cannot read {data / SETTINGS}: {error}; start the cluster again to write it.") from error
    if not wiring.settings().clustered:
        os.environ.update(found)
    return data


Data = Annotated[
    Path,
    typer.Option(
        "--data",
        envvar="MUSTER_DATA",
        help="Folder with the log, views and keys, or that of a local cluster.",
        show_default=True,
        callback=_reached,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Jurisdiction = Annotated[
    str | None,
    typer.Option("--jurisdiction", "-j", help="Jurisdiction code; optional if the log has only one."),
]
DATA = Path("muster-data")


def say_error(message: str) -> None:
    """Print an error message to standard error."""
    err.print(f"muster: {message}", markup=False)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine. Raise Fail for known errors."""
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            return runner.run(work)
    except BaseExceptionGroup as group:
        known = [e for e in group.exceptions if isinstance(e, Fail | LogLocked)]
        if known:
            raise Fail(str(known[0])) from group
        raise
    except Exception as error:
        from services.cli.failures import explain  # the rooms that raise them take a second to import

        known = explain(error)
        if known is None:
            raise
        raise Fail(*known) from error


def existing(data: Path) -> Path:
    """Return the data folder. Raise Fail if it has no log."""
    if not wiring.settings().clustered and not (data / "log.sqlite").exists():
        raise Fail(
            f"there is no log in {data}; choose another folder with --data, or run `muster serve` first."
        )
    return data


def only(jurisdictions: Sequence[str], wanted: str | None) -> str:
    """Return the requested jurisdiction, or the only one. Raise Fail if there is none or a choice."""
    if wanted is not None:
        if wanted not in jurisdictions:
            raise Fail(
                f"jurisdiction {wanted} is not in this log, which has: {', '.join(jurisdictions) or 'none'}."
            )
        return wanted
    if len(jurisdictions) != 1:
        held = ", ".join(jurisdictions) or "none yet"
        raise Fail(f"choose a jurisdiction with --jurisdiction; this log has: {held}.", 2)
    return jurisdictions[0]


def local(value: Any, zone: tzinfo) -> Any:
    """Return a value as JSON has it, with all instants in local time."""
    return _local(msgspec.to_builtins(value, builtin_types=(datetime, date)), zone)


def _local(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone)
    if isinstance(value, dict):
        return {key: _local(one, zone) for key, one in value.items()}
    return [_local(one, zone) for one in value] if isinstance(value, list | tuple) else value


def print_rows(rows: Sequence[dict[str, Any]], columns: Sequence[str], form: Format) -> None:
    """Print rows as a table, JSON array or CSV."""
    if form is Format.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(list(rows)), indent=2).decode() + "\n")
    elif form is Format.csv:
        sys.stdout.write(_csv(rows, columns))
    elif not rows:
        out.print("(no rows)")
    else:
        shown = _fitting(rows, columns, out.width)
        table = Table(*shown, box=None, header_style="bold", pad_edge=False)
        for row in rows:
            table.add_row(*(_cell(row.get(column)) for column in shown))
        out.print(table)
        if hidden := [
            one for one in columns if one not in shown and any(_cell(row.get(one)) for row in rows)
        ]:
            out.print(f"not shown: {', '.join(hidden)} (JSON and CSV have them)", markup=False)


def _fitting(rows: Sequence[dict[str, Any]], columns: Sequence[str], width: int) -> list[str]:
    """Return the columns that a table has room for, in order: none that are empty or hold structures."""
    found: list[str] = []
    left = width
    for column in columns:
        values = [row.get(column) for row in rows]
        cells = [_cell(value) for value in values]
        if not any(cells) or any(_nested(value) for value in values):
            continue
        left -= min(MOST_CELL, max(cell_len(cell) for cell in (column, *cells))) + 2
        if found and left < 0:
            break
        found.append(column)
    return found or list(columns[:1])


def _nested(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list | tuple) and any(isinstance(one, dict | list) for one in value)
    )


def _csv(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(_cell(row.get(column))) for column in columns])
    return text.getvalue()


def _harmless(cell: str) -> str:
    """Prevent spreadsheets from reading a cell as a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | dict | msgspec.Struct):
        return msgspec.json.encode(value).decode()
    return json.loads(msgspec.json.encode(value)) if hasattr(value, "isoformat") else str(value)


@contextmanager
def progress(what: str, total: float | None) -> Iterator[Any]:
    """Show a progress bar on standard error. Yield a function that takes the amount done and the total."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(what, total=total)

        def done(completed: float, of: float | None = None) -> None:
            bar.update(task, completed=completed, total=of if of is not None else total)

        yield done
