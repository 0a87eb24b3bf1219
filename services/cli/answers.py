"""`muster answers`: who answered for an area or a trade on a day."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from events.post import ANSWER, TASKS
from projections.responsibility import Answering, Asked, Responsibility
from services.api.responsibility import named
from services.api.rows import Opener
from services.application.answering import NotThere, answered
from services.base.clock import SystemClock
from services.cli.common import DATA, Data, Fail, Format, Jurisdiction, existing, only, out, print_rows, run
from services.cli.reading import When, instant, reading
from services.vault import subject_of

COLUMNS = ("what", "code", "name", "post", "post_name", "holder", "since", "charged", "passed")


def answers(
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    area: Annotated[str | None, typer.Option(help="Code of an area; default: the jurisdiction.")] = None,
    trade: Annotated[str | None, typer.Option(help="Code of a trade.")] = None,
    task: Annotated[str, typer.Option(help="One of: " + ", ".join(TASKS) + ".")] = ANSWER,
    at: When = None,
    format_: Annotated[Format, typer.Option("--format")] = Format.table,
) -> None:
    """Print who answers for an area or a trade, up and down the tree, and for what nobody does."""
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
        when = instant("--at", at) if at else SystemClock().now()
        asked = Asked(task=task, area=area or jurisdiction, trade=trade)
        try:
            found = await answered(views, jurisdiction, asked, when)
        except NotThere as missing:
            choose = f" Choose from {', '.join(missing.known)}." if missing.known else ""
            raise Fail(f"{missing.kind} {missing.code} is not defined in {jurisdiction}.{choose}") from None
        opener = Opener(vault, jurisdiction)
        tokens = [one.holder_name for one in found.responsibility.posts if one.holder_name]
        await opener.warm_subjects([subject_of(token) for token in tokens])
        posts = [named(opener, one) for one in found.responsibility.posts]
    known = msgspec.structs.replace(found.responsibility, posts=posts)
    print_rows(lines(known), COLUMNS, form)
    if form is Format.table:
        gaps = known.gaps_areas_count + len(known.gaps_trades)
        counts = f"{len(known.vacant)} posts vacant, nobody answers for {gaps} areas and trades"
        out.print(f"{counts}, at position {found.position}")


def lines(known: Responsibility) -> list[dict[str, object]]:
    """Return the answer as rows: the area, those around it and inside it, the trades, then all gaps."""
    posts = {one.post: one for one in known.posts}

    def line(what: str, one: Answering) -> dict[str, object]:
        post = posts.get(one.post or "")
        return {
            "what": what,
            "code": one.trade or one.area,
            "name": one.names.zh or one.names.en,
            "post": one.post,
            "post_name": post.name if post else None,
            "holder": post.holder_name if post else None,
            "since": post.since if post else None,
            "charged": one.charged,
            "passed": ", ".join(one.passed),
        }

    answered = [("asked", known.answer)]
    answered += [("up", one) for one in known.up] + [("down", one) for one in known.down]
    answered += [("trade", one) for one in known.trades]
    gaps = [
        {
            **dict.fromkeys(COLUMNS),
            "what": "gap",
            "code": one.code,
            "name": one.names.zh,
            "charged": one.charged,
        }
        for one in known.gaps_areas
    ]
    return [*(line(*one) for one in answered), *gaps]
