"""Rows of a file that contradict what people decided, found before anything is sent."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from services.decisions.authorise import authorise
from services.decisions.base import SAID, Command, Refused, commands
from services.decisions.hearing import disagreement
from services.intake.rows.draft import Draft, Part
from services.intake.rows.looking import Looking
from services.intake.rows.saying import saying

Contradicts = Callable[[str, dict[str, Any]], Refused | None]
"""Given a command's name and data: how it contradicts what people decided, or None."""
MOST_CHANGES: Final = 1000
"""Contradictions listed for a file; `differing` counts them all."""
_KEPT: Final = 100_000
"""Group commands of which only the first row is looked at; beyond, each row is."""


class Change(msgspec.Struct, frozen=True):
    """A row that contradicts what people decided. It changes nothing unless it is accepted."""

    line: int
    sheet: str | None
    """Of a workbook."""
    row: str
    """The command and the id of its thing, such as worker.register W1."""
    log: list[str]
    """What the log says, as `field: value`; `gone: retired` if it was taken off the roster."""
    says: list[str]
    """What the sheet says."""


def against(looking: Looking) -> Contradicts:
    """Compare with a state, within the rights of the asker: what they may not touch contradicts nothing."""

    def contradicts(name: str, data: dict[str, Any]) -> Refused | None:
        command = commands[name].model_validate_json(msgspec.json.encode(data), strict=True)
        return looking.decided(lambda: _disagrees(looking, command))

    return contradicts


def _disagrees(looking: Looking, command: Command) -> Refused | None:
    asked = looking.context()
    try:
        authorise(looking.state, command, asked)
    except Refused:
        return None
    return disagreement(looking.state, command, asked.now)


class Contradictions:
    """Collects the contradictions of a table."""

    def __init__(self, sheet_name: str, sheet: str | None, contradicts: Contradicts) -> None:
        """`sheet_name` is the source with a memory, `sheet` that of the workbook."""
        self.rows = 0
        self.changes: list[Change] = []
        self._said, self._sheet, self._contradicts = {"sheet": sheet_name}, sheet, contradicts
        self._groups: set[tuple[int, str]] = set()

    def see(self, line: int, singles: list[Draft], parts: list[Part]) -> None:
        """Add those of a row."""
        drafts = [*singles, *(part.draft for part in parts if self._first(part))]
        found = [self._one(line, draft) for draft in drafts if saying(draft)]
        new = [one for one in found if one]
        self.rows += bool(new)
        self.changes += new[: MOST_CHANGES - len(self.changes)]

    def _first(self, part: Part) -> bool:
        key = part.draft.rank, part.key
        if key in self._groups:
            return False
        if len(self._groups) < _KEPT:
            self._groups.add(key)
        return True

    def _one(self, line: int, draft: Draft) -> Change | None:
        why = self._contradicts(draft.name, {**draft.data, SAID: self._said})
        if why is None:
            return None
        values: dict[str, Any] = why.values
        return Change(line, self._sheet, values["row"], list(values["log"]), list(values["sheet"]))
