"""A supervised process, started in a new session, that ends with its supervisor."""

import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import psutil

MOST_LOG: Final = 16 * 2**20
"""Size in bytes after which a restart rotates the log file."""
_SET_DEATH_SIGNAL: Final = 1
_libc: Any = ctypes.CDLL(None) if sys.platform == "linux" else None
_returned: set[int] = set()
"""Ports that `free_port` returned."""


class NotReady(Exception):
    """A process ended or was not ready in time. The message names it and quotes the end of its log."""


class Child:
    """A process; `ready` checks whether it answers, `ends` is the signal for a clean shutdown."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        log: Path,
        ready: Callable[[], bool],
        *,
        env: Mapping[str, str] | None = None,
        address: str = "",
        user: str | None = None,
        ends: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name, self.argv, self.log, self.ready = name, list(argv), log, ready
        self.address, self.ends, self.restarts = address, ends, 0
        self._env, self._user = env, user
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def returncode(self) -> int | None:
        """How it ended, negative = by a signal; None if it runs or never ran."""
        return self._process.poll() if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process. Raise OSError."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > MOST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        # The death signal follows the starting thread; only the main thread lives as long as the process.
        on_main = threading.current_thread() is threading.main_thread()
        with open(self.log, "ab", opener=_private) as out:
            self._process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self._env} if self._env else None,
                user=self._user,
                group=self._user,
                start_new_session=True,
                preexec_fn=self._die_with_parent if on_main else None,
            )

    def _die_with_parent(self) -> None:
        if _libc:
            _libc.prctl(_SET_DEATH_SIGNAL, int(self.ends))

    def wait_ready(self, seconds: float) -> None:
        """Wait until the process answers. Raise NotReady."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.alive:
                code = self._process.returncode if self._process else None
                raise NotReady(f"{self.name} exited ({code}) while starting: {self.last_words()}")
            if self.ready():
                return
            time.sleep(0.05)
        raise NotReady(f"{self.name} did not answer within {seconds:.0f} s: {self.last_words()}")

    def last_words(self) -> str:
        """Return the end of the log, and its path."""
        try:
            text = self.log.read_bytes()[-600:].decode(errors="replace").strip()
        except OSError:
            text = ""
        return f"{text or 'no output'} ({self.log})"

    def _signal_all(self, number: signal.Signals) -> None:
        """Signal all descendants, the first one first: PostgreSQL's have sessions of their own."""
        if self._process is None or self._process.returncode is not None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self._process.pid)
            process.send_signal(number)
            for one in process.children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.send_signal(number)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and its children, if it is running."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """Kill the process, to simulate a crash."""
        self.signal(signal.SIGKILL)
        self.reap(10)

    def pause(self) -> None:
        """Pause the process and all below it (SIGSTOP), as a machine that hangs does."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Continue the process and all below it (SIGCONT)."""
        self._signal_all(signal.SIGCONT)

    def stop(self, seconds: float = 15) -> None:
        """Shut the process down cleanly, or kill it after `seconds`."""
        if self._process is None or not self.alive:
            return
        self.resume()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, self.ends)
        if not self.reap(seconds):
            self.kill()

    def reap(self, seconds: float) -> bool:
        """Wait for the process to end; return whether it did."""
        if self._process is None:
            return True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner can read; logs name people and hosts."""
    opened = os.open(path, flags, 0o600)
    os.fchmod(opened, 0o600)  # logs of earlier versions were readable by all
    return opened


def free_port() -> int:
    """Return a free port on 127.0.0.1, below the range of ephemeral ports.

    The kernel assigns ports from 32768 up to outgoing connections, even to one made to that very port, so a
    restarted server could find its port taken. None is returned twice: who got it may not use it yet.
    """
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311  not a secret
        if port in _returned:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _returned.add(port)
            return port


def listens(port: int) -> bool:
    """Return whether a server listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
