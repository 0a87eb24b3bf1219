"""Texts of mapping files that are checked as they are read: templates, regular expressions, encodings."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict

from services.intake.mapping.templates import parts

SEPARATORS: Final = ";；,，、|"
"""Between the parts of a list, by default."""


def _template(text: str) -> str:
    parts(text)
    return text


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    return text


def codec(name: str) -> str:
    """Return the name of an encoding of text. Raise ValueError."""
    try:
        if not isinstance("".encode(name), bytes):
            raise LookupError
    except (LookupError, ValueError) as error:
        raise ValueError(f"{name} is not an encoding such as utf-8 or gb18030") from error
    return name


Template = Annotated[str, AfterValidator(_template)]
Regex = Annotated[str, AfterValidator(_regex)]


class Strict(BaseModel):
    """A table of a mapping file. It takes no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
