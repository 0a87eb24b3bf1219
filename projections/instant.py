"""The board at an instant: the state at that time, by everything known now, including late facts.

For the present it equals the live board, except where an observed claim (a join, an end; not an amendment)
arrived after a newer one of the same kind.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from events import team, worker
from events.assignment import OFFERED
from events.base import Event, WorkerStanding
from events.jurisdiction import JurisdictionEstablished
from events.request_state import state_of
from events.standing import standing_of
from projections import busy, headcount, requests
from projections.base import Own, Row, View
from projections.replay import Replay
from projections.requests import RequestRow, waiting_since


class StandRow(Row, frozen=True, kw_only=True):
    """A worker's place."""

    worker: str
    area: str
    role: str
    presence: str
    team: str | None = None
    since: datetime | None = None
    """Start of the duty; None if off duty."""


class Board(Replay):
    """All data for the four views, at one instant."""

    def place(self, key: str) -> WorkerStanding | None:
        """Return the place a worker counted in."""
        return standing_of(self.workers[key], self.teams, self.assignments, self.jurisdiction)

    def headcount(self) -> dict[str, Row]:
        """Return the rows of `headcount`."""
        counts: dict[str, tuple[WorkerStanding, int]] = {}
        for key in self.workers:
            place = self.place(key)
            if place:
                row = headcount.key_of(place)
                counts[row] = place, counts.get(row, (place, 0))[1] + 1
        return {
            key: headcount.HeadcountRow(
                area=place.area, role=place.role, presence=place.presence, team=place.team, count=count
            )
            for key, (place, count) in counts.items()
        }

    def presence(self) -> dict[str, Row]:
        """Return one row per worker on the roster."""
        found: dict[str, Row] = {}
        for key, known in self.workers.items():
            place = self.place(key)
            if place:
                found[key] = StandRow(
                    worker=key,
                    area=place.area,
                    role=place.role,
                    presence=place.presence,
                    team=place.team,
                    since=known.duty.since,
                )
        return found

    def requests(self) -> dict[str, Row]:
        by_request: dict[str, list[str]] = {}
        for key, given in self.assignments.items():
            by_request.setdefault(given.request, []).append(key)
        return {key: self._request(key, row, by_request.get(key, [])) for key, row in self.rows.items()}

    def _request(self, key: str, row: RequestRow, mine: list[str]) -> RequestRow:
        live = tuple(a for a in mine if self.assignments[a].live)
        offers = tuple(a for a in mine if self.assignments[a].state == OFFERED)
        done = tuple(self.done.get(key, ()))
        states = (self.assignments[a].state for a in live)
        found = msgspec.structs.replace(
            row,
            live=live,
            offers=offers,
            done=done,
            taken=len(live) + len(done),
            state=state_of(self.ended.get(key), done=bool(done), live=states),
        )
        return msgspec.structs.replace(found, waiting_since=waiting_since(found, row.opened_at))

    def busy(self) -> dict[str, Row]:
        """Return the rows of `busy`; a task's `until` says when it ended later."""
        tasks: dict[str, list[busy.Task]] = {}
        for key, given in self.assignments.items():
            if given.live and given.begun_at:
                unit = f"team:{given.team}" if given.team else f"worker:{given.worker}"
                asked = self.rows.get(given.request)
                task = busy.Task(
                    key,
                    given.request,
                    given.begun_at,
                    given.state,
                    self.ends.get(key),
                    asked.area if asked else None,
                )
                tasks.setdefault(unit, []).append(task)
        rows = {unit: busy.busy_row(unit, tuple(mine)) for unit, mine in tasks.items()}
        return {unit: row for unit, row in rows.items() if row}


COUNTING: Final[tuple[type[Event], ...]] = (
    JurisdictionEstablished,
    worker.WorkerTakenBack,
    worker.WorkerDutyCorrected,
    worker.WorkerRegistered,
    worker.WorkerAmended,
    worker.WorkerRetired,
    worker.WorkerCheckedIn,
    worker.WorkerCheckedOut,
    worker.WorkerPresenceSet,
    team.TeamFormed,
    team.TeamActivated,
    team.TeamStoodDown,
    team.TeamJoined,
    team.TeamLeft,
    *requests.VIEW.events,
)
"""Events that affect the board at an instant."""

PRESENCE: Final = View(
    name="presence",
    row=StandRow,
    keys=lambda envelope: (),
    evolve=lambda row, envelope, key: row,
    filters=("worker", "area", "role", "presence", "team", "since"),
    own=Own("worker"),
)
"""How `presence` is queried at an instant: one row per worker on the roster."""

READ: Final[Mapping[str, tuple[View[Any], Callable[[Board], dict[str, Row]]]]] = {
    "headcount": (headcount.VIEW, Board.headcount),
    "presence": (PRESENCE, Board.presence),
    "requests": (requests.VIEW, Board.requests),
    "busy": (busy.VIEW, Board.busy),
}
"""View name -> (how it is queried, its rows)."""
