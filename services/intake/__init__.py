"""Import tables as commands, described by mapping files (docs/mapping.md)."""

from services.intake.errors import ColumnsMissing, FileError, ImportFailed, MappingError
from services.intake.mapping import Mapping, schema
from services.intake.mapping.loading import load_mapping, parse_mapping, shipped
from services.intake.running.engine import import_files
from services.intake.running.previewing import Preview, preview
from services.intake.sending.sender import Sink
from services.intake.sending.summary import FileSummary, Summary

__all__ = [
    "ColumnsMissing",
    "FileError",
    "FileSummary",
    "ImportFailed",
    "Mapping",
    "MappingError",
    "Preview",
    "Sink",
    "Summary",
    "import_files",
    "load_mapping",
    "parse_mapping",
    "preview",
    "schema",
    "shipped",
]
