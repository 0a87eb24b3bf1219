"""Rows of files in a reader's language: codes as words, and what is nested as text instead of JSON."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from projections.allowed import allowed
from projections.terms import TermRow
from services.api.headings import FIELDS, headings

LISTS: Final[Mapping[str, str]] = {
    "trade": "trade",
    "size": "size_class",
    "stage": "stage",
    "verdict": "verdict",
    "duty": "duty",
    "task": "task",
    "route": "formation",
    "proposed": "formation",
    "category": "category",
}
"""Field -> list of its words (projections/allowed.py)."""
_SIGNS: Final[Mapping[str, tuple[str, str, str]]] = {"zh": ("：", "，", "；")}
"""Language -> what stands between a name and a value, between fields, and between entries."""
_USUAL: Final = (": ", ", ", "; ")


class Worded:
    """Says the values of a view's fields in a language. The language `fields` leaves them as they are."""

    def __init__(self, view: str, language: str, zone: ZoneInfo, defined: Iterable[TermRow] = ()) -> None:
        """`defined`: the jurisdiction's own terms."""
        self._view, self._language, self._zone = view, language, zone
        self._is, self._and, self._then = _SIGNS.get(language, _USUAL)
        words = [] if language == FIELDS else allowed(defined)
        self._words = {(one.list, one.code): getattr(one.names, language, None) or one.code for one in words}

    def row(self, columns: list[str], row: Mapping[str, Any]) -> list[Any]:
        """Return the values of a row's columns."""
        if self._language == FIELDS:
            return [row[name] for name in columns]
        return [self._top(name, row[name]) for name in columns]

    def _top(self, name: str, value: Any) -> Any:
        """Return a value: text, numbers and instants are cells of their own."""
        if value is None or isinstance(value, bool | int | float | datetime):
            return value
        return self._said(name, value)

    def _said(self, name: str, value: Any) -> str:
        if isinstance(value, str):
            return self._words.get((LISTS.get(name, ""), value), value)
        if isinstance(value, datetime):
            return value.astimezone(self._zone).isoformat(" ", "seconds")
        if isinstance(value, msgspec.Struct):
            value = msgspec.structs.asdict(value)
        if isinstance(value, Mapping):
            return self._and.join(self._fields(value))
        if isinstance(value, list | tuple | set | frozenset):
            return self._then.join(self._said(name, one) for one in value)
        return str(value).lower() if isinstance(value, bool) else str(value)

    def _fields(self, value: Mapping[Any, Any]) -> Iterable[str]:
        """Yield the fields that are filled, each with its heading."""
        for field, one in value.items():
            if one is not None and one != "" and one != () and one != [] and one != {}:
                yield f"{self._heading(str(field))}{self._is}{self._said(str(field), one)}"

    def _heading(self, field: str) -> str:
        """Return what a field is called, or its name; a key may be a stage or another code."""
        try:
            return headings(self._view, [field], self._language)[0]
        except KeyError:
            return next((word for (_, code), word in self._words.items() if code == field), field)
