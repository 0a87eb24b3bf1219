"""`muster demo`: a scenario played live into a real service on this machine."""

import asyncio
import shutil
from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
import typer

from services import wiring
from services.access import Tokens
from services.access.tokens import MAX_CODE_MINUTES
from services.api.app import build
from services.api.rows import Opener
from services.api.server.serve import Door
from services.api.server.serve import serve as run_server
from services.application.commands import Commands
from services.application.progress import ViewProgress
from services.cli.common import Fail, out, run
from services.demo.driver import ScenarioClock, play
from services.demo.scenarios import SCENARIOS
from services.demo.scenarios.story import Story, Timed
from services.demo.table import LiveTable
from services.intake.sinks import envelope_of
from services.log.port import Log
from services.reports import REPORTS, render
from services.vault import Vault
from services.views.port import Query, Views

MARK = "demo.json"
"""A folder with this file in it belongs to the demo, which begins by emptying it."""


def demo(
    scenario: Annotated[str, typer.Option(help="yichun or sffd.")] = "yichun",
    speed: Annotated[str, typer.Option(help="Scenario seconds per second, or max.")] = "3600",
    exit_: Annotated[bool, typer.Option("--exit", help="End when the scenario has been played.")] = False,
    data: Annotated[Path, typer.Option("--data", envvar="MUSTER_DATA")] = Path("muster-data/demo"),
    port: Annotated[int, typer.Option(help="Port; 0 = any free one.")] = 8080,
    seed: Annotated[int, typer.Option(help="Another seed plays another lockdown with the same sums.")] = 328,
    from_: Annotated[
        str | None, typer.Option("--from", help="Play as fast as it goes up to here: 2022-04-04T10:00+08:00.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Stop there: 2022-04-04T10:00+08:00.")] = None,
) -> None:
    """Play a scenario live: a table in this terminal, the API beside it."""
    if scenario not in SCENARIOS:
        raise Fail(f"there is no scenario {scenario}; there are {', '.join(SCENARIOS)}.", 2)
    part = Part(_instant("--from", from_), _instant("--until", until))
    pace = _pace(speed)
    _empty(data)
    raise typer.Exit(run(_demo(scenario, pace, exit_, data, port, seed, part)))


class Part(NamedTuple):
    """What of a scenario is played at its pace; before `begin` as fast as it goes, nothing after `end`."""

    begin: datetime | None = None
    end: datetime | None = None

    def of(self, timed: Iterable[Timed]) -> Iterable[Timed]:
        """The commands that are sent."""
        end = self.end
        return timed if end is None else takewhile(lambda one: one.received < end, timed)


def _instant(option: str, text: str | None) -> datetime | None:
    """An instant with offset, from the command line."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Fail(f"{option} {text}: give an instant with offset such as 2022-04-04T10:00+08:00.", 2)
    return found


def _pace(text: str) -> float | None:
    """None = as fast as it goes."""
    if text == "max":
        return None
    try:
        pace = float(text)
    except ValueError:
        pace = 0.0
    if not 0 < pace < 1e9:
        raise Fail(f"--speed {text}: give a number of scenario seconds per second, or max.", 2)
    return pace


def _empty(data: Path) -> None:
    """Begin afresh, but never empty a folder that is not the demo's own."""
    if data.exists() and any(data.iterdir()):
        if not (data / MARK).exists():
            raise Fail(
                f"{data} holds data that is not a demo's; give the demo a folder of its own with --data.", 2
            )
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / MARK).write_text("{}\n")


async def _demo(
    scenario: str, pace: float | None, leave: bool, data: Path, port: int, seed: int, part: Part
) -> int:
    story = await asyncio.to_thread(SCENARIOS[scenario], seed)
    edge = wiring.edge()
    clock = ScenarioClock(story.starts, wiring.shared_clock())
    muster = await wiring.opened(data, clock=clock, timezone=story.timezone)
    tokens = await wiring.tokens(data)
    secret = await tokens.first_admin() or await tokens.local_admin()
    stop = asyncio.Event()

    async def started(url: str) -> None:
        table = LiveTable(
            rows=lambda view, **filters: _rows(muster.views, muster.vault, story.jurisdiction, view, filters),
            clock=clock,
            story=story,
            links=await _links(url, f"#token={secret}", tokens, story),
        )
        async with table.shown():
            await play(
                part.of(story.timed),
                lambda items, actor: _submit(muster.commands, story.jurisdiction, items, actor, clock.now()),
                clock,
                pace,
                table,
                live_from=part.begin or story.live_from,
            )
            await _projected(muster.commands, muster.progress, story.jurisdiction)
            clock.let_go()
            await table.ended()
            if not leave:
                await asyncio.Event().wait()
        if leave:
            await _told(muster.log, story.jurisdiction)
            stop.set()

    try:
        return await run_server(
            build(muster, tokens, edge), muster.background, data, Door(port=port), started, stop
        )
    finally:
        await tokens.close()


async def _told(log: Log, jurisdiction: str) -> None:
    """The report of the incident; where none has begun yet, that."""
    try:
        found = await REPORTS["incident"](log, jurisdiction, None)
    except ValueError as error:
        out.print(str(error), markup=False)
    else:
        render("incident", found, out)


async def _links(url: str, sign_in: str, tokens: Tokens, story: Story) -> dict[str, str]:
    """Where to look: the board, and the phone of one of the scenario's people."""
    links = {"board": f"{url}/{sign_in}", "docs": f"{url}/docs"}
    if story.phone:
        code, _ = await tokens.issue_code(story.jurisdiction, story.phone, MAX_CODE_MINUTES)
        links["courier"] = f"{url}/go#code={code}"
    return links


async def _submit(
    commands: Commands, jurisdiction: str, items: list[dict[str, Any]], actor: str, received: datetime
) -> list[dict[str, Any]]:
    group = [envelope_of(item, received, actor) for item in items]
    return [msgspec.to_builtins(outcome) for outcome in await commands.submit(jurisdiction, group)]


async def _projected(commands: Commands, progress: ViewProgress, jurisdiction: str) -> None:
    await progress.reached(jurisdiction, commands.writer(jurisdiction).state.head.position, 600)


async def _rows(
    views: Views, vault: Vault, jurisdiction: str, view: str, filters: dict[str, Any]
) -> list[dict[str, Any]]:
    limit, sort = filters.pop("limit", 1000), filters.pop("sort", None)
    query = Query(filters={k: [v] for k, v in filters.items()}, limit=limit, sort=sort)
    page = await views.query(jurisdiction, view, query)
    return await Opener(vault, jurisdiction).rows(view, page.items)
