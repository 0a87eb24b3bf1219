"""The projector of a data folder in a process of its own.

    python -m services.adapters.sqlite.projecting FOLDER

The process that records commands starts it and is connected with its standard input. It ends with that
process, however that ends.
"""

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from projections.catalog import views as catalog
from services.adapters.sqlite.log import SqliteLog
from services.adapters.sqlite.views import SqliteViews
from services.base.clock import SystemClock
from services.base.signals import ending
from services.base.tuning import tune
from services.views.beside import Child
from services.views.working import Worker

try:
    from uvloop import new_event_loop  # a tenth less processor time an event than asyncio's own loop
except ImportError:  # uvloop does not support Windows
    from asyncio import new_event_loop

BUFFER: Final = 2**20
END_SECONDS: Final = 5.0
"""Within which a projector ends after its connection was closed. One that does not, as it hangs, is killed:
what it has not written is folded again."""


class _Process:
    """A projector's process."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process, self.reader, self.writer = process, reader, writer

    def kill(self) -> None:
        """See Child.kill."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> int:
        """See Child.end."""
        self.writer.close()
        try:
            async with asyncio.timeout(END_SECONDS):
                return await self._process.wait()
        except TimeoutError:
            self.kill()
            return await self._process.wait()


async def start(data: Path) -> Child:
    """Start the projector of a data folder, given by its whole path. Raises OSError."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __spec__.name, str(data), stdin=theirs.fileno()
        )
    return _Process(process, *await asyncio.open_unix_connection(sock=ours, limit=BUFFER))


async def project(data: Path, connection: socket.socket) -> None:
    """Project until the other end of the connection is gone. Raises LogUnavailable, ViewsUnavailable."""
    reader, writer = await asyncio.open_unix_connection(sock=connection, limit=BUFFER)
    log = await asyncio.to_thread(SqliteLog.open_readonly, data / "log.sqlite")
    views = await asyncio.to_thread(SqliteViews, data / "views.sqlite", catalog)
    tune()
    try:
        await Worker(log, views, catalog, reader, writer).run(SystemClock())
    finally:
        await views.close()
        await log.close()


def main() -> None:
    """Project until the process that started this one is gone."""
    for number in ending():  # a terminal or a service manager sends them to both
        signal.signal(number, signal.SIG_IGN)  # the other process decides
    connection = socket.socket(fileno=os.dup(0))
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(project(Path(sys.argv[1]), connection))


if __name__ == "__main__":
    main()
