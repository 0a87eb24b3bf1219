"""Units 单位: the tree of departments, trade organisations, streets and stations, each with a duty."""

from typing import Annotated, Final, Literal, get_args

from events.base import Event, event
from events.refs import AreaRef, Ref

UnitRef = Annotated[str, Ref("unit")]
Duty = Literal["lead", "coordinate", "carry_out", "act_jointly", "guarantee"]
"""牵头, 统筹, 实施, 联动, 兜底. One unit leads at a time."""
DUTIES: Final[tuple[Duty, ...]] = get_args(Duty)
LEAD: Final = "lead"


@event("unit.established")
class UnitEstablished(Event, frozen=True):
    """A unit was established."""

    unit: UnitRef
    name: str
    area: AreaRef
    """Where it works."""
    parent: UnitRef | None = None
    """The unit above it; None for one at the top."""
    duty: str | None = None
    """None if it has no duty of its own, like an office inside a department."""


@event("unit.renamed")
class UnitRenamed(Event, frozen=True):
    """A unit got another name."""

    unit: UnitRef
    area: AreaRef
    name: str


@event("unit.moved")
class UnitMoved(Event, frozen=True):
    """A unit came under another one, or works in another area. Both are as they are from then on."""

    unit: UnitRef
    area: AreaRef
    parent: UnitRef | None = None
    kept: tuple[str, ...] = ()
    """Of these two, what was not said: that stays as it is at that time."""


@event("unit.charged")
class UnitCharged(Event, frozen=True):
    """A unit was given a duty, which replaces its earlier one."""

    unit: UnitRef
    area: AreaRef
    duty: str


@event("unit.dissolved")
class UnitDissolved(Event, frozen=True):
    """A unit was dissolved. Its units and posts had gone elsewhere or ended before."""

    unit: UnitRef
    area: AreaRef
    reason: str | None = None
