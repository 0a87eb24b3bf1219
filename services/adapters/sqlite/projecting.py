"""The projector of a data folder in a process of its own.

    python -m services.adapters.sqlite.projecting FOLDER

The process that records commands starts it and is connected with its standard input. It ends with that
process, however that ends.
"""

import asyncio
import os
import socket
import sys
from pathlib import Path

from projections.catalog import views as catalog
from services.adapters.sqlite.log import SqliteLog
from services.adapters.sqlite.views import SqliteViews
from services.base import children
from services.base.clock import SystemClock
from services.base.tuning import tune
from services.views.beside import Child
from services.views.working import Worker

try:
    from uvloop import new_event_loop  # a tenth less processor time an event than asyncio's own loop
except ImportError:  # uvloop does not support Windows
    from asyncio import new_event_loop


async def start(data: Path) -> Child:
    """Start the projector of a data folder, given by its whole path. Raises OSError."""
    return await children.start(__spec__.name, str(data))


async def project(data: Path, connection: socket.socket) -> None:
    """Project until the other end of the connection is gone. Raises LogUnavailable, ViewsUnavailable."""
    reader, writer = await asyncio.open_unix_connection(sock=connection, limit=children.BUFFER)
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
    children.leave_signals()
    connection = socket.socket(fileno=os.dup(0))
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(project(Path(sys.argv[1]), connection))


if __name__ == "__main__":
    main()
