"""Commands that a row of a sheet gives: they carry which sheet says so, because a sheet has a memory."""

from collections.abc import Callable
from typing import Annotated, Any, Final, NamedTuple

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
    accept: bool = Field(default=False, description="The sheet is right, not the later decisions of people")


class Heard(SheetSays):
    """The same, once its personal data are sealed."""

    personal: dict[str, str] = {}
    """Keyed hash of each personal field."""


SaidBy = Annotated[
    SheetSays | None,
    Field(description="Of an import: the sheet that says so; refused if it contradicts what people decided"),
]


GONE: Final = "gone"
"""Field of a difference: people took it off the roster, stood it down or closed it."""


class Difference(NamedTuple):
    """One thing that the log and a sheet say differently, as text."""

    field: str
    log: str
    sheet: str


_THINGS: Final = {
    "team.join": ("worker",),
    "post.charge": ("post", "task", "area", "trade"),
    "undertaking.plan_step": ("undertaking", "step"),
}
"""Fields that tell apart what a command says, where its own thing does not: the thing is the first."""


def thing_fields(name: str) -> tuple[str, ...]:
    """Return the fields under which a command's saying is kept: who joins, else its own thing."""
    return _THINGS.get(name) or (name.partition(".")[0],)


def thing_field(name: str) -> str:
    """Return the field with the id of what a command speaks of."""
    return thing_fields(name)[0]


def row_named(name: str, get: Callable[[str], Any]) -> str:
    """Return what a row's saying is kept under: the command and the id of its thing."""
    return " ".join((name, *(str(get(field) or "*") for field in thing_fields(name))))
