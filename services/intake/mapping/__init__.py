"""Mapping files: TOML that says how the rows of tables become commands (docs/mapping.md)."""

from services.intake.mapping.models import (
    CommandMap,
    Condition,
    Each,
    Kind,
    Mapping,
    Source,
    Value,
    codec,
    schema,
    sheet_name,
)

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
