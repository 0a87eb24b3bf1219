"""The report in the terminal."""

from rich.console import Console
from rich.table import Table

from services.reports.institutions.words import (
    called,
    changed,
    dated,
    divided,
    held,
    named,
    said,
    shared,
    stamp,
    valued,
    word,
)
from services.reports.institutions.worked import InstitutionsReport, Opened, RowFound

_COLUMNS = ("figure", "value", "before", "change", "share")


def render(report: InstitutionsReport, language: str, out: Console) -> None:
    """Print the report: one table for each section, and what is overdue."""
    out.print(word("title", language, name=report.name), style="bold", markup=False)
    at, since = stamp(report.at), stamp(report.since)
    out.print(word("head", language, at=at, since=since), markup=False)
    for section in report.sections:
        out.print(f"\n{section.section}  {named(section.names, language)}", style="bold", markup=False)
        if section.empty:
            out.print(word("empty", language), markup=False)
            continue
        table = _table(_COLUMNS, language)
        for one in section.figures:
            table.add_row(
                f"{named(one.names, language)} ({one.figure})",
                valued(one, one.value, language),
                valued(one, one.before, language),
                changed(one),
                shared(one.share),
            )
            for part in one.parts:
                name, *numbers = divided(part)
                table.add_row(f"  {name} ({dated(part, language)})", *numbers)
        out.print(table)
    _overdue(report, language, out)


def _overdue(report: InstitutionsReport, language: str, out: Console) -> None:
    out.print(f"\n{word('overdue', language)}: {report.overdue_count}", style="bold", markup=False)
    if not report.overdue:
        out.print(word("nothing_overdue", language), markup=False)
        return
    table = _table(("what", "figure", "due", "days", "owner", "area"), language)
    for one in report.overdue:
        table.add_row(
            said(one, language),
            called(report, one.figure, language),
            stamp(one.due) if one.due else "",
            str(one.days or 0),
            held(one),
            one.area_name,
        )
    out.print(table)
    if more := report.overdue_count - len(report.overdue):
        out.print(word("more", language, more=more), markup=False)


def render_rows(opened: Opened, language: str, out: Console) -> None:
    """Print the rows behind a figure: new ones with +, those no longer counted with -."""
    one = opened.figure
    title = f"{named(one.names, language)} ({one.figure}): {valued(one, one.value, language)}"
    out.print(title, style="bold", markup=False)
    out.print(named(one.definition, language), markup=False)
    table = Table("", "view", "key", "name", "area", "since", box=None, pad_edge=False, header_style="bold")
    for row in opened.items:
        _add(table, "+" if row.new else "", row, language)
    for row in opened.gone:
        _add(table, "-", row, language)
    out.print(table)
    if opened.more:
        out.print(word("more", language, more=int(one.value) - len(opened.items)), markup=False)


def _add(table: Table, sign: str, row: RowFound, language: str) -> None:
    table.add_row(
        sign, row.view, row.key, said(row, language), row.area_name, stamp(row.since) if row.since else ""
    )


def _table(columns: tuple[str, ...], language: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for key in columns:
        right = key in ("value", "before", "change", "share", "days")
        table.add_column(word(key, language), justify="right" if right else "left", no_wrap=right)
    return table
