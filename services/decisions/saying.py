"""Commands that a row of a sheet gives: they carry which sheet says so, because a sheet has a memory."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.decisions.references import PLAIN


class SheetSays(BaseModel):
    """Which sheet says so. What it said before changes nothing; what people decided otherwise stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sheet: Annotated[
        str,
        Field(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f\x7f]+$", description="Its name"),
        PLAIN,
    ]
    accept: bool = Field(default=False, description="The sheet is right, and not what people decided")


class Heard(SheetSays):
    """The same, once its personal data are sealed."""

    personal: dict[str, str] = {}
    """Keyed hash of each personal field."""


SaidBy = Annotated[
    SheetSays | None,
    Field(description="Of an import: the sheet that says so; refused if it contradicts what people decided"),
]


def thing_field(name: str) -> str:
    """Return the field with the id of what a command speaks of: who joins, else its own thing."""
    return "worker" if name == "team.join" else name.partition(".")[0]
