"""Which stage of an assignment contradicts another: the rule by which anomalies are noted and reported."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Final

from events.assignment import AS_RECORDED, DISPATCHED, DONE
from events.stages import STAGES

OUT_OF_ORDER: Final = "stage.out_of_order"
"""The anomaly."""
Reached = tuple[str, datetime]
"""A stage, and when it was reached."""
PLACE: Final[Mapping[str, int]] = {stage: place for place, stage in enumerate((DISPATCHED, *STAGES, DONE))}
"""The stages that have an order. Those of an organisation's own have none but their place in a list."""


def contradicted(
    new: Reached, begun_at: datetime | None, known: Sequence[Reached], after: str | None = None
) -> tuple[Reached, Reached] | None:
    """Return the (earlier, later) stage of which the later one has an earlier time, one of them the new.

    `known` are the stages recorded before it. `after` is the stage that its list has before it, if it comes
    from one; that also gives an organisation's own stages a place. Without it, theirs is their time: they
    only cannot come before the beginning. Of several equal stages the one counts that contradicts least.
    None if the assignment has not begun.
    """
    if begun_at is None:
        return None
    so_far = [(DISPATCHED, begun_at), *known]
    before, later = _neighbours(new[0], so_far, after)
    wrong = [(one, new) for one in before if new[1] < one[1]] + [
        (new, one) for one in later if one[1] < new[1]
    ]
    return wrong[0] if wrong else None


def _neighbours(
    stage: str, so_far: list[Reached], after: str | None
) -> tuple[Iterable[Reached], Iterable[Reached]]:
    """Return the nearest stages that come before and after: by the list, and by the order."""
    place, listed = PLACE.get(stage), _before(so_far, after)
    if place is None:
        return listed or so_far[:1], ()
    own = [one for one in listed if one[0] not in PLACE]
    before, later = _nearest(so_far, place)
    return [*own, *before], later


def _before(so_far: list[Reached], after: str | None) -> list[Reached]:
    """Return the stage that a list has before a new one, if it is known."""
    if after == AS_RECORDED:
        return so_far[-1:]
    alike = [one for one in so_far if one[0] == after]
    return [min(alike, key=itemgetter(1))] if alike else []


def _nearest(so_far: list[Reached], place: int) -> tuple[list[Reached], list[Reached]]:
    """Return the nearest stages before and after a place: of equal ones the first and the last."""
    before: Reached | None = None
    later: Reached | None = None
    for one in so_far:
        other = PLACE.get(one[0], place)
        if other < place and (before is None or (PLACE[before[0]], one[1]) < (other, before[1])):
            before = one
        elif other > place and (later is None or (other, later[1]) < (PLACE[later[0]], one[1])):
            later = one
    return [before] if before else [], [later] if later else []
