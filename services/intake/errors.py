"""What can be wrong with a mapping, a file, a row."""

from services.decisions.base import Refused, Value
from services.refusals import sentence


class Told(Refused):
    """Says its English sentence where it is printed."""

    def __str__(self) -> str:
        return sentence(self.code, self.values)


class ImportFailed(Told):
    """Base: its sentence names file, place and remedy."""


class MappingError(ImportFailed):
    """The mapping is unknown, malformed, or does not fit the file; nothing was read."""


class ColumnsMissing(MappingError):
    """The file's header lacks columns that the mapping needs: the value `columns`."""


class FileError(ImportFailed):
    """The file cannot be read; nothing of it was sent, unless the sentence says so."""


class RowError(Told):
    """One row cannot be used; the others can."""


class Misread(ValueError):
    """A cell cannot be read; `variant` says as what, among the sentences of `unreadable`."""

    def __init__(self, variant: str, /, **values: Value) -> None:
        super().__init__(variant)
        self.variant, self.values = variant, values
