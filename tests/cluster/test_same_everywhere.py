"""The same history gives the same rows: embedded, in a cluster, and rebuilt there."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import NAMESPACE_OID, uuid5

import msgspec
import pytest
from scale import LONG
from serving import City, served
from story import STORY, J, upload_of
from town import Town, command

from projections.base import Row
from projections.catalog import views as catalog
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.views import PgViews
from services.adapters.sqlite.views import SqliteViews
from services.base import children
from services.base.clock import SharedClock
from services.views.port import Query, Views
from services.wiring import rebuilding
from tests import command_line

OF_THE_RECORDING = {"recorded_at", "position", "changed", "body", "file"}
"""Fields that differ between two runs: time and place of recording, and what keys make of texts and files."""
SCENARIOS = {"yichun": "2307", "sffd": "SFFD"}

BEGIN = datetime.fromisoformat("2022-03-28T09:00:00+08:00")

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
@pytest.mark.parametrize("scenario", SCENARIOS if LONG else ["story"])
async def test_a_scenario_has_the_same_board_embedded_and_in_a_cluster(
    scenario: str, frail: Town, tmp_path: Path
) -> None:
    """`make long` plays whole scenarios; else each type of command and event comes once."""
    code = SCENARIOS.get(scenario, J)
    if scenario in SCENARIOS:
        at_home, far = await asyncio.gather(
            asyncio.to_thread(play, scenario, tmp_path / "embedded"),
            asyncio.to_thread(play, scenario, tmp_path / "player", frail.cluster.env),
        )
    else:
        await tell(frail, tmp_path)
        report = ("report", "incident", "--jurisdiction", J, "--incident", "I1", "--data")
        at_home = muster(*report, str(tmp_path / "embedded"))
        far = muster(*report, str(tmp_path / "tool"), env=frail.cluster.env)
    assert _figures(at_home) == _figures(far)
    assert await compared(frail, code, tmp_path) > (10_000 if LONG else 300)
    SharedClock(frail.cluster.folder / "clock").set(datetime.now(UTC), going=True)  # as tests after it need


async def tell(town: Town, folder: Path) -> None:
    """Send each step of the story to an embedded service, and to one API process after another."""
    steps = [("jurisdiction.establish", {"name": "City", "timezone": "Asia/Shanghai"}), *STORY]
    clocks = SharedClock(folder / "clock"), SharedClock(town.cluster.folder / "clock")
    clients = town.clients()
    with served(folder / "embedded", env={"MUSTER_CLOCK": str(folder / "clock")}) as service:
        for number, (name, body) in enumerate(steps):
            for clock in clocks:
                clock.set(BEGIN + timedelta(seconds=number))
            key, client = str(uuid5(NAMESPACE_OID, str(number))), clients[number % len(clients)]
            at_home = far = body
            if upload := upload_of(name, body):
                path = f"/api/v1/{J}/files"
                at_home = body | (await asyncio.to_thread(service.http.post, path, **upload)).json()
                far = body | (await client.post(path, **upload)).json()
            here = await asyncio.to_thread(City(service, J).send, name, key=key, **at_home)
            there = await command(client, J, name, key, **far)
            assert here.status_code == there.status_code == 200, here.text + there.text
            assert here.json()["position"] == there.json()["position"], name
        await asyncio.to_thread(City(service, J).get, "jurisdictions")  # the views show all of it
    for client in clients:
        await client.aclose()
    assert await town.audit(J) == []


async def compared(town: Town, code: str, folder: Path) -> int:
    """Compare all rows: of the embedded views in `folder`, of the cluster, and once several processes
    have rebuilt them. Return how many there are.
    """
    embedded = SqliteViews.open_readonly(folder / "embedded" / "views.sqlite", catalog)
    shared = await PgViews.open(await Pool.open(town.cluster.database.dsn), catalog)
    here, there = plain(await rows(embedded, code)), plain(await rows(shared, code))
    found = differences(here, there)
    assert not found, "\n".join(found)

    live = await rows(shared, code)
    assert 0 in _rebuilt(str(folder / "tool"), code, town.cluster.env), "the other process failed"
    assert await rows(shared, code) == live
    assert await town.audit(code) == []
    await embedded.close()
    await shared.close()
    return sum(map(len, here.values()))


def _rebuilt(folder: str, code: str, env: dict[str, str]) -> list[int]:
    """Rebuild all views by two processes or more; return with which status the others ended."""
    ended: list[int] = []
    end = children.Process.end

    async def noted(process: children.Process) -> int:
        ended.append(await end(process))
        return ended[-1]

    with patch.object(children.Process, "end", noted), patch.object(rebuilding, "START_SECONDS", 1e-6):
        arguments = ("--data", folder, "--jurisdiction", code)
        done = command_line.muster("rebuild", *arguments, env=env | {"MUSTER_PROCESSES": "2"})
    assert done.returncode == 0, done.stderr
    return ended


def _figures(said: str) -> list[str]:
    """Return the report's lines without the hash."""
    return [
        line for line in said.splitlines() if not any(mark in line for mark in (" | ", "based on", "://"))
    ]
