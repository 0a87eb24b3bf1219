"""Prints what each folder of tests costs: seconds on the clock, and of CPU with all children."""

from collections import defaultdict
from collections.abc import Generator

import psutil
import pytest

CPU = "seconds of CPU"


def cpu() -> float:
    """Seconds of CPU of this process, of the children it has, and of those that ended."""
    spent = 0.0
    me = psutil.Process()
    for process in (me, *me.children(recursive=True)):
        try:
            spent += sum(process.cpu_times()[:4])
        except psutil.Error:  # it ended meanwhile
            continue
    return spent


class Seconds:
    """A plugin of pytest. It runs where tests run, and where their reports arrive."""

    def __init__(self) -> None:
        self._before = cpu()
        self._clock: dict[str, float] = defaultdict(float)
        self._cpu: dict[str, float] = defaultdict(float)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, None, None]:
        """Measure CPU once per file, as looking at all processes takes a while."""
        try:
            return (yield)
        finally:
            if nextitem is None or nextitem.path != item.path:
                after = cpu()
                # less than before if a child was killed that counted its own children
                item.user_properties.append((CPU, max(0.0, after - self._before)))
                self._before = after

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Sum up by file."""
        file = report.nodeid.partition("::")[0]
        self._clock[file] += report.duration
        if report.when == "teardown":
            self._cpu[file] += sum(value for name, value in report.user_properties if name == CPU)  # type: ignore[misc]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print a table by folder; with `--durations=0` by file too."""
        files = terminalreporter.config.getoption("durations") == 0
        for by_file in (True, False) if files else (False,):
            terminalreporter.section("seconds: on the clock, of CPU")
            for name, clock, spent in self._table(by_file):
                terminalreporter.write_line(f"{clock:8.1f} {spent:8.1f}  {name}")

    def _table(self, by_file: bool) -> list[tuple[str, float, float]]:
        sums: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
        for file, clock in self._clock.items():
            name = file if by_file else file.rpartition("/")[0]
            sums[name] = sums[name][0] + clock, sums[name][1] + self._cpu[file]
        rows = [(name, *both) for name, both in sums.items()]
        return sorted(rows, key=lambda row: -row[2])
