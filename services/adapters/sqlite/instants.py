"""Rows of the board through time in one SQLite file, with the events that each follows from.

The file is disposable: it is rebuilt from the log. It holds what the log holds, sealed values among them,
and nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import apsw

from events.base import WorkerStanding
from events.commit import Head
from projections import busy, requests
from projections.instant import PRESENCE
from projections.spans import Name
from services.adapters.sqlite import disposable
from services.adapters.sqlite import instant_sums as sums
from services.adapters.sqlite import views_file as file
from services.adapters.sqlite.past_table import PastTable, as_of
from services.views.columns import micros
from services.views.instants_port import Spans
from services.views.port import Page, Query
from services.views.query import cut, most_read, select, sort_of

_TABLES: Final = {view.name: PastTable(view) for view in (PRESENCE, requests.VIEW, busy.VIEW)}
_WHO: Final = _TABLES[PRESENCE.name].name
_PLACE: Final = "by_area, by_role, by_presence, by_team"
_SCHEMA: Final = f"""
CREATE TABLE told (jurisdiction TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  position INTEGER NOT NULL, event BLOB NOT NULL,
  PRIMARY KEY (jurisdiction, kind, id, position)) STRICT, WITHOUT ROWID;
{"".join(table.ddl() for table in _TABLES.values())}
CREATE INDEX places_since ON {_WHO} (jurisdiction, since);
CREATE INDEX places_until ON {_WHO} (jurisdiction, until);
{sums.DDL}
"""
FORMAT: Final = 2


class SqliteInstants:
    """See InstantRows. Reads run on threads beside the one that writes."""

    def __init__(self, path: Path) -> None:
        """Open, or begin again if the file is of other views or cannot be read."""
        self.path = path
        self._connections = disposable.opened(path, _SCHEMA, FORMAT, _TABLES.values())

    async def head(self, jurisdiction: str) -> Head:
        return await self._connections.read(file.head, jurisdiction)

    async def tell(self, jurisdiction: str, events: Mapping[Name, Mapping[int, bytes]]) -> None:
        lines = [
            (jurisdiction, kind, key, position, event)
            for (kind, key), some in sorted(events.items())
            for position, event in some.items()
        ]

        def work() -> None:
            db = self._connections.writer
            with file.transaction(db, "IMMEDIATE"):
                db.executemany("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?)", lines)

        await self._connections.write(work)

    async def told(self, jurisdiction: str, names: Iterable[Name]) -> dict[Name, list[bytes]]:
        return await self._connections.read(_told, jurisdiction, list(names))

    async def write(self, jurisdiction: str, expected: Head, head: Head, spans: Spans) -> bool:
        def work() -> bool:
            db = self._connections.writer
            with file.transaction(db, "IMMEDIATE"):
                if file.head(db, jurisdiction) != expected:
                    return False
                moved = Counter[sums.Change]()
                for view, rows in spans.items():
                    for key in sorted(rows):
                        gone, come = _TABLES[view].replace(db, jurisdiction, key, rows[key])
                        if view == PRESENCE.name:
                            moved.update(sums.changes(map(_standing, gone), -1))
                            moved.update(sums.changes(map(_standing, come), 1))
                sums.add(db, jurisdiction, moved)
                db.execute("INSERT OR REPLACE INTO heads VALUES (?, ?, ?)", (jurisdiction, *_pair(head)))
            return True

        return await self._connections.write(work)

    async def page(self, jurisdiction: str, view: str, query: Query, at: datetime) -> Page:
        return await self._connections.read(_page, jurisdiction, _TABLES[view], query, micros(at))

    async def places(self, jurisdiction: str, at: datetime) -> list[tuple[WorkerStanding, int]]:
        return await self._connections.read(_places, jurisdiction, micros(at))

    async def size(self) -> int:
        return await self._connections.read(disposable.size)

    async def clear(self, jurisdiction: str) -> None:
        def work() -> None:
            db = self._connections.writer
            with file.transaction(db, "IMMEDIATE"):
                for name in ("told", "heads", "sums", *(table.name for table in _TABLES.values())):
                    db.execute(f"DELETE FROM {name} WHERE jurisdiction = ?", (jurisdiction,))  # noqa: S608

        await self._connections.write(work)

    async def close(self) -> None:
        """Wait for writes in progress, then close."""
        await self._connections.close()


def _pair(head: Head) -> tuple[int, str]:
    return head.position, head.hash


def _told(db: apsw.Connection, jurisdiction: str, names: list[Name]) -> dict[Name, list[bytes]]:
    sql = "SELECT event FROM told WHERE jurisdiction = ? AND kind = ? AND id = ? ORDER BY position"
    found: dict[Name, list[bytes]] = {}
    for kind, key in names:
        events: Any = db.execute(sql, (jurisdiction, kind, key)).fetchall()
        found[kind, key] = [event for (event,) in events]
    return found


def _page(db: apsw.Connection, jurisdiction: str, table: PastTable, query: Query, at: int) -> Page:
    sort = sort_of(table, query)
    chosen = select(table, jurisdiction, query, sort, also=as_of(at, ()))
    lines: Any = db.execute(f"{chosen.sql} LIMIT ?", (*chosen.given, most_read(table, query))).fetchall()
    items, following = cut(table, query, sort, lines)
    return Page(items=items, head=file.head(db, jurisdiction), next=following)


def _standing(line: tuple[int, int, Any]) -> tuple[int, int, sums.Place]:
    since, until, row = line
    return since, until, (row.area, row.role, row.presence, row.team or "")


def _places(db: apsw.Connection, jurisdiction: str, at: int) -> list[tuple[WorkerStanding, int]]:
    found = sums.at(db, jurisdiction, at, _WHO, _PLACE)
    return [
        (WorkerStanding(area, role, how, team or None), count)
        for (area, role, how, team), count in found.items()
    ]
