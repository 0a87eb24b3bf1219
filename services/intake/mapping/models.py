"""Models of mapping files, TOML that turns table rows into commands (docs/mapping.md)."""

import re
from functools import cached_property
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    field_validator,
    model_validator,
)

from events.timezones import timezones
from services.decisions.scopes import PUBLIC
from services.intake.mapping.templates import parts
from services.vault.phones import REGIONS

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


def codec(name: str) -> str:
    """Return the name of an encoding of text. Raise ValueError."""
    try:
        if not isinstance("".encode(name), bytes):
            raise LookupError
    except (LookupError, ValueError) as error:
        raise ValueError(f"{name} is not an encoding such as utf-8 or gb18030") from error
    return name


Template = Annotated[str, AfterValidator(_template)]
Regex = Annotated[str, AfterValidator(_regex)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Value(_Strict):
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


class Condition(_Strict):
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


class Each(_Strict):
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


class CommandMap(_Strict):
    """A command made from a row or, with once_per, from a group of rows. Their order is the stage rank."""

    name: str
    when: list[Condition] = []
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
    data: dict[str, Spec] = {}

    @cached_property
    def adds(self) -> bool:
        """Whether a row that says the same as another of its group adds something."""
        return any(spec.pick in ("sum", "all") for spec in self.data.values())

    @model_validator(mode="after")
    def _pairs(self) -> "CommandMap":
        lon, lat = (self.data.get(field) for field in ("lon", "lat"))
        if lon and lat and (lon.column, lon.template, lon.extract) == (lat.column, lat.template, lat.extract):
            lon._pair = lat._pair = True
        return self

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        public = list(PUBLIC)
        if name not in public:
            near = [one for one in public if one.partition(".")[0] == name.partition(".")[0]]
            raise ValueError(f"no command named {name}; choose from {', '.join(near or public)}")
        return name


class Source(_Strict):
    """One kind of table, recognized by its header."""

    name: str
    columns: list[str] = Field(default=[], description="Required columns, in addition to those used")
    optional: list[str] = Field(default=[], description="Columns that may be missing")
    alias: dict[str, list[str]] = Field(default={}, description="Column -> alternative headings")
    headings: dict[str, dict[str, str]] = Field(
        default={}, description="Language -> column -> heading in the template"
    )
    hints: dict[str, dict[str, str]] = Field(
        default={}, description="Language -> column -> what to write into it"
    )
    sheet: str | None = Field(default=None, description="Read only this sheet of a workbook")
    exact: list[str] = Field(
        default=[],
        description="Columns of long numbers that no spreadsheet has rounded, even if they look so",
    )
    fill_down: list[str] = Field(default=[], description="Columns whose empty cells repeat the cell above")
    key: list[str] = Field(
        default=[],
        description="Columns of the key; rows with the same key are successive states of one thing",
    )
    order_by: Spec | None = Field(default=None, description="Instant to sort the rows by")
    each_row: bool = Field(
        default=False, description="Whether rows that say the same at one instant count each, instead of once"
    )
    skip: list[Condition] = Field(
        default=[], description="Rows to skip: those for which all conditions hold; they count as skipped"
    )
    command: Annotated[list[CommandMap], Field(min_length=1)]


class Mapping(_Strict):
    """A mapping file."""

    name: str
    description: str = ""
    timezone: str | None = Field(default=None, description="IANA time zone of times without an offset")
    ambiguous: Literal["first", "last", "reject"] = Field(
        default="first", description="How to read a local time that occurs twice or not at all"
    )
    region: str | None = Field(
        default=None,
        description="Country (ISO 3166) of phone numbers without a country code, such as CN; default: that "
        "of the jurisdiction's time zone",
    )
    near: str | None = Field(
        default=None,
        description="A place `latitude, longitude` around which all places lie; default: the jurisdiction's "
        "areas, or else its time zone's town",
    )
    within_km: float | None = Field(
        default=None, gt=0, description="A place farther away rejects its row; default: 500, of a town 5000"
    )
    encoding: str | None = Field(
        default=None,
        description="Default: detected (byte order mark, UTF-8, GB18030, Big5, Shift-JIS, EUC-KR, "
        "Windows-1252, Windows-1251), and asked about if it is only a guess",
    )
    records: str | None = Field(
        default=None, description="In a JSON document: path of the list of objects; default: its only one"
    )
    delimiter: str | None = Field(default=None, min_length=1, max_length=1, description="Default: detected")
    formats: list[str] = Field(
        default=[], description="strptime formats of instants, in addition to ISO 8601"
    )
    values: dict[str, dict[str, str | int | float | bool]] = Field(
        default={}, description='Value maps; "*" matches any other value, which is otherwise rejected'
    )
    source: Annotated[list[Source], Field(min_length=1)]

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        if name is not None and name not in timezones():
            raise ValueError(f"{name} is not an IANA time zone such as Asia/Shanghai")
        return name

    @field_validator("region")
    @classmethod
    def _country(cls, name: str | None) -> str | None:
        if name is not None and name not in REGIONS:
            raise ValueError(f"{name} is not a country such as CN or DE")
        return name

    @field_validator("near")
    @classmethod
    def _near(cls, text: str | None) -> str | None:
        if text is not None and not re.fullmatch(r"-?\d+(\.\d+)?, *-?\d+(\.\d+)?", text):
            raise ValueError(f"{text} is not a place such as 52.52, 13.40")
        return text

    @field_validator("encoding")
    @classmethod
    def _encoding(cls, name: str | None) -> str | None:
        return None if name is None else codec(name)

    def in_encoding(self, name: str | None) -> "Mapping":
        """Return the mapping for a file of this encoding; None leaves it as it is."""
        return self if name is None else self.model_copy(update={"encoding": name})

    @property
    def zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.timezone) if self.timezone else None


def sheet_name(mapping: Mapping, source: Source) -> str:
    """Return the name of a source whose sayings are remembered."""
    return f"{mapping.name}/{source.name}".replace(" ", "_")


def schema() -> dict[str, Any]:
    """Return the JSON schema of mapping files (docs/mapping.schema.json)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Mapping.model_json_schema()}
