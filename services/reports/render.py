"""Render reports as text."""

from typing import Any

from rich.console import Console
from rich.table import Table

_HIDDEN = ("rows", "names", "hours", "unfinished_requests")


def render(name: str, report: dict[str, Any], out: Console) -> None:
    """Print a report without its lists of rows, which are in the JSON (--json)."""
    out.print(f"Report {name} of {report['jurisdiction']}", style="bold", markup=False)
    for key, value in report.items():
        if key not in ("report", "jurisdiction", "position", "hash", "timezone"):
            _part(key, value, out, "")
    out.print(
        f"based on {report['position']}:{report['hash']} (muster verify --expect)", style="dim", markup=False
    )
    out.print("use --json for the rows behind each figure", style="dim")


def _part(key: str, value: Any, out: Console, indent: str) -> None:
    label = key.replace("_", " ")
    if key in _HIDDEN:
        return
    if isinstance(value, dict):
        flat = {k: v for k, v in value.items() if not isinstance(v, dict | list)}
        text = ", ".join(f"{k.replace('_', ' ')} {_text(v)}" for k, v in flat.items())
        out.print(f"{indent}{label}: {text}", markup=False)
        for inner, more in value.items():
            if isinstance(more, dict | list):
                _part(inner, more, out, indent + "  ")
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        out.print(f"{indent}{label}:", markup=False)
        _table(value, out)
    elif isinstance(value, list):
        shown = ", ".join(str(v) for v in value[:12])
        out.print(
            f"{indent}{label}: {shown}{' ...' if len(value) > 12 else '' if value else 'none'}", markup=False
        )
    else:
        out.print(f"{indent}{label}: {_text(value)}", markup=False)


def _table(rows: list[dict[str, Any]], out: Console) -> None:
    """Print a table, omitting columns that are 0 or empty in every row."""
    columns = [k for k, v in rows[0].items() if not isinstance(v, dict | list)]
    columns = [c for c in columns if any(row[c] for row in rows)]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        number = isinstance(rows[0][column], int | float)
        table.add_column(column.replace("_", " "), justify="right" if number else "left", no_wrap=not number)
    for row in rows:
        table.add_row(*(_text(row[c]) for c in columns))
    out.print(table)


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:g}"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
