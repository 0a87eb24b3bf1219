"""Memory does not grow with the file. The 100 MB run: `python tests/unit/test_intake_memory.py 100`."""

import asyncio
import csv
import gzip
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

WEEK = Path(__file__).parents[2] / "services/intake/examples/sffd_week.csv.gz"
LIMIT = 300
"""Limit of resident memory, in MB."""


def grow(path: Path, megabytes: float) -> None:
    """Write copies of the San Francisco week, each with other call numbers."""
    with gzip.open(WEEK, "rt", encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    with path.open("w", newline="", encoding="utf-8") as out:
        writer, copy = csv.writer(out), 0
        writer.writerow(header)
        while True:
            for row in rows:
                writer.writerow([f"{copy}x{row[0]}", *row[1:]])
                if out.tell() > megabytes * 1_000_000:
                    return
            copy += 1


class Accepting:
    """A sink that accepts everything and stores nothing but the peak of memory so far."""

    def __init__(self) -> None:
        self.peaks: list[float] = []

    ahead = 2

    async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.peaks.append(most_resident())
        return [{"id": item["id"], "outcome": "accepted"} for item in items]


def most_resident() -> float:
    """Return the peak in MiB. Linux uses VmHWM, as ru_maxrss starts at the parent's value."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def measure(path: Path) -> dict[str, float]:
    """Import in this process. Return peak resident MB after a third and at the end, seconds, and sums."""
    from services.intake import import_files, load_mapping

    begun, sink = time.perf_counter(), Accepting()
    done = asyncio.run(
        import_files([path], load_mapping("sffd"), "SFFD", sink, import_key=b"k")  # type: ignore[arg-type]
    )
    assert done.rows == done.applied
    return {
        "resident_mb_early": sink.peaks[len(sink.peaks) // 3],
        "resident_mb": most_resident(),
        "seconds": time.perf_counter() - begun,
        "rows": done.rows,
        "commands": done.outcomes["accepted"],
    }


def apart(path: Path) -> dict[str, float]:
    """Do the same in a separate process."""
    answer = subprocess.run(
        [sys.executable, __file__, "--measure", str(path)], capture_output=True, check=True, text=True
    )
    return json.loads(answer.stdout)


def test_three_times_the_rows_take_hardly_more_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    grow(path, 1.6)
    found = apart(path)
    assert found["rows"] > 4_000
    assert found["resident_mb"] < LIMIT
    assert found["resident_mb"] - found["resident_mb_early"] < 10  # all rows and commands would take 20


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        print(json.dumps(measure(Path(sys.argv[2]))))
    else:
        target = Path(sys.argv[2] if len(sys.argv) > 2 else "muster-import-bench.csv")
        grow(target, float(sys.argv[1]))
        print(json.dumps(apart(target)))
        target.unlink()
