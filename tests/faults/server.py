"""A real `muster serve` as a child process that tests may kill."""

import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.command_line import Done
from tests.command_line import muster as in_process


class Server:
    """One run of the server on a data folder."""

    def __init__(self, data: Path, *options: str) -> None:
        command = [
            sys.executable,
            "-m",
            "services.cli",
            "serve",
            "--data",
            str(data),
            "--port",
            "0",
            *options,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.url = self._url()
        self.token = (data / "admin.token").read_text().strip()

    def _url(self) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.search(r"at (https?://\S+)", line):
                return found[1]
        assert self.process.stderr
        raise AssertionError(f"the server did not start: {self.process.stderr.read()}")

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def kill(self) -> None:
        """Kill the server, as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self._gone()

    def stop(self) -> int:
        """Stop the server as Ctrl-C would. Return the exit code."""
        self.process.send_signal(signal.SIGINT)
        self._gone()
        return self.process.returncode

    def _gone(self) -> None:
        self.process.communicate(timeout=30)


def muster(*arguments: str) -> Done:
    """Run the command line to its end: in this process, if it does not serve."""
    if arguments[0] not in ("serve", "demo", "projector"):
        return in_process(*arguments)
    done = subprocess.run(
        [sys.executable, "-m", "services.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)
