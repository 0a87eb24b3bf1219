"""kill -9 amid singles, batches, imports, erasures, pictures and rebuilds: all that was told is true."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Final

import pytest
from nursery import J
from scale import scaled

from events.base import EventEnvelope
from events.catalog import envelopes
from events.commit import decode
from events.worker import WorkerErased
from services import wiring
from services.verify.views import audit

KILLS: Final = scaled("MUSTER_MANY_KILLS", 25, 1_000)
ROOT = Path(__file__).parents[2]
LOOK_EVERY: Final = 100


class Told:
    """What the service acknowledged, over all lives."""

    def __init__(self) -> None:
        self.accepted: dict[str, int] = {}
        self.sent: set[str] = set()
        self.pictures: dict[str, str] = {}
        self.erased: set[str] = set()

    def take(self, line: dict[str, Any]) -> None:
        if "sent" in line:
            self.sent.add(line["sent"])
        elif "accepted" in line:
            self.accepted[line["accepted"]] = line["position"]
        elif "picture" in line:
            self.pictures[line["picture"]] = line["of"]
        elif "erased" in line:
            self.erased.add(line["erased"])


def life(asked: IO[str], answers: IO[str], seed: int, data: Path, told: Told, seconds: float) -> None:
    """Let one process live for some time after it has opened the folder."""
    asked.write(f"{seed} {data}\n")
    asked.flush()
    pid = json.loads(answers.readline())["born"]
    for text in answers:
        line = json.loads(text)
        if "open" in line:
            threading.Timer(seconds, os.kill, (pid, signal.SIGKILL)).start()
        elif "dead" in line:
            assert line["dead"] == -signal.SIGKILL, "it ended by itself"
            return
        else:
            told.take(line)


def _erased(events: Iterable[EventEnvelope]) -> set[str]:
    """Return whose keys are to be destroyed, whether or not that was acknowledged."""
    return {f"worker/{one.data.worker}" for one in events if isinstance(one.data, WorkerErased)}


async def check(data: Path, told: Told) -> int:
    """Compare a stopped folder with what was told. Return the number of commands in the log."""
    opened = await wiring.embedded(data)
    async with opened.running() as muster:
        found: dict[str, int] = {}
        erased = set(told.erased)
        async for batch in muster.log.read(J):
            for stored in batch:
                commit = decode(stored.data)
                found |= {event.command: commit.first + n for n, event in enumerate(commit.events)}
                erased |= _erased(envelopes(commit))
        assert {key: found.get(key) for key in told.accepted} == told.accepted
        assert found.keys() <= told.sent
        for name, subject in told.pictures.items():
            assert await muster.files.get(J, name) is not None, (name, subject)
        async with asyncio.timeout(60):
            await muster.commands.writer(J).ready()
        assert not any((await muster.vault.ensure(J, erased)).values()), "a key was not destroyed"
        await muster.progress.catch_up(J)
        assert (await audit(muster.log, muster.views, J, files=muster.files)).findings == []
    return len(found)


@pytest.mark.timeout(300 + 3 * KILLS)
async def test_nothing_that_was_told_is_lost(tmp_path: Path) -> None:
    chance, told = random.Random(328), Told()
    command = [sys.executable, str(Path(__file__).with_name("nursery.py"))]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) as born:
        assert born.stdin
        assert born.stdout
        for seed in range(1, KILLS + 1):
            life(born.stdin, born.stdout, seed, tmp_path / "data", told, chance.uniform(0, 0.25))
            if seed % LOOK_EVERY == 0:
                await check(tmp_path / "data", told)
        born.stdin.close()
    assert await check(tmp_path / "data", told) >= len(told.accepted) > KILLS
    assert told.pictures
    assert told.erased
