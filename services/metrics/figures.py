"""Metrics counted and timed while the process runs; families.py defines all of them."""

import time
from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram

from services.recorder.envelope import Outcome

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15)


class Figures:
    """The metrics of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        commands = Counter(
            "muster_commands", "Commands answered, by outcome", ["outcome"], registry=self.registry
        )
        self._outcomes = {
            outcome: commands.labels(outcome)
            for outcome in ("accepted", "known", "unchanged", "refused", "pending")
        }
        fixes = Counter(
            "muster_fixes", "Reported phone positions, by outcome", ["outcome"], registry=self.registry
        )
        self._fixes = {outcome: fixes.labels(outcome) for outcome in ("kept", "older", "refused")}
        self._command = Histogram(
            "muster_command_seconds",
            "From a command's arrival to its answer",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._append = Histogram(
            "muster_log_append_seconds",
            "From sending a commit to its confirmation",
            buckets=_SECONDS,
            registry=self.registry,
        )

    def answered(self, outcomes: Iterable[Outcome], began: float) -> None:
        """Count commands that arrived together at `began` (time.perf_counter)."""
        seconds = time.perf_counter() - began
        for kind, count in Tally(one.outcome for one in outcomes).items():
            self._outcomes[kind].inc(count)
            for _ in range(count):
                self._command.observe(seconds)

    def reported(self, *, kept: int, older: int, refused: int) -> None:
        """Count the positions of one batch."""
        for outcome, count in (("kept", kept), ("older", older), ("refused", refused)):
            self._fixes[outcome].inc(count)

    @contextmanager
    def appending(self) -> Iterator[None]:
        """Time the append of one commit."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._append.observe(time.perf_counter() - began)
