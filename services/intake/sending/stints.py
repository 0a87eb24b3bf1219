"""Ids of assignments that begin anew, and of commands that are repeated at one instant.

A ticket goes to crew A, then to B, then to A again: `{Ticket}-{Crew}` names two assignments alike. The first
keeps the id; each later one gets the time of its beginning added to it, in whatever order the rows come.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import apsw
import msgspec

from services.intake.mapping.templates import identifier
from services.intake.sending.overflow import Overflow

_STARTS: Final = frozenset(("assignment.dispatch", "assignment.offer"))
"""With a request, these begin an assignment."""
_ENDS: Final = frozenset(
    (
        "assignment.done",
        "assignment.release",
        "assignment.give_back",
        "assignment.decline",
        "assignment.expire",
    )
)
_REQUEST_ENDS: Final = frozenset(("request.complete", "request.cancel", "request.fail", "request.merge"))
"""These end all assignments of their request."""
_KEPT: Final = 5000
"""Assignments and things kept in memory."""


class Stint(msgspec.Struct):
    """The present assignment of an id."""

    id: str
    begun: str
    nth: int = 1
    """Of those that began at this instant."""
    open: bool = True


class Stints:
    """Gives assignments that begin anew an id of their own. Sees a table's commands in sending order."""

    def __init__(self, db: apsw.Connection) -> None:
        self._known = Overflow(db, "stints", Stint, _KEPT)
        self._of_request = Overflow(db, "stints_of_requests", list, _KEPT)

    def named(self, name: str, at: datetime | None, data: dict[str, Any]) -> dict[str, Any]:
        """Return a command's data with the id of the assignment that it means."""
        if name in _REQUEST_ENDS:
            self._end(self._of_request.get(data["request"]) or ())
        key = data.get("assignment")
        if not isinstance(key, str) or not name.startswith("assignment."):
            return data
        stint = self._begun(key, at, data["request"]) if _starts(name, data) else self._known.get(key)
        if stint is None:
            return data
        if name in _ENDS:
            self._end((key,))
        return {**data, "assignment": stint.id}

    def _begun(self, key: str, at: datetime | None, request: str) -> Stint:
        """Return the assignment that a beginning means: the one under way, else a new one."""
        known = self._known.get(key)
        if known is not None and known.open:
            return known
        begun = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" if at else ""
        stint = Stint(key, begun) if known is None else _anew(key, known, begun)
        self._known.put(key, stint)
        mine: list[str] = self._of_request.get(request) or []
        if key not in mine:
            self._of_request.put(request, [*mine, key])
        return stint

    def _end(self, keys: Iterable[str]) -> None:
        for key in keys:
            if (stint := self._known.get(key)) is not None:
                self._known.put(key, msgspec.structs.replace(stint, open=False))


def _starts(name: str, data: dict[str, Any]) -> bool:
    return name in _STARTS and bool(data.get("request"))


def _anew(key: str, before: Stint, begun: str) -> Stint:
    nth = before.nth + 1 if begun == before.begun else 1
    marks = [key, *([begun] if begun else []), *([str(nth)] if nth > 1 else [])]
    return Stint(identifier(".".join(marks)), begun, nth)


# -- repeats -----------------------------------------------------------------------------------------------


class _Said(msgspec.Struct):
    """What was said about one thing at one instant."""

    at: int
    last: str = ""
    often: dict[str, int] = {}


class Repeats:
    """Counts commands that are repeated at one instant after another one about the same thing, such as
    closed, reopened, closed again. Two alike in succession are one, unless each row counts."""

    def __init__(self, db: apsw.Connection, *, each_row: bool = False) -> None:
        self._each_row = each_row
        self._said = Overflow(db, "repeats", _Said, _KEPT)

    def before(self, name: str, at: int, data: dict[str, Any]) -> int:
        """Return how often the same was said before at this instant, and overtaken since."""
        kind = name.partition(".")[0]
        thing = f"{kind}\0{data.get(kind)}"
        said = self._said.get(thing)
        if said is None or said.at != at:
            said = _Said(at, often={})
        this = f"{name}\0{msgspec.json.encode(data, order='deterministic').decode()}"
        if self._each_row or said.last != this:
            said.last = this
            said.often[this] = said.often.get(this, 0) + 1
        self._said.put(thing, said)
        return said.often[this] - 1
