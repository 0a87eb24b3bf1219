"""Import: tables of any shape become commands, by mapping files (docs/mapping.md)."""

from services.intake.engine import import_files, preview
from services.intake.errors import FileError, ImportFailed, MappingError
from services.intake.loading import load_mapping, parse_mapping
from services.intake.mapping import Mapping, schema
from services.intake.sending import Sink
from services.intake.summary import FileSummary, Summary

__all__ = [
    "FileError",
    "FileSummary",
    "ImportFailed",
    "Mapping",
    "MappingError",
    "Sink",
    "Summary",
    "import_files",
    "load_mapping",
    "parse_mapping",
    "preview",
    "schema",
]
