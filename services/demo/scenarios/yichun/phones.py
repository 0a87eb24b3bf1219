"""Phones, which queue taps while offline, have wrong clocks and send double taps."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from services.demo.scenarios.yichun.days import END, LAST_FACTS
from services.demo.scenarios.yichun.world import World

STUCK: Final = 0.03
"""Share of taps delayed for minutes while later ones get through."""
DUTY: Final = ("worker.check_in", "worker.check_out")


class Tap(msgspec.Struct):
    """A tap waiting to be sent."""

    id: str
    name: str
    data: dict[str, Any]
    at: datetime
    """The true time of the tap."""
    then: Callable[[], None] | None
    again: bool
    """Whether it may be sent twice, as a double tap."""


class Phone:
    """A phone and the habits of its owner."""

    def __init__(self, world: World, owner: str, *, bad: bool, error: timedelta) -> None:
        self.actor, self.bad = f"worker/{owner}", bad
        self.back_at: datetime | None = None
        """When it is online again; None = online."""
        self._world, self._error = world, error
        self._outbox: list[Tap] = []

    @property
    def offline(self) -> bool:
        return self.back_at is not None

    def lose_signal(self) -> None:
        """Go offline for minutes to hours; do nothing if already offline."""
        if self.offline:
            return
        minutes = min(360.0, max(4.0, self._world.random.lognormvariate(4.0, 0.9)))
        back = self._world.now + timedelta(seconds=round(minutes * 60))
        self.back_at = min(back, LAST_FACTS) if self._world.now < END else back
        self._world.on(self.back_at, self._reconnect)

    def tap(
        self,
        name: str,
        data: dict[str, Any],
        then: Callable[[], None] | None = None,
        *,
        again: bool = True,
    ) -> str:
        """Tap now and return the command's id; `then` is called when the service has it."""
        tap = Tap(self._world.new_id(), name, data, self._world.now, then, again)
        if self.offline:
            self._outbox.append(tap)
        elif again and self._world.chance(STUCK):
            self._world.later(300, 2700, lambda: self._deliver(tap, late=True))
        else:
            self._world.later(1, 6, lambda: self._deliver(tap, late=False))
        return tap.id

    def _reconnect(self) -> None:
        """Go online and send all queued taps at once, sometimes newest first."""
        self.back_at = None
        waiting, self._outbox = self._outbox, []
        if self._world.chance(0.4):
            waiting.reverse()
        for tap in waiting:
            self._deliver(tap, late=True)

    def _deliver(self, tap: Tap, *, late: bool) -> None:
        self._send(tap, tap.id, late, "accepted")
        if tap.then:
            tap.then()
        if tap.again and self._world.chance(0.02):
            self._world.later(5, 40, lambda: self._send(tap, tap.id, late, "known"))
        elif tap.again and tap.name in DUTY and self._world.chance(0.02):
            other = self._world.new_id()
            self._world.later(5, 40, lambda: self._send(tap, other, late, "known" if late else "unchanged"))

    def _send(self, tap: Tap, id: str, late: bool, expect: str) -> None:
        """Send a tap with the device's time and its sending time."""
        self._world.send(
            tap.name,
            tap.data,
            self.actor,
            id=id,
            at=tap.at + self._error,
            sent_at=self._world.handover + self._error,
            observed=late,
            expect=expect,
        )
