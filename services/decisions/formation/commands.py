"""Commands about the rules of formation; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from services.decisions.base import Command, command
from services.decisions.fields import WHOLE, Label


@command("formation.set", fact=True, by="admin")
class Set(Command):
    """Set the rules of formation from `at` on; they replace the earlier ones. Past proposals stay."""

    members: Annotated[int, WHOLE] = Field(
        default=3, ge=1, le=1000, description="Members with which an enterprise forms a chapter of its own"
    )
    enterprises: Annotated[int, WHOLE] = Field(
        default=3, ge=1, le=1000, description="Enterprises of a trade in an area with which it forms one"
    )
    level: Annotated[int, WHOLE] = Field(
        default=1, ge=0, le=8, description="Depth of that area: 0 = jurisdiction, 1 = county, 2 = street"
    )
    names: bool = Field(default=False, description="Whether members may be named, sealed")
    purpose: Label | None = Field(default=None, description="Purpose; required with `names`")
