"""Errors shown to the user, on the command line or in a response."""

from typing import Any

from services.refusals import sentence


class CodedError(Exception):
    """An error with a stable `code` and the `values` of its sentence. `str()` is the English sentence."""

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    def __str__(self) -> str:
        return sentence(self.code, self.values)
