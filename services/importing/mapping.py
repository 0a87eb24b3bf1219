"""Mapping files: TOML that says which commands the rows of a table mean (docs/mapping.md)."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from services.decisions.base import commands
from services.importing.errors import MappingError

SHIPPED: Final = Path(__file__).parent / "mappings"
HERE: Final = "jurisdiction"
"""Placeholder of the code that is imported into."""
Kind = Literal["text", "code", "id", "int", "number", "bool", "instant", "phone", "list", "lon", "lat"]
Pick = Literal["first", "last", "min", "max"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Value(_Strict):
    """How a field gets its value; give one of column, template, constant or id_of."""

    column: str | None = None
    template: str | None = Field(default=None, description="Text with {Column}; empty if any of them is")
    constant: Any = None
    id_of: list[str] | None = Field(default=None, description="Columns whose keyed hash makes an id")
    type: Kind = "text"
    map: str | None = Field(default=None, description="Name of a value map under [values]")
    default: Any = None
    pick: Pick = Field(default="first", description="Which value of the group, with once_per")
    split: str = Field(default=";,、|", description="Separators of a list")
    datum: Literal["WGS-84", "GCJ-02", "BD-09"] = "WGS-84"
    formats: list[str] | None = Field(default=None, description="strptime formats of instants")


class Condition(_Strict):
    """Holds for a row; `every_filled` holds for a whole group."""

    column: str | None = None
    filled: bool | None = None
    is_: list[str] | None = Field(default=None, alias="is")
    not_: list[str] | None = Field(default=None, alias="not")
    matches: str | None = None
    every_filled: str | None = None


class Each(_Strict):
    """Several commands from one cell: {item} is each part."""

    column: str
    split: str = ";,、|"


class CommandMap(_Strict):
    """One command that a row (or with once_per a group of rows) means."""

    name: str
    when: list[Condition] = []
    once_per: list[str] | None = Field(default=None, description="Columns of the group; [] = the whole file")
    each: Each | None = None
    at: Value | None = None
    observed: bool = True
    data: dict[str, Any] = {}

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in commands:
            raise ValueError(f"there is no command {name}")
        return name

    @field_validator("data")
    @classmethod
    def _values(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {field: value_of(spec) for field, spec in data.items()}

    @field_validator("at", mode="before")
    @classmethod
    def _instant(cls, spec: Any) -> Any:
        if isinstance(spec, str):
            spec = {"template": spec}
        return {"type": "instant", **spec} if isinstance(spec, dict) else spec


def value_of(spec: Any) -> Value:
    """Short forms: text = a template, anything else that is no table = a constant."""
    if isinstance(spec, str):
        return Value(template=spec)
    if isinstance(spec, dict):
        return Value.model_validate(spec)
    return Value(constant=spec)


class Source(_Strict):
    """One kind of table, told apart from others by its header."""

    name: str
    columns: list[str] = Field(default=[], description="Columns that it must have, beside those it uses")
    optional: list[str] = Field(default=[], description="Columns that it uses if they are there")
    alias: dict[str, list[str]] = Field(default={}, description="Column -> other headings of it")
    sheet: str | None = None
    command: Annotated[list[CommandMap], Field(min_length=1)]


class Mapping(_Strict):
    """A whole mapping file."""

    name: str
    description: str = ""
    timezone: str | None = Field(
        default=None, description="Of local times; default: the jurisdiction's or UTC"
    )
    encoding: str | None = Field(default=None, description="Default: by BOM, UTF-8, else GB18030")
    delimiter: str | None = Field(default=None, max_length=1)
    formats: list[str] = Field(default=[], description="strptime formats of instants, beside ISO 8601")
    values: dict[str, dict[str, Any]] = Field(default={}, description='Value maps; "*" = any other')
    source: Annotated[list[Source], Field(min_length=1)]

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        if name is not None and name not in available_timezones():
            raise ValueError(f"{name} is not an IANA time zone")
        return name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone or "UTC")


def load_mapping(name: str) -> Mapping:
    """A shipped mapping by name, or a TOML file by path. Raises MappingError."""
    path = SHIPPED / f"{name}.toml" if name.replace("-", "").replace("_", "").isalnum() else Path(name)
    if not path.is_file():
        shipped = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))
        raise MappingError(f"there is no mapping {name}: give a TOML file, or one of {shipped}.")
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{path} is not TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise MappingError(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from error
    except ValidationError as error:
        raise MappingError(f"{path}: {_first(error)}") from error


def _first(error: ValidationError) -> str:
    one = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in one["loc"])
    return f"{where}: {one['msg']}"


def used_columns(source: Source) -> list[str]:
    """Every column that the source's commands mention, in order of first mention."""
    found: dict[str, None] = dict.fromkeys(source.columns)
    for one in source.command:
        values = [*one.data.values(), *([one.at] if one.at else [])]
        for value in values:
            found |= dict.fromkeys(_columns_of(value))
        for condition in one.when:
            found |= dict.fromkeys(c for c in (condition.column, condition.every_filled) if c)
        found |= dict.fromkeys(one.once_per or [])
        found |= dict.fromkeys([one.each.column] if one.each else [])
    return [column for column in found if column not in ("item", HERE)]


def _columns_of(value: Value) -> list[str]:
    if value.template is not None:
        return placeholders(value.template)
    return [*([value.column] if value.column else []), *(value.id_of or [])]


def placeholders(template: str) -> list[str]:
    """Columns named in {braces}. Raises ValueError for unbalanced braces."""
    found: list[str] = []
    for part in template.split("{")[1:]:
        name, brace, _ = part.partition("}")
        if not brace:
            raise ValueError(f"template {template!r}: a brace is not closed")
        found.append(name)
    return found
