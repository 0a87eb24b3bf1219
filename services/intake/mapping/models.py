"""A mapping file and its sources, each one kind of table (docs/mapping.md)."""

import re
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from events.timezones import timezones
from services.intake.mapping.command import CommandMap
from services.intake.mapping.condition import Condition
from services.intake.mapping.texts import Strict, codec
from services.intake.mapping.value import Spec
from services.vault.phones import REGIONS


class Source(Strict):
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


class Mapping(Strict):
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
