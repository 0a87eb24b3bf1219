"""Processes that this one starts, each connected with its standard input and ended along with it."""

import asyncio
import signal
import socket
import sys
from contextlib import suppress
from typing import Final

from services.base.signals import ending

BUFFER: Final = 2**20
END_SECONDS: Final = 5.0
"""Within which a process ends after its connection was closed. One that does not, as it hangs, is killed."""


class Process:
    """A process that runs one of our modules."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process, self.reader, self.writer = process, reader, writer

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def wait(self) -> int:
        """Wait for it to end by itself; return its exit status."""
        return await self._process.wait()

    async def end(self) -> int:
        """Close the connection, upon which it ends; return its exit status once it has.

        Also for a task that was cancelled: there `asyncio.timeout` raises no TimeoutError in early releases
        of Python 3.11, such as that of Debian 12.
        """
        self.writer.close()
        try:
            return await asyncio.wait_for(self._process.wait(), END_SECONDS)
        except TimeoutError:
            self.kill()
            return await self._process.wait()


async def start(module: str, *words: str) -> Process:
    """Run a module. Raises OSError."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *words, stdin=theirs.fileno()
        )
    return Process(process, *await asyncio.open_unix_connection(sock=ours, limit=BUFFER))


def leave_signals() -> None:
    """In a process that was started so: let the other one decide when to end. A terminal or a service manager
    signals both."""
    for number in ending():
        signal.signal(number, signal.SIG_IGN)
