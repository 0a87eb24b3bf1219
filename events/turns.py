"""Turns of a worker's duty: the facts at which the fold changed it.

A fact that arrives late is folded from its own place on, and only until the duty is as it was before: not
from the first fact of all.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from events.duty import OFF, Duty, Fact, order, step


class Turn(msgspec.Struct, frozen=True, gc=False):
    """The duty since a fact that changed it."""

    at: datetime
    position: int
    duty: Duty


def turns_of(facts: Iterable[Fact]) -> tuple[Turn, ...]:
    """Return the turns of facts given in (at, position) order."""
    found: list[Turn] = []
    duty = OFF
    for fact in facts:
        new = step(duty, fact)
        if new != duty:
            found.append(Turn(fact.at, fact.position, new))
        duty = new
    return tuple(found)


def present(turns: Sequence[Turn]) -> Duty:
    """Return the duty after the last fact."""
    return turns[-1].duty if turns else OFF


def with_one_more(turns: tuple[Turn, ...], facts: Sequence[Fact], index: int) -> tuple[Turn, ...]:
    """Return the turns of `facts`, given those of all but the one at `index`."""
    begin = bisect_left(turns, order(facts[index]), key=order)
    before = after = turns[begin - 1].duty if begin else OFF
    made: list[Turn] = []
    rest = begin
    for number in range(index, len(facts)):
        fact = facts[number]
        if rest < len(turns) and order(turns[rest]) == order(fact):
            before = turns[rest].duty
            rest += 1
        new = step(after, fact)
        if new != after:
            made.append(Turn(fact.at, fact.position, new))
        after = new
        if after == before:  # from here on everything is as it was
            break
    return (*turns[:begin], *made, *turns[rest:])
