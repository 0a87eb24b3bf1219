"""Conditions over the cells of a row, or of a group of rows."""

from typing import Literal

from pydantic import Field, model_validator

from services.intake.mapping.texts import Regex, Strict, Template

Over = Literal["row", "every", "any", "first", "last"]


class Condition(Strict):
    """A condition; all given tests must pass, ignoring case. `over` applies it to a group of rows."""

    column: str | None = None
    template: Template | None = Field(default=None, description="Text to test instead of a column")
    filled: bool | None = None
    is_: list[str] | None = Field(default=None, alias="is")
    not_: list[str] | None = Field(default=None, alias="not")
    matches: Regex | None = None
    same_as: Template | None = Field(default=None, description="Text that the cell must be the same as")
    less_than: Template | None = Field(
        default=None, description="What the cell must be less than: numbers, or else instants"
    )
    more_than: Template | None = Field(
        default=None, description="What the cell must be more than: numbers, or else instants"
    )
    since: Template | None = Field(
        default=None, description="Instant: at_least and at_most are the minutes from it to the cell"
    )
    at_least: float | None = None
    at_most: float | None = None
    changed: bool | None = Field(
        default=None, description="Whether it differs from the previous row with the same key"
    )
    over: Over = Field(
        default="row",
        description="With once_per: rows of the group to test; row = only matching rows form the group",
    )
    any_of: list["Condition"] = Field(
        default=[], description="Alternatives, one of which must hold; excludes all other tests"
    )
    all_of: list["Condition"] = Field(
        default=[], description="Conditions that must all hold, as one of the alternatives of any_of"
    )

    @model_validator(mode="after")
    def _one_subject(self) -> "Condition":
        given = (self.column, self.template, self.any_of or None, self.all_of or None)
        if sum(one is not None for one in given) != 1:
            raise ValueError("give exactly one of column, template, any_of and all_of")
        if self.changed is not None and self.column is None:
            raise ValueError("changed requires a column")
        return self
