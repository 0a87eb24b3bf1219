"""Mapping files: TOML that says how the rows of tables become commands (docs/mapping.md)."""

from services.intake.mapping.command import CommandMap, Each
from services.intake.mapping.condition import Condition
from services.intake.mapping.models import Mapping, Source, schema, sheet_name
from services.intake.mapping.texts import codec
from services.intake.mapping.value import Kind, Value

__all__ = [
    "CommandMap",
    "Condition",
    "Each",
    "Kind",
    "Mapping",
    "Source",
    "Value",
    "codec",
    "schema",
    "sheet_name",
]
