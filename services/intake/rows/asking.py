"""What an import asks before it records: roles, areas and phone numbers that it does not understand.

An answer says what a cell means: `role:保安=property_staff`, `home area:南山=2307-01`. `phone:*=` leaves
every such cell empty. A row with an unanswered cell is rejected. `encoding:*=big5` says how to read a file
whose encoding is only a guess.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from services.intake.cells.places import Places
from services.intake.cells.texts import Cells, fold
from services.intake.cells.values import ANY, Answers
from services.intake.errors import MappingError, RowError
from services.intake.mapping import Mapping, Value, codec
from services.intake.rows.drafts import Drafts
from services.intake.tables.encodings import Guess

MOST_QUESTIONS: Final = 100
"""Distinct questions of one preview; later ones are only rejected."""
MOST_ROWS: Final = 20
"""Rows listed with a question."""
ENCODING: Final = "encoding"
"""Instead of a column, in the question and the answer about the encoding of the file."""
_ASKED: Final = frozenset(("unmapped", "unplaced", "unreadable"))


class Choice(msgspec.Struct, frozen=True):
    """A value that answers a question; `label` is null for coded values."""

    value: str
    label: str | None = None


class AskedRow(msgspec.Struct, frozen=True):
    """A row that a question is about, with its cell."""

    line: int
    sheet: str | None
    text: str


class Question(msgspec.Struct, kw_only=True):
    """A cell that is not understood. Answer it with `COLUMN:TEXT=VALUE`; without an answer its rows are
    rejected."""

    kind: Literal["code", "area", "phone", "encoding"]
    column: str
    text: Annotated[str, Meta(description="What the cells say; * = any impossible phone number")]
    field: Annotated[str, Meta(description="The command's field, such as role")]
    count: int = 0
    rows: Annotated[list[AskedRow], Meta(description=f"The first {MOST_ROWS}")] = []
    choices: Annotated[
        list[Choice],
        Meta(description="All codes, or the nearest areas; an empty value leaves the cell empty"),
    ] = []


def parsed(texts: Iterable[str], mapping: Mapping, places: Places | None = None) -> Answers:
    """Parse answers `COLUMN:TEXT=VALUE`. Raise MappingError for one that the mapping does not ask for."""
    texts, _ = encoding_of(texts)
    asked = {column: spec for _, column, spec in _asking(mapping)}
    found: dict[tuple[str, str], str] = {}
    for said in texts:
        column, colon, rest = said.partition(":")
        text, equals, value = rest.rpartition("=")
        column, text, value = column.strip(), text.strip(), value.strip()
        if not (colon and equals and text):
            raise MappingError("import.answer", variant="form", answer=said)
        if column not in asked:
            raise MappingError("import.answer", variant="column", answer=said, known=tuple(asked))
        _check(said, value, asked[column], mapping, places)
        found[column, text if text == ANY else fold(text)] = value
    return found


def encoding_of(texts: Iterable[str]) -> tuple[list[str], str | None]:
    """Return the other answers, and the one about the file's encoding or None. Raise MappingError."""
    others: list[str] = []
    found: str | None = None
    for said in texts:
        if not said.startswith(f"{ENCODING}:{ANY}="):
            others.append(said)
            continue
        try:
            found = codec(said.partition("=")[2])
        except ValueError as error:
            raise MappingError("import.answer", variant="encoding", answer=said) from error
    return others, found


def about_encoding(found: Guess | None, rows: int) -> list[Question]:
    """Return the question about the encoding, if it is only a guess."""
    if found is None or found.sure:
        return []
    choices = [Choice(one.encoding, one.sample) for one in found.others]
    return [
        Question(
            kind="encoding", column=ENCODING, text=ANY, field=ENCODING, count=rows, rows=[], choices=choices
        )
    ]


def _check(said: str, value: str, spec: Value, mapping: Mapping, places: Places | None) -> None:
    if not value:
        return
    if spec.map:
        codes = _codes(mapping, spec.map)
        if value not in codes:
            raise MappingError("import.answer", variant="code", answer=said, known=tuple(codes))
    elif spec.type == "phone":
        raise MappingError("import.answer", variant="phone", answer=said)
    elif places is not None and value not in places:
        raise MappingError("import.answer", variant="area", answer=said)


def _codes(mapping: Mapping, name: str) -> list[str]:
    return list(dict.fromkeys(str(value) for value in mapping.values[name].values()))


def _asking(mapping: Mapping) -> Iterator[tuple[str, str, Value]]:
    """Yield (field, column, spec) of every value that is asked about."""
    for source in mapping.source:
        for command in source.command:
            for field, spec in command.data.items():
                if spec.ask and spec.column:
                    yield field, spec.column, spec


def asks(mapping: Mapping) -> bool:
    """Whether the mapping can ask anything."""
    return any(True for _ in _asking(mapping))


class Asking:
    """Collects the questions of a file."""

    def __init__(self, mapping: Mapping, places: Places | None) -> None:
        self._mapping, self._places = mapping, places
        self._found: dict[tuple[str, str], Question] = {}

    def see(self, drafts: Drafts, line: int, sheet: str | None, cells: Cells) -> None:
        """Add a row's questions, each once: several commands may read one cell."""
        asked: set[tuple[str, str]] = set()
        for command, field, spec in drafts.asking:
            try:
                drafts.values.field(command, field, spec, cells)
            except RowError as error:
                if error.code in _ASKED:
                    row = AskedRow(line, sheet, cells.get(spec.column or "", "").strip())
                    kind = "code" if spec.map else "phone" if spec.type == "phone" else "area"
                    text = ANY if kind == "phone" else row.text[:200]
                    if (key := (spec.column or "", fold(text))) not in asked:
                        asked.add(key)
                        self._ask(field, spec, row, kind, text)

    def _ask(
        self, field: str, spec: Value, row: AskedRow, kind: Literal["code", "area", "phone"], text: str
    ) -> None:
        key = (spec.column or "", fold(text))
        if key not in self._found:
            if len(self._found) >= MOST_QUESTIONS:
                return
            choices = self._choices(kind, spec, text)
            self._found[key] = Question(
                kind=kind, column=key[0], text=text, field=field, rows=[], choices=choices
            )
        question = self._found[key]
        question.count += 1
        if len(question.rows) < MOST_ROWS:
            question.rows.append(row)

    def _choices(self, kind: str, spec: Value, text: str) -> list[Choice]:
        if kind == "code":
            return [Choice(code) for code in _codes(self._mapping, spec.map or "")]
        if kind == "area" and self._places is not None:
            return [Choice(one.area, one.name) for one in self._places.near(text)]
        return [Choice("")]

    def all(self) -> Sequence[Question]:
        """Return the questions, the most frequent first."""
        return sorted(self._found.values(), key=lambda one: -one.count)
