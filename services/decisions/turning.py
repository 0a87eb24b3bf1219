"""Controls that turn the text after them around, so that it reads as another one."""

import re
from typing import Any, Final

CONTROLS: Final = r"\u202a-\u202e\u2066-\u2069"
"""For a class of characters in a pattern."""
_ANY: Final = re.compile(f"[{CONTROLS}]")
_NO_TEXT: Final = re.compile(rf"[{CONTROLS}\ud800-\udfff]")
_NAMED: Final = re.compile(r"\[U\+(20[26][0-9A-F])\]")


def unturned(value: Any) -> Any:
    """Return a text, or the texts of a tuple or list, with such controls named by their codes: `[U+202E]`.

    So are surrogates, as JSON may have them: alone they are no text, and cannot be written.
    """
    match value:
        case str():
            return _NO_TEXT.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)
        case tuple() | list():
            return type(value)(map(unturned, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        case _:
            return value


def turned(text: str) -> str:
    """Undo `unturned` in a text."""
    return _NAMED.sub(lambda found: _control(found[0], chr(int(found[1], 16))), text)


def _control(named: str, char: str) -> str:
    return char if _ANY.match(char) else named
