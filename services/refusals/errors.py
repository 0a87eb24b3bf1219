"""Errors that the command line prints, or an answer gives on."""

from typing import Any

from services.refusals import sentence


class Told(Exception):
    """`code` is stable; `values` are what a sentence about it names. Printed, it is the English sentence."""

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    def __str__(self) -> str:
        return sentence(self.code, self.values)
