"""The same history gives the same rows: embedded, in a cluster, and rebuilt there."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from scale import LONG
from town import Town

from projections.base import Row
from projections.catalog import views as catalog
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.views import PgViews
from services.adapters.sqlite.views import SqliteViews
from services.views.port import Query, Views

OF_THE_RECORDING = {"recorded_at", "position", "changed", "body"}
"""Fields that differ between two runs of a scenario: time and place of recording, and keys."""
SCENARIOS = {"yichun": "2307"} | ({"sffd": "SFFD"} if LONG else {})
UNTIL = {} if LONG else {"yichun": "2022-03-28T14:00+08:00"}
"""A slice of one proves the same in less time. `make long` plays both to the end."""

Board = Mapping[str, Mapping[str, Any]]


def muster(*arguments: str, env: Mapping[str, str] | None = None) -> str:
    """Run the command line and return its output."""
    done = subprocess.run(
        [sys.executable, "-m", "services.cli", *arguments],
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def play(scenario: str, folder: Path, env: Mapping[str, str] | None = None) -> str:
    arguments = ["--scenario", scenario, "--speed", "max", "--exit", "--port", "0", "--data", str(folder)]
    if scenario in UNTIL:
        arguments += ["--until", UNTIL[scenario]]
    return muster("demo", *arguments, env=env)


async def rows(views: Views, jurisdiction: str) -> dict[str, dict[str, Row]]:
    found, _ = await views.snapshot(jurisdiction, {name: Query() for name in catalog})
    return {name: dict(items) for name, items in found.items()}


def plain(board: Mapping[str, Mapping[str, Row]]) -> Board:
    """Return rows without the columns of the recording. Sealed values become their subject."""
    return {
        view: _unordered({key: _plain(msgspec.to_builtins(row)) for key, row in found.items()})
        for view, found in board.items()
    }


def _unordered(found: dict[str, Any]) -> dict[str, Any]:
    """Key rows by their content if the key is a position. The order of two events at the same instant, such
    as a worker's and the service ticker's, depends on a race."""
    if not all(key.isdigit() for key in found):
        return found
    seen = Counter[str]()
    named: dict[str, Any] = {}
    for row in found.values():
        said = str(row)
        seen[said] += 1
        named[f"{said} no. {seen[said]}"] = row
    return named


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if name not in OF_THE_RECORDING}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, str) and value.startswith("sealed:1:"):
        return value.split(":")[2]
    return value


def differences(one: Board, other: Board) -> list[str]:
    """List differing rows by name, for readable failures."""
    found = [
        f"{view}/{key}: {one[view].get(key)} is not {other[view].get(key)}"
        for view in catalog
        for key in one[view].keys() | other[view].keys()
        if one[view].get(key) != other[view].get(key)
    ]
    return sorted(found)[:10]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_scenario_has_the_same_board_embedded_and_in_a_cluster(
    scenario: str, frail: Town, tmp_path: Path
) -> None:
    town = frail
    code = SCENARIOS[scenario]
    at_home, far = await asyncio.gather(
        asyncio.to_thread(play, scenario, tmp_path / "embedded"),
        asyncio.to_thread(play, scenario, tmp_path / "player", town.cluster.env),
    )
    embedded = SqliteViews.open_readonly(tmp_path / "embedded" / "views.sqlite", catalog)
    shared = await PgViews.open(await Pool.open(town.cluster.database.dsn), catalog)
    here, there = plain(await rows(embedded, code)), plain(await rows(shared, code))

    assert sum(map(len, here.values())) > (10_000 if LONG else 1_000)
    found = differences(here, there)
    assert not found, "\n".join(found)
    assert _figures(at_home) == _figures(far)

    live = await rows(shared, code)
    muster("rebuild", "--data", str(tmp_path / "tool"), "--jurisdiction", code, env=town.cluster.env)
    assert await rows(shared, code) == live
    assert await town.audit(code) == []
    await embedded.close()
    await shared.close()


def _figures(said: str) -> list[str]:
    """Return the report's lines without the hash."""
    return [
        line for line in said.splitlines() if not any(mark in line for mark in (" | ", "based on", "://"))
    ]
