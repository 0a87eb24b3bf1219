"""Commands waiting to be decided, and the answers their senders wait for."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from services.recorder.envelope import CommandEnvelope, Outcome
from services.recorder.errors import Overloaded
from services.recorder.lanes import SERVICE, Lane, Turns, lane_of, shares
from services.recorder.sealing import Sealed

MOST_QUEUED: Final = 20_000
MOST_OF_ONE: Final = 5_000
"""Most commands of one sender."""
FLOOD: Final = 64
"""Up to so many wait in order of arrival: they are decided and answered in an instant, in whatever order."""
ANSWERS: Final = 64
"""Most requests of one lane that are answered together in a flood. Answering takes longer than deciding, and
later arrivals wait for it."""


class Sent:
    """Commands sent together, which have one answer: their outcomes in order."""

    def __init__(self, count: int, loop: asyncio.AbstractEventLoop) -> None:
        self.answer: asyncio.Future[list[Outcome]] = loop.create_future()
        self._outcomes: list[Outcome | None] = [None] * count
        self._left = count
        self._answer()

    @property
    def gone(self) -> bool:
        """Whether nobody waits any more."""
        return self.answer.done()

    def resolve(self, number: int, outcome: Outcome) -> None:
        """Note the first outcome of a command; answer once all have one, unless the sender is gone."""
        if self._outcomes[number] is None:
            self._outcomes[number] = outcome
            self._left -= 1
            self._answer()

    def _answer(self) -> None:
        if not self._left and not self.gone:
            self.answer.set_result([one for one in self._outcomes if one is not None])


class Queued(msgspec.Struct):
    """A queued command."""

    envelope: CommandEnvelope
    sent: Sent
    number: int
    """Its place in what was sent together."""
    lane: Lane
    sender: str
    """Actor of the first command sent together with it."""
    sealed: Sealed | None = None
    """Kept while it waits again after there was no time for it."""

    @property
    def settled(self) -> bool:
        """Whether nobody waits for its outcome any more."""
        return self.sent.gone

    def resolve(self, outcome: Outcome) -> None:
        """Send the outcome, unless the sender is gone."""
        self.sent.resolve(self.number, outcome)


class CommandQueue:
    """Queue of one jurisdiction, in order of arrival. In a flood urgent commands go first and senders take
    turns; only what was sent together stays in order then."""

    def __init__(self, flood: int = FLOOD) -> None:
        self._row = deque[Queued]()
        self._lanes = tuple(Turns[Queued]() for _ in Lane)
        """Empty unless there is a flood; then the row is empty."""
        self._flood, self._flooded = flood, False
        self._loop: asyncio.AbstractEventLoop | None = None
        """Kept, as to ask for it takes a system call."""

    def __len__(self) -> int:
        return len(self._row) + sum(map(len, self._lanes))

    def __iter__(self) -> Iterator[Queued]:
        yield from self._row
        for lane in self._lanes:
            yield from lane

    def put(self, group: Sequence[CommandEnvelope]) -> Sent:
        """Add commands of one sender. Raises Overloaded: for urgent ones only if too many of these wait, and
        never for the service's own."""
        lane = lane_of(group)
        sender = group[0].actor if group else ""
        flooded = self._flooded
        if (flooded or len(group) > MOST_OF_ONE) and not sender.startswith(SERVICE):
            counted = self._lanes[:1] if lane is Lane.URGENT else self._lanes
            if sum(one.waiting(sender) for one in counted) + len(group) > MOST_OF_ONE:
                raise Overloaded(sender)
            if sum(map(len, counted)) + len(group) > MOST_QUEUED:
                raise Overloaded
        self._loop = self._loop or asyncio.get_running_loop()
        sent = Sent(len(group), self._loop)
        queued = [Queued(envelope, sent, number, lane, sender) for number, envelope in enumerate(group)]
        if flooded or len(self._row) + len(queued) > self._flood:
            while self._row:
                one = self._row.popleft()
                self._lanes[one.lane].add(one.sender, (one,))
            self._lanes[lane].add(sender, queued)
            self._flooded = True
        else:
            self._row.extend(queued)
        return sent

    def put_back(self, group: Sequence[Queued]) -> None:
        """Return commands to the front."""
        for one in reversed(group):
            if self._flooded:
                self._lanes[one.lane].put_back(one)
            else:
                self._row.appendleft(one)

    def take(self, most: int = MOST_QUEUED) -> list[Queued]:
        """Take the next commands whose senders are still waiting."""
        taken: list[Queued] = []
        while self._row and len(taken) < most:
            one = self._row.popleft()
            if not one.settled:
                taken.append(one)
        if not self._flooded:
            return taken
        for lane, share in zip(self._lanes, shares(map(len, self._lanes), most), strict=True):
            taken += _taken(lane, share)
        self._flooded = any(self._lanes)
        return taken


def _taken(lane: Turns[Queued], most: int) -> list[Queued]:
    """Take at most so many commands of a lane, and few enough to be answered in an instant."""
    found: list[Queued] = []
    answers = 0
    while most and lane and answers < ANSWERS:
        one = lane.take()
        most -= 1
        if not one.settled:
            found.append(one)
            answers += one.number == 0
    return found
