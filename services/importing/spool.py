"""Drafts on disk, so that memory does not grow with the file: written as read, read back in order."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import msgspec

from services.importing.drafts import Draft, GroupDraft, checked, merged
from services.importing.errors import RowError
from services.importing.mapping import Source

_SCHEMA = """
CREATE TABLE drafts (sort INTEGER, class INTEGER, rank INTEGER, line INTEGER, seq INTEGER, draft BLOB);
CREATE TABLE groups (rank INTEGER, key TEXT, line INTEGER, complete INTEGER, draft BLOB,
  PRIMARY KEY (rank, key)) WITHOUT ROWID;
CREATE TABLE lines (line INTEGER PRIMARY KEY, known INTEGER NOT NULL DEFAULT 1, code TEXT, reason TEXT);
"""
_decoder = msgspec.msgpack.Decoder(Draft)
_encoder = msgspec.msgpack.Encoder()


class Item(msgspec.Struct, frozen=True):
    """A draft and the line that it stands for."""

    line: int
    draft: Draft


class Spool:
    """One file's drafts and what became of its lines; a temporary file that goes on closing."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._folder = tempfile.TemporaryDirectory(prefix="muster-import-")
        self._db = apsw.Connection(str(Path(self._folder.name) / "spool.sqlite"))
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "temp_store=FILE", "cache_size=-20000"):
            self._db.execute(f"PRAGMA {pragma}").fetchall()
        self._db.execute(_SCHEMA)
        self._db.execute("BEGIN")
        self._seq = 0

    def close(self) -> None:
        self._db.close()
        self._folder.cleanup()

    def add(self, line: int, singles: list[Draft], groups: list[GroupDraft]) -> None:
        """A readable row."""
        self._db.execute("INSERT OR IGNORE INTO lines (line) VALUES (?)", (line,))
        self._db.executemany(
            "INSERT INTO drafts VALUES (?,?,?,?,?,?)", [self._row(line, one) for one in singles]
        )
        for group in groups:
            self._group(line, group)

    def _row(self, line: int, draft: Draft) -> tuple[Any, ...]:
        self._seq += 1
        first = 0 if draft.stage_first else 1
        return draft.sort, first, draft.rank, line, self._seq, _encoder.encode(draft)

    def _group(self, line: int, group: GroupDraft) -> None:
        found = self._db.execute(
            "SELECT line, complete, draft FROM groups WHERE rank=? AND key=?", (group.rank, group.key)
        ).fetchone()
        draft, complete = group.draft, group.complete
        if found:
            line, complete = found[0], bool(found[1]) and complete
            draft = merged(self._source.command[group.rank], _decoder.decode(found[2]), draft)
        self._db.execute(
            "INSERT OR REPLACE INTO groups VALUES (?,?,?,?,?)",
            (group.rank, group.key, line, complete, _encoder.encode(draft)),
        )

    def reject(self, line: int, code: str, reason: str) -> None:
        """Nothing more of this line is sent; the first reason is kept."""
        self._db.execute("DELETE FROM drafts WHERE line=?", (line,))
        self.refused(line, code, reason)

    def refused(self, line: int, code: str, reason: str) -> None:
        """A command of this line was refused."""
        self._db.execute(
            "INSERT INTO lines (line, known, code, reason) VALUES (?, 0, ?, ?) "
            "ON CONFLICT (line) DO UPDATE SET known=0, code=coalesce(code, excluded.code), "
            "reason=coalesce(reason, excluded.reason)",
            (line, code, reason),
        )

    def applied(self, lines: list[int]) -> None:
        """Something of these lines was new."""
        self._db.executemany("UPDATE lines SET known=0 WHERE line=?", [(line,) for line in lines])

    def finish(self) -> int:
        """Groups become drafts, now that every row is read; the number of all drafts."""
        self._db.execute("CREATE INDEX drafts_line ON drafts (line)")
        found: Any = self._db.execute("SELECT line, draft FROM groups WHERE complete").fetchall()
        for line, draft in found:
            one = _decoder.decode(draft)
            try:
                self._db.execute("INSERT INTO drafts VALUES (?,?,?,?,?,?)", self._row(line, checked(one)))
            except RowError as error:
                self.reject(line, error.code, error.reason)
        return self._db.execute("SELECT count(*) FROM drafts").get

    def ordered(self, size: int) -> Iterator[list[Item]]:
        """All drafts in order, in batches."""
        rows = self._db.execute("SELECT line, draft FROM drafts ORDER BY sort, class, rank, line, seq")
        while batch := [Item(line, _decoder.decode(draft)) for line, draft in _some(rows, size)]:
            yield batch

    def sums(self) -> tuple[int, int, int]:
        """(applied, known, rejected) lines."""
        rejected = self._db.execute("SELECT count(*) FROM lines WHERE code IS NOT NULL").get
        known = self._db.execute("SELECT count(*) FROM lines WHERE code IS NULL AND known").get
        applied = self._db.execute("SELECT count(*) FROM lines WHERE code IS NULL AND NOT known").get
        return applied, known, rejected

    def rejected(self) -> Iterator[tuple[int, str, str]]:
        """(line, code, reason), in the order of lines."""
        yield from self._db.execute(
            "SELECT line, code, reason FROM lines WHERE code IS NOT NULL ORDER BY line"
        )


def _some(rows: Any, size: int) -> Iterator[Any]:
    for _ in range(size):
        row = rows.fetchone()
        if row is None:
            return
        yield row
