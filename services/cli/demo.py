"""`muster demo`: play a scenario live into a real service on this machine."""

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
from services.intake.running.sinks import envelope_of
from services.log.port import Log
from services.reports import REPORTS, render
from services.vault import Vault
from services.views.port import Query, Views

MARK = "demo.json"
"""Marks a demo folder, which is emptied at the start of each demo."""


def demo(
    scenario: Annotated[str, typer.Option(help="Scenario: yichun or sffd.")] = "yichun",
    speed: Annotated[str, typer.Option(help="Scenario seconds per real second, or max.")] = "3600",
    exit_: Annotated[bool, typer.Option("--exit", help="Exit when the scenario has finished.")] = False,
    data: Annotated[
        Path, typer.Option("--data", envvar="MUSTER_DATA", help="Folder for the demo's data; emptied first.")
    ] = Path("muster-data/demo"),
    port: Annotated[int, typer.Option(help="Port; 0 = any free one.")] = 8080,
    seed: Annotated[
        int, typer.Option(help="Random seed; another seed gives other details but the same totals.")
    ] = 328,
    from_: Annotated[
        str | None, typer.Option("--from", help="Play at full speed up to this time: 2022-04-04T10:00+08:00.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Stop at this time: 2022-04-04T10:00+08:00.")] = None,
) -> None:
    """Play a scenario live: show a table in this terminal and serve the API."""
    if scenario not in SCENARIOS:
        raise Fail(f"no scenario named {scenario}; choose from {', '.join(SCENARIOS)}.", 2)
    part = Part(_instant("--from", from_), _instant("--until", until))
    pace = _pace(speed)
    _empty(data)
    raise typer.Exit(run(_demo(scenario, pace, exit_, data, port, seed, part)))


class Part(NamedTuple):
    """The part of a scenario to play at the chosen pace: full speed before `begin`, nothing after `end`."""

    begin: datetime | None = None
    end: datetime | None = None

    def of(self, timed: Iterable[Timed]) -> Iterable[Timed]:
        """Return the commands to send."""
        end = self.end
        return timed if end is None else takewhile(lambda one: one.received < end, timed)


def _instant(option: str, text: str | None) -> datetime | None:
    """Parse a time with UTC offset. Raise Fail if it is invalid."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Fail(f"{option} {text}: give a time with UTC offset, such as 2022-04-04T10:00+08:00.", 2)
    return found


def _pace(text: str) -> float | None:
    """Parse --speed; None = full speed."""
    if text == "max":
        return None
    try:
        pace = float(text)
    except ValueError:
        pace = 0.0
    if not 0 < pace < 1e9:
        raise Fail(f"--speed {text}: give the scenario seconds per real second, or max.", 2)
    return pace


def _empty(data: Path) -> None:
    """Empty the demo's folder. Raise Fail if it contains other data."""
    if data.exists() and any(data.iterdir()):
        if not (data / MARK).exists():
            raise Fail(f"{data} contains data that is not from a demo; choose another folder with --data.", 2)
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / MARK).write_text("{}\n")


async def _demo(
    scenario: str, pace: float | None, leave: bool, data: Path, port: int, seed: int, part: Part
) -> int:
    story = await asyncio.to_thread(SCENARIOS[scenario], seed)
    edge = wiring.edge()
    clock = ScenarioClock(story.starts, wiring.shared_clock())
    muster = await wiring.opened(data, clock=clock, timezone=story.timezone, serving=True)
    tokens = await wiring.tokens(data)
    secret = await tokens.first_admin() or await tokens.local_admin()
    stop = asyncio.Event()

    async def started(url: str) -> None:
        table = LiveTable(
            rows=lambda view, **filters: _rows(muster.views, muster.vault, story.jurisdiction, view, filters),
            clock=clock,
            story=story,
            links=await links_of(url, secret, tokens, story),
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
    """Print the incident report, or why there is none yet."""
    try:
        found = await REPORTS["incident"](log, jurisdiction, None)
    except ValueError as error:
        out.print(str(error), markup=False)
    else:
        render("incident", found, out)


async def links_of(url: str, secret: str | None, tokens: Tokens, story: Story) -> dict[str, str]:
    """Return links to the board, the API docs and one courier's phone page.

    In a cluster the admin's token is with the process that made it: the board then asks for one.
    """
    links = {"board": f"{url}/#token={secret}" if secret else f"{url}/", "docs": f"{url}/docs"}
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
