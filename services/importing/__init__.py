"""Import: tables of any shape become commands, by mapping files."""

from services.importing.engine import FileSummary, Sink, Summary, import_files, preview
from services.importing.errors import FileError, ImportFailed, MappingError
from services.importing.mapping import Mapping, load_mapping

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
    "preview",
]
