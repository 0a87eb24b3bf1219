"""Drafts on disk, to bound memory: written as rows are read, read back in sending order.

The jurisdiction and areas come first, parents before children. Then drafts are sorted by the running maximum
of `at` within the row; at one instant, the rows of one key in their order; stages and ends of assignments
dispatched before that time; stage rank; row. Drafts without a time keep the order of the rows. A unit freed
at 10:00:00 can thus be sent at 10:00:00.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import apsw
import msgspec

from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.base import commands, personal_fields
from services.decisions.references import mentions
from services.intake.errors import ImportFailed, RowError
from services.intake.mapping import Source
from services.intake.rows.contradictions import MOST_CHANGES, Change
from services.intake.rows.draft import UNDATED, Draft, Part, Person, check, micros
from services.intake.rows.merging import merged
from services.intake.rows.noting import Notes
from services.intake.rows.saying import saying
from services.intake.sending.overflow import Overflow
from services.intake.sending.stints import Repeats, Stints
from services.intake.sending.summary import Note

BEGINNING: Final = frozenset(("assignment.dispatch", "assignment.accept", "assignment.offer"))
"""Commands that can start an assignment."""
FOLLOWING: Final = frozenset(("assignment.progress", "assignment.done", "assignment.release"))
"""Commands about an assignment already started."""
MOST_ITEMS: Final = 500
MOST_BYTES: Final = 1 << 20
"""Size of a batch."""
_KEEP: Final = 1000
"""Rows buffered per write."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder().decode
_LATEST: Final = 1000
_SCHEMA: Final = """
CREATE TABLE drafts (seq INTEGER PRIMARY KEY, phase INTEGER, sort INTEGER, thing TEXT, step INTEGER,
  follows INTEGER, entity TEXT, rank INTEGER, row INTEGER, line INTEGER, gid INTEGER, name TEXT, at INTEGER,
  observed INTEGER, data BLOB, saying TEXT, after TEXT);
CREATE TABLE people (worker TEXT, line INTEGER, weak INTEGER, data BLOB, columns BLOB);
CREATE TABLE changes (line INTEGER, row TEXT, told BLOB);
CREATE TABLE begun (entity TEXT PRIMARY KEY, sort INTEGER) WITHOUT ROWID;
CREATE TABLE members (gid INTEGER, line INTEGER);
CREATE TABLE outcomes (gid INTEGER PRIMARY KEY, outcome TEXT, nth INTEGER, code TEXT, told BLOB);
CREATE TABLE lines (line INTEGER PRIMARY KEY, applied INTEGER NOT NULL DEFAULT 0,
  nth INTEGER NOT NULL DEFAULT 0, code TEXT, told BLOB, skipped INTEGER NOT NULL DEFAULT 0);
CREATE TABLE dropped (line INTEGER PRIMARY KEY);
"""
_STEP: Final = """CASE WHEN drafts.sort = :undated THEN 0 WHEN step IS NOT NULL THEN step
  ELSE dense_rank() OVER (PARTITION BY phase, thing, drafts.sort ORDER BY row) END"""
"""Of rows of one key at one instant: the first, second ... of them."""
_ORDERED: Final = """
SELECT line, gid, name, at, observed, data, saying, drafts.sort, after FROM drafts LEFT JOIN begun b
  ON follows AND b.entity = drafts.entity
ORDER BY phase, drafts.sort, {step},
  CASE WHEN follows AND drafts.sort > :undated AND coalesce(b.sort, :undated) < drafts.sort THEN 0 ELSE 1 END,
  CASE WHEN drafts.sort = :undated THEN row ELSE rank END,
  CASE WHEN drafts.sort = :undated THEN rank ELSE row END, seq
"""


_ALIKE: Final = """
SELECT worker, columns, max(weak) FROM people GROUP BY worker
HAVING (max(weak) AND count(*) > 1) OR count(DISTINCT data) > 1
"""
"""People whom several rows name alike."""
_ALIKE_LINES: Final = "SELECT line FROM people WHERE worker=? ORDER BY line"
_SAID_DIFFERENTLY: Final = """
UPDATE drafts SET saying=NULL WHERE saying IN
  (SELECT saying FROM drafts WHERE saying IS NOT NULL GROUP BY saying HAVING count(DISTINCT data) > 1)
"""
"""Successive states of one thing in one sheet are no single saying."""


