"""The order in which commands are taken in a flood: by urgency first, then by turns among senders."""

from collections import Counter, OrderedDict, deque
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import cache
from typing import Final, Generic, TypeVar

from events.request_state import LIFE_SAFETY
from services.decisions.base import FACT, Command
from services.decisions.request.commands import Amend, Open
from services.decisions.worker.commands import RaiseSos
from services.recorder.envelope import CommandEnvelope

SERVICE: Final = "service/"
"""How the actors of the service's own commands begin."""
RESERVED: Final = 8
"""One command in so many is kept for each slower lane that has some waiting."""
T = TypeVar("T")


class Lane(IntEnum):
    """Most urgent first."""

    URGENT = 0
    """Calls for help, life-safety requests, and what the service sends itself."""
    FACTS = 1
    """What workers report and do: check-ins, progress, answers to offers."""
    DESK = 2
    """Everything else that people send."""
    BULK = 3
    """Imports, and programs that say they can wait."""


def lane_of(group: Iterable[CommandEnvelope]) -> Lane:
    """Return the lane of commands sent together, which stay in order: that of the most urgent one."""
    return min(map(_lane, group), default=Lane.DESK)


def _lane(one: CommandEnvelope) -> Lane:
    command = one.command
    if one.bulk:
        return Lane.BULK
    if one.actor.startswith(SERVICE):
        return Lane.URGENT
    if (type(command) is Open or type(command) is Amend) and command.priority == LIFE_SAFETY:
        return Lane.URGENT
    return _usual(type(command))


@cache
def _usual(command: type[Command]) -> Lane:
    """Return the lane of a class, whatever its commands say."""
    if command is RaiseSos:
        return Lane.URGENT
    return Lane.FACTS if command.KIND == FACT or command.IS_OWN else Lane.DESK


class Turns(Generic[T]):
    """Groups waiting in one lane. Senders take turns, so that one with many does not hold up the others."""

    def __init__(self) -> None:
        self._senders: OrderedDict[str, deque[deque[T]]] = OrderedDict()
        self._counts = Counter[str]()
        """How many items of each sender wait."""
        self._count = 0
        self._back = deque[T]()
        """Taken and returned; they go first."""

    def __len__(self) -> int:
        return self._count + len(self._back)

    def __iter__(self) -> Iterator[T]:
        yield from self._back
        for groups in self._senders.values():
            for group in groups:
                yield from group

    def add(self, sender: str, group: Iterable[T]) -> None:
        """Add items that must be taken in this order."""
        items = deque(group)
        if items:
            self._senders.setdefault(sender, deque()).append(items)
            self._count += len(items)
            self._counts[sender] += len(items)

    def waiting(self, sender: str) -> int:
        """Return how many items of one sender wait, without those returned."""
        return self._counts[sender]

    def put_back(self, item: T) -> None:
        """Return an item to the front."""
        self._back.appendleft(item)

    def take(self) -> T:
        """Take the next item. Raises StopIteration if there is none."""
        if self._back:
            return self._back.popleft()
        sender = next(iter(self._senders))
        groups = self._senders[sender]
        item = groups[0].popleft()
        self._count -= 1
        self._counts[sender] -= 1
        if groups[0]:
            self._senders.move_to_end(sender)
            return item
        groups.popleft()
        if groups:
            self._senders.move_to_end(sender)
        else:
            del self._senders[sender], self._counts[sender]
        return item


def shares(waiting: Iterable[int], most: int) -> list[int]:
    """Return how many to take of each lane. The first have precedence; the others keep a part of the room."""
    counts = list(waiting)
    shares: list[int] = []
    left = most
    for lane, count in enumerate(counts):
        kept = sum(min(later, max(1, most // RESERVED)) for later in counts[lane + 1 :])
        take = min(count, max(left - kept, min(left, 1)))
        shares.append(take)
        left -= take
    return shares
