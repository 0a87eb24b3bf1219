"""What can be wrong with a mapping, a file, a row."""


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


class RowError(Exception):
    """One row cannot be used; the others can. `code` is stable."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason
