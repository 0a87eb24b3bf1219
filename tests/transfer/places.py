"""Data folders in which the story was played, and access to their contents."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from projections.base import Row
from projections.catalog import views as catalog
from services import wiring
from services.intake.running.sinks import Embedded
from services.log.port import Log, Stored
from services.views.port import Query
from tests.command_line import muster
from tests.story import ALREADY_SO, STORY, told_in

J = "2307"
_IDS = UUID("00000000-0000-4000-8000-000000000000")


def ok(*arguments: object, env: Mapping[str, str] | None = None) -> str:
    """Run `muster`, which must succeed. Return its output."""
    done = muster(*arguments, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def failed(*arguments: object, code: str) -> str:
    """Run `muster`, which must fail with one clear line that ends with this code."""
    done = muster(*arguments)
    assert done.returncode in (1, 2), done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("muster: "), lines
    assert lines[0].endswith(f"({code})"), lines
    return lines[0]


def item(n: int, name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the n-th command of the story, always with the same id."""
    found = {"id": str(uuid5(_IDS, str(n))), "name": name, "data": dict(data)}
    return found | {"at": None, "sent_at": None, "observed": False}


def outcomes(answers: list[dict[str, Any]]) -> set[str]:
    """Return the outcomes of the whole story, without its one step that changes nothing, ever."""
    already = STORY.index(ALREADY_SO)
    assert answers[already]["outcome"] == "unchanged"
    return {answer["outcome"] for answer in answers[:already] + answers[already + 1 :]}


class Place:
    """One data folder without a running server."""

    def __init__(self, folder: Path, jurisdiction: str = J) -> None:
        self.folder, self.jurisdiction = folder, jurisdiction

    async def does(self, *steps: tuple[str, Mapping[str, Any]], first: int = 0) -> list[dict[str, Any]]:
        """Send commands with the ids from `first` on. Return their outcomes."""
        opened = await wiring.embedded(self.folder)
        async with opened.running() as muster:
            items = [item(first + n, *step) for n, step in enumerate(steps)]
            sink = Embedded(muster.commands, muster.clock, muster.views)
            answers = [(await sink.submit(self.jurisdiction, [one]))[0] for one in items]
            position = max(answer.get("position") or 0 for answer in answers)
            assert await muster.progress.reached(self.jurisdiction, position, 30)
        return answers

    async def plays(self) -> None:
        """Play the story: every aggregate, people with names and phones, two of them erased."""
        assert outcomes(await self.does(*told_in(self.jurisdiction))) == {"accepted"}

    async def rows(self) -> dict[str, dict[str, Row]]:
        """Return the rows of all views, including internal ones."""
        log, views, vault = await wiring.readonly(self.folder)
        try:
            found, head = await views.snapshot(self.jurisdiction, {name: Query() for name in catalog})
            assert head == await log.end(self.jurisdiction)
            return {name: dict(items) for name, items in found.items()}
        finally:
            await log.close()
            await views.close()
            await vault.close()

    async def commits(self) -> list[Stored]:
        """Return all commits of the log."""
        log, views, vault = await wiring.readonly(self.folder)
        try:
            return await read(log, self.jurisdiction)
        finally:
            await log.close()
            await views.close()
            await vault.close()

    def show(self, view: str) -> list[dict[str, Any]]:
        """Return a view's rows as an admin sees them on the command line."""
        return json.loads(ok("show", view, "--data", self.folder, "--format", "json"))

    def names(self) -> dict[str, str | None]:
        """Return what an admin sees of each worker's name. Two of the story were registered without one."""
        return {person["worker"]: person["name"] for person in self.show("roster")}


async def read(log: Log, jurisdiction: str = J) -> list[Stored]:
    """Return all commits of the jurisdiction."""
    return [stored async for batch in log.read(jurisdiction) for stored in batch]
