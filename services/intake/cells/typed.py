"""Parse the text of a cell as a value of one type."""

import re
import unicodedata
from typing import Any, Final

from services.intake.cells.coordinates import coordinate
from services.intake.cells.numbers import number_of, whole
from services.intake.cells.texts import fold
from services.intake.errors import Misread
from services.intake.mapping import Kind, Value, templates
from services.intake.tables.spreadsheets import rounded
from services.vault.phones import numbers, possible

_HAN: Final = re.compile("[\u4e00-\u9fff]")
_TRUE: Final = frozenset(("true", "yes", "y", "t", "1", "x", "是", "有", "√", "✓"))
_FALSE: Final = frozenset(("false", "no", "n", "f", "0", "否", "无", "×"))


def typed(spec: Value, kind: Kind, text: str, region: str) -> Any:
    """Return the value of a text that is neither an instant nor an area. Raise Misread or ValueError.

    `region` is that of phone numbers without a country code.
    """
    match kind:
        case "int":
            return whole(number_of(text, spec.decimal))
        case "number":
            return number_of(text, spec.decimal)
        case "bool":
            return _truth(text)
        case "phone":
            return _phone(text, spec, region)
        case "list":
            return parts_of(spec, text)
        case "lon" | "lat":
            return coordinate(spec, kind, text)
        case "names":
            return {"zh" if _HAN.search(text) else "en": text}
        case _:
            return item_of(kind, text)


def parts_of(spec: Value, text: str) -> list[str]:
    """Return the parts of a list."""
    return [part.strip() for part in re.split(f"[{re.escape(spec.split)}]", text) if part.strip()]


def item_of(kind: Kind, text: Any) -> Any:
    """Return a code, an id or a slug of a text, or else the text. Raise Misread."""
    if kind == "code":
        found = templates.code(text)
        if not found:
            raise Misread("letters")
        return found
    if kind == "id":
        return templates.identifier(text)
    return templates.slug(text) if kind == "slug" else text


def _truth(text: str) -> bool:
    lower = fold(text)
    if lower in _TRUE or lower in _FALSE:
        return lower in _TRUE
    raise Misread("truth")


def _phone(text: str, spec: Value, region: str) -> str:
    """Return the number as dialled. Raise Misread if a spreadsheet rounded it, or if it can be no number."""
    plain = unicodedata.normalize("NFKC", text).removesuffix(".0")
    if rounded(plain):
        raise Misread("rounded")
    if spec.ask and not possible(plain, region):
        raise Misread("phone")
    found = numbers(plain)
    return ", ".join(found) if len(found) > 1 else plain
