"""At any instant one unit leads, one post is first-responsible, one post has a charge; and what is in a unit
or under it is there no longer than the unit."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from events.answering import charge_key
from events.post_history import PostThen
from events.post_history import standing as post_at
from events.unit import LEAD
from events.unit_history import UnitThen
from events.unit_history import standing as unit_at
from projections.units import at
from services.verify.laws.base import Law, Rows, excused


class Span(NamedTuple):
    """How long a unit or post has something that only one may have, or is somewhere."""

    since: datetime
    until: datetime | None
    key: str


def broken(jurisdiction: str, rows: Rows) -> Iterator[str]:
    """Yield what two units or posts have at once, and what outlives its unit or the one above it."""
    noted = excused(rows)
    only, places = defaultdict[str, list[Span]](list), defaultdict[str, list[Span]](list)
    for kind, then in (("unit", _of_unit), ("post", _of_post)):
        for key, row in rows[f"{kind}s"].items():
            if kind == "unit" and at(row, row.changes[-1].at) != row:
                yield f"unit {key} is shown as {row.duty}, which its history does not say"
            if any(one.position in noted for one in row.changes):
                continue  # observed facts may contradict others; that is noted where they were recorded
            for since, until, (has, above) in _spans(row.changes, then):
                for what in has:
                    only[what].append(Span(since, until, f"{kind} {key}"))
                for what in above:
                    places[what].append(Span(since, until, f"{kind} {key}"))
    for what, spans in sorted(only.items()):
        yield from _twice(what, sorted(spans, key=lambda one: (one.since, one.key)))
    for what, spans in sorted(places.items()):
        yield from _outlive(what, spans, rows, noted)


Has = tuple[list[str], list[str]]
"""What only one may have, and the units or posts that it is in or under."""


def _of_unit(changes: Sequence[Any], instant: datetime) -> Has | None:
    then: UnitThen | None = unit_at(changes, instant)
    if then is None:
        return None
    return ["the lead"] if then.duty == LEAD else [], [f"units/{then.parent}"] if then.parent else []


def _of_post(changes: Sequence[Any], instant: datetime) -> Has | None:
    then: PostThen | None = post_at(changes, instant)
    if then is None:
        return None
    first = ["the first responsibility"] if then.place.first else []
    parent = [f"posts/{then.place.parent}"] if then.place.parent else []
    return [*first, *map(charge_key, then.charges)], [f"units/{then.place.unit}", *parent]


def _spans(changes: Sequence[Any], then: Any) -> Iterator[tuple[datetime, datetime | None, Has]]:
    instants = sorted({one.at for one in changes})
    for since, until in zip(instants, [*instants[1:], None], strict=True):
        if has := then(changes, since):
            yield since, until, has


def _twice(what: str, spans: list[Span]) -> Iterator[str]:
    for earlier, later in pairwise(spans):
        if earlier.key != later.key and (earlier.until is None or later.since < earlier.until):
            yield f"{earlier.key} and {later.key} both have {what} at {later.since.isoformat()}"


def _outlive(what: str, spans: list[Span], rows: Rows, noted: set[int]) -> Iterator[str]:
    view, key = what.split("/", 1)
    above = rows[view].get(key)
    if above is not None and any(one.position in noted for one in above.changes):
        return
    then = unit_at if view == "units" else post_at
    ended = getattr(above, "dissolved_at", None) or getattr(above, "abolished_at", None)
    for one in spans:
        stood = above is not None and then(above.changes, one.since) is not None
        if not stood or (ended is not None and (one.until is None or one.until > ended)):
            yield f"{one.key} is under {view[:-1]} {key}, which was not there all the time"


LAW = Law(
    code="offices",
    meaning="Two units lead, two posts have one charge, or something is under a unit that had ended.",
    broken=broken,
)
