"""Check that the files named in the log exist and are what their names say."""

from collections.abc import Mapping, Sequence
from typing import Final

from events.assignment import AssignmentProofAttached
from events.base import Event, EventEnvelope
from events.difficulty import DifficultyAttached
from events.duty_item import DutyItemShown
from events.inspection import InspectionReported
from events.undertaking import UndertakingEvidenced
from services.decisions.erasure import erased_by
from services.files.form import name_of
from services.files.port import Files
from services.verify.log import Report

_OF: Final[Mapping[type[Event], str]] = {
    AssignmentProofAttached: "request",
    DifficultyAttached: "difficulty",
    DutyItemShown: "duty_item",
    InspectionReported: "inspection",
    UndertakingEvidenced: "undertaking",
}
"""Events that may name a file -> the kind of whose it is, and the field that holds its id."""


class NamedFiles:
    """The files that events name, with the position of the first one that does, and who was erased."""

    def __init__(self) -> None:
        self._named: dict[str, tuple[int, str]] = {}
        self._erased: set[str] = set()

    def take(self, events: Sequence[EventEnvelope]) -> None:
        """Note what these events name."""
        for event in events:
            kind = _OF.get(type(event.data))
            file: str | None = getattr(event.data, "file") if kind else None  # noqa: B009
            if file:
                subject: str = f"{kind}/{getattr(event.data, kind or '')}"
                self._named.setdefault(file, (event.position, subject))
            if gone := erased_by(event.data):
                self._erased.add(gone)

    async def check(self, files: Files, report: Report) -> None:
        """Report files that are missing or modified. Those of erased subjects are meant to be missing."""
        for name, (position, subject) in list(self._named.items()):
            if subject in self._erased:
                continue
            stored = await files.get(report.jurisdiction, name)
            if stored is None:
                report.add(position, "file", f"file {name} of {subject} is missing; restore it from a backup")
            elif name_of(stored) != name:
                report.add(position, "file", f"file {name} of {subject} was modified; restore it")
