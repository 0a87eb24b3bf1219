"""Formation 组建: which route fits an enterprise, by thresholds that a jurisdiction sets and dates."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

from events.area import parents
from events.base import Event, event

Route = Literal["own", "joint", "community"]
"""own 单独组建: by one enterprise. joint 行业联建: by small ones of a trade. community 社区统建: by the
community."""
OWN: Final[Route] = "own"
JOINT: Final[Route] = "joint"
COMMUNITY: Final[Route] = "community"
ROUTES: Final[tuple[Route, ...]] = get_args(Route)


class Thresholds(msgspec.Struct, frozen=True, kw_only=True):
    """What the route depends on."""

    members: int = 3
    """An enterprise with at least so many members forms a chapter of its own."""
    enterprises: int = 3
    """With fewer members it joins its trade, if the area has at least so many enterprises of the trade."""
    level: int = 1
    """Depth of the area in which a trade is counted: 0 = the jurisdiction, 1 = the county, 2 = the street."""


class FormationRules(msgspec.Struct, frozen=True, kw_only=True):
    """A jurisdiction's rules of formation, from a date on."""

    thresholds: Thresholds = Thresholds()
    names: bool = False
    """Whether members may be named, sealed: otherwise they are only counted."""
    purpose: str | None = None
    """Purpose; required with `names`."""


DEFAULTS: Final = FormationRules()
"""What applies until a jurisdiction sets its own."""


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What a route was proposed by."""

    members: int | None
    """Of the enterprise; None = not known, which counts as none."""
    trade: str | None
    area: str
    """In which enterprises of the trade were counted."""
    enterprises: int
    """Of the trade, in the ledger, in that area; itself included."""


@event("formation.set")
class FormationSet(Event, frozen=True):
    """The rules of formation were set, as of `at`; they replace the earlier ones as a whole. Past proposals
    stay as they were."""

    rules: FormationRules


class Dated(msgspec.Struct, frozen=True):
    """Rules, and when they begin."""

    at: datetime
    position: int
    rules: FormationRules


def rules_at(dated: Iterable[Dated], instant: datetime) -> FormationRules:
    """Return the rules in force at an instant. Of two that begin at once, the later record holds."""
    begun = [one for one in dated if one.at <= instant]
    return max(begun, key=lambda one: (one.at, one.position)).rules if begun else DEFAULTS


def counted_in(area: str, root: str, thresholds: Thresholds) -> str:
    """Return the area in which the enterprises of a trade are counted for one that lies in `area`."""
    chain = [area, *parents(area)]
    return chain[max(0, chain.index(root) - thresholds.level)] if root in chain else area


def fits(basis: Basis, thresholds: Thresholds) -> Route:
    """Return the route that fits an enterprise."""
    if (basis.members or 0) >= thresholds.members:
        return OWN
    return JOINT if basis.trade and basis.enterprises >= thresholds.enterprises else COMMUNITY
