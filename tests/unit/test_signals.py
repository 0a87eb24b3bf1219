"""Which signals end a process cleanly."""

import subprocess
import sys

import pytest

SAY = "from services.base.signals import ending; print(*[one.name for one in ending()])"


def said(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip()


@pytest.mark.usefixtures("terminal")
def test_a_closed_terminal_ends_a_process_as_its_manager_does() -> None:
    assert said(SAY) == "SIGINT SIGTERM SIGHUP"


def test_a_process_under_nohup_outlives_its_terminal() -> None:
    ignored = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    assert said(f"{ignored}; {SAY}") == "SIGINT SIGTERM"
