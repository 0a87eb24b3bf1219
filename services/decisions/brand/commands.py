"""Brand commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import AfterValidator, Field

from events.brand import WHITE
from events.refs import Ref
from services.decisions.amending import BasedOn
from services.decisions.base import Command, command
from services.decisions.fields import NEW, AreaCode, Code, Id, Label, omitted
from services.decisions.references import PLAIN

BrandId = Annotated[Id, Ref("brand")]
Colour = Annotated[
    str,
    Field(pattern=r"^#[0-9A-Fa-f]{6}$", description="Such as #1d5fa8"),
    AfterValidator(str.lower),
    PLAIN,
]
Mark = Annotated[
    str,
    Field(
        min_length=2,
        max_length=4000,
        pattern=r"^[Mm][MmLlHhVvCcSsQqTtAaZz0-9 ,.\-]+$",
        description="Outline on a field of 24 by 24: the `d` of an SVG path",
    ),
    PLAIN,
]


@command("brand.register", fact=True)
class Register(Command):
    """Give a trade a brand, with a mark and a colour of its own. Contrast below 4.5 is refused."""

    brand: Annotated[BrandId, NEW] | None = None
    trade: Annotated[Code, Field(description="Of the list `trade`")]
    name: Label
    mark: Mark
    colour: Colour
    ink: Colour = Field(default=WHITE, description="Of the mark and the name, on the colour")
    slogan: Label | None = None
    area: AreaCode | None = None


@command("brand.amend", fact=True, amends="brand.register")
class Amend(Command):
    """Change a brand's name, slogan or look; omitted fields stay unchanged."""

    brand: BrandId
    name: Label = omitted()
    mark: Mark = omitted()
    colour: Colour = omitted()
    ink: Colour = omitted()
    slogan: Label | None = None
    based_on: BasedOn = None


@command("brand.retire", fact=True)
class Retire(Command):
    """Retire a brand; the trade may get another one."""

    brand: BrandId
    reason: Label | None = None
