"""Commands waiting to be decided, each with its sender's future."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from services.recorder.envelope import CommandEnvelope, Outcome
from services.recorder.errors import Overloaded
from services.recorder.lanes import SERVICE, Lane, Turns, lane_of, shares

MOST_QUEUED: Final = 20_000
MOST_OF_ONE: Final = 5_000
"""Most commands of one sender."""


class Queued(msgspec.Struct):
    """A queued command and its sender's future."""

    envelope: CommandEnvelope
    answer: "asyncio.Future[Outcome]"
    lane: Lane

    def resolve(self, outcome: Outcome) -> None:
        """Send the outcome, unless the sender is gone."""
        if not self.answer.done():
            self.answer.set_result(outcome)


class CommandQueue:
    """Queue of one jurisdiction. Commands sent together stay in order; otherwise urgent ones go first, and
    senders take turns."""

    def __init__(self) -> None:
        self._lanes = tuple(Turns[Queued]() for _ in Lane)

    def __len__(self) -> int:
        return sum(map(len, self._lanes))

    def __iter__(self) -> Iterator[Queued]:
        for lane in self._lanes:
            yield from lane

    def put(self, group: Sequence[CommandEnvelope]) -> list[Queued]:
        """Add commands of one sender. Raises Overloaded: for urgent ones only if too many of these wait, and
        never for the service's own."""
        lane = lane_of(group)
        sender = group[0].actor if group else ""
        if not sender.startswith(SERVICE):
            counted = self._lanes[:1] if lane is Lane.URGENT else self._lanes
            if sum(one.waiting(sender) for one in counted) + len(group) > MOST_OF_ONE:
                raise Overloaded(sender)
            if sum(map(len, counted)) + len(group) > MOST_QUEUED:
                raise Overloaded
        loop = asyncio.get_running_loop()
        queued = [Queued(envelope, loop.create_future(), lane) for envelope in group]
        self._lanes[lane].add(sender, queued)
        return queued

    def put_back(self, group: Sequence[Queued]) -> None:
        """Return commands to the front of their lanes."""
        for one in reversed(group):
            self._lanes[one.lane].put_back(one)

    def take(self, most: int = MOST_QUEUED) -> list[Queued]:
        """Take the next commands whose senders are still waiting."""
        taken: list[Queued] = []
        for lane, share in zip(self._lanes, shares(map(len, self._lanes), most), strict=True):
            for _ in range(share):
                one = lane.take()
                if not one.answer.done():
                    taken.append(one)
        return taken
