"""Shared by the cluster benchmarks: output, statistics, waiting, processes."""

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from events.commit import Commit, Head, Recorded, digest, encode

SECONDS: Final = 120.0
"""Timeout of a measurement."""

GENESIS_HEAD = Head()


class Figures:
    """Prints figures and keeps them for JSON."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        print(f"{'':<62} {'measured':>18}  limit or peer in this run", flush=True)

    def say(self, what: str, figure: str, limit: str = "", **values: Any) -> None:
        """Print a figure; `values` are the numbers it is based on."""
        print(f"{what:<62} {figure:>18}  {limit}", flush=True)
        self.rows.append({"what": what.strip(), "measured": figure, "beside": limit, **values})

    def keep(self, path: Path) -> None:
        """Write the figures as JSON."""
        path.write_text(json.dumps({"cores": os.cpu_count(), "figures": self.rows}, indent=2) + "\n")


def quantile(seconds: Sequence[float], q: float) -> float:
    """Return a quantile in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * q))]


def spread(values: Sequence[float], unit: str = "", digits: int = 0) -> str:
    """Describe values as `median of n, lowest to highest`."""
    return (
        f"median of {len(values)}, {min(values):,.{digits}f} to {max(values):,.{digits}f}{unit}"
        if len(values) > 1
        else "one run"
    )


median = statistics.median


async def until(
    ready: Callable[[], Awaitable[bool]], what: str, pause: float = 0.01, seconds: float = SECONDS
) -> float:
    """Wait until `ready`; return time.perf_counter(). Raise SystemExit on timeout."""
    deadline = time.monotonic() + seconds
    while not await ready():
        if time.monotonic() > deadline:
            raise SystemExit(f"timeout: {what}: not ready within {seconds:.0f} s")
        await asyncio.sleep(pause)
    return time.perf_counter()


@contextmanager
def process(*command: str, env: Mapping[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a Python process; stop it on exit."""
    with log.open("ab") as out:
        child = subprocess.Popen(
            [sys.executable, *command], env={**os.environ, **env}, stdout=out, stderr=out
        )
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def chained(
    jurisdiction: str, groups: Sequence[Sequence[Recorded]], head: Head = GENESIS_HEAD
) -> Iterator[tuple[bytes, Head]]:
    """Yield commits of these events after `head`, each with its head."""
    for number, events in enumerate(groups):
        commit = Commit(
            id=f"bench-{number}",
            jurisdiction=jurisdiction,
            first=head.position + 1,
            prev=head.hash,
            recorded_at=datetime.now(UTC),
            events=tuple(events),
        )
        data = encode(commit)
        head = Head(head.position + len(events), digest(data))
        yield data, head


def cut(events: Sequence[Recorded], size: int) -> list[Sequence[Recorded]]:
    """Cut events into groups of at least `size`, none of which ends within a command's events."""
    groups, first = list[Sequence[Recorded]](), 0
    for n in range(1, len(events) + 1):
        ends = n == len(events) or (n - first >= size and events[n].command != events[n - 1].command)
        if ends:
            groups.append(events[first:n])
            first = n
    return groups


class Cpu(msgspec.Struct):
    """CPU seconds of processes by name, since creation."""

    begun: dict[str, float]
    pids: dict[str, int]

    @classmethod
    def of(cls, pids: dict[str, int]) -> "Cpu":
        return cls({name: cpu_seconds(pid) for name, pid in pids.items()}, pids)

    def used(self) -> dict[str, float]:
        return {name: round(cpu_seconds(pid) - self.begun[name], 2) for name, pid in self.pids.items()}


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process and its children; of this process without them."""
    import psutil

    try:
        parent = psutil.Process(pid)
        family = [parent] if pid == os.getpid() else [parent, *parent.children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in family)
    except psutil.Error:
        return 0.0


def queued_seconds(pid: int) -> float:
    """Return how long the threads of a process waited for a core, of the one that waited longest."""
    found = [0.0]
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError):
            found.append(int(task.read_text().split()[1]) / 1e9)
    return max(found)
