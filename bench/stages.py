"""Processor time of each stage that a batch goes through, in microseconds a command.

    python -m bench.stages [--batches 40] [--kind check_in | register | late]

Processor time, not the clock: it is hardly changed by what else the machine does.
"""

import argparse
import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from events.commit import Head, digest, encode
from projections.catalog import views as catalog
from services import wiring
from services.api.items import Given, read_items
from services.base.tuning import tune
from services.decisions.base import commands
from services.decisions.decide import confirm
from services.decisions.state import State
from services.log.port import Stored
from services.recorder.envelope import CommandEnvelope
from services.recorder.group import Group
from services.recorder.queue import CommandQueue
from services.recorder.sealing import seal_all
from services.vault import Vault
from services.views.batch import run_batch
from services.views.folding import Folding
from services.views.hot import HotRows
from services.views.port import Views
from services.views.turn import run_turn

J = "B1"
SIZE = 500
WORKERS = 1000
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Stages:
    """Processor seconds by stage."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what is done inside."""
        began = time.process_time()
        yield
        self.seconds[name] += time.process_time() - began

    def tell(self, what: str, count: int) -> None:
        """Print microseconds a command."""
        for name, seconds in self.seconds.items():
            print(f"{name:<18} {seconds / count * 1e6:7.1f} us")
        total = sum(self.seconds.values())
        print(f"{'in all':<18} {total / count * 1e6:7.1f} us a command ({what}, {count:,})")


def items(kind: str, batch: int) -> list[dict[str, Any]]:
    """Return the commands of one batch."""
    made: list[dict[str, Any]] = []
    for n in range(batch * SIZE, (batch + 1) * SIZE):
        one: dict[str, Any] = {"id": str(uuid4()), "name": "worker.check_in"}
        one["data"] = {"worker": f"W{n % WORKERS}", "area": J}
        if kind == "register":
            one |= {"name": "worker.register", "data": {"worker": f"N{n}", "role": "courier"}}
        elif kind == "late":
            one["at"] = (NOW - timedelta(hours=9, milliseconds=n * 7919 % 1_000_003)).isoformat()
        made.append(one)
    return made


def envelopes(body: bytes) -> list[CommandEnvelope]:
    """Read a batch as the API does."""
    read = read_items(body)
    return [_envelope(one) for one in read if isinstance(one, Given)]


def _envelope(item: Given) -> CommandEnvelope:
    command = commands[item.name].model_validate_json(item.data, strict=True)
    return CommandEnvelope(id=item.id, command=command, actor="bench", received=NOW, at=item.at)


class Bench:
    """A state, its log's head and its views."""

    def __init__(self, vault: Vault, views: Views, together: int = 1) -> None:
        """`together`: commits whose views are written in one transaction."""
        self.vault, self.views, self.state = vault, views, State(J)
        self.now = NOW
        self._together = together
        self._waiting: list[Stored] = []
        self._hot, self._folding = HotRows(catalog), Folding(catalog)

    async def batch(self, body: bytes, stages: Stages) -> None:
        """Take one batch through all stages."""
        with stages.stage("read"):
            group = envelopes(body)
        await self.record(group, stages)

    async def record(self, group: list[CommandEnvelope], stages: Stages) -> None:
        """Take commands through all stages but their reading."""
        with stages.stage("queue"):
            queue = CommandQueue()
            sent = queue.put(group)
            taken = queue.take()
        with stages.stage("seal"):
            sealed = await seal_all(self.vault, J, group)
        with stages.stage("decide"):
            deciding = Group(self.state, self.now, "Asia/Shanghai", 60)
            for one, body_ in zip(taken, sealed, strict=True):
                deciding.add(one, body_, {})
            commit = deciding.commit(J, str(uuid4()))
        with stages.stage("encode"):
            data = encode(commit)
            head = Head(commit.first - 1 + len(commit.events), digest(data))
        with stages.stage("confirm, answer"):
            confirm(self.state, commit, head)
            deciding.answer()
            answers = await sent.answer
        assert {one.outcome for one in answers} == {"accepted"}, answers[0]
        self.now += timedelta(seconds=1)
        self._waiting.append(Stored(data, head))
        if len(self._waiting) >= self._together:
            await self.project(stages)

    async def project(self, stages: Stages) -> None:
        """Write the views of all that waits for it, as the projector does."""
        waiting, self._waiting = self._waiting, []
        with stages.stage("views"):
            if not await run_turn(self.views, {J: waiting}, self._hot, self._folding):
                await run_batch(self.views, J, waiting, _nothing, catalog)


async def _nothing(jurisdiction: str, after: int) -> AsyncIterator[list[Stored]]:
    """Stand in for reading the log again, which no batch needs."""
    raise AssertionError(f"{jurisdiction} has no gap after {after}")
    yield []  # makes it a generator


async def measure(kind: str, batches: int) -> None:
    """Print the processor time of each stage."""
    tune()
    with tempfile.TemporaryDirectory() as folder:
        muster = await wiring.embedded(Path(folder))
        bench = Bench(muster.vault, muster.views)
        for batch in range(WORKERS // SIZE if kind != "register" else 1):
            made = [
                {
                    "id": str(uuid4()),
                    "name": "worker.register",
                    "data": {"worker": f"W{n}", "role": "courier"},
                }
                for n in range(batch * SIZE, (batch + 1) * SIZE)
            ]
            await bench.batch(msgspec.json.encode(made), Stages())
        stages = Stages()
        for batch in range(batches):
            await bench.batch(msgspec.json.encode(items(kind, batch)), stages)
        await muster.close()
    stages.tell(kind, batches * SIZE)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=40)
    parser.add_argument("--kind", choices=("check_in", "register", "late"), default="check_in")
    asked = parser.parse_args()
    asyncio.run(measure(asked.kind, asked.batches))
