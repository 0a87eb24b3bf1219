"""Commits made by real decisions, the same each time: `chain(CheckIn(...), ...)` gives what a log would hold."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from events.commit import Commit, Head, digest, encode
from services.decisions.base import Ask, Command
from services.decisions.decide import confirm, decide
from services.decisions.state import State
from services.log.port import Stored

JURISDICTION = "2307"
BEGIN = datetime(2022, 3, 28, tzinfo=UTC)
"""When the first commit is recorded; each later one a second after the one before."""
_IDS = UUID("00000000-0000-4000-8000-000000000000")


class Chain:
    """A jurisdiction's log in the making; time goes on by a second from commit to commit."""

    def __init__(self, jurisdiction: str = JURISDICTION) -> None:
        self.state = State(jurisdiction)
        self.commits: list[Stored] = []
        self._asked = 0

    @property
    def head(self) -> Head:
        return self.state.head

    def commit(self, *commands: Command, at: datetime | None = None, observed: bool = False) -> Stored | None:
        """One commit of all these commands; None where they change nothing. Raises Refused."""
        now = BEGIN + timedelta(seconds=len(self.commits))
        events = [
            event
            for asked in commands
            for event in self._decide(asked, now, at, observed)
        ]  # fmt: skip
        if not events:
            return None
        return self.seal(events, now)

    def seal(self, events: Sequence, now: datetime) -> Stored:
        """Append events that were recorded already."""
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
        self._pending = 0
        return stored

    _pending = 0

    def _decide(self, command: Command, now: datetime, at: datetime | None, observed: bool):
        self._asked += 1
        ask = Ask(
            id=str(uuid5(_IDS, f"command {self._asked}")),
            actor="test",
            now=now,
            at=min(at or now, now),
            claimed=at,
            observed=observed,
            anomalies=[],
        )
        recorded = decide(self.state, command, ask, self.head.position + self._pending + 1, "body")
        self._pending += len(recorded)
        return recorded


def chain(*commands: Command, jurisdiction: str = JURISDICTION) -> list[Stored]:
    """What a log would hold after these commands, one commit each. Raises Refused."""
    made = Chain(jurisdiction)
    for command in commands:
        made.commit(command)
    return made.commits


async def read(commits: Iterable[Stored], after: int = 0):
    """As Log.read over these commits."""
    beyond = [stored for stored in commits if stored.head.position > after]
    if beyond:
        yield beyond
