"""Export a jurisdiction's sealed files to a tar archive, and load them elsewhere. Nothing is decrypted."""

import io
import re
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from services.files.form import BadFile, name_of, unpack
from services.files.port import Files
from services.transfer.draft import whole
from services.transfer.errors import TransferFailed

MOST_BYTES = 4 * 1024 * 1024
"""Of one file; none is stored that is larger."""
_CODE: Final = re.compile(r"\w[\w.\-]{0,63}")
"""Of a jurisdiction. It becomes a folder's name, so that `..` would lead out of the data folder."""


class FilesWritten(msgspec.Struct, frozen=True):
    """What was exported."""

    file: str
    jurisdiction: str
    files: int


class FilesLoaded(msgspec.Struct, frozen=True):
    """What was loaded."""

    jurisdiction: str
    files: int


async def export_files(files: Files, jurisdiction: str, out: Path) -> FilesWritten:
    """Write all sealed files of a jurisdiction. Raises TransferFailed, FilesUnavailable or OSError."""
    count = 0
    with whole(out) as draft, tarfile.open(fileobj=draft, mode="w") as archive:
        for subject in await files.subjects(jurisdiction):
            for name in sorted(await files.held(jurisdiction, subject)):
                stored = await files.get(jurisdiction, name)
                if stored is not None:
                    about = tarfile.TarInfo(f"{jurisdiction}/{name}")
                    about.size = len(stored)
                    archive.addfile(about, io.BytesIO(stored))
                    count += 1
    return FilesWritten(str(out), jurisdiction, count)


async def load_files(files: Files, file: Path) -> list[FilesLoaded]:
    """Store all files of an archive. Raises TransferFailed for one that is not what its name says."""
    counts: dict[str, int] = {}
    for jurisdiction, name, stored in _members(file):
        try:
            subject = unpack(stored).subject
        except BadFile as error:
            raise TransferFailed("transfer.damaged", variant="file", why=str(error)) from error
        if name_of(stored) != name:
            raise TransferFailed("transfer.damaged", variant="file", why=f"{name} was modified")
        await files.put(jurisdiction, name, subject, stored, datetime.now(UTC))
        counts[jurisdiction] = counts.get(jurisdiction, 0) + 1
    return [FilesLoaded(one, count) for one, count in sorted(counts.items())]


def _members(file: Path) -> Iterator[tuple[str, str, bytes]]:
    try:
        with tarfile.open(file, "r:") as archive:
            for member in archive:
                jurisdiction, _, name = member.name.partition("/")
                content = archive.extractfile(member) if member.size <= MOST_BYTES else None
                if content is None or not _CODE.fullmatch(jurisdiction):
                    raise TransferFailed("transfer.damaged", variant="file", why=member.name)
                yield jurisdiction, name, content.read()
    except tarfile.TarError as error:
        raise TransferFailed("transfer.damaged", variant="file", why=str(error)) from error
