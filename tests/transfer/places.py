"""Data folders in which the story happened, and what is in them."""

import io
import json
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from uuid import UUID, uuid5

from projections.base import Row
from projections.catalog import views as catalog
from services import wiring
from services.cli import main
from services.intake.sinks import Embedded
from services.log.port import Log, Stored
from services.views.port import Query
from tests.story import STORY

J = "2307"
_IDS = UUID("00000000-0000-4000-8000-000000000000")


class Done(NamedTuple):
    """How the command line ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def muster(*arguments: object, env: Mapping[str, str] | None = None) -> Done:
    """Run the command line to its end: in this process, which spares its start, but not on this thread."""
    with ThreadPoolExecutor(1) as thread:  # there may be an event loop on this one
        return thread.submit(_run, [str(one) for one in arguments], dict(env or {})).result()


def _run(arguments: list[str], env: dict[str, str]) -> Done:
    said, told, status = io.StringIO(), io.StringIO(), 0
    with (
        patch.dict(os.environ, env),
        patch.object(sys, "argv", ["muster", *arguments]),
        redirect_stdout(said),
        redirect_stderr(told),
    ):
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
    return Done(status, said.getvalue(), told.getvalue())


def ok(*arguments: object, env: Mapping[str, str] | None = None) -> str:
    """As `muster`, and it must work; what it said."""
    done = muster(*arguments, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def failed(*arguments: object, code: str) -> str:
    """As `muster`, and it must fail with one clear line that ends with this code."""
    done = muster(*arguments)
    assert done.returncode in (1, 2), done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("muster: "), lines
    assert lines[0].endswith(f"({code})"), lines
    return lines[0]


def item(n: int, name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The n-th command of the story, always under the same id."""
    found = {"id": str(uuid5(_IDS, str(n))), "name": name, "data": dict(data)}
    return found | {"at": None, "sent_at": None, "observed": False}


class Place:
    """One data folder, at rest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def does(self, *steps: tuple[str, Mapping[str, Any]], first: int = 0) -> list[dict[str, Any]]:
        """Commands with the ids from `first` on; their answers."""
        opened = await wiring.embedded(self.folder)
        async with opened.running() as muster:
            items = [item(first + n, *step) for n, step in enumerate(steps)]
            sink = Embedded(muster.commands, muster.clock)
            answers = [(await sink.submit(J, [one]))[0] for one in items]
            position = max(answer.get("position") or 0 for answer in answers)
            assert await muster.progress.reached(J, position, 30)
        return answers

    async def plays(self) -> None:
        """The story: every aggregate, people with names and phones, two of them erased."""
        assert {answer["outcome"] for answer in await self.does(*STORY)} == {"accepted"}

    async def rows(self) -> dict[str, dict[str, Row]]:
        """Of all views, the internal ones too."""
        log, views, vault = await wiring.readonly(self.folder)
        try:
            found, head = await views.snapshot(J, {name: Query() for name in catalog})
            assert head == await log.end(J)
            return {name: dict(items) for name, items in found.items()}
        finally:
            await log.close()
            await views.close()
            await vault.close()

    async def commits(self) -> list[Stored]:
        """All of the log."""
        log, views, vault = await wiring.readonly(self.folder)
        try:
            return await read(log)
        finally:
            await log.close()
            await views.close()
            await vault.close()

    def show(self, view: str) -> list[dict[str, Any]]:
        """As an admin of the folder sees it on the command line."""
        return json.loads(ok("show", view, "--data", self.folder, "--format", "json"))


async def read(log: Log) -> list[Stored]:
    """All commits of the jurisdiction."""
    return [stored async for batch in log.read(J) for stored in batch]
