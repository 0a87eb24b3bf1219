"""The world of the scenario: one random source, one clock, and what falls due next."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any, Final
from uuid import UUID, uuid5

from services.demo.scenarios.story import Timed
from services.demo.scenarios.yichun.days import REGISTRATION

SPACE: Final = UUID("6d757374-6572-5079-8368-756e00000328")
"""Namespace of the scenario's command ids: made from seed and running number."""


GRAIN: Final = 60
"""Seconds: the gateway hands over what has come in once a minute, so that batches form."""
Act = Callable[[], object]


class World:
    """A discrete-event simulation. Everything random comes from `random`, in the order of what happens."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  a story, not a secret
        self.now = REGISTRATION
        self._space = uuid5(SPACE, str(seed))
        self._queue: list[tuple[datetime, int, Act]] = []
        self._turn = self._numbered = 0
        self._sent: list[Timed] = []

    def run(self) -> Iterator[Timed]:
        """Let everything happen; what reaches the service, in order."""
        while self._queue:
            self.now, _, act = heappop(self._queue)
            act()
            yield from self._sent
            self._sent.clear()

    def on(self, when: datetime, act: Act) -> None:
        """Let something happen at an instant; of equals, the first planned first."""
        self._turn += 1
        heappush(self._queue, (max(when, self.now), self._turn, act))

    def later(self, least: float, most: float, act: Act) -> None:
        """Let something happen between so many seconds from now."""
        self.on(self.now + timedelta(seconds=round(self.random.uniform(least, most))), act)

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return self.random.random() < share

    @property
    def handover(self) -> datetime:
        """When the service gets what is sent now."""
        over = (self.now - REGISTRATION) % timedelta(seconds=GRAIN)
        return self.now - over + timedelta(seconds=GRAIN) if over else self.now

    def new_id(self) -> str:
        """The next command's id."""
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
        """A command goes to the service now; its id."""
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
