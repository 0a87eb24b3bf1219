"""Where the value of a command's field comes from."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from services.intake.mapping.texts import SEPARATORS, Regex, Strict, Template

Kind = Literal[
    "text",
    "lines",
    "code",
    "id",
    "slug",
    "int",
    "number",
    "bool",
    "instant",
    "phone",
    "list",
    "lon",
    "lat",
    "area",
    "names",
]
Pick = Literal["first", "last", "min", "max", "sum", "all"]


class Value(Strict):
    """Where a field's value comes from: one of column, template, constant, null, id_of, area_of
    and enterprise_of."""

    column: str | None = Field(default=None, description="Column to read the cell from")
    template: Template | None = Field(
        default=None, description="Text with {Column}, {Column?} (may be empty) and {Column|filter}"
    )
    constant: str | int | float | bool | list[str] | None = Field(default=None, description="Fixed value")
    null: bool = Field(default=False, description="true = set the field to null")
    id_of: list[str] | None = Field(
        default=None, description="Columns to derive the id from, as a keyed hash"
    )
    area_of: Annotated[list[str], Field(min_length=3, max_length=3)] | None = Field(
        default=None,
        description="Columns with an area's own code, its name and its parent: the area's code, which is "
        "made if it has none",
    )
    enterprise_of: Annotated[list[str], Field(min_length=4, max_length=4)] | None = Field(
        default=None,
        description="Columns with an enterprise's number, credit code, name and area: the enterprise of the "
        "ledger with that number, else that code, else that name in that area",
    )
    new: bool = Field(default=False, description="With enterprise_of: an unknown enterprise gets an id")
    ask: bool = Field(
        default=False,
        description="A value unknown to the map, the areas or the rules of phone numbers is asked about in "
        "the preview, and rejects the row unless it is answered",
    )
    type: Kind | None = Field(
        default=None, description="Value type; default: the type of the command's field"
    )
    extract: Regex | None = Field(
        default=None, description="Keep the joined groups of this regular expression; no match = empty"
    )
    map: str | None = Field(default=None, description="Name of a value map in [values]")
    default: Any = Field(default=None, description="Value if the result is empty; text is a template")
    null_if: list[str] = Field(default=[], description="Cells that set the field to null, ignoring case")
    invalid: Literal["reject", "ignore"] = Field(
        default="reject",
        description="ignore = leave the field empty if its cell cannot be used; such cells are counted",
    )
    plus: Template | None = Field(
        default=None, description="Duration added to an instant: minutes, H:MM, ISO 8601, or with a unit"
    )
    since: Template | None = Field(
        default=None, description="Instant from which the cell, an instant, is counted: the value is minutes"
    )
    optional: bool = Field(default=False, description="For `at`: if empty, the command has no time")
    pick: Pick = Field(default="first", description="With once_per: which value of the group to use")
    case: Literal["lower", "upper"] | None = None
    shorten: int | None = Field(default=None, ge=1, description="Truncate to this many characters")
    split: str = Field(default=SEPARATORS, min_length=1, description="List separators")
    decimal: Literal[".", ","] = Field(default=".", description="Decimal separator")
    datum: Literal["WGS-84", "GCJ-02", "BD-09"] = Field(default="WGS-84", description="Datum of lon and lat")
    axes: Literal["lat lon", "lon lat"] = Field(
        default="lat lon", description="Order of coordinates in a pair"
    )
    formats: list[str] | None = Field(
        default=None, description="strptime formats of instants, or epoch, epoch_ms"
    )
    _pair: bool = PrivateAttr(default=False)
    after: Template | None = Field(
        default=None, description="Instant that comes first; if this one is earlier, it moves to the next day"
    )
    whole_day: bool = Field(
        default=False,
        description="With after: also if both are the same, as in shifts of 24 hours",
    )
    last_day: bool = Field(
        default=False, description="A day without a time means the end of that day, as for terms"
    )

    @property
    def where(self) -> str:
        """The column, or the template unless it is a column alone; for messages."""
        if self.template is not None and (found := re.fullmatch(r"\{([^{}|?]+)\}", self.template)):
            return found[1].strip()
        return self.column or self.template or "value"

    @property
    def pair(self) -> bool:
        """Whether longitude and latitude are read from the same text."""
        return self._pair

    def join_pair(self) -> None:
        """Note that longitude and latitude are read from the same text."""
        self._pair = True

    @model_validator(mode="after")
    def _one_source(self) -> "Value":
        given = (self.column, self.template, self.constant, self.null or None, self.id_of, self.area_of)
        if sum(one is not None for one in (*given, self.enterprise_of)) != 1:
            raise ValueError(
                "give exactly one of column, template, constant, null, id_of, area_of and enterprise_of"
            )
        if self.ask and (self.column is None or not (self.map or self.type in ("area", "phone"))):
            raise ValueError("ask requires a column, and a map or the type area or phone")
        return self


def _short(spec: Any) -> Any:
    """Expand short forms: text is a template; a number, boolean or list is a constant."""
    if isinstance(spec, str):
        return {"template": spec}
    return {"constant": spec} if isinstance(spec, int | float | bool | list) else spec


Spec = Annotated[
    Value, BeforeValidator(_short, json_schema_input_type=Value | str | int | float | bool | list)
]
