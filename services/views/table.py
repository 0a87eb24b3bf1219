"""One view's live version as a table, in any store: its name, columns, and rows as JSON."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

import msgspec

from events.commit import Head
from projections.base import Row, View
from services.views.columns import Column, columns, stored_value, values
from services.views.port import RowUnreadable, StoredView

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")
encoder: Final = msgspec.json.Encoder()


class Table:
    """Rows as JSON, plus a typed, indexed column for each field that the view filters by."""

    def __init__(self, view: View[Any]) -> None:
        if not _NAME.fullmatch(view.name) or not all(_NAME.fullmatch(f) for f in view.filters):
            raise ValueError(f"view {view.name}: only lower case letters, digits and _ are allowed")
        self.view = view
        self.columns: tuple[Column, ...] = columns(view)
        self.by_field = {column.field: column for column in self.columns}
        self.has_area = "area" in self.by_field
        self.spans = bool({"areas", "passed"}.intersection(view.row.__struct_fields__))
        """Whether a row lies in several areas or was passed to them: no column tells. Such rows are few."""
        self.name = f"view_{view.name}_v{view.version}"
        self.values = values(self.columns)
        self._decoder = msgspec.json.Decoder(view.row)

    @property
    def signature(self) -> str:
        """Hash of version, columns and row type; a different one requires a rebuild."""
        return _signature(self.view.version, self.columns, self.view.row)

    def decode(self, key: str, data: bytes) -> Row:
        """Decode a row. Raises RowUnreadable."""
        try:
            return self._decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RowUnreadable(self.view.name, key, str(error)) from error

    def checked(self, head: Head, lines: Iterable[Sequence[Any]]) -> StoredView:
        """Return (key, row, *columns) as rows, and the keys of those that do not fit together."""
        rows: dict[str, Row] = {}
        unsound: set[str] = set()
        for key, data, *cells in lines:
            try:
                row = rows[key] = self.decode(key, data)
            except RowUnreadable:
                unsound.add(key)
                continue
            if list(map(stored_value, self.values(row))) != list(map(stored_value, cells)):
                unsound.add(key)
        return StoredView(rows, head, unsound)


@cache
def _signature(version: int, columns: tuple[Column, ...], row: type[Row]) -> str:
    parts = (version, [(c.field, c.kind) for c in columns], _undescribed(msgspec.json.schema(row)))
    return hashlib.sha256(encoder.encode(parts)).hexdigest()


def _undescribed(schema: Any) -> Any:
    """Strip a JSON schema of its texts: rewording a docstring must not cause a rebuild."""
    if isinstance(schema, dict):
        return {k: _undescribed(v) for k, v in schema.items() if k not in ("description", "title")}
    return [_undescribed(v) for v in schema] if isinstance(schema, list) else schema
