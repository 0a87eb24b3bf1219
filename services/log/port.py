"""Interface of every log; all adapters pass the same contract suite (tests/contract/test_log.py)."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

import msgspec

from events.commit import Head


class Stored(msgspec.Struct, frozen=True):
    """One accepted commit: its exact bytes and the head it leads to."""

    data: bytes
    head: Head


class DeadRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record behind the head that does not follow it, as far as it can be read."""

    offset: int
    """Where the store holds it."""
    hash: str
    first: int
    events: int
    recorded_at: datetime | None = None
    names: tuple[str, ...] = ()
    """Names of its events."""
    actors: tuple[str, ...] = ()


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """What lies behind a jurisdiction's head and does not follow it. See events/repair.py."""

    jurisdiction: str
    head: Head
    records: int
    digest: str
    shown: tuple[DeadRecord, ...]
    """The first of them."""


class LogUnavailable(Exception):
    """The log cannot be reached or written at the moment; nothing was changed."""


class OutcomeUnknown(Exception):
    """The append may or may not be in the log; check before trying anything else."""


class LogDamaged(Exception):
    """Stored commits do not form a chain. Names jurisdiction and position; writing stops there."""

    def __init__(self, jurisdiction: str, position: int, why: str) -> None:
        super().__init__(f"the log of {jurisdiction} is damaged at position {position}: {why}")
        self.jurisdiction, self.position, self.why = jurisdiction, position, why


class LogMismatch(LogDamaged):
    """The log does not lead through a head that was read or folded from it before."""

    def __init__(self, jurisdiction: str, known: Head, found: Head) -> None:
        super().__init__(jurisdiction, known.position, f"expected {known}, found {found}")
        self.known, self.found = known, found

    def __str__(self) -> str:
        place = "ends at" if self.found.position < self.known.position else "has there"
        return (
            f"the log of {self.jurisdiction} is older than its views, or another one: they stand at "
            f"{self.known}, the log {place} {self.found}; stop the service and put the newest log back, or, "
            "if this one is right, delete the views to have them folded again"
        )


class LogFileDamaged(LogDamaged):
    """The log's file itself cannot be read, so no position can be named."""

    def __init__(self, why: str) -> None:
        super().__init__("", 0, why)

    def __str__(self) -> str:
        return self.why


class LogReplaced(LogDamaged):
    """The log's file was removed or replaced while it was open; what is appended would be lost."""

    def __init__(self, path: str) -> None:
        super().__init__("", 0, path)
        self.path = path

    def __str__(self) -> str:
        return f"{self.path} was removed or replaced while in use; put the newest one back and restart"


class LogLocked(Exception):
    """Another process is writing to this log."""

    def __init__(self, path: str, pid: int | None) -> None:
        super().__init__(
            f"{path} is in use by process {pid}" if pid else f"{path} is in use by another process"
        )
        self.pid = pid


class Log(Protocol):
    """Chained commits per jurisdiction. Readers see only accepted commits, in order, each once."""

    id: str
    """UUID generated with the log."""

    async def jurisdictions(self) -> list[str]:
        """Return the codes of all jurisdictions with a commit, sorted."""
        ...

    async def end(self, jurisdiction: str) -> Head:
        """Return the store's current head; always asks the store."""
        ...

    async def known_head(self, jurisdiction: str) -> Head:
        """Return the newest head known locally, to append to. It may lag behind `end`.

        After winning a race, first gives the other process a turn (at most 50 ms).
        """
        ...

    async def append(self, jurisdiction: str, data: bytes) -> bool:
        """Append one commit. True once it is accepted and durable; False if another commit came first.

        Raises LogUnavailable (not written), OutcomeUnknown.
        """
        ...

    def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        """Yield accepted commits beyond `after` up to the current end, in batches.

        A position inside a commit starts with that commit. Raises LogDamaged, as hashes are checked, once
        everything before the damage is yielded.
        """
        ...

    async def damage(self, jurisdiction: str) -> Damage | None:
        """Return what lies behind the head without following it, asking the store; None if nothing does.

        Raises LogUnavailable; LogDamaged if something else is wrong, which no repair mends.
        """
        ...

    async def repair(self, jurisdiction: str, data: bytes) -> bool:
        """Append a commit that declares dead what lies behind the head. True once it is accepted and durable;
        False if it does not declare exactly that, or does not follow the head.

        Raises LogUnavailable (not written), OutcomeUnknown.
        """
        ...

    async def repaired(self, jurisdiction: str) -> None:
        """Wait until nothing lies behind the head without following it."""
        ...

    async def wait(self, jurisdiction: str, after: int, timeout: float) -> bool:  # noqa: ASYNC109
        """Wait up to `timeout` seconds for a commit beyond `after`; True if there is one."""
        ...

    def add_mark(self, jurisdiction: str, head: Head, offset: int) -> None:
        """Add a head and its offset (see `mark`) as a starting point for reading. It must come from this log,
        and is checked before use."""
        ...

    def mark(self, jurisdiction: str) -> tuple[Head, int] | None:
        """Return the newest known head and its commit's offset; None if the store has no offsets."""
        ...

    def release(self, jurisdiction: str) -> None:
        """Allow the jurisdiction's cached data to be dropped; nobody here needs it at the moment."""
        ...

    async def close(self) -> None: ...
