"""Parse field values from the cells of a row."""

import re
from collections.abc import Callable
from collections.abc import Mapping as Table
from datetime import datetime
from functools import partial
from typing import Any, Final

from events.credit_code import plain_code
from services.intake.cells.conditions import Conditions
from services.intake.cells.durations import duration
from services.intake.cells.firms import Wanted, is_code
from services.intake.cells.identity import person_id
from services.intake.cells.instants import Instants
from services.intake.cells.nearness import Nearness
from services.intake.cells.places import Places, Row
from services.intake.cells.texts import Cells, fold
from services.intake.cells.typed import item_of, parts_of, typed
from services.intake.errors import Misread, RowError
from services.intake.mapping import Kind, Mapping, Value, templates
from services.intake.mapping.kinds import kind_of, part_of
from services.intake.tables.spreadsheets import SINCE_1900
from services.vault.phones import possible, region_of

Answers = Table[tuple[str, str], str]
"""What was answered: (column, folded text or ANY) -> value; "" = leave it empty."""
ANY: Final = "*"
_PLAIN: Final[dict[Kind, Callable[[str], str | int]]] = {
    "int": lambda text: int(text) if len(text) < 10 and text.isascii() and text.isdecimal() else 0,
    "text": lambda text: " ".join(text.split()),
    "lines": lambda text: text,
    "id": lambda text: templates.identifier(text) if text else "",
    "code": lambda text: templates.code(text) if text else "",
}
"""Kinds of values whose cells can be read by themselves."""
_SPECIAL: Final = (
    "constant",
    "id_of",
    "area_of",
    "enterprise_of",
    "since",
    "after",
    "plus",
    "extract",
    "map",
    "case",
    "shorten",
)


class Values:
    """Parses values as specified by one mapping."""

    def __init__(
        self,
        mapping: Mapping,
        key: bytes,
        jurisdiction: str,
        places: Places | None = None,
        answers: Answers | None = None,
        day_zero: datetime = SINCE_1900,
    ) -> None:
        self._maps = {name: _folded(table) for name, table in mapping.values.items()}
        self._places, self._answers = places or Places(jurisdiction), answers or {}
        self._instants = Instants(mapping, self._places.timezone, day_zero)
        self.conditions = Conditions(self._instants)
        self._key, self._jurisdiction = key, jurisdiction
        self._region = mapping.region or region_of(self._places.timezone or mapping.timezone)
        self.nearness = Nearness(mapping, jurisdiction, self._places.box, self._places.timezone)

    def root(self, spec: Value, cells: Cells) -> bool:
        """Return whether the row of a sheet of areas is the jurisdiction itself."""
        return spec.area_of is not None and cells.get(spec.area_of[0], "").strip() == self._jurisdiction

    def field(self, name: str, field: str, spec: Value, cells: Cells) -> Any:
        """Return the value of a command's field; None = empty. Raise RowError, which names the column."""
        if spec.constant is not None:
            return _constant(spec.constant)
        kind = spec.type or kind_of(name, field)
        found = self._typed_text(spec, kind, cells)
        if isinstance(found, list):
            part = part_of(name, field)
            return [self._guarded(spec, str(one), partial(item_of, part, one)) for one in found]
        return found

    def quick(self, kind: Kind, spec: Value) -> Callable[[Cells], Any] | None:
        """Return how to read a cell of which a mapping says nothing special; None if it does.

        What it reads as nothing (empty, 0, unreadable) must be read with all that a mapping can say.
        """
        if spec.ask or any(getattr(spec, one) is not None for one in _SPECIAL) or spec.null_if:
            return None
        read = self._quick_instant(spec) if kind == "instant" else _PLAIN.get(kind)
        if read is None:
            return None
        template, column = spec.template, spec.column or ""
        if template == f"{{{spec.where}}}":
            template, column = None, spec.where
        if template is not None:
            return lambda cells: read(templates.fill(template, cells))
        return lambda cells: read(cells.get(column, "").strip())

    def _quick_instant(self, spec: Value) -> Callable[[str], datetime | None]:
        read, formats = self._instants.read, tuple(spec.formats) if spec.formats else None

        def quick(text: str) -> datetime | None:
            try:
                return read(text, formats, "", spec.whole_day, spec.last_day) if text else None
            except (ValueError, OverflowError):
                return None

        return quick

    def at(self, spec: Value, cells: Cells) -> datetime | None:
        """Return an instant; None = empty. Raise RowError."""
        if spec.constant is not None:
            return self._typed(spec, "instant", str(spec.constant), cells)
        return self._typed_text(spec, "instant", cells)

    def _typed_text(self, spec: Value, kind: Kind, cells: Cells) -> Any:
        if spec.area_of is not None:
            return self._places.planned_code(area_row(spec, cells))
        if spec.enterprise_of is not None:
            key = self._enterprise(spec, spec.enterprise_of, cells)
            return [key] if key and kind == "list" else key
        if self.nulled(spec, cells):
            return None
        text = self._text(spec, kind, cells)
        if spec.since and text:
            return self._minutes(spec, text, templates.fill(spec.since, cells))
        if not text:
            if not isinstance(spec.default, str):
                return spec.default
            text = templates.fill(spec.default, cells)
        return self._typed(spec, kind, text, cells) if text else None

    def _enterprise(self, spec: Value, columns: list[str], cells: Cells) -> str | None:
        """Return the enterprise that a row means; one of its own id if the row may register it. None if the
        row names none."""
        number, code, name, area = (cells.get(column, "").strip() for column in columns)
        if not (number or code or name):
            return None
        wanted = Wanted(number, code, name, self._area_code(area, spec))
        firms, where = self._places.firms, columns[2]
        if (found := firms.find(wanted, where)) is not None:
            return found
        own = templates.identifier(number) if number else plain_code(code)
        if not spec.new:
            if own and (number or is_code(own)):
                return own
            raise RowError("unmatched", where=where, text=(name or code)[:80])
        if not number and not is_code(own):
            own = person_id(self._key, self._jurisdiction, [name, area], self._region)
        firms.add(own, name, code)
        return own

    def _area_code(self, text: str, spec: Value) -> str | None:
        """Return the area that a cell means; None if it says none, or cannot be understood."""
        if not text:
            return self._jurisdiction if spec.new else None
        try:
            return self._places.find(text, "")
        except RowError:
            return None

    def _typed(self, spec: Value, kind: Kind, text: str, cells: Cells) -> Any:
        if kind == "instant":
            return self._guarded(spec, text, lambda: self._instant(spec, text, cells))
        if kind == "area":
            return self._area(spec, text)
        if (
            kind == "phone"
            and spec.ask
            and self._answer(spec, text) == ""
            and not possible(text, self._region)
        ):
            return None
        return self._guarded(spec, text, lambda: typed(spec, kind, text, self._region))

    def _guarded(self, spec: Value, text: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except Misread as error:
            cell = _cell(spec, text)
            raise RowError("unreadable", variant=error.variant, **cell, **error.values) from error
        except (ValueError, OverflowError) as error:
            raise RowError("unreadable", **_cell(spec, text)) from error

    def _text(self, spec: Value, kind: Kind, cells: Cells) -> str:
        if spec.id_of is not None:
            return person_id(
                self._key, self._jurisdiction, [cells.get(c, "") for c in spec.id_of], self._region
            )
        if spec.template is not None:
            text = templates.fill(spec.template, cells)
        else:
            text = cells.get(spec.column or "", "").strip()
        if spec.extract is not None:
            text = _extracted(spec.extract, text)
        if spec.map is not None:
            text = self._mapped_list(spec, text) if kind == "list" else self._mapped(spec, spec.map, text)
        if spec.case:
            text = text.lower() if spec.case == "lower" else text.upper()
        if kind not in ("lines", "text", "names"):
            return text
        text = text if kind == "lines" else " ".join(text.split())
        return text[: spec.shorten] if spec.shorten else text

    def _mapped_list(self, spec: Value, text: str) -> str:
        """Map a whole list, or else each of its parts."""
        name = str(spec.map)
        if not text or fold(text) in self._maps[name]:
            return self._mapped(spec, name, text)
        return spec.split[0].join(self._mapped(spec, name, one) for one in parts_of(spec, text))

    def _mapped(self, spec: Value, name: str, text: str) -> str:
        table = self._maps[name]
        found = table.get(fold(text), table.get("*") if text else None)
        if found is None and text and spec.ask:
            found = self._answer(spec, text)
            if found is None:
                raise RowError("unmapped", variant="asked", **_cell(spec, text))
        if found is None and text and spec.default is None:
            raise RowError("unmapped", **_cell(spec, text), map=name)
        return found or ""

    def _area(self, spec: Value, text: str) -> str | None:
        answer = self._answer(spec, text) if spec.ask else None
        if answer is not None:
            return answer or None
        return self._places.find(text, spec.where)

    def _answer(self, spec: Value, text: str) -> str | None:
        """Return what was answered about a cell: "" = leave it empty; None = nothing."""
        column = spec.column or ""
        return self._answers.get((column, fold(text)), self._answers.get((column, ANY)))

    def _instant(self, spec: Value, text: str, cells: Cells) -> datetime:
        formats = tuple(spec.formats) if spec.formats else None
        after = templates.fill(spec.after, cells) if spec.after else ""
        found = self._instants.read(text, formats, after, spec.whole_day, spec.last_day)
        lasting = templates.fill(spec.plus, cells) if spec.plus else ""
        return found + duration(lasting) if lasting else found

    def _minutes(self, spec: Value, text: str, begun: str) -> int | None:
        """Return the whole minutes from one instant to another; None if there is no beginning."""
        if not begun:
            return None
        formats = tuple(spec.formats) if spec.formats else None
        read = partial(self._instants.read, formats=formats)
        return self._guarded(spec, text, lambda: int((read(text) - read(begun)).total_seconds() // 60))

    def nulled(self, spec: Value, cells: Cells) -> bool:
        """Whether the cell says that the field is null."""
        if not spec.null_if:
            return False
        text = templates.fill(spec.template, cells) if spec.template else cells.get(spec.column or "", "")
        return fold(text) in map(fold, spec.null_if)


def area_row(spec: Value, cells: Cells) -> Row:
    """Return what a row of a sheet of areas says."""
    code, name, parent = (cells.get(column, "").strip() for column in spec.area_of or ("", "", ""))
    return Row(code, name, parent)


def _constant(value: Any) -> Any:
    return value.copy() if isinstance(value, list) else value


def _cell(spec: Value, text: str) -> dict[str, str]:
    """Return the name of the cell and the start of its text."""
    return {"where": spec.where, "text": text[:80]}


def _extracted(expression: str, text: str) -> str:
    found = re.search(expression, text)
    if found is None:
        return ""
    return "".join(part or "" for part in found.groups()).strip() if found.groups() else found[0].strip()


def _folded(table: dict[str, Any]) -> dict[str, str]:
    return {fold(text): _plain(value) for text, value in table.items()}


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
