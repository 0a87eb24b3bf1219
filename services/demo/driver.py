"""Play timed commands into a service, on the scenario's clock."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Final, Protocol

import msgspec

from services.base.clock import SharedClock
from services.demo.scenarios.story import Timed

MOST: Final = 500
"""Commands per submission."""
TICK_SECONDS: Final = 0.05
TRIES: Final = 30

Submit = Callable[[list[dict[str, Any]], str], Awaitable[list[dict[str, Any]]]]


class ScenarioClock:
    """Scenario time as the service's clock. Only the driver moves it, and never backwards.

    `shared` is the clock of the service's other processes, kept in step.
    """

    def __init__(self, starts: datetime, shared: SharedClock | None = None) -> None:
        self._now, self._shared = starts.astimezone(UTC), shared
        if shared:
            shared.set(self._now)

    def now(self) -> datetime:
        """Return the scenario time in UTC."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Advance the clock; ignore an instant in the past."""
        self._now = max(self._now, instant.astimezone(UTC))
        if self._shared:
            self._shared.set(self._now)

    def let_go(self) -> None:
        """End the scenario: let the other processes' clock run on."""
        if self._shared:
            self._shared.set(self._now, going=True)


class Played(msgspec.Struct):
    """Progress of a scenario."""

    sent: int = 0
    outcomes: Counter[str] = msgspec.field(default_factory=Counter[str])
    refused: Counter[str] = msgspec.field(default_factory=Counter[str])
    """Refusals by code."""
    unforeseen: int = 0
    """Answers the scenario did not expect."""
    behind: float = 0.0
    """Real seconds by which the service lags behind the pace."""
    live: bool = False
    """Whether the history before `live_from` has been played."""
    ended: bool = False


class Stuck(Exception):
    """The service did not record the commands despite retries."""


class Watch(Protocol):
    """An observer of the progress."""

    def follow(self, played: Played) -> None:
        """Receive `played`, once before the first command; it is updated during play."""
        ...


async def play(
    timed: Iterable[Timed],
    submit: Submit,
    clock: ScenarioClock,
    pace: float | None,
    watch: Watch | None = None,
    *,
    live_from: datetime | None = None,
) -> Played:
    """Send every command at its time; `pace` is in scenario seconds per real second, None = full speed.

    The clock stands still at each command's time while it is decided, so a scenario records the same times at
    every pace. Commands before `live_from` are not paced. Raise Stuck.
    """
    played = Played()
    if watch:
        watch.follow(played)
    metronome: _Metronome | None = None
    for received, group in groupby(timed, key=lambda one: one.received):
        if not played.live and (live_from is None or received >= live_from):
            played.live = True
            metronome = _Metronome(clock, live_from or received, pace) if pace else None
        if metronome:
            played.behind = await metronome.until(received)
        clock.set(received)
        for chunk in _chunks(group):
            await _send(chunk, submit, played)
    played.behind, played.ended = 0.0, True
    return played


class _Metronome:
    """Advances the clock with wall time."""

    def __init__(self, clock: ScenarioClock, begin: datetime, pace: float) -> None:
        self._clock, self._begin, self._pace, self._wall = clock, begin, pace, time.monotonic()
        clock.set(begin)

    async def until(self, instant: datetime) -> float:
        """Wait for an instant; return the seconds by which it has already passed."""
        while (ahead := (instant - self._target()).total_seconds() / self._pace) > 0:
            self._clock.set(self._target())
            await asyncio.sleep(min(ahead, TICK_SECONDS))
        return -ahead

    def _target(self) -> datetime:
        return self._begin + timedelta(seconds=(time.monotonic() - self._wall) * self._pace)


def _chunks(group: Iterable[Timed]) -> Iterator[list[Timed]]:
    """Split commands due at the same time into groups of at most MOST."""
    due = list(group)
    for start in range(0, len(due), MOST):
        yield due[start : start + MOST]


async def _send(due: Sequence[Timed], submit: Submit, played: Played) -> None:
    """Submit each run of one actor's items; the submissions start in order and run concurrently."""
    runs = [(actor, list(run)) for actor, run in groupby(due, key=lambda one: one.actor)]
    answers = await asyncio.gather(*(_answers([t.item for t in run], actor, submit) for actor, run in runs))
    for (_, run), outcomes in zip(runs, answers, strict=True):
        for one, outcome in zip(run, outcomes, strict=True):
            _count(one, outcome, played)


async def _answers(items: list[dict[str, Any]], actor: str, submit: Submit) -> list[dict[str, Any]]:
    """Return the outcomes in order. Resend what is not recorded, from the first pending command on."""
    answers = await submit(items, actor)
    for attempt in range(TRIES):
        waiting = _unsettled(answers)
        if not waiting:
            return answers
        await asyncio.sleep(min(2.0, 0.05 * 2**attempt))
        again = await submit([items[i] for i in waiting], actor)
        for i, answer in zip(waiting, again, strict=True):
            ours = answers[i]["outcome"] == "pending" and answer["outcome"] == "known"
            answers[i] = {**answer, "outcome": "accepted"} if ours else answer
    raise Stuck(
        "the service does not record the scenario's commands; check its log, then start the demo again."
    )


def _unsettled(answers: Sequence[dict[str, Any]]) -> list[int]:
    """Return the indexes to resend. A refusal after a pending command may be caused by its absence."""
    first = next((i for i, one in enumerate(answers) if one["outcome"] == "pending"), len(answers))
    return [i for i, one in enumerate(answers) if i >= first and one["outcome"] in ("pending", "refused")]


def _count(one: Timed, outcome: dict[str, Any], played: Played) -> None:
    played.sent += 1
    played.outcomes[outcome["outcome"]] += 1
    code = outcome.get("code") if outcome["outcome"] == "refused" else None
    if code:
        played.refused[code] += 1
    if one.expect is not None and (code or outcome["outcome"]) != one.expect:
        played.unforeseen += 1
