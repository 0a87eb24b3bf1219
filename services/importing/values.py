"""Values of fields, from the cells of a row."""

import hmac
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.importing.datum import to_wgs84
from services.importing.errors import RowError
from services.importing.mapping import Condition, Mapping, Value, placeholders

Cells = dict[str, str]
_COMMON: Final = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日")
_SERIAL: Final = datetime(1899, 12, 30)  # noqa: DTZ001  day 0 of spreadsheets, local time
_TRUE: Final = frozenset(("true", "yes", "y", "1", "是", "x"))
_FALSE: Final = frozenset(("false", "no", "n", "0", "否", ""))


class Values:
    """Turns specs into values for one mapping."""

    def __init__(self, mapping: Mapping, key: bytes) -> None:
        self._mapping, self._key = mapping, key

    def value(self, spec: Value, cells: Cells) -> Any:
        """None = empty. Raises RowError naming the column."""
        if spec.constant is not None:
            return spec.constant
        text = self._text(spec, cells)
        if not text:
            return self._filled(spec.default, cells) if isinstance(spec.default, str) else spec.default
        try:
            return self._typed(spec, text)
        except (ValueError, OverflowError) as error:
            where = spec.column or spec.template
            raise RowError("unreadable", f"{where}: {text[:80]!r} {error}") from error

    def _text(self, spec: Value, cells: Cells) -> str:
        if spec.id_of is not None:
            return self._id(spec.id_of, cells)
        if spec.template is not None:
            text = self._filled(spec.template, cells)
        else:
            text = cells.get(spec.column or "", "").strip()
        return self._mapped(spec, text) if spec.map else text

    def _filled(self, template: str, cells: Cells) -> str:
        """The template with its cells; empty where one of them is."""
        for name in placeholders(template):
            cell = cells.get(name, "").strip()
            if not cell:
                return ""
            template = template.replace("{" + name + "}", cell)
        return template

    def _mapped(self, spec: Value, text: str) -> str:
        table = self._mapping.values.get(spec.map or "")
        if table is None:
            raise RowError("mapping", f"there is no value map {spec.map}")
        found = table.get(text, table.get("*"))
        if found is None and text:
            raise RowError(
                "unreadable",
                f"{spec.column or spec.template}: {text[:80]!r} is not in the value map {spec.map}",
            )
        return str(found) if found is not None else ""

    def _id(self, columns: list[str], cells: Cells) -> str:
        """An id from personal fields: a keyed hash, the same for the same values."""
        parts = [_plain(cells.get(column, "")) for column in columns]
        if not any(parts):
            return ""
        return "p" + hmac.digest(self._key, "\0".join(parts).encode(), "sha256").hex()[:20]

    def _typed(self, spec: Value, text: str) -> Any:
        match spec.type:
            case "int":
                return _whole(text)
            case "number":
                return float(text.replace(",", ""))
            case "bool":
                return _truth(text)
            case "instant":
                return self.instant(text, spec.formats)
            case "code":
                return code(text)
            case "id":
                return re.sub(r"[^\w.\-]+", "-", text).strip("-.")[:64]
            case "phone":
                return text.removesuffix(".0")
            case "list":
                return [part.strip() for part in re.split(f"[{re.escape(spec.split)}]", text) if part.strip()]
            case "lon" | "lat":
                return _coordinate(spec, text)
            case _:
                return text

    def instant(self, text: str, formats: list[str] | None = None) -> datetime:
        """ISO 8601 or one of the formats; local times are in the mapping's zone.

        Of a local time that occurs twice (clocks put back) the first is meant.
        """
        found = _parsed(text, [*(formats or self._mapping.formats), *_COMMON])
        if found.tzinfo is None:
            found = found.replace(tzinfo=self._mapping.zone)
        return found.astimezone(UTC)

    def holds(self, condition: Condition, cells: Cells) -> bool:
        """Whether a row fits a condition."""
        if condition.every_filled is not None:
            return True
        cell = cells.get(condition.column or "", "").strip()
        return (
            (condition.filled is None or bool(cell) == condition.filled)
            and (condition.is_ is None or cell in condition.is_)
            and (condition.not_ is None or cell not in condition.not_)
            and (condition.matches is None or re.search(condition.matches, cell) is not None)
        )


def _parsed(text: str, formats: list[str]) -> datetime:
    for one in formats:
        try:
            return datetime.strptime(text, one)  # noqa: DTZ007  the zone is added by the caller
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _SERIAL + timedelta(days=float(text))
    raise ValueError("is not a time in a known format")


def _whole(text: str) -> int:
    number = float(text.replace(",", ""))
    if not number.is_integer():
        raise ValueError("is not a whole number")
    return int(number)


def _truth(text: str) -> bool:
    lower = text.lower()
    if lower in _TRUE:
        return True
    if lower in _FALSE:
        return False
    raise ValueError("is neither yes nor no")


def code(text: str) -> str:
    """A coded value: lower case, anything else than letters, digits, . and - becomes _."""
    lower = unicodedata.normalize("NFKC", text).strip().lower()
    found = re.sub(r"[^a-z0-9.\-]+", "_", lower).strip("_")
    if not found:
        raise ValueError("has no letters or digits for a code; give a value map")
    return found[:64]


def _coordinate(spec: Value, text: str) -> float:
    """From "(lat, lon)", a point "POINT (lon lat)", or "lon,lat" pairs as two numbers."""
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text)]
    if len(numbers) != 2:
        raise ValueError("is not a pair of coordinates")
    lon, lat = numbers if text.lstrip().upper().startswith("POINT") else (numbers[1], numbers[0])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("is not a latitude and longitude in degrees")
    return to_wgs84(lon, lat, spec.datum)[0 if spec.type == "lon" else 1]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().removesuffix(".0")
