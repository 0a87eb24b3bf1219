"""Errors in a mapping, a file or a row."""

from services.decisions.base import Refused, Value
from services.refusals import sentence


class CodedError(Refused):
    """An error whose `str()` is its English sentence."""

    def __str__(self) -> str:
        return sentence(self.code, self.values)


class ImportFailed(CodedError):
    """Base class. The sentence names the file, the place and the remedy."""


class MappingError(ImportFailed):
    """The mapping is unknown, malformed or does not match the file; nothing was read."""


class ColumnsMissing(MappingError):
    """The file's header lacks columns the mapping needs, listed in the value `columns`."""


class FileError(ImportFailed):
    """The file cannot be read; nothing was sent unless the sentence says otherwise."""


class RowError(CodedError):
    """One row cannot be used; the others are unaffected."""


class Misread(ValueError):
    """A cell cannot be parsed; `variant` selects the sentence of the code `unreadable`."""

    def __init__(self, variant: str, /, **values: Value) -> None:
        super().__init__(variant)
        self.variant, self.values = variant, values
