"""Deterministic commits from real decisions: `chain(CheckIn(...), ...)` is what a log would hold."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from events.commit import Commit, Head, Recorded, digest, encode
from services.decisions.base import Command, Context, Refused
from services.decisions.decide import confirm, decide
from services.decisions.state import State
from services.log.port import Stored

JURISDICTION = "2307"
BEGIN = datetime(2022, 3, 28, tzinfo=UTC)
"""Time of the first commit. Each later one follows after a second."""
_IDS = UUID("00000000-0000-4000-8000-000000000000")


class Chain:
    """A jurisdiction's growing log, and the resulting state."""

    def __init__(self, jurisdiction: str = JURISDICTION) -> None:
        self.state = State(jurisdiction)
        self.commits: list[Stored] = []
        self._commands = 0

    @property
    def head(self) -> Head:
        return self.state.head

    def commit(self, *commands: Command, at: datetime | None = None, observed: bool = False) -> Stored | None:
        """Return one commit of all these commands; None if they change nothing. If Refused, undo all."""
        now = BEGIN + timedelta(seconds=len(self.commits))
        events: list[Recorded] = []
        try:
            for command in commands:
                ctx = self._context(now, at, observed)
                events += decide(self.state, command, ctx, self.head.position + len(events) + 1, "body")
        except Refused:
            self.state.undo()
            raise
        return self.seal(events, now) if events else None

    def seal(self, events: Sequence[Recorded], now: datetime) -> Stored:
        """Append already recorded events."""
        commit = Commit(
            id=str(uuid5(_IDS, f"commit {len(self.commits)}")),
            jurisdiction=self.state.jurisdiction,
            first=self.head.position + 1,
            prev=self.head.hash,
            recorded_at=now,
            events=tuple(events),
        )
        data = encode(commit)
        stored = Stored(data, Head(self.head.position + len(commit.events), digest(data)))
        confirm(self.state, commit, stored.head)
        self.commits.append(stored)
        return stored

    def _context(self, now: datetime, at: datetime | None, observed: bool) -> Context:
        self._commands += 1
        return Context(
            id=str(uuid5(_IDS, f"command {self._commands}")),
            actor="test",
            now=now,
            at=min(at or now, now),
            claimed=at,
            observed=observed,
            anomalies=[],
        )


def chain(*commands: Command, jurisdiction: str = JURISDICTION) -> list[Stored]:
    """Return the commits of these commands, one each. Raises Refused."""
    made = Chain(jurisdiction)
    for command in commands:
        made.commit(command)
    return made.commits


async def read(commits: Iterable[Stored], after: int = 0) -> AsyncIterator[list[Stored]]:
    """Yield these commits as Log.read does, three at a time."""
    beyond = [stored for stored in commits if stored.head.position > after]
    for start in range(0, len(beyond), 3):
        yield beyond[start : start + 3]
