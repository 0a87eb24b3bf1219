"""What can be wrong with a mapping, a file, a row."""

from services.decisions.base import Refused, Value
from services.refusals import sentence


class ImportFailed(Exception):
    """Base: one clear line that names file, place and remedy."""


class MappingError(ImportFailed):
    """The mapping is unknown, malformed, or does not fit the file; nothing was read."""


class ColumnsMissing(MappingError):
    """The file's header lacks columns that the mapping needs."""

    def __init__(self, message: str, columns: list[str]) -> None:
        super().__init__(message)
        self.columns = columns


class FileError(ImportFailed):
    """The file cannot be read; nothing of it was sent, unless the message says so."""


class RowError(Refused):
    """One row cannot be used; the others can."""

    def __str__(self) -> str:
        return sentence(self.code, self.values)


class Misread(ValueError):
    """A cell cannot be read; `variant` says as what, among the sentences of `unreadable`."""

    def __init__(self, variant: str, /, **values: Value) -> None:
        super().__init__(variant)
        self.variant, self.values = variant, values
