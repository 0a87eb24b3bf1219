"""Drafts on disk, to bound memory: written as rows are read, read back in sending order."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from services.decisions.base import commands, personal_fields
from services.intake.errors import ImportFailed, RowError
from services.intake.mapping import Source
from services.intake.rows.draft import UNDATED, Draft, Part, Person, check, micros
from services.intake.rows.merging import merged
from services.intake.rows.saying import saying
from services.intake.sending.database import temporary
from services.intake.sending.ordering import BEGINNING, FOLLOWING, Item, assignment_of, ordered, phase_of
from services.intake.sending.outcomes import Outcomes
from services.intake.sending.overflow import Overflow

_KEEP: Final = 1000
"""Rows buffered per write."""
_encode: Final = msgspec.json.Encoder().encode
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


class Group(msgspec.Struct):
    """A group command, merged from the rows read so far."""

    gid: int
    part: Part
    first: tuple[int, int]
    """(row, line)"""
    last: tuple[int, int]


class Spool:
    """The drafts of one table, in a temporary database with the outcomes of its lines."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.db = temporary()
        self.outcomes = Outcomes(self.db)
        self._groups = Overflow(self.db, "groups", Group, 5000)
        self._drafts: list[tuple[Any, ...]] = []
        self._lines: list[tuple[int]] = []
        self._members: list[tuple[int, int]] = []
        self._people: list[tuple[Any, ...]] = []
        self._begun: list[tuple[str, int]] = []
        self._gids = 0

    def close(self) -> None:
        self.db.close()

    def add(self, line: int, singles: list[Draft], parts: list[Part]) -> None:
        """Add the commands of a row."""
        self._lines.append((line,))
        begins = {(assignment_of(draft), draft.sort) for draft in singles if draft.name in BEGINNING}
        for draft in singles:
            follows = draft.name in FOLLOWING and (assignment_of(draft), draft.sort) not in begins
            self._put(line, None, draft, follows=follows)
        for part in parts:
            self._group(line, part)
        if len(self._lines) >= _KEEP:
            self._write()

    def _put(self, line: int, gid: int | None, draft: Draft, *, follows: bool) -> None:
        entity = assignment_of(draft)
        if draft.name in BEGINNING and entity:
            self._begun.append((entity, draft.sort))
        at = micros(draft.at) if draft.at else None
        data = draft.json or _encode(draft.data)
        self._drafts.append(
            (
                *(phase_of(draft), draft.sort, draft.thing, draft.step, follows, entity, draft.rank),
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

    def ordered(self) -> Iterator[list[Item]]:
        """Yield all drafts in sending order, in batches."""
        return ordered(self.db, self._source)

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
                self.outcomes.reject(line, error.code, error.values)
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
                self.outcomes.reject(line, error.code, error.values)
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


def _said_of(draft: Draft, person: Person, line: int) -> tuple[Any, ...]:
    """Return what a row says of a person besides how they are told apart."""
    personal = personal_fields(commands[draft.name])
    data = {field: value for field, value in draft.data.items() if field not in personal}
    columns = msgspec.json.encode(person.columns)
    return draft.data["worker"], line, person.weak, msgspec.json.encode(data), columns
