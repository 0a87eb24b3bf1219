"""What every log can do. Its adapters pass one contract suite (tests/contract/test_log.py)."""

from collections.abc import AsyncIterator
from typing import Protocol

import msgspec

from events.commit import Head


class Stored(msgspec.Struct, frozen=True):
    """One accepted commit: its exact bytes, and the head it leads to."""

    data: bytes
    head: Head


class LogUnavailable(Exception):
    """The log cannot be reached or written now; nothing was changed."""


class OutcomeUnknown(Exception):
    """The append may or may not be in the log; ask again before trying anything else."""


class LogDamaged(Exception):
    """Stored commits do not form a chain. Names jurisdiction and position; writing stops there."""

    def __init__(self, jurisdiction: str, position: int, why: str) -> None:
        super().__init__(f"the log of {jurisdiction} is damaged at position {position}: {why}")
        self.jurisdiction, self.position, self.why = jurisdiction, position, why


class LogLocked(Exception):
    """Another process writes to this log."""

    def __init__(self, path: str, pid: int | None) -> None:
        super().__init__(
            f"{path} is in use by process {pid}" if pid else f"{path} is in use by another process"
        )
        self.pid = pid


class Log(Protocol):
    """Chained commits per jurisdiction. Readers see accepted commits only, in order, each once."""

    id: str
    """UUID made with the log: another log has another."""

    async def jurisdictions(self) -> list[str]:
        """Codes of all jurisdictions with a commit, sorted."""
        ...

    async def end(self, jurisdiction: str) -> Head:
        """The head as the store has it now (asked, not remembered)."""
        ...

    async def known_head(self, jurisdiction: str) -> Head:
        """The newest head known here without asking: what to append to. It may be behind `end`.

        Where this process has won over another one, that one goes first (at most 50 ms).
        """
        ...

    async def append(self, jurisdiction: str, data: bytes) -> bool:
        """Append the bytes of one commit; True once it is accepted and durable, False if another came first.

        Raises LogUnavailable (not written), OutcomeUnknown.
        """
        ...

    def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        """Accepted commits beyond position `after` up to the end as it is now, in batches.

        Inside a commit it starts with that commit. Raises LogDamaged: hashes are checked on the way.
        """
        ...

    async def wait(self, jurisdiction: str, after: int, timeout: float) -> bool:  # noqa: ASYNC109
        """Until there is a commit beyond `after`, or for `timeout` seconds; whether there is."""
        ...

    def add_mark(self, jurisdiction: str, head: Head, offset: int) -> None:
        """A head that was once at an offset (see `mark`), if this is still the same log: so that reading can
        begin there. Checked before it is relied on."""
        ...

    def mark(self, jurisdiction: str) -> tuple[Head, int] | None:
        """The newest head known here, and the offset of its commit; None where the store has no offsets."""
        ...

    def release(self, jurisdiction: str) -> None:
        """Nobody here needs the jurisdiction just now: what is kept in memory of it may go."""
        ...

    async def close(self) -> None: ...
