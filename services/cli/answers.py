"""`muster answers`: who answered for an area or a trade on a day."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from events.post import ANSWER, TASKS
from events.terms import Names
from projections.responsibility import Answering, Asked, Gap, Responsibility
from services.api.institutions.holders import named
from services.api.rows import Opener
from services.application.answering import NotThere, answered
from services.base.clock import SystemClock
from services.cli.common import (
    DATA,
    Data,
    Fail,
    Format,
    Jurisdiction,
    existing,
    local,
    only,
    out,
    print_rows,
    run,
)
from services.cli.reading import reading
from services.cli.when import When, moment, zone_of

COLUMNS = (
    *("what", "area_name", "trade_name", "unit", "post_name", "holder", "since", "charged_name"),
    *("passed_names", "area", "trade", "post", "charged", "passed"),
)
"""What people read comes first, ids last: a narrow table leaves out what has no room."""


def answers(
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    area: Annotated[str | None, typer.Option(help="Code of an area; default: the jurisdiction.")] = None,
    trade: Annotated[str | None, typer.Option(help="Code of a trade.")] = None,
    task: Annotated[str, typer.Option(help="One of: " + ", ".join(TASKS) + ".")] = ANSWER,
    at: When = None,
    format_: Annotated[Format, typer.Option("--format")] = Format.table,
) -> None:
    """Print who answers for an area or a trade, up and down the tree, and the gaps."""
    if task not in TASKS:
        raise Fail(f"no task named {task}; choose from {', '.join(TASKS)}.", 2)
    run(_answers(existing(data), jurisdiction, area, trade, task, at, format_))


async def _answers(
    data: Path,
    wanted: str | None,
    area: str | None,
    trade: str | None,
    task: str,
    at: str | None,
    form: Format,
) -> None:
    async with reading(data) as (log, views, vault):
        jurisdiction = only(await log.jurisdictions(), wanted)
        zone = await zone_of(views, jurisdiction)
        then = moment("--at", at, zone) if at else None
        when = then.at if then else SystemClock().now()
        asked = Asked(task=task, area=area or jurisdiction, trade=trade)
        try:
            found = await answered(views, jurisdiction, asked, when)
        except NotThere as missing:
            raise Fail(not_defined(missing, jurisdiction)) from None
        posts = await named(Opener(vault, jurisdiction), found.responsibility.posts)
    known = msgspec.structs.replace(found.responsibility, posts=posts)
    print_rows(local(lines(known), zone), COLUMNS, form)
    if form is Format.table:
        gaps = known.gaps_areas_count + len(known.gaps_trades)
        counts = f"{len(known.vacant)} posts vacant, nobody answers for {gaps} areas and trades"
        said = f", {then.said}" if then else ""
        out.print(f"{counts}, at position {found.position}{said}", markup=False)


def not_defined(missing: NotThere, jurisdiction: str) -> str:
    """Say that there is no such area or trade, and which trades there are."""
    choose = f" Choose from {', '.join(missing.known)}." if missing.known else ""
    return f"{missing.kind} {missing.code} is not defined in {jurisdiction}.{choose}"


def lines(known: Responsibility) -> list[dict[str, object]]:
    """Return the answer as rows: the area, those around it and inside it, the trades, then all gaps."""
    posts = {one.post: one for one in known.posts}

    def called(key: str | None) -> str | None:
        one = posts.get(key or "")
        return " ".join(part for part in (one.unit_name, one.name) if part) if one else key

    def line(what: str, one: Answering) -> dict[str, object]:
        post = posts.get(one.post or "")
        return {
            "what": what,
            "area": one.area,
            "area_name": _name(one.area_names),
            "trade": one.trade,
            "trade_name": _name(one.names) if one.trade else None,
            "unit": post.unit_name if post else None,
            "post_name": post.name if post else None,
            "holder": post.holder_name if post else None,
            "since": post.since if post else None,
            "charged_name": called(one.charged),
            "passed_names": ", ".join(str(called(key)) for key in one.passed),
            "post": one.post,
            "charged": one.charged,
            "passed": ", ".join(one.passed),
        }

    def gap(one: Gap, kind: str) -> dict[str, object]:
        where = {kind: one.code, f"{kind}_name": _name(one.names)}
        charged = {"charged": one.charged, "charged_name": called(one.charged)}
        return {**dict.fromkeys(COLUMNS), "what": "gap", **where, **charged}

    answered = [("asked", known.answer)]
    answered += [("up", one) for one in known.up] + [("down", one) for one in known.down]
    answered += [("trade", one) for one in known.trades]
    gaps = [gap(one, "area") for one in known.gaps_areas] + [gap(one, "trade") for one in known.gaps_trades]
    return [*(line(*one) for one in answered), *gaps]


def _name(names: Names) -> str | None:
    return names.zh or names.en
