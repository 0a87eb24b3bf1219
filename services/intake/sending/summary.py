"""Totals of an import."""

from typing import Any

import msgspec

from services.intake.rows.contradictions import Change
from services.intake.rows.noting import Noted
from services.refusals import sentence


class FileSummary(msgspec.Struct):
    """One table: rows = applied + known + skipped + rejected."""

    file: str
    source: str
    rows: int = 0
    applied: int = 0
    known: int = 0
    skipped: int = 0
    """Rows that the mapping skips."""
    rejected: int = 0
    ignored: dict[str, int] = {}
    """Column -> cells left out because they could not be used."""
    rejects: str | None = None
    """Path of the rejects file."""
    differing: int = 0
    """Rows that contradict what people decided; included in `known` unless they changed something else."""
    changes: list[Change] = []
    """The first of them."""
    noted: list[Noted] = []
    """Notes about accepted rows."""


class Note(msgspec.Struct):
    """A file-wide command that was refused."""

    command: str
    code: str
    values: dict[str, Any]
    file: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.command} was refused: {sentence(self.code, self.values)} ({self.code})"


class Summary(msgspec.Struct):
    """The totals of all files."""

    files: list[FileSummary] = []
    outcomes: dict[str, int] = {}
    """Number of commands by outcome; refused ones by code."""
    commands: dict[str, dict[str, int]] = {}
    """Command name -> outcome -> number."""
    notes: list[Note] = []
    """Refused file-wide commands, such as the jurisdiction's name; they reject no row."""

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
    def skipped(self) -> int:
        return sum(one.skipped for one in self.files)

    @property
    def rejected(self) -> int:
        return sum(one.rejected for one in self.files)

    @property
    def differing(self) -> int:
        return sum(one.differing for one in self.files)

    @property
    def rejects(self) -> str | None:
        """Paths of the rejects files, or None."""
        return ", ".join(one.rejects for one in self.files if one.rejects) or None

    def count(self, name: str, outcome: str, code: str | None) -> None:
        """Count the outcome of a command."""
        key = f"refused {code}" if outcome == "refused" else outcome
        self.outcomes[key] = self.outcomes.get(key, 0) + 1
        by_outcome = self.commands.setdefault(name, {})
        by_outcome[outcome] = by_outcome.get(outcome, 0) + 1
