"""The past of a data folder, made in a process of its own that ends with its work.

    python -m services.wiring.making FOLDER MEGABYTES

The process that reads the past starts it and is connected with its standard input. It ends with that process
too, however that ends.
"""

import asyncio
import os
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Final

from projections.catalog import public_views
from projections.catalog import views as catalog
from services.adapters.sqlite.instants import SqliteInstants
from services.adapters.sqlite.log import SqliteLog
from services.adapters.sqlite.past import SqlitePast
from services.base import children
from services.base.tuning import tune
from services.history.instants import Instants
from services.history.making import Child, Maker
from services.history.past import Past
from services.log.port import Log

YIELDING: Final = 10
"""How much the process gives way to others on the same cores."""
REST: Final = 0.5
"""How much longer than it works it rests."""


async def start(data: Path, megabytes: int) -> Child:
    """Start it for a data folder. Raises OSError."""
    return await children.start(__spec__.name, str(data), str(megabytes))


async def past(
    data: Path, log: Log, megabytes: int, *, apart: bool = False, asked_only: bool = False
) -> Past:
    """Open the past of a data folder. `apart`: it is made in a process of its own. `asked_only`: see Past."""
    public = {name: catalog[name] for name in public_views()}
    most = megabytes << 20
    rows = await asyncio.to_thread(SqliteInstants, data / "instants.sqlite")
    store = await asyncio.to_thread(SqlitePast, data / "past.sqlite", public)
    maker = Maker((store, rows), partial(start, data, megabytes)) if apart else None
    instants = Instants(log, rows, most)
    return Past(log, store, public, most=most, asked_only=asked_only, instants=instants, maker=maker)


async def make(data: Path, megabytes: int, connection: socket.socket) -> None:
    """Make the past of all jurisdictions, unless the other end of the connection is gone before."""
    reader, writer = await asyncio.open_unix_connection(sock=connection)
    log = await asyncio.to_thread(SqliteLog.open_readonly, data / "log.sqlite")
    made = await past(data, log, megabytes)
    tune()
    making = asyncio.create_task(made.make_all(REST))
    gone = asyncio.create_task(reader.read())
    try:
        await asyncio.wait((making, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in (making, gone):
            one.cancel()
        await asyncio.wait((making, gone))
        await made.close()
        await log.close()
        writer.close()
    if not making.cancelled():
        making.result()


def main() -> None:
    """Make the past until it is made, or the process that started this one is gone."""
    children.leave_signals()
    os.nice(YIELDING)
    folder, megabytes = sys.argv[1:]
    asyncio.run(make(Path(folder), int(megabytes), socket.socket(fileno=os.dup(0))))


if __name__ == "__main__":
    main()
