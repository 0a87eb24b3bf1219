"""Which stage of an assignment contradicts another: the rule by which anomalies are noted and reported."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Final

from events.assignment import DISPATCHED, DONE
from events.stages import STAGES

OUT_OF_ORDER: Final = "stage.out_of_order"
"""The anomaly."""
Reached = tuple[str, datetime]
"""A stage, and when it was reached."""
PLACE: Final[Mapping[str, int]] = {stage: place for place, stage in enumerate((DISPATCHED, *STAGES, DONE))}
"""The stages that have an order. Those of an organisation's own have none but their place in an import."""


def contradicted(
    new: Reached, begun_at: datetime | None, known: Sequence[Reached], *, placed: bool
) -> tuple[Reached, Reached] | None:
    """Return the (earlier, later) stage of which the later one has an earlier time, one of them the new.

    `known` are the stages recorded before it. With `placed`, the order of recording is that of a list,
    which also places an organisation's own stages: each follows the one recorded before it. Of several
    equal stages the one counts that contradicts least. None if the assignment has not begun.
    """
    if begun_at is None:
        return None
    so_far = [(DISPATCHED, begun_at), *known]
    before, after = _neighbours(new[0], so_far, placed=placed)
    wrong = [(one, new) for one in before if new[1] < one[1]] + [
        (new, one) for one in after if one[1] < new[1]
    ]
    return wrong[0] if wrong else None


def _neighbours(
    stage: str, so_far: list[Reached], *, placed: bool
) -> tuple[Iterable[Reached], Iterable[Reached]]:
    """Return the nearest stages that come before and after: by the mapping, and by the order."""
    place, last = PLACE.get(stage), so_far[-1]
    listed = [last] if placed and (place is None or last[0] not in PLACE) else []
    if place is None:
        return listed or so_far[:1], ()
    before = _nearest(so_far, range(place - 1, -1, -1), min)
    return [*listed, *before], _nearest(so_far, range(place + 1, len(PLACE)), max)


def _nearest(so_far: list[Reached], places: Iterable[int], pick: Callable[..., Reached]) -> list[Reached]:
    """Return the first or last of the stages in the first of these places that has any."""
    found = ([one for one in so_far if PLACE.get(one[0]) == place] for place in places)
    equal = next(filter(None, found), None)
    return [pick(equal, key=itemgetter(1))] if equal else []
