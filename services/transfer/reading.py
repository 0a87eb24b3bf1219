"""Read a file of commits, verifying the hash chain line by line."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from events import catalog
from events.commit import Commit, Head, Verdict, after, decode
from events.jurisdiction import JurisdictionMoved, JurisdictionResumed
from services.log.port import Stored
from services.transfer.errors import TransferFailed
from services.transfer.form import FORMAT, Manifest, Progress, Trailer, lifecycle, lines

S = TypeVar("S", bound=msgspec.Struct)


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """The result of checking a file without errors."""

    manifest: Manifest
    last_word: JurisdictionMoved | JurisdictionResumed | None
    met: bool
    """Whether the given head is on the file's chain."""


class CommitFile:
    """A file of commits. Methods block, can be repeated, and raise TransferFailed or OSError."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise TransferFailed("transfer.no_file", file=str(path), why=str(error.strerror)) from error
        try:
            self.manifest = self._manifest(next(self._lines(), b""))
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        self._file.close()

    def check(self, looked_for: Head, progress: Progress | None = None) -> Checked:
        """Check the whole file: chain, counts, and that every event is known."""
        said: JurisdictionMoved | JurisdictionResumed | None = None
        met = looked_for == Head()
        for number, stored in enumerate(self.commits()):
            met = met or stored.head == looked_for
            said = _known(stored) or said
            if progress and number % 500 == 0:
                progress(stored.head.position, self.manifest.position)
        return Checked(manifest=self.manifest, last_word=said, met=met)

    def commits(self) -> Iterator[Stored]:
        """Yield the commits in order, verifying the chain. The file may turn out to be truncated."""
        rest = self._lines()
        next(rest)
        head = Head()
        for number in range(1, self.manifest.count + 1):
            data = next(rest, None)
            if data is None or data.startswith(b'{"end":'):
                raise TransferFailed("transfer.truncated", written=self.manifest.count, found=number - 1)
            head = self._follow(data, head)
            yield Stored(data, head)
        self._ended(head, next(rest, None), next(rest, None))

    def _lines(self) -> Iterator[bytes]:
        self._file.seek(0)
        return lines(self._file)

    def _manifest(self, text: bytes) -> Manifest:
        try:
            found = msgspec.json.decode(text, type=Manifest)
        except msgspec.DecodeError as error:
            raise TransferFailed("transfer.no_manifest", why=str(error)) from error
        if found.format != FORMAT:
            raise TransferFailed("transfer.format", given=found.format, known=FORMAT)
        return found

    def _follow(self, data: bytes, head: Head) -> Head:
        """Return the head after a commit."""
        try:
            commit = decode(data)
            verdict, new = after(head, data)
        except msgspec.DecodeError as error:
            position = head.position + 1
            raise TransferFailed("transfer.damaged", position=position, why=str(error)) from error
        if commit.jurisdiction != self.manifest.jurisdiction:
            raise TransferFailed(
                "transfer.damaged",
                variant="jurisdiction",
                position=head.position + 1,
                jurisdiction=commit.jurisdiction,
                wanted=self.manifest.jurisdiction,
            )
        if verdict is not Verdict.ACCEPTED:
            raise TransferFailed("transfer.damaged", variant="chain", position=head.position + 1)
        return new

    def _ended(self, head: Head, last: bytes | None, beyond: bytes | None) -> None:
        if last is None:
            raise TransferFailed("transfer.truncated")
        try:
            trailer = msgspec.json.decode(last, type=Trailer)
        except msgspec.DecodeError as error:
            position = head.position + 1
            raise TransferFailed(
                "transfer.damaged", variant="end", position=position, why=str(error)
            ) from error
        said = (trailer.count, trailer.position, trailer.hash)
        if head != self.manifest.head or said != (self.manifest.count, head.position, head.hash):
            raise TransferFailed(
                "transfer.damaged", variant="manifest", head=str(head), wanted=str(self.manifest.head)
            )
        if beyond is not None:
            raise TransferFailed("transfer.damaged", variant="more")


def _known(stored: Stored) -> JurisdictionMoved | JurisdictionResumed | None:
    """Decode every event of a commit; return its last move or resume event, or None."""
    commit: Commit = decode(stored.data)
    try:
        for _ in catalog.envelopes(commit):
            pass
    except catalog.UnknownEvent as error:
        raise TransferFailed("transfer.unknown_event", why=str(error)) from error
    except catalog.BadEvent as error:
        raise TransferFailed("transfer.damaged", variant="event", why=str(error)) from error
    return lifecycle(commit)
