"""Turn the cells of a row into draft commands, each with a sort time.

The sort time is the running maximum of `at` within the row, so a row's commands never overtake each other.
`at` itself is unchanged.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from events.assignment import DISPATCHED, DONE
from services.decisions.base import Refused, commands
from services.decisions.jurisdiction.commands import Establish
from services.decisions.lookups import whole_place
from services.intake.cells.numbers import count_of
from services.intake.cells.places import Places
from services.intake.cells.texts import Cells
from services.intake.cells.values import Answers, Values
from services.intake.errors import RowError
from services.intake.mapping import CommandMap, Condition, Each, Mapping, Value
from services.intake.mapping.columns import HERE
from services.intake.mapping.kinds import kind_of
from services.intake.rows.draft import UNDATED, Draft, Part, Person, check, micros
from services.intake.tables.header import Found

STAGES: Final = {"assignment.dispatch": DISPATCHED, "assignment.done": DONE}
"""Commands that report a stage of an assignment without naming it."""


class Field(NamedTuple):
    """A field of a command, and how its cell is read if nothing special is said of it."""

    name: str
    spec: Value
    quick: Callable[[Cells], Any] | None


class Step(NamedTuple):
    """A command of the mapping, looked through once."""

    rank: int
    map: CommandMap
    when: list[Condition]
    """Conditions over a row."""
    together: list[Condition]
    """Conditions over a group."""
    fields: list[Field]
    at: Callable[[Cells], Any] | None
    """How its instant is read if nothing special is said of it."""
    placed: bool


class Drafts:
    """Makes drafts from the rows of one table."""

    def __init__(
        self,
        mapping: Mapping,
        found: Found,
        key: bytes,
        jurisdiction: str,
        places: Places | None = None,
        answers: Answers | None = None,
    ) -> None:
        """`places` finds areas by name; `answers` says what cells mean that the mapping does not know."""
        source = self.source = found.source
        self._columns, self._jurisdiction = list(found.columns), jurisdiction
        self.values = Values(mapping, key, jurisdiction, places, answers, found.day_zero)
        specs = [(one.name, field, spec) for one in source.command for field, spec in one.data.items()]
        self.asking = [(name, field, spec) for name, field, spec in specs if spec.ask]
        self._timezone = mapping.timezone
        self.ignored: dict[str, int] = {}
        """Column -> cells that were left out because they could not be used."""
        self.areas = [spec for _, _, spec in specs if spec.area_of]
        self._steps = [self._step(rank, one) for rank, one in enumerate(source.command)]

    def _step(self, rank: int, one: CommandMap) -> Step:
        quick = self.values.quick
        return Step(
            rank,
            one,
            [condition for condition in one.when if condition.over == "row"],
            [condition for condition in one.when if condition.over != "row"],
            [
                Field(name, spec, quick(spec.type or kind_of(one.name, name), spec))
                for name, spec in one.data.items()
            ],
            quick("instant", one.at) if one.at else None,
            "lat" in one.data or "lon" in one.data,
        )

    def skipped(self, cells: Cells) -> bool:
        """Return whether the mapping skips the row: all conditions of `skip` hold."""
        skip = self.source.skip
        return bool(skip) and all(self.values.conditions.holds(condition, cells) for condition in skip)

    def root(self, cells: Cells) -> bool:
        """Return whether the row is the jurisdiction itself, in a sheet of areas: there is nothing to do."""
        return any(self.values.root(spec, cells) for spec in self.areas)

    def row(self, cells: Cells) -> tuple[list[Draft], list[Part]]:
        """Return a row's drafts and its parts in group commands. Raise RowError to reject the whole row."""
        cells = {HERE: self._jurisdiction, **cells}
        singles: list[Draft] = []
        parts: list[Part] = []
        running, stages = UNDATED, dict[str, str]()
        for step in self._steps:
            one = step.map
            for item in self._items(one.each, cells) if one.each else ({},):
                within = {**cells, **item} if item else cells
                if step.when and not all(self.values.conditions.holds(c, within) for c in step.when):
                    continue
                draft = self._draft(step, within, running)
                running = draft.sort
                if one.once_per is None:
                    self._check(one, draft)
                    singles.append(_staged(draft, stages))
                else:
                    parts.append(self._part(step, one.once_per, draft, within))
        return singles, parts

    def _items(self, each: Each, cells: Cells) -> Iterator[Cells]:
        if each.column is not None:
            found = re.split(f"[{re.escape(each.split)}]", cells.get(each.column, ""))
            filled = [part.strip() for part in found if part.strip()]
            yield from ({"item": part, "number": str(n)} for n, part in enumerate(filled, 1))
            return
        if each.count is not None:
            yield from ({"item": str(n), "number": str(n)} for n in range(1, count_of(each.count, cells) + 1))
            return
        like = each.columns_like
        headings = [c for c in self._columns if c in each.columns or (like and re.search(like, c))]
        for n, heading in enumerate(headings, 1):
            if value := cells.get(heading, "").strip():
                yield {"item": heading, "value": value, "number": str(n)}

    def _draft(self, step: Step, cells: Cells, running: int) -> Draft:
        one = step.map
        at = (step.at and step.at(cells)) or (self.values.at(one.at, cells) if one.at else None)
        if at is None and one.at and one.once_per is None and not one.at.optional:
            where = one.at.column or one.at.template or "at"
            raise RowError("no_time", column=where, command=one.name)
        data: dict[str, Any] = {}
        for field, spec, quick in step.fields:
            value = (quick and quick(cells)) or self._field(one, field, spec, cells)
            if value is not None or spec.null or self.values.nulled(spec, cells):
                data[field] = value
        if step.placed:
            self._placed(one, data)
        if one.name == Establish.NAME and self._timezone:
            data.setdefault("timezone", self._timezone)
        sort = max(running, micros(at)) if at else running
        draft = Draft(rank=step.rank, name=one.name, at=at, sort=sort, observed=one.observed, data=data)
        draft.person = _person(one, cells)
        return draft

    def _field(self, one: CommandMap, field: str, spec: Value, cells: Cells) -> Any:
        """Return a field's value; None, and counted, if it cannot be used and the mapping ignores that."""
        try:
            return self.values.field(one.name, field, spec, cells)
        except RowError:
            if spec.invalid == "reject":
                raise
            self._ignore(spec)
            return None

    def _placed(self, one: CommandMap, data: dict[str, Any]) -> None:
        """Check the place, if there is one. Half a place that is ignored is none; any other rejects its row.

        Rows of a group may complete each other, and an amendment what is there: those are checked later.
        """
        lon, lat = data.get("lon"), data.get("lat")
        ignored = [
            spec for name in ("lat", "lon") if (spec := one.data.get(name)) and spec.invalid == "ignore"
        ]
        try:
            if lon is not None and lat is not None:
                self.values.nearness.check(one, lon, lat)
        except RowError:
            if not ignored:
                raise
            self._ignore(ignored[0])
            lon = None
        if ignored and (lon is None or lat is None):
            data.pop("lon", None)
            data.pop("lat", None)
        elif one.once_per is None and not commands[one.name].AMENDS:
            _whole(data)

    def _ignore(self, spec: Value) -> None:
        self.ignored[spec.where] = self.ignored.get(spec.where, 0) + 1

    def _check(self, one: CommandMap, draft: Draft) -> None:
        """Check the draft, without fields that are refused and may be ignored. Raise RowError."""
        while True:
            try:
                return check(draft)
            except RowError as error:
                field = str(error.values.get("field", "")).partition(".")[0]
                spec = one.data.get(field)
                if spec is None or spec.invalid == "reject" or field not in draft.data:
                    raise
                self._ignore(spec)
                del draft.data[field]

    def _part(self, step: Step, key: list[str], draft: Draft, cells: Cells) -> Part:
        return Part(
            key="\0".join(cells.get(column, "").strip() for column in key),
            draft=draft,
            verdicts=[self.values.conditions.holds(condition, cells) for condition in step.together],
        )


def _whole(data: dict[str, Any]) -> None:
    try:
        whole_place(data.get("lon"), data.get("lat"))
    except Refused as half:
        raise RowError(half.code, **half.values) from None


def _staged(draft: Draft, stages: dict[str, str]) -> Draft:
    """Return the draft with the stage before it in its row. `stages` holds the last of each assignment."""
    key, stage = draft.data.get("assignment"), STAGES.get(draft.name, draft.data.get("stage"))
    if isinstance(key, str) and isinstance(stage, str):
        draft.after = stages.get(key)
        stages[key] = stage
    return draft


def _person(one: CommandMap, cells: Cells) -> Person | None:
    columns = one.data["worker"].id_of if one.name == "worker.register" and "worker" in one.data else None
    if not columns or one.once_per is not None or one.each:
        return None
    return Person(columns, not all(cells.get(column, "").strip() for column in columns))
