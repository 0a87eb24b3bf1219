"""Lets a test of the browser run again once, says so, and fails a run in which that happened often."""

from collections.abc import Sequence

import pytest

FOLDERS = tuple(
    f"tests/{name}/" for name in ("browser", "cluster", "contract", "deploy", "faults", "transfer")
)
"""Chromium, brokers and databases share two cores with services and other tests: a click in an unlucky moment
may get lost, a start take longer than any limit allows."""
AT_MOST = 2
"""Tests of a run that may need it. More are not bad luck but a fault of Muster."""


class Again:
    """A plugin of pytest."""

    def __init__(self) -> None:
        self._failed: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        """Mark the tests that may run again (marker of pytest-rerunfailures)."""
        for item in items:
            if item.nodeid.startswith(FOLDERS):
                item.add_marker(pytest.mark.flaky(reruns=1))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what failed at first."""
        if report.outcome == "rerun":
            crash = getattr(report.longrepr, "reprcrash", None)
            self._failed[report.nodeid] = str(getattr(crash, "message", report.longrepr))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run if too many ran again."""
        if len(self._failed) > AT_MOST and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name those that ran again, and how they failed at first."""
        if not self._failed:
            return
        terminalreporter.section(f"ran again, at most {AT_MOST} may; each is a fault to mend")
        for nodeid, message in self._failed.items():
            terminalreporter.write_line(f"{nodeid}: {message.splitlines()[0] if message else ''}")
