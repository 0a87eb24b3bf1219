"""Import a made-up ticket log into a new data folder: rows per second, and memory.

    python -m bench.importing [--rows 120000]

One row is one unit on a ticket. With its groups, a row makes 3.9 commands.
"""

import argparse
import asyncio
import csv
import re
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from bench.past import say
from services import wiring
from services.base.tuning import tune
from services.intake import import_files, parse_mapping
from services.intake.running.sinks import Embedded

MAPPING = """
name = "tickets"
timezone = "Asia/Shanghai"
[[source]]
name = "tickets"
[[source.command]]
name = "jurisdiction.establish"
once_per = []
data = { name = "City" }
[[source.command]]
name = "request.open"
once_per = ["ticket"]
at = { column = "opened", pick = "min" }
data = { request = "{ticket}", category = "{kind}", area = "{jurisdiction}", priority = "{priority}", slots = { null = true }, address = "{address}" }
[[source.command]]
name = "team.form"
once_per = ["unit"]
at = { column = "opened", pick = "min" }
data = { team = "{unit}", name = "{unit}", kind = "ambulance", area = "{jurisdiction}", capacity = 1, activate = true }
[[source.command]]
name = "assignment.dispatch"
at = "{dispatched}"
data = { assignment = "{ticket}-{unit}", request = "{ticket}", team = "{unit}" }
[[source.command]]
name = "assignment.progress"
at = "{on scene}"
data = { assignment = "{ticket}-{unit}", stage = "on_scene" }
[[source.command]]
name = "assignment.done"
at = "{free}"
data = { assignment = "{ticket}-{unit}" }
[[source.command]]
name = "request.complete"
once_per = ["ticket"]
at = { column = "free", pick = "max" }
data = { request = "{ticket}" }
"""  # noqa: E501
HEAD = ("ticket", "unit", "kind", "priority", "address", "opened", "dispatched", "on scene", "free")
UNITS = 60
J = "2307"


def write(path: Path, rows: int) -> None:
    """Write the log: every other ticket has one unit, the others two."""
    start = datetime(2024, 1, 1)  # noqa: DTZ001  local times
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(HEAD)
        for n in range(rows):
            ticket = n // 9 * 4 + min(n % 9 // 2, 3)
            at = start + timedelta(minutes=n)
            times = [at, at + timedelta(minutes=2), at + timedelta(minutes=9), at + timedelta(minutes=40)]
            out.writerow(
                [f"T{ticket}", f"U{n % UNITS}", ("fire", "medical")[n % 2], n % 4 + 1, f"Road {n % 997}"]
                + [f"{one:%Y-%m-%d %H:%M:%S}" for one in times]
            )


def peak_mib() -> int:
    """Return the most memory that this process had. `getrusage` counts that of who started it as well."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) >> 10 if found else 0


async def measure(folder: Path, rows: int) -> None:
    """Import the log and print the figures."""
    tune()
    path = folder / "tickets.csv"
    write(path, rows)
    muster = await wiring.opened(folder / "data", serving=True)
    seen: list[tuple[float, float | None]] = []
    async with muster.running():
        sink = Embedded(muster.commands, muster.clock, muster.views)
        began = time.perf_counter()
        summary = await import_files(
            [path],
            parse_mapping(MAPPING),
            J,
            sink,
            import_key=muster.vault.import_key(),
            progress=lambda done, total: seen.append((time.perf_counter() - began, total)),
        )
        took = time.perf_counter() - began
        await muster.progress.reached(J, muster.commands.writers[J].state.head.position, 600)
        whole = time.perf_counter() - began
    read = max(at for at, total in seen if total is None)
    sent = sum(summary.outcomes.values())
    memory = peak_mib()
    say(
        f"import of {summary.rows:,} rows, {sent:,} commands",
        f"{summary.rows / took:.0f} rows/s",
        "goal 5,000",
    )
    say("  applied and rejected", f"{summary.applied:,} + {summary.rejected:,}")
    say("  reading, in all, and with views", f"{read:.1f}, {took:.1f}, {whole:.1f} s")
    say("  processor time of this process", f"{time.process_time():.1f} s", f"peak {memory} MiB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=120_000)
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(measure(Path(made), parser.parse_args().rows))
