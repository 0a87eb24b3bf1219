"""Load a file of commits into a log, checking all of it before the first append."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final, Literal
from uuid import UUID, uuid5

import msgspec

from events.commit import Head, decode
from events.jurisdiction import JurisdictionMoved, JurisdictionResumed
from services.log.port import Log, LogUnavailable, OutcomeUnknown, Stored
from services.transfer.errors import TransferFailed
from services.transfer.form import Manifest, Progress, lifecycle
from services.transfer.reading import Checked, CommitFile

RESUMING: Final = UUID("6d757374-6572-4078-a000-726573756d65")
"""Namespace of `jurisdiction.resume` ids, one per head, so that loading twice changes nothing."""
GROUP: Final = 500
GROUP_BYTES: Final = 4 * 2**20
TRIES: Final = 6
"""Attempts without progress, half a minute in total."""


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a load. `known`: the file was loaded before and the jurisdiction resumed from it."""

    outcome: Literal["loaded", "known"]
    manifest: Manifest
    appended: int
    """Commits appended; the others were already there."""

    @property
    def resume_id(self) -> str:
        """Id of the command that resumes from the file's head."""
        return str(uuid5(RESUMING, f"{self.manifest.jurisdiction}/{self.manifest.head}"))


async def load(
    file: CommitFile, log: Log, *, restore: bool = False, progress: Progress | None = None
) -> Loaded:
    """Append the commits the log lacks; the caller then sends `jurisdiction.resume`.

    After a failure, load again to continue. Raise TransferFailed, LogDamaged, LogUnavailable or OSError.
    """
    jurisdiction = file.manifest.jurisdiction
    end = await log.end(jurisdiction)
    checked = await asyncio.to_thread(file.check, end, progress)
    _refuse_unmoved(checked, log, restore)
    if not checked.met:
        return await _beyond(file, log, end)
    if (end, log.id) == (file.manifest.head, file.manifest.log) and not _moved(checked):
        return Loaded(outcome="known", manifest=file.manifest, appended=0)
    appended = 0
    commits = (stored for stored in file.commits() if stored.head.position > end.position)
    head = end
    while group := await asyncio.to_thread(_group, commits):
        await _append(log, jurisdiction, head, group)
        head, appended = group[-1].head, appended + len(group)
        if progress:
            progress(head.position, file.manifest.position)
    return Loaded(outcome="loaded", manifest=file.manifest, appended=appended)


def _moved(checked: Checked) -> bool:
    return isinstance(checked.last_word, JurisdictionMoved)


def _refuse_unmoved(checked: Checked, log: Log, restore: bool) -> None:
    """Raise TransferFailed if two logs could continue the jurisdiction, unless restoring."""
    if restore:
        return
    if not _moved(checked):
        raise TransferFailed("transfer.not_moved")
    if checked.manifest.log == log.id:
        raise TransferFailed("transfer.same_log")


async def _beyond(file: CommitFile, log: Log, end: Head) -> Loaded:
    """Handle a log whose head is not in the file: it continues the file, or is another chain."""
    manifest = file.manifest
    following = await _following(log, manifest)
    if following is None:
        position = await _first_difference(file, log)
        raise TransferFailed("transfer.diverged", jurisdiction=manifest.jurisdiction, position=position)
    if not _goes_on(following, manifest.head):
        raise TransferFailed("transfer.behind", position=end.position)
    return Loaded(outcome="known", manifest=manifest, appended=0)


async def _following(log: Log, manifest: Manifest) -> Stored | None:
    """Return the log's commit after the file's last one, or None if the chains differ."""
    met = False
    async for batch in log.read(manifest.jurisdiction, manifest.position - 1):
        for stored in batch:
            if met:
                return stored
            if stored.head != manifest.head:
                return None
            met = True
    return None


def _goes_on(stored: Stored, head: Head) -> bool:
    """Return whether a commit resumes the jurisdiction from this head."""
    said = lifecycle(decode(stored.data))
    return isinstance(said, JurisdictionResumed) and (said.position, said.hash) == (head.position, head.hash)


async def _first_difference(file: CommitFile, log: Log) -> int:
    """Return the position of the first event of the first differing commit."""
    commits, position = file.commits(), 0
    async for batch in log.read(file.manifest.jurisdiction):
        for stored in batch:
            other = await asyncio.to_thread(next, commits, None)
            if other is None or other.data != stored.data:
                return position + 1
            position = stored.head.position
    return position + 1


def _group(commits: Iterator[Stored]) -> list[Stored]:
    """Take the next commits to append together."""
    group: list[Stored] = []
    size = 0
    for stored in commits:
        group.append(stored)
        size += len(stored.data)
        if len(group) >= GROUP or size >= GROUP_BYTES:
            break
    return group


async def _append(log: Log, jurisdiction: str, head: Head, group: Sequence[Stored]) -> None:
    """Append a group after `head`. Before retrying, check what was already appended."""
    trouble = 0
    while group:
        calls = [log.append(jurisdiction, stored.data) for stored in group]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        if all(answer is True for answer in answers):
            return
        left = await _left(log, jurisdiction, head, group, answers)
        trouble = trouble + 1 if len(left) == len(group) else 0
        if trouble >= TRIES:
            raise _stopped(answers, head)
        if left:
            await asyncio.sleep(min(0.1 * 2**trouble, 15))
        head, group = group[len(group) - len(left) - 1].head if len(left) < len(group) else head, left


async def _left(
    log: Log, jurisdiction: str, head: Head, group: Sequence[Stored], answers: Sequence[object]
) -> Sequence[Stored]:
    """Return the commits still to append. Raise errors other than an unavailable log."""
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, LogUnavailable | OutcomeUnknown):
            raise answer
    try:
        end = await log.end(jurisdiction)
    except LogUnavailable:
        return group
    heads = [head, *(stored.head for stored in group)]
    if end not in heads:
        raise TransferFailed(
            "transfer.diverged", variant="raced", jurisdiction=jurisdiction, position=head.position
        )
    return group[heads.index(end) :]


def _stopped(answers: Sequence[object], head: Head) -> TransferFailed:
    why = next(
        (str(answer) for answer in answers if isinstance(answer, Exception)), "the log accepts nothing"
    )
    return TransferFailed("transfer.unavailable", why=why, position=head.position)
