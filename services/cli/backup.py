"""`muster backup`: export every jurisdiction and its pictures into a new folder, and drop the oldest ones."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from services import wiring
from services.base.private import make_folder, sync_directory, write_once
from services.cli.common import DATA, Data, Fail, existing, out, run
from services.cli.transfer import reporting_failures, resting
from services.transfer import Exported
from services.transfer import export as export_commits
from services.transfer.files import export_files

FIGURES: Final = "muster.prom"
HEADS: Final = "heads.txt"
_NAME: Final = "%Y%m%dT%H%M%SZ"
_LENGTH: Final = len("20220328T000000Z")


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder that gets one new folder per backup.")],
    data: Data = DATA,
    keep: Annotated[int, typer.Option(min=1, help="Number of complete backups to keep.")] = 14,
) -> None:
    """Export every jurisdiction with its pictures into a new folder. Nothing has to stop.

    Keys and tokens are not in it: back them up afterwards, elsewhere.
    """
    existing(data)
    with reporting_failures(as_json=False):
        done = run(_backup(data, folder))
    place, exported = done
    for one in exported:
        out.print(f"{one.manifest.jurisdiction}: head {one.manifest.head}", markup=False, soft_wrap=True)
    damaged = [one.damage for one in exported if one.damage]
    if damaged:
        raise Fail(f"{place} holds what precedes the damage, and no older backup was dropped: {damaged[0]}.")
    _finish(folder, place)
    _drop(folder, keep)
    out.print(f"{place}: {len(exported)} jurisdictions", markup=False, soft_wrap=True)


async def _backup(data: Path, folder: Path) -> tuple[Path, list[Exported]]:
    place = folder / datetime.now(UTC).strftime(_NAME)
    draft = folder / f".{place.name}"
    shutil.rmtree(draft, ignore_errors=True)
    make_folder(draft)
    exported: list[Exported] = []
    async with resting(data) as (log, _), wiring.open_files(data) as files:
        for jurisdiction in await log.jurisdictions():
            exported.append(await export_commits(log, jurisdiction, draft / f"{jurisdiction}.muster"))
            await export_files(files, jurisdiction, draft / f"{jurisdiction}.files.tar")
    heads = "".join(f"{one.manifest.jurisdiction} {one.manifest.head}\n" for one in exported)
    write_once(draft / HEADS, heads.encode())
    draft.rename(place)
    sync_directory(folder)
    return place, exported


def _finish(folder: Path, place: Path) -> None:
    """Tell Prometheus, through the textfile collector of its node exporter, when a backup was complete."""
    registry = CollectorRegistry()
    finished = Gauge(
        "muster_backup_finished_timestamp_seconds", "Newest complete backup", ["of"], registry=registry
    )
    finished.labels("log").set(datetime.strptime(place.name, _NAME).replace(tzinfo=UTC).timestamp())
    write_to_textfile(str(folder / FIGURES), registry)
    (folder / FIGURES).chmod(0o644)


def _drop(folder: Path, keep: int) -> None:
    kept = sorted(path for path in folder.iterdir() if path.is_dir() and len(path.name) == _LENGTH)
    for path in kept[:-keep]:
        shutil.rmtree(path)
