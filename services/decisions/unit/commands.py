"""Unit commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from events.refs import Ref
from events.unit import Duty
from services.decisions.base import Command, command
from services.decisions.fields import NEW, AreaCode, Code, Id, Label, omitted
from services.decisions.references import CONCERNS
from services.decisions.saying import SaidBy

UnitId = Annotated[Id, Ref("unit")]
UnitAbove = Annotated[Id, Ref("unit"), CONCERNS]
"""The unit above: it may work in a larger area than the sender's."""


@command("unit.establish", fact=True)
class Establish(Command):
    """Establish a unit. One unit at a time has the duty to lead."""

    unit: Annotated[UnitId, NEW] | None = None
    name: Label
    duty: Duty | None = None
    parent: UnitAbove | None = None
    area: AreaCode
    said: SaidBy = None


@command("unit.rename", fact=True)
class Rename(Command):
    """Rename a unit. Questions about earlier dates are answered with the earlier name."""

    unit: UnitId
    name: Label


@command("unit.move", fact=True)
class Move(Command):
    """Put a unit under another one, or into another area; omitted fields stay unchanged."""

    unit: UnitId
    parent: UnitAbove | None = None
    area: AreaCode = omitted()


@command("unit.charge", fact=True)
class ChargeUnit(Command):
    """Give a unit a duty in place of its earlier one."""

    unit: UnitId
    duty: Duty


@command("unit.dissolve", fact=True)
class Dissolve(Command):
    """Dissolve a unit, after its units and posts went elsewhere or ended."""

    unit: UnitId
    reason: Code | None = None
