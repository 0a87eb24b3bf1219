"""Processor time of each stage that a row of a ticket log goes through, in microseconds a command.

    python -m bench.importing_stages [--rows 4000]

Processor time, not the clock: it is hardly changed by what else the machine does. The rows are those of
`bench.importing`. A service with two processes has its views written in the second one.
"""

import argparse
import asyncio
import tempfile
import threading
from pathlib import Path

from bench.importing import MAPPING, write
from bench.stages import NOW, Bench, J, Stages
from services import wiring
from services.base.tuning import tune
from services.intake import parse_mapping
from services.intake.cells.places import Places
from services.intake.rows.drafts import Drafts
from services.intake.running.sinks import Embedded, envelope_of
from services.intake.sending.reading import Reading
from services.intake.sending.sender import Sender
from services.intake.sending.spool import Spool
from services.intake.tables.header import find

TOGETHER = 8
"""Commits of 500 commands whose views are written in one transaction, as in an import."""


async def measure(folder: Path, rows: int) -> None:
    """Print the processor time of each stage."""
    tune()
    path, mapping, key = folder / "tickets.csv", parse_mapping(MAPPING), bytes(32)
    write(path, rows)
    [found] = find(path, mapping)
    muster = await wiring.embedded(folder / "data")
    bench, stages, spool = Bench(muster.vault, muster.views, TOGETHER), Stages(), Spool(found.source)
    with stages.stage("read and map"):
        drafts = Drafts(mapping, found, key, J, Places(J))
        Reading(found, mapping, drafts, spool, None, threading.Event()).all()
    with stages.stage("merge groups"):
        spool.finish()
    sink = Embedded(muster.commands, muster.clock, muster.views)
    sender = Sender(sink, J, key, observed=True, sheet="tickets", accepted=lambda _: False, run="1")
    batches, sent = spool.ordered(), 0
    while True:
        with stages.stage("sort"):
            batch = next(batches, None)
        if batch is None:
            break
        with stages.stage("ids"):
            items = [sender.item(one, "hash") for one in batch]
        with stages.stage("validate"):
            group = [envelope_of(one, NOW, bulk=True) for one in items]
        await bench.record(group, stages)
        sent += len(group)
    await bench.project(stages)
    spool.close()
    await muster.close()
    stages.tell(f"{rows:,} rows", sent)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=4_000)
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(measure(Path(made), parser.parse_args().rows))
