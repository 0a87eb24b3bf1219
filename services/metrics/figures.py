"""Metrics counted and timed while the process runs; families.py defines all of them."""

import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import Final, get_args

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

from services.recorder.envelope import Kind, Outcome

BOUNDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0)
"""Upper bounds of the buckets, in seconds."""


class Durations:
    """A histogram in which one duration is counted many times at once: that of a batch, for each command."""

    def __init__(self, name: str, meaning: str, registry: CollectorRegistry) -> None:
        self._name, self._meaning = name, meaning
        self._counts, self._sum = [0] * (len(BOUNDS) + 1), 0.0
        registry.register(self)  # type: ignore[arg-type]  # it has only to collect

    def observe(self, seconds: float, count: int = 1) -> None:
        """Count a duration."""
        self._counts[bisect_left(BOUNDS, seconds)] += count
        self._sum += seconds * count

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Yield what was counted, as the client library asks for it."""
        bounds = (*map(str, BOUNDS), "+Inf")
        buckets = [(bound, float(n)) for bound, n in zip(bounds, accumulate(self._counts), strict=True)]
        yield HistogramMetricFamily(self._name, self._meaning, buckets=buckets, sum_value=self._sum)


class OutcomeCounter:
    """A counter by outcome, for one thread: the client library's takes a lock for each step."""

    def __init__(self, name: str, meaning: str, outcomes: Iterable[str], registry: CollectorRegistry) -> None:
        self.counts = dict.fromkeys(outcomes, 0)
        self._name, self._meaning = name, meaning
        registry.register(self)  # type: ignore[arg-type]  # it has only to collect

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield what was counted, as the client library asks for it."""
        family = CounterMetricFamily(self._name, self._meaning, labels=["outcome"])
        for outcome, count in self.counts.items():
            family.add_metric([outcome], count)
        yield family


class Figures:
    """The metrics of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._outcomes = OutcomeCounter(
            "muster_commands", "Commands answered, by outcome", get_args(Kind), self.registry
        )
        self._fixes = OutcomeCounter(
            "muster_fixes",
            "Reported phone positions, by outcome",
            ("kept", "older", "refused"),
            self.registry,
        )
        self._command = Durations(
            "muster_command_seconds", "From a command's arrival to its answer", self.registry
        )
        self._append = Durations(
            "muster_log_append_seconds", "From sending a commit to its confirmation", self.registry
        )

    def answered(self, outcomes: Sequence[Outcome], began: float) -> None:
        """Count commands that arrived together at `began` (time.perf_counter)."""
        for one in outcomes:
            self._outcomes.counts[one.outcome] += 1
        self._command.observe(time.perf_counter() - began, len(outcomes))

    def reported(self, *, kept: int, older: int, refused: int) -> None:
        """Count the positions of one batch."""
        for outcome, count in (("kept", kept), ("older", older), ("refused", refused)):
            self._fixes.counts[outcome] += count

    @contextmanager
    def appending(self) -> Iterator[None]:
        """Time the append of one commit."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._append.observe(time.perf_counter() - began)
