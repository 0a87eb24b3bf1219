"""Check that the files named in the log exist and are what their names say."""

from collections.abc import Sequence

from events.assignment import AssignmentProofAttached
from events.base import EventEnvelope
from events.difficulty import DifficultyAttached
from events.duty_item import DutyItemShown
from services.decisions.erasure import erased_by
from services.files.form import name_of
from services.files.port import Files
from services.verify.log import Report


class NamedFiles:
    """The files that events name, with the position of the first one that does, and who was erased."""

    def __init__(self) -> None:
        self._named: dict[str, tuple[int, str]] = {}
        self._erased: set[str] = set()

    def take(self, events: Sequence[EventEnvelope]) -> None:
        """Note what these events name."""
        for event in events:
            if isinstance(event.data, AssignmentProofAttached) and event.data.file:
                found = event.position, f"request/{event.data.request}"
                self._named.setdefault(event.data.file, found)
            if isinstance(event.data, DifficultyAttached):
                found = event.position, f"difficulty/{event.data.difficulty}"
                self._named.setdefault(event.data.file, found)
            if isinstance(event.data, DutyItemShown):
                found = event.position, f"duty_item/{event.data.duty_item}"
                self._named.setdefault(event.data.file, found)
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
