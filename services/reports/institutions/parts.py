"""Parts of a figure, such as the source lists of a comparison, each with the source's own date."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from services.reports.institutions.item import Part


class PartFound(Struct, frozen=True, kw_only=True):
    """One part at the date and at the earlier one."""

    part: str
    name: str
    edition: Annotated[datetime | None, Meta(description="The source's own date; null = none by then")]
    edition_before: Annotated[datetime | None, Meta(description="That of the edition before")]
    value: int
    before: int
    change: int
    share: Annotated[float | None, Meta(description="Of the same part of the whole; null = no share")]
    share_before: float | None


class Counted(NamedTuple):
    """Parts at one date, with their items and those of the whole."""

    parts: tuple[Part, ...]
    items: Counter[str | None]
    whole: Counter[str | None]


def divided(now: Counted, then: Counted, local: Callable[[datetime], datetime]) -> tuple[PartFound, ...]:
    """Return each part that there was at one of two dates, in the order of their keys."""
    mine, theirs = ({one.key: one for one in some.parts} for some in (now, then))
    every = sorted(mine | theirs)
    return tuple(_part(key, now, then, mine.get(key), theirs.get(key), local) for key in every)


def _part(
    key: str,
    now: Counted,
    then: Counted,
    mine: Part | None,
    theirs: Part | None,
    local: Callable[[datetime], datetime],
) -> PartFound:
    known = mine or theirs
    return PartFound(
        part=key,
        name=known.name if known else key,
        edition=local(mine.edition) if mine else None,
        edition_before=local(theirs.edition) if theirs else None,
        value=now.items[key],
        before=then.items[key],
        change=now.items[key] - then.items[key],
        share=_share(now, key),
        share_before=_share(then, key),
    )


def _share(one: Counted, key: str) -> float | None:
    return one.items[key] / one.whole[key] if one.whole[key] else None
