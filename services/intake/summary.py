"""What became of an import: sums that add up."""

from collections import Counter
from typing import Any

import msgspec

from services.refusals import sentence


class FileSummary(msgspec.Struct):
    """One table: rows = applied + known + rejected."""

    file: str
    source: str
    rows: int = 0
    applied: int = 0
    known: int = 0
    rejected: int = 0
    skipped: int = 0
    """Of `known`: rows that the mapping says mean nothing."""
    rejects: str | None = None
    """File with the rejected rows."""


class Note(msgspec.Struct):
    """A command for a whole file that was refused."""

    command: str
    code: str
    values: dict[str, Any]
    file: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.command} was refused: {sentence(self.code, self.values)} ({self.code})"


class Summary(msgspec.Struct):
    """The sums of all files."""

    files: list[FileSummary] = []
    outcomes: dict[str, int] = {}
    """Commands by outcome, and by code where refused."""
    commands: dict[str, dict[str, int]] = {}
    """Name -> outcome -> number."""
    notes: list[Note] = []
    """What was refused for a whole file, such as the jurisdiction's name; no row is rejected for it."""

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.files)

    @property
    def applied(self) -> int:
        return sum(one.applied for one in self.files)

    @property
    def known(self) -> int:
        return sum(one.known for one in self.files)

    @property
    def rejected(self) -> int:
        return sum(one.rejected for one in self.files)

    @property
    def rejects(self) -> str | None:
        """Where rejected rows were written."""
        return ", ".join(one.rejects for one in self.files if one.rejects) or None

    def count(self, name: str, outcome: str, code: str | None) -> None:
        """One command's outcome."""
        key = f"refused {code}" if outcome == "refused" else outcome
        self.outcomes[key] = self.outcomes.get(key, 0) + 1
        by_outcome = Counter(self.commands.get(name, {}))
        by_outcome[outcome] += 1
        self.commands[name] = dict(by_outcome)
