"""Record groups of commands: seal, decide, append, and only then reply."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from events.commit import Commit, Head, Recorded, digest, encode
from services.base.clock import Clock
from services.base.ids import ids
from services.decisions.erasure import erased_among
from services.log.port import Log, OutcomeUnknown, Stored
from services.recorder.erasing import VaultBacklog
from services.recorder.group import MOST_BULK_SECONDS, MOST_SECONDS, Group
from services.recorder.queue import Queued
from services.recorder.replica import Replica
from services.recorder.sealing import Sealed, Vault, seal_all, subject_of


class OnRecorded(Protocol):
    """Called with what was recorded, and whether it is part of an import alone."""

    def __call__(self, jurisdiction: str, stored: Stored, *, bulk: bool) -> None: ...


class Recorder:
    """Records one jurisdiction's commands, one group at a time.

    Raises LogUnavailable, VaultUnavailable, ViewsUnavailable, and whatever Replica.follow raises.
    """

    def __init__(
        self,
        jurisdiction: str,
        replica: Replica,
        backlog: VaultBacklog,
        *,
        log: Log,
        vault: Vault,
        clock: Clock,
        timezone: str,
        recorded: OnRecorded,
        appending: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.unknown: set[str] = set()
        """Ids of commands whose commit may still land."""
        self._jurisdiction, self._replica, self._backlog = jurisdiction, replica, backlog
        self._log, self._vault, self._clock, self._timezone = log, vault, clock, timezone
        self._recorded, self._appending, self._ids = recorded, appending, ids()

    async def record(self, queued: list[Queued]) -> list[Queued]:
        """Decide and append until accepted, then reply. Return the commands there was no time for.

        Also raises OutcomeUnknown. After any exception the state must be undone.
        """
        sealed = await self._sealed(queued)
        while True:
            await self.follow(await self._log.known_head(self._jurisdiction))
            recalled = await self._replica.recall([one.envelope.id for one in queued])
            await self._replica.at_hand((one.envelope.command, one.envelope.id) for one in queued)
            bulk = all(one.envelope.bulk for one in queued)
            seconds = MOST_BULK_SECONDS if bulk else MOST_SECONDS
            group = Group(self._replica.state, self._now(), self._timezone, seconds)
            for one, body in zip(queued, sealed, strict=True):
                if group.full:
                    break
                while away := group.add(one, body, recalled):
                    await self._replica.take_back(away)
            if await self._accepted(group, queued, bulk=bulk):
                self._backlog.add(group.erased, group.phones)
                await self.flush()
                group.answer()
                self._replica.settle()
                return _put_aside(queued[group.count :], sealed[group.count :])
            self._replica.state.undo()  # another process was first: decide everything again
            await self._replica.check_end()

    async def _sealed(self, queued: list[Queued]) -> list[Sealed]:
        fresh = [one.envelope for one in queued if one.sealed is None]
        made = iter(await seal_all(self._vault, self._jurisdiction, fresh))
        return [one.sealed or next(made) for one in queued]

    async def follow(self, head: Head) -> None:
        """Read up to `head`, collecting erasures whose keys a crashed process may not have destroyed."""
        await self._replica.follow(head, self._found)

    async def flush(self) -> None:
        """Flush the vault's backlog."""
        await self._backlog.flush(self._replica.state.head.position)

    def _found(self, events: Sequence[Recorded]) -> None:
        self._backlog.add(erased_among(events), {})

    def _now(self) -> datetime:
        last = self._replica.state.meta.recorded_at
        now = self._clock.now()
        return max(now, last) if last else now

    async def _accepted(self, group: Group, queued: Sequence[Queued], *, bulk: bool) -> bool:
        """Append the group. One without events only checks that the log has not advanced, so that nobody is
        refused because of an outdated state."""
        if not group.events:
            return await self._replica.is_level()
        try:
            return await self._append(group.commit(self._jurisdiction, next(self._ids)), bulk=bulk)
        except OutcomeUnknown:
            self.unknown.update(one.envelope.id for one in queued)
            raise

    async def _append(self, commit: Commit, *, bulk: bool) -> bool:
        data = encode(commit)
        with self._appending():
            if not await self._log.append(self._jurisdiction, data):
                return False
        head = Head(commit.first - 1 + len(commit.events), digest(data))
        self._replica.confirm(commit, head)
        self._recorded(self._jurisdiction, Stored(data, head), bulk=bulk)
        self.unknown.clear()
        return True


def _put_aside(left: list[Queued], sealed: list[Sealed]) -> list[Queued]:
    """Return the commands, each with what was made of it. That of personal data is made again, as its key may
    be destroyed before its turn comes."""
    for one, made in zip(left, sealed, strict=True):
        one.sealed = None if subject_of(one.envelope) else made
    return left
