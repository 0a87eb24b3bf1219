"""`muster leaders` and `muster training`: chapters without a leader, and who was trained."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from projections.leaders import leaders as leaders_of
from projections.training_figures import figures, year_of
from services.api.institutions.holders import named
from services.api.institutions.leaders import READ as LEADERS
from services.api.institutions.training import READ as TRAINING
from services.api.rows import Opener
from services.base.clock import SystemClock
from services.cli.common import DATA, Data, Format, Jurisdiction, existing, local, only, out, print_rows, run
from services.cli.reading import reading
from services.cli.when import When, moment, zone_of
from services.views.port import Query, Views

_LEADERS = ("name", "state", "gap_since", "post_name", "holder_name", "since", "until", "area", "chapter")
_PERSONS = ("person", "person_times", "hours", "reached")
_ALL = 1_000_000
Area = Annotated[list[str] | None, typer.Option(help="Only chapters or sessions in this area.")]


def leaders(
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    area: Area = None,
    at: When = None,
    gaps: Annotated[bool, typer.Option("--gaps", help="Only chapters without a leader.")] = False,
    format_: Annotated[Format, typer.Option("--format")] = Format.table,
) -> None:
    """Print who leads which chapter, and since when a chapter has no leader."""
    run(_leaders(existing(data), jurisdiction, tuple(area or ()), at, gaps=gaps, form=format_))


async def _leaders(
    data: Path, wanted: str | None, areas: tuple[str, ...], at: str | None, *, gaps: bool, form: Format
) -> None:
    async with reading(data) as (log, views, vault):
        jurisdiction = only(await log.jurisdictions(), wanted)
        zone = await zone_of(views, jurisdiction)
        when = moment("--at", at, zone).at if at else SystemClock().now()
        tables, position = await _read(views, jurisdiction, LEADERS, {"chapters": Query(areas=areas)})
        found = leaders_of(tables["chapters"].values(), tables["leads"], tables["posts"], when)
        known = await named(Opener(vault, jurisdiction), found)
    shown = [msgspec.structs.asdict(one) for one in known if one.gap_since or not gaps]
    print_rows(local(shown, zone), _LEADERS, form)
    if form is Format.table:
        led = sum(one.gap_since is None for one in known)
        out.print(f"{led} of {len(known)} chapters have a leader, at position {position}", markup=False)


def training(
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    area: Area = None,
    year: Annotated[int | None, typer.Option(help="Default: that of --at.")] = None,
    at: When = None,
    format_: Annotated[Format, typer.Option("--format")] = Format.table,
) -> None:
    """Print who was trained in a year: person-times, people, and hours against the target."""
    run(_training(existing(data), jurisdiction, tuple(area or ()), year, at, format_))


async def _training(
    data: Path, wanted: str | None, areas: tuple[str, ...], year: int | None, at: str | None, form: Format
) -> None:
    async with reading(data) as (log, views, _):
        jurisdiction = only(await log.jurisdictions(), wanted)
        zone = await zone_of(views, jurisdiction)
        when = moment("--at", at, zone).at if at else SystemClock().now()
        tables, position = await _read(views, jurisdiction, TRAINING, {"training": Query(areas=areas)})
    targets = [one for row in tables["training_targets"].values() for one in row.settings]
    rows = tables["training"].values()
    found = figures(rows, targets, year or year_of(when, zone), when, zone, _ALL)
    print_rows([msgspec.structs.asdict(one) for one in found.persons], _PERSONS, form)
    if form is Format.table:
        target = f", {found.reached} have the {found.target} hours" if found.target else ""
        said = f"{found.person_times} person-times of {found.people} people in {found.year}{target}"
        out.print(f"{said}, at position {position}", markup=False)


async def _read(
    views: Views, jurisdiction: str, names: tuple[str, ...], queries: dict[str, Query]
) -> tuple[dict[str, dict[str, Any]], int]:
    rows, head = await views.snapshot(jurisdiction, {name: Query() for name in names} | queries)
    return {name: dict(some) for name, some in rows.items()}, head.position
