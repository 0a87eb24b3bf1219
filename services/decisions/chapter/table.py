"""Descriptor of chapters."""

from typing import Final

import msgspec

from events.chapter_history import ChapterFact
from events.formation import Basis, Route, Thresholds
from services.decisions.table import Table


class Proposal(msgspec.Struct, frozen=True, gc=False):
    """The route by the rule as it was, for one enterprise."""

    enterprise: str
    route: Route
    basis: Basis
    thresholds: Thresholds


class Chapter(msgspec.Struct, frozen=True, gc=False):
    """A chapter with its dated facts; none yet if it is only proposed."""

    area: str
    name: str = ""
    route: Route | None = None
    trade: str | None = None
    proposal: Proposal | None = None
    facts: tuple[ChapterFact, ...] = ()


CHAPTERS: Final = Table(
    "chapters",
    Chapter,
    kind="chapter",
    areas=lambda state, key, row: (row.area,),
)