class Item(msgspec.Struct, frozen=True):
    """A command to send, with its line or group."""

    line: int
    gid: int | None
    name: str
    at: datetime | None
    observed: bool
    data: dict[str, Any]
    nth: int = 0
    """How often the same was said before, at the same instant."""
    says: bool = False
    """Whether it says what a thing is: a sheet has a memory of that."""
    after: str | None = None
    """Of a stage: the one that its row has before it."""


class Group(msgspec.Struct):
    """A group command, merged from the rows read so far."""

    gid: int
    part: Part
    first: tuple[int, int]
    """(row, line)"""
    last: tuple[int, int]


class Spool:
    """The drafts of one table and the outcome of its lines, in an anonymous temporary database."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.db = apsw.Connection("")
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "temp_store=FILE", "cache_size=-8000"):
            self.db.execute(f"PRAGMA {pragma}").fetchall()
        self.db.execute(_SCHEMA)
        self.db.execute("BEGIN")
        self._groups = Overflow(self.db, "groups", Group, 5000)
        self._drafts: list[tuple[Any, ...]] = []
        self._lines: list[tuple[int]] = []
        self._members: list[tuple[int, int]] = []
        self._people: list[tuple[Any, ...]] = []
        self._begun: list[tuple[str, int]] = []
        self.noted = Notes()
        self._applied: set[int] = set()
        self._gids = self._nth = 0
        self.notes: list[Note] = []

    def close(self) -> None:
        self.db.close()

    # -- reading -------------------------------------------------------------------------------------------

    def add(self, line: int, singles: list[Draft], parts: list[Part]) -> None:
        """Add the commands of a row."""
        self._lines.append((line,))
        begins = {(_assignment(draft), draft.sort) for draft in singles if draft.name in BEGINNING}
        for draft in singles:
            follows = draft.name in FOLLOWING and (_assignment(draft), draft.sort) not in begins
            self._put(line, None, draft, follows=follows)
        for part in parts:
            self._group(line, part)
        if len(self._lines) >= _KEEP:
            self._write()

    def skip(self, line: int) -> None:
        """Count a row that the mapping skips."""
        self.db.execute("INSERT INTO lines (line, skipped) VALUES (?, 1)", (line,))

    def _put(self, line: int, gid: int | None, draft: Draft, *, follows: bool) -> None:
        entity = _assignment(draft)
        if draft.name in BEGINNING and entity:
            self._begun.append((entity, draft.sort))
        at = micros(draft.at) if draft.at else None
        data = draft.json or _encode(draft.data)
        self._drafts.append(
            (
                *(_phase(draft), draft.sort, draft.thing, draft.step, follows, entity, draft.rank),
                *(draft.row, line, gid, draft.name, at, draft.observed, data, saying(draft), draft.after),
            )
        )
        if draft.person and gid is None:
            self._people.append(_said_of(draft, draft.person, line))

    def _group(self, line: int, part: Part) -> None:
        key = f"{part.draft.rank}\0{part.key}"
        group, place = self._groups.get(key), (part.draft.row, line)
        keyed = bool(self._source.command[part.draft.rank].once_per)
        if group is None:
            self._gids += 1
            group = Group(self._gids if keyed else -self._gids, part, place, place)
        else:
            group.part = merged(self._source.command[part.draft.rank], group.part, part)
            group.last = place
        self._groups.put(key, group)
        if keyed or group.first == place:
            self._members.append((group.gid, line))

    def _write(self) -> None:
        many = self.db.executemany
        many("INSERT OR IGNORE INTO lines (line) VALUES (?)", self._lines)
        many(
            "INSERT INTO drafts (phase, sort, thing, step, follows, entity, rank, row, line, gid, name, at, "
            "observed, data, saying, after) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            self._drafts,
        )
        many("INSERT INTO members VALUES (?,?)", self._members)
        many("INSERT INTO people VALUES (?,?,?,?,?)", self._people)
        many(
            "INSERT INTO begun VALUES (?,?) ON CONFLICT (entity) DO UPDATE SET sort=min(sort, excluded.sort)",
            self._begun,
        )
        for rows in (self._lines, self._drafts, self._members, self._begun, self._people):
            rows.clear()

    def reject(self, line: int, code: str, values: Mapping[str, Any]) -> None:
        """Reject a row, keeping its first reason."""
        self._nth += 1
        self.db.execute(
            "INSERT INTO lines (line, nth, code, told) VALUES (?,?,?,?) ON CONFLICT (line) "
            "DO UPDATE SET nth=excluded.nth, code=excluded.code, told=excluded.told WHERE code IS NULL",
            (line, self._nth, code, msgspec.json.encode(values)),
        )

    def finish(self) -> int:
        """Turn groups into drafts once every row is read. Return the number of drafts."""
        self._write()
        self.db.execute("CREATE INDEX members_gid ON members (gid)")
        self._tell_apart()
        for group in self._groups.values():
            self._judge(group)
        dropped = bool(self.db.execute("SELECT EXISTS (SELECT 1 FROM dropped)").get)
        if dropped:
            self.db.execute("DELETE FROM drafts WHERE line IN (SELECT line FROM dropped)")
        for group in self._groups.values():
            if all(group.part.verdicts) and (not dropped or self._has_rows(group.gid)):
                self._send(group)
        self._write()
        self.db.execute(_SAID_DIFFERENTLY)
        return self.db.execute("SELECT count(*) FROM drafts").get

    def _tell_apart(self) -> None:
        """Reject rows that may be about several people, or that say different things about one."""
        alike_people: Any = self.db.execute(_ALIKE).fetchall()
        for who, columns, weak in alike_people:
            found: Any = self.db.execute(_ALIKE_LINES, (who,)).fetchall()
            lines: list[int] = [line for (line,) in found]
            alike = {"rows": tuple(map(str, lines)), "columns": tuple(msgspec.json.decode(columns))}
            if weak:
                error = RowError("ambiguous", variant="weak", **alike)
            else:
                error = RowError("ambiguous", variant="different", **alike)
            for line in lines:
                self.reject(line, error.code, error.values)
            self.db.executemany("INSERT OR IGNORE INTO dropped VALUES (?)", [(line,) for line in lines])

    def _judge(self, group: Group) -> None:
        """Reject the rows of a malformed group. Raise ImportFailed for a malformed file-wide command."""
        draft = group.part.draft
        command = self._source.command[draft.rank]
        if not all(group.part.verdicts):
            return
        try:
            if command.at and draft.at is None and not command.at.optional:
                raise RowError("no_time", command=draft.name)
            check(draft)
        except RowError as error:
            if not command.once_per:
                raise ImportFailed(error.code, **error.values) from error
            lines: Any = self.db.execute("SELECT line FROM members WHERE gid=?", (group.gid,)).fetchall()
            for (line,) in lines:
                self.reject(line, error.code, error.values)
            self.db.executemany("INSERT OR IGNORE INTO dropped VALUES (?)", lines)

    def _send(self, group: Group) -> None:
        """Add the draft of a group whose conditions hold and of which any row is left."""
        draft = group.part.draft
        first = self._source.command[draft.rank].place == "first"
        row, line = group.first if first else group.last
        if draft.sort == UNDATED:
            draft.row = row
        self._put(line, group.gid, draft, follows=draft.name in FOLLOWING)
        if len(self._drafts) >= _KEEP:
            self._write()

    def _has_rows(self, gid: int) -> bool:
        """Return whether any row of a group was not dropped."""
        return self.db.execute(
            "SELECT EXISTS (SELECT 1 FROM members LEFT JOIN dropped USING (line) "
            "WHERE gid=? AND dropped.line IS NULL)",
            (gid,),
        ).get

    # -- sending -------------------------------------------------------------------------------------------

    def ordered(self) -> Iterator[list[Item]]:
        """Yield all drafts in order, in batches."""
        batch: list[Item] = []
        size = 0
        stints, each_row = Stints(self.db), self._source.each_row
        repeats = Repeats(self.db, each_row=each_row) if self._source.key or each_row else None
        ordered = _ORDERED.format(step=_STEP if self._source.key else "NULL")
        found = self.db.execute(ordered, {"undated": UNDATED})
        for line, gid, name, at, observed, data, kept_under, sort, after in found:
            if batch and (len(batch) == MOST_ITEMS or size + len(data) > MOST_BYTES):
                yield batch
                batch, size = [], 0
            when = None if at is None else _EPOCH + timedelta(microseconds=at)
            said = stints.named(name, when, _decode(data))
            nth = repeats.before(name, sort, said) if repeats else 0
            batch.append(
                Item(line, gid, name, when, bool(observed), said, nth, kept_under is not None, after)
            )
            size += len(data)
        if batch:
            yield batch

    def applied(self, item: Item) -> None:
        """Mark the item's row, or its group's rows, as applied."""
        if item.gid is None:
            self._applied.add(item.line)
            if len(self._applied) >= _KEEP:
                self._mark_applied()
        else:
            self.db.execute(
                "INSERT OR REPLACE INTO outcomes (gid, outcome) VALUES (?,'accepted')", (item.gid,)
            )

    def _mark_applied(self) -> None:
        lines = [(line,) for line in sorted(self._applied)]
        self.db.executemany("UPDATE lines SET applied=1 WHERE line=?", lines)
        self._applied.clear()

    def line_of(self, item: Item) -> int:
        """Return the item's line, or the first one of its group."""
        if item.gid is None:
            return item.line
        return self.db.execute(
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
            self.db.execute("INSERT OR REPLACE INTO outcomes VALUES (?,'refused',?,?,?)", row)

    def differs(self, item: Item, values: Mapping[str, Any]) -> None:
        """Note that the item's row contradicts what people decided."""
        row = item.line, values["row"], msgspec.json.encode([values["log"], values["sheet"]])
        self.db.execute("INSERT INTO changes VALUES (?,?,?)", row)

    def changes(self, sheet: str | None) -> tuple[int, list[Change]]:
        """Return how many rows contradict what people decided, and the first contradictions."""
        found: Any = self.db.execute(
            "SELECT * FROM changes ORDER BY line LIMIT ?", (MOST_CHANGES,)
        ).fetchall()
        rows = self.db.execute("SELECT count(DISTINCT line) FROM changes").get
        return rows, [Change(line, sheet, row, *msgspec.json.decode(told)) for line, row, told in found]

    def settle(self) -> None:
        """Copy the outcomes of groups to their rows. A row keeps its first refusal as the reason."""
        self._mark_applied()
        self.db.execute(
            "UPDATE lines SET applied=1 WHERE line IN "
            "(SELECT line FROM members JOIN outcomes USING (gid) WHERE outcome='accepted')"
        )
        self.db.execute(
            "UPDATE lines SET code=o.code, told=o.told FROM "
            "(SELECT line, min(nth) AS nth, code, told FROM members JOIN outcomes USING (gid) "
            " WHERE outcome='refused' GROUP BY line) AS o "
            "WHERE lines.line=o.line AND (lines.code IS NULL OR o.nth < lines.nth)"
        )

    def sums(self) -> tuple[int, int, int, int]:
        """Return the number of (applied, known, skipped, rejected) lines."""
        return self.db.execute(
            "SELECT count(*) FILTER (WHERE code IS NULL AND applied), "
            "count(*) FILTER (WHERE code IS NULL AND NOT applied AND NOT skipped), "
            "count(*) FILTER (WHERE code IS NULL AND skipped), "
            "count(*) FILTER (WHERE code IS NOT NULL) FROM lines"
        ).get

    def rejected(self) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Yield (line, code, values) of rejected lines, in order."""
        found = self.db.execute("SELECT line, code, told FROM lines WHERE code IS NOT NULL ORDER BY line")
        for line, code, told in found:
            yield line, code, msgspec.json.decode(told)


def _said_of(draft: Draft, person: Person, line: int) -> tuple[Any, ...]:
    """Return what a row says of a person besides how they are told apart."""
    personal = personal_fields(commands[draft.name])
    data = {field: value for field, value in draft.data.items() if field not in personal}
    columns = msgspec.json.encode(person.columns)
    return draft.data["worker"], line, person.weak, msgspec.json.encode(data), columns


def _assignment(draft: Draft) -> str | None:
    """Return the id of the command's assignment, or None."""
    field = _assignment_field(draft.name)
    return None if field is None else draft.data.get(field)


@cache
def _assignment_field(command: str) -> str | None:
    found = mentions(commands[command])
    return next((one.path[0] for one in found if one.kind == ASSIGNMENTS.kind and len(one.path) == 1), None)


def _phase(draft: Draft) -> int:
    """Return the sending phase: jurisdiction, areas by code length, everything else."""
    if draft.name == "jurisdiction.establish":
        return 0
    return len(str(draft.data.get("area"))) if draft.name == "area.define" else _LATEST
