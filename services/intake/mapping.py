"""The models of mapping files: TOML that says which commands the rows of a table mean (docs/mapping.md)."""

import re
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from events.timezones import timezones
from services.decisions.scopes import PUBLIC
from services.intake.templates import parts

Kind = Literal[
    "text", "lines", "code", "id", "slug", "int", "number", "bool", "instant", "phone", "list", "lon", "lat"
]
Pick = Literal["first", "last", "min", "max", "sum", "all"]
Over = Literal["row", "every", "any", "first", "last"]
SEPARATORS: Final = ";；,，、|"


def _template(text: str) -> str:
    parts(text)
    return text


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    return text


Template = Annotated[str, AfterValidator(_template)]
Regex = Annotated[str, AfterValidator(_regex)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Value(_Strict):
    """How a field gets its value: exactly one of column, template, constant, null and id_of."""

    column: str | None = Field(default=None, description="The cell of this column")
    template: Template | None = Field(
        default=None, description="Text with {Column}, {Column?} (may be empty) and {Column|filter}"
    )
    constant: str | int | float | bool | list[str] | None = Field(default=None, description="Always this")
    null: bool = Field(default=False, description="true = null on purpose")
    id_of: list[str] | None = Field(default=None, description="Columns whose keyed hash is the id")
    type: Kind | None = Field(default=None, description="Default: what the command's field needs")
    extract: Regex | None = Field(
        default=None, description="Keep what the groups of this expression find, joined; no match = empty"
    )
    map: str | None = Field(default=None, description="Name of a value map under [values]")
    default: Any = Field(default=None, description="Where it is empty; a text is a template")
    optional: bool = Field(default=False, description="Of `at`: where it is empty the command has no time")
    pick: Pick = Field(default="first", description="Which value of the group, with once_per")
    case: Literal["lower", "upper"] | None = None
    shorten: int | None = Field(default=None, ge=1, description="Keep at most this many characters")
    split: str = Field(default=SEPARATORS, min_length=1, description="Separators of a list")
    decimal: Literal[".", ","] = Field(default=".", description="Decimal sign of numbers")
    datum: Literal["WGS-84", "GCJ-02", "BD-09"] = Field(default="WGS-84", description="Of lon and lat")
    axes: Literal["lat lon", "lon lat"] = Field(default="lat lon", description="Order within a pair")
    formats: list[str] | None = Field(
        default=None, description="strptime formats of instants; also epoch, epoch_ms"
    )
    after: Template | None = Field(
        default=None, description="An instant that this one follows: where it does not, it is the next day's"
    )

    @model_validator(mode="after")
    def _one_source(self) -> "Value":
        given = (self.column, self.template, self.constant, self.null or None, self.id_of)
        if sum(one is not None for one in given) != 1:
            raise ValueError("give exactly one of column, template, constant, null and id_of")
        return self


def _short(spec: Any) -> Any:
    """Short forms: text = a template; a number, a truth value or a list = a constant."""
    if isinstance(spec, str):
        return {"template": spec}
    return {"constant": spec} if isinstance(spec, int | float | bool | list) else spec


Spec = Annotated[
    Value, BeforeValidator(_short, json_schema_input_type=Value | str | int | float | bool | list)
]


class Condition(_Strict):
    """All of what is given holds; letters' case does not matter. `over` a group: of its rows together."""

    column: str | None = None
    template: Template | None = Field(default=None, description="Instead of a column")
    filled: bool | None = None
    is_: list[str] | None = Field(default=None, alias="is")
    not_: list[str] | None = Field(default=None, alias="not")
    matches: Regex | None = None
    at_least: float | None = None
    at_most: float | None = None
    changed: bool | None = Field(default=None, description="Against the row before with the same key")
    over: Over = Field(default="row", description="With once_per: row = only such rows belong to the group")
    any_of: list["Condition"] = Field(default=[], description="Instead of all else: one of these holds")

    @model_validator(mode="after")
    def _one_subject(self) -> "Condition":
        given = (self.column, self.template, self.any_of or None)
        if sum(one is not None for one in given) != 1:
            raise ValueError("give exactly one of column, template and any_of")
        if self.changed is not None and self.column is None:
            raise ValueError("changed needs a column")
        return self


class Each(_Strict):
    """Several commands from a row: for each part of a cell, or for each filled column of several."""

    column: str | None = Field(
        default=None, description="{item} = each part of this cell, {number} = 1, 2 .."
    )
    split: str = Field(default=SEPARATORS, min_length=1)
    columns: list[str] = Field(default=[], description="{item} = the heading, {value} = the cell")
    columns_like: Regex | None = Field(default=None, description="The same for all headings that match")

    @model_validator(mode="after")
    def _one_kind(self) -> "Each":
        if (self.column is None) == (not self.columns and self.columns_like is None):
            raise ValueError("give either column, or columns or columns_like")
        return self


class CommandMap(_Strict):
    """One command that a row, or with once_per a group of rows, means. Their order is the stage rank."""

    name: str
    when: list[Condition] = []
    once_per: list[str] | None = Field(default=None, description="Columns of the group; [] = the whole file")
    place: Literal["first", "last"] = Field(
        default="first", description="With once_per and without times: by the group's first or last row"
    )
    each: Each | None = None
    at: Spec | None = Field(default=None, description="When it happened; without: when it is recorded")
    observed: bool = Field(default=True, description="It happened: recorded even where a rule would refuse")
    data: dict[str, Spec] = {}

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        public = list(PUBLIC)
        if name not in public:
            near = [one for one in public if one.partition(".")[0] == name.partition(".")[0]]
            raise ValueError(f"there is no command {name}; there are {', '.join(near or public)}")
        return name


class Source(_Strict):
    """One kind of table, told apart from others by its header."""

    name: str
    columns: list[str] = Field(default=[], description="Columns that it must have, beside those it uses")
    optional: list[str] = Field(default=[], description="Columns that it uses if they are there")
    alias: dict[str, list[str]] = Field(default={}, description="Column -> other headings of it")
    sheet: str | None = Field(default=None, description="Only this sheet of a workbook")
    fill_down: list[str] = Field(default=[], description="Where these are empty, the cell above counts")
    key: list[str] = Field(default=[], description="Rows with the same key are states of one thing")
    order_by: Spec | None = Field(default=None, description="Instant that rows are taken in the order of")
    skip: list[Condition] = Field(default=[], description="Rows that mean nothing: counted as known")
    command: Annotated[list[CommandMap], Field(min_length=1)]


class Mapping(_Strict):
    """A whole mapping file."""

    name: str
    description: str = ""
    timezone: str | None = Field(default=None, description="IANA name; of times without an offset")
    ambiguous: Literal["first", "last", "reject"] = Field(
        default="first", description="Which is meant of a local time that occurs twice, or not at all"
    )
    encoding: str | None = Field(default=None, description="Default: by byte order mark, UTF-8, else GB18030")
    delimiter: str | None = Field(default=None, min_length=1, max_length=1, description="Default: as found")
    formats: list[str] = Field(default=[], description="strptime formats of instants, beside ISO 8601")
    values: dict[str, dict[str, str | int | float | bool]] = Field(
        default={}, description='Value maps; "*" = any other; without it any other is rejected'
    )
    source: Annotated[list[Source], Field(min_length=1)]

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        if name is not None and name not in timezones():
            raise ValueError(f"{name} is not an IANA time zone such as Asia/Shanghai")
        return name

    @field_validator("encoding")
    @classmethod
    def _encoding(cls, name: str | None) -> str | None:
        try:
            if name is not None and not isinstance("".encode(name), bytes):
                raise LookupError
        except (LookupError, ValueError) as error:
            raise ValueError(f"{name} is not an encoding such as utf-8 or gb18030") from error
        return name

    @property
    def zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.timezone) if self.timezone else None


def schema() -> dict[str, Any]:
    """JSON schema of mapping files (docs/mapping.schema.json)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Mapping.model_json_schema()}
