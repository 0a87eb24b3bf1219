"""What an import notes although it takes the row: flawed credit codes, and rules that were overridden."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from events.credit_code import code_state
from services.decisions.authorise import authorise
from services.decisions.base import Command, Refused, commands, decider
from services.decisions.enterprise.commands import Register
from services.intake.errors import RowError
from services.intake.mapping import CommandMap
from services.intake.rows.draft import Draft, Part
from services.intake.rows.looking import Looking
from services.intake.rows.merging import merged

MOST_LINES: Final = 20
"""Lines listed with a note."""
_GROUPS: Final = 10_000
"""Group commands of which a preview knows the notes."""


class Noted(msgspec.Struct):
    """Something noted about rows that are taken nevertheless."""

    code: Annotated[str, Meta(description="See the catalogue of codes")]
    count: Annotated[int, Meta(description="Rows, or commands of several rows")] = 0
    lines: Annotated[list[int], Meta(description=f"The first {MOST_LINES}")] = []
    values: Annotated[dict[str, str], Meta(description="What the sentence names")] = {}


class Notes:
    """The notes of a table, counted by what they say."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Noted] = {}

    def add(self, code: str, line: int, variant: str = "") -> None:
        """Count a note of a line."""
        values = {"variant": variant} if variant else {}
        one = self._found.setdefault((code, variant), Noted(code, values=values, lines=[]))
        one.count += 1
        if len(one.lines) < MOST_LINES:
            one.lines.append(line)

    def see(self, line: int, drafts: Iterable[Draft]) -> None:
        """Count the flaws of the credit codes that a row registers."""
        for draft in drafts:
            if draft.name == Register.NAME and (flaw := _flaw(draft.data.get("code"))):
                self.add(flaw.code, line, str(flaw.values["variant"]))

    def all(self) -> list[Noted]:
        """Return the notes, the most frequent first."""
        return sorted(self._found.values(), key=lambda one: (-one.count, one.code))


def _flaw(code: str | None) -> RowError | None:
    """Return what is wrong with a credit code; it is kept as it is."""
    match code_state(code):
        case "missing":
            return RowError("credit_code", variant="missing")
        case "old":
            return RowError("credit_code", variant="old")
        case "failing":
            return RowError("credit_code", variant="failing")
        case _:
            return None


Noting = Callable[[str, datetime | None, dict[str, Any]], tuple[str, ...]]
"""Given a command's name, time and data: the codes that would be noted."""


def overridden(looking: Looking) -> Noting:
    """Decide commands without recording them, within the rights of the asker: nothing is changed."""

    def noted(name: str, at: datetime | None, data: dict[str, Any]) -> tuple[str, ...]:
        try:
            command = commands[name].model_validate_json(msgspec.json.encode(data), strict=True)
            return looking.decided(lambda: _anomalies(looking, command, at))
        except (Refused, ValueError):
            return ()

    return noted


def _anomalies(looking: Looking, command: Command, at: datetime | None) -> tuple[str, ...]:
    ctx = looking.context()
    ctx.at, ctx.claimed, ctx.anomalies = min(at or ctx.now, ctx.now), at, []
    authorise(looking.state, command, ctx)
    for _ in decider(type(command))(looking.state, command, ctx):
        pass
    return tuple(ctx.anomalies)


class Groups:
    """The group commands of a preview, merged from all their rows, to tell what would be noted."""

    def __init__(self, maps: list[CommandMap]) -> None:
        self._maps = maps
        self._found: dict[tuple[int, str], tuple[int, Part]] = {}

    def see(self, line: int, parts: list[Part]) -> None:
        """Merge a row's parts."""
        for part in parts:
            key = part.draft.rank, part.key
            if key in self._found:
                first, kept = self._found[key]
                self._found[key] = first, merged(self._maps[part.draft.rank], kept, part)
            elif len(self._found) < _GROUPS:
                self._found[key] = line, part

    def note(self, noting: Noting, notes: Notes) -> None:
        """Add what each command would note."""
        for line, part in self._found.values():
            for code in noting(part.draft.name, part.draft.at, part.draft.data):
                notes.add(code, line)
