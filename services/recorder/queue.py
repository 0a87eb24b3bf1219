"""Commands that wait to be decided, each with the promise made to its sender."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from services.recorder.envelope import CommandEnvelope, Outcome
from services.recorder.errors import Overloaded

MOST_QUEUED: Final = 20_000


class Queued(msgspec.Struct):
    """A command in a writer's queue, with the promise made to its sender."""

    envelope: CommandEnvelope
    answer: "asyncio.Future[Outcome]"

    def resolve(self, outcome: Outcome) -> None:
        """Tell the sender, unless they have gone."""
        if not self.answer.done():
            self.answer.set_result(outcome)


class CommandQueue:
    """Of one jurisdiction, in the order in which they came."""

    def __init__(self) -> None:
        self._queued: deque[Queued] = deque()

    def __len__(self) -> int:
        return len(self._queued)

    def __iter__(self) -> Iterator[Queued]:
        return iter(self._queued)

    def put(self, group: Sequence[CommandEnvelope]) -> list[Queued]:
        """Add these at the end. Raises Overloaded."""
        if len(self._queued) + len(group) > MOST_QUEUED:
            raise Overloaded
        loop = asyncio.get_running_loop()
        queued = [Queued(envelope, loop.create_future()) for envelope in group]
        self._queued.extend(queued)
        return queued

    def put_back(self, group: Sequence[Queued]) -> None:
        """These are next again."""
        self._queued.extendleft(reversed(group))

    def take(self, most: int = MOST_QUEUED) -> list[Queued]:
        """The next ones whose senders still wait."""
        taken: list[Queued] = []
        while self._queued and len(taken) < most:
            queued = self._queued.popleft()
            if not queued.answer.done():
                taken.append(queued)
        return taken
