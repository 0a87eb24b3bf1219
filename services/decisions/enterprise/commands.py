"""Enterprise commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.refs import Ref
from services.decisions.amending import BasedOn
from services.decisions.base import Command, command
from services.decisions.fields import NEW, WHOLE, AreaCode, Code, Id, Label, omitted
from services.decisions.references import PLAIN
from services.decisions.saying import SaidBy

EnterpriseId = Annotated[Id, Ref("enterprise")]
CreditCode = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$",
        description="Unified social credit code as given; a wrong one is kept and flagged",
    ),
    PLAIN,
]
Count = Annotated[int, Field(ge=0, le=10_000_000), WHOLE]


@command("enterprise.register", fact=True)
class Register(Command):
    """Enter an enterprise. `enterprise` defaults to the command's id, `area` to the whole jurisdiction."""

    enterprise: Annotated[EnterpriseId, NEW] | None = None
    name: Label
    area: AreaCode | None = None
    code: CreditCode | None = None
    trade: Code | None = Field(default=None, description="Of the list `trade`")
    size: Code | None = Field(default=None, description="Of the list `size_class`")
    employees: Count | None = None
    members: Count | None = Field(default=None, description="Members among the employees, as a number")
    platform: Label | None = None
    brand: Label | None = None
    said: SaidBy = None


@command("enterprise.amend", fact=True, amends="enterprise.register")
class Amend(Command):
    """Change an enterprise's details; omitted fields stay unchanged. `enterprise.move` changes its area."""

    enterprise: EnterpriseId
    name: Label = omitted()
    code: CreditCode | None = None
    trade: Code | None = None
    size: Code | None = None
    employees: Count | None = None
    members: Count | None = None
    platform: Label | None = None
    brand: Label | None = None
    based_on: BasedOn = None
    said: SaidBy = None


@command("enterprise.move", fact=True)
class Move(Command):
    """Move it to another area, or away: then say where to instead."""

    enterprise: EnterpriseId
    area: AreaCode | None = None
    to: Label | None = Field(default=None, description="Where it went, if it left the jurisdiction")


@command("enterprise.merge", fact=True)
class Merge(Command):
    """It becomes part of another enterprise of the ledger."""

    enterprise: EnterpriseId
    into: EnterpriseId


@command("enterprise.close", fact=True)
class Close(Command):
    """It stopped trading."""

    enterprise: EnterpriseId
    reason: Label | None = None


@command("enterprise.reopen", fact=True)
class Reopen(Command):
    """It trades here again, after closing, merging or moving away."""

    enterprise: EnterpriseId
    reason: Label | None = None
