"""Commands waiting to be decided, each with its sender's future."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from services.recorder.envelope import CommandEnvelope, Outcome
from services.recorder.errors import Overloaded

MOST_QUEUED: Final = 20_000


class Queued(msgspec.Struct):
    """A queued command and its sender's future."""

    envelope: CommandEnvelope
    answer: "asyncio.Future[Outcome]"

    def resolve(self, outcome: Outcome) -> None:
        """Send the outcome, unless the sender is gone."""
        if not self.answer.done():
            self.answer.set_result(outcome)


class CommandQueue:
    """Queue of one jurisdiction, in order of arrival."""

    def __init__(self) -> None:
        self._queued: deque[Queued] = deque()

    def __len__(self) -> int:
        return len(self._queued)

    def __iter__(self) -> Iterator[Queued]:
        return iter(self._queued)

    def put(self, group: Sequence[CommandEnvelope]) -> list[Queued]:
        """Append commands. Raises Overloaded."""
        if len(self._queued) + len(group) > MOST_QUEUED:
            raise Overloaded
        loop = asyncio.get_running_loop()
        queued = [Queued(envelope, loop.create_future()) for envelope in group]
        self._queued.extend(queued)
        return queued

    def put_back(self, group: Sequence[Queued]) -> None:
        """Return commands to the front of the queue."""
        self._queued.extendleft(reversed(group))

    def take(self, most: int = MOST_QUEUED) -> list[Queued]:
        """Take the next commands whose senders are still waiting."""
        taken: list[Queued] = []
        while self._queued and len(taken) < most:
            queued = self._queued.popleft()
            if not queued.answer.done():
                taken.append(queued)
        return taken
