"""The outcome of each line of a table, so that every row is accounted for."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import apsw
import msgspec

from services.intake.rows.contradictions import MOST_CHANGES, Change
from services.intake.rows.noting import Notes
from services.intake.sending.ordering import Item
from services.intake.sending.summary import Note

_KEEP: Final = 1000
"""Applied lines buffered per write."""


class Outcomes:
    """Records what becomes of lines and groups, and sums it up."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self.noted = Notes()
        """Notes about accepted rows."""
        self.notes: list[Note] = []
        """Refused file-wide commands."""
        self._applied: set[int] = set()
        self._nth = 0

    def skip(self, line: int) -> None:
        """Count a row that the mapping skips."""
        self._db.execute("INSERT INTO lines (line, skipped) VALUES (?, 1)", (line,))

    def reject(self, line: int, code: str, values: Mapping[str, Any]) -> None:
        """Reject a row, keeping its first reason."""
        self._nth += 1
        self._db.execute(
            "INSERT INTO lines (line, nth, code, told) VALUES (?,?,?,?) ON CONFLICT (line) "
            "DO UPDATE SET nth=excluded.nth, code=excluded.code, told=excluded.told WHERE code IS NULL",
            (line, self._nth, code, msgspec.json.encode(values)),
        )

    def applied(self, item: Item) -> None:
        """Mark the item's row, or its group's rows, as applied."""
        if item.gid is None:
            self._applied.add(item.line)
            if len(self._applied) >= _KEEP:
                self._mark_applied()
        else:
            self._db.execute(
                "INSERT OR REPLACE INTO outcomes (gid, outcome) VALUES (?,'accepted')", (item.gid,)
            )

    def _mark_applied(self) -> None:
        lines = [(line,) for line in sorted(self._applied)]
        self._db.executemany("UPDATE lines SET applied=1 WHERE line=?", lines)
        self._applied.clear()

    def line_of(self, item: Item) -> int:
        """Return the item's line, or the first one of its group."""
        if item.gid is None:
            return item.line
        return self._db.execute(
            "SELECT coalesce(min(line), ?) FROM members WHERE gid=?", (item.line, item.gid)
        ).get

    def refused(self, item: Item, code: str, values: Mapping[str, Any]) -> None:
        """Reject the item's row or its group's rows; only note a file-wide command."""
        if item.gid is not None and item.gid < 0:
            self.notes.append(Note(item.name, code, dict(values)))
        elif item.gid is None:
            self.reject(item.line, code, values)
        else:
            self._nth += 1
            row = (item.gid, self._nth, code, msgspec.json.encode(values))
            self._db.execute("INSERT OR REPLACE INTO outcomes VALUES (?,'refused',?,?,?)", row)

    def differs(self, item: Item, values: Mapping[str, Any]) -> None:
        """Note that the item's row contradicts what people decided."""
        row = item.line, values["row"], msgspec.json.encode([values["log"], values["sheet"]])
        self._db.execute("INSERT INTO changes VALUES (?,?,?)", row)

    def changes(self, sheet: str | None) -> tuple[int, list[Change]]:
        """Return how many rows contradict what people decided, and the first contradictions."""
        found: Any = self._db.execute(
            "SELECT * FROM changes ORDER BY line LIMIT ?", (MOST_CHANGES,)
        ).fetchall()
        rows = self._db.execute("SELECT count(DISTINCT line) FROM changes").get
        return rows, [Change(line, sheet, row, *msgspec.json.decode(told)) for line, row, told in found]

    def settle(self) -> None:
        """Copy the outcomes of groups to their rows. A row keeps its first refusal as the reason."""
        self._mark_applied()
        self._db.execute(
            "UPDATE lines SET applied=1 WHERE line IN "
            "(SELECT line FROM members JOIN outcomes USING (gid) WHERE outcome='accepted')"
        )
        self._db.execute(
            "UPDATE lines SET code=o.code, told=o.told FROM "
            "(SELECT line, min(nth) AS nth, code, told FROM members JOIN outcomes USING (gid) "
            " WHERE outcome='refused' GROUP BY line) AS o "
            "WHERE lines.line=o.line AND (lines.code IS NULL OR o.nth < lines.nth)"
        )

    def sums(self) -> tuple[int, int, int, int]:
        """Return the number of (applied, known, skipped, rejected) lines."""
        return self._db.execute(
            "SELECT count(*) FILTER (WHERE code IS NULL AND applied), "
            "count(*) FILTER (WHERE code IS NULL AND NOT applied AND NOT skipped), "
            "count(*) FILTER (WHERE code IS NULL AND skipped), "
            "count(*) FILTER (WHERE code IS NOT NULL) FROM lines"
        ).get

    def rejected(self) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Yield (line, code, values) of rejected lines, in order."""
        found = self._db.execute("SELECT line, code, told FROM lines WHERE code IS NOT NULL ORDER BY line")
        for line, code, told in found:
            yield line, code, msgspec.json.decode(told)
