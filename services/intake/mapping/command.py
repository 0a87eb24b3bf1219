"""Which command a row or a group of rows becomes, and how often."""

from functools import cached_property
from typing import Literal

from pydantic import Field, field_validator, model_validator

from services.decisions.scopes import PUBLIC
from services.intake.mapping.condition import Condition
from services.intake.mapping.texts import SEPARATORS, Regex, Strict
from services.intake.mapping.value import Spec


class Each(Strict):
    """Repeat a command for each part of a cell, as often as a cell says, or for each filled column."""

    column: str | None = Field(
        default=None, description="Column whose cell is split: {item} = one part, {number} = 1, 2, ..."
    )
    split: str = Field(default=SEPARATORS, min_length=1)
    count: str | None = Field(
        default=None, description="Column with a number of times: {item} and {number} = 1, 2, ..."
    )
    columns: list[str] = Field(
        default=[], description="Columns to repeat for: {item} = the heading, {value} = the cell"
    )
    columns_like: Regex | None = Field(default=None, description="Like columns, for all headings that match")

    @model_validator(mode="after")
    def _one_kind(self) -> "Each":
        given = (self.column, self.count, self.columns or self.columns_like)
        if sum(bool(one) for one in given) != 1:
            raise ValueError("give either column, or count, or columns and columns_like")
        return self


class CommandMap(Strict):
    """A command made from a row or, with once_per, from a group of rows. Their order is the stage rank."""

    name: str
    when: list[Condition] = Field(default=[])
    once_per: list[str] | None = Field(
        default=None, description="Columns that identify the group; [] = the whole file"
    )
    place: Literal["first", "last"] = Field(
        default="first", description="With once_per and no time: position by the group's first or last row"
    )
    each: Each | None = None
    at: Spec | None = Field(default=None, description="When it happened; default: when it is recorded")
    observed: bool = Field(
        default=True, description="Record it even if a rule would refuse it, because it happened"
    )
    data: dict[str, Spec] = Field(default={})

    @cached_property
    def adds(self) -> bool:
        """Whether a row that says the same as another of its group adds something."""
        return any(spec.pick in ("sum", "all") for spec in self.data.values())

    @model_validator(mode="after")
    def _pairs(self) -> "CommandMap":
        lon, lat = (self.data.get(field) for field in ("lon", "lat"))
        if lon and lat and (lon.column, lon.template, lon.extract) == (lat.column, lat.template, lat.extract):
            lon.join_pair()
            lat.join_pair()
        return self

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        public = list(PUBLIC)
        if name not in public:
            near = [one for one in public if one.partition(".")[0] == name.partition(".")[0]]
            raise ValueError(f"no command named {name}; choose from {', '.join(near or public)}")
        return name
