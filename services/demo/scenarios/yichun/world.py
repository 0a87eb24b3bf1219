"""The simulation: random source, clock and event queue."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any, Final
from uuid import UUID, uuid5

from services.demo.scenarios.story import Timed
from services.demo.scenarios.yichun.days import REGISTRATION

SPACE: Final = UUID("6d757374-6572-5079-8368-756e00000328")
"""Namespace of command ids, which are derived from the seed and a sequence number."""


GRAIN: Final = 60
"""Seconds between deliveries of the gateway, which batches commands."""
Act = Callable[[], object]


class World:
    """A discrete-event simulation. All randomness comes from `random`, in the order of events."""

    def __init__(self, seed: int, part: str = "") -> None:
        """`part` names a part of the scenario that chance and ids keep apart from the others."""
        self.random = Random(f"{seed}/{part}" if part else seed)  # noqa: S311  not a secret
        self.now = REGISTRATION
        self._space = uuid5(SPACE, f"{seed}/{part}" if part else str(seed))
        self._queue: list[tuple[datetime, int, Act]] = []
        self._turn = self._numbered = 0
        self._sent: list[Timed] = []

    def run(self) -> Iterator[Timed]:
        """Run the simulation; yield the commands in the order they reach the service."""
        while self._queue:
            self.now, _, act = heappop(self._queue)
            act()
            yield from self._sent
            self._sent.clear()

    def on(self, when: datetime, act: Act) -> None:
        """Schedule an action at an instant; ties run in the order of scheduling."""
        self._turn += 1
        heappush(self._queue, (max(when, self.now), self._turn, act))

    def later(self, least: float, most: float, act: Act) -> None:
        """Schedule an action between `least` and `most` seconds from now."""
        self.on(self.now + timedelta(seconds=round(self.random.uniform(least, most))), act)

    def chance(self, share: float) -> bool:
        """Return True with this probability."""
        return self.random.random() < share

    @property
    def handover(self) -> datetime:
        """When a command sent now reaches the service."""
        over = (self.now - REGISTRATION) % timedelta(seconds=GRAIN)
        return self.now - over + timedelta(seconds=GRAIN) if over else self.now

    def id_of(self, name: str) -> str:
        """Return a command id outside the sequence, for parts that number their own."""
        return str(uuid5(self._space, name))

    def new_id(self) -> str:
        """Return the next command id."""
        self._numbered += 1
        return str(uuid5(self._space, str(self._numbered)))

    def send(
        self,
        name: str,
        data: dict[str, Any],
        actor: str,
        *,
        id: str | None = None,
        at: datetime | None = None,
        sent_at: datetime | None = None,
        observed: bool = False,
        expect: str | None = "accepted",
    ) -> str:
        """Send a command now; return its id."""
        item: dict[str, Any] = {"id": id or self.new_id(), "name": name}
        if at:
            item["at"] = at.isoformat()
        if sent_at:
            item["sent_at"] = sent_at.isoformat()
        if observed:
            item["observed"] = True
        item["data"] = data
        self._sent.append(Timed(self.handover, item, actor, expect))
        return item["id"]
