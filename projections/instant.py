"""The board at an instant: the state at that time, by everything known now, including late facts.

For the present it equals the live board, except where an observed claim (a join, an end; not an amendment)
arrived after a newer one of the same kind.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
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
        places = filter(None, map(self.place, self.workers))
        return headcount.counted(Counter(places).items())

    def stand(self, key: str) -> StandRow | None:
        """Return a worker's row of `presence`; None if not on the roster."""
        place = self.place(key) if key in self.workers else None
        return place and StandRow(
            worker=key,
            area=place.area,
            role=place.role,
            presence=place.presence,
            team=place.team,
            since=self.workers[key].duty.since,
        )

    def presence(self) -> dict[str, Row]:
        """Return one row per worker on the roster."""
        return _there(self.workers, self.stand)

    def request(self, key: str) -> RequestRow | None:
        """Return a row of `requests`."""
        row = self.rows.get(key)
        if row is None:
            return None
        mine = self.by_request.get(key, ())
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

    def requests(self) -> dict[str, Row]:
        return _there(self.rows, self.request)

    def unit(self, key: str) -> busy.BusyRow | None:
        """Return a row of `busy`; a task's `until` says when it ended later."""
        kind, _, name = key.partition(":")
        holder = (self.teams if kind == "team" else self.workers).get(name)
        live = sorted(holder.live, key=lambda one: self.assignments[one].number) if holder else ()
        return busy.busy_row(key, tuple(task for one in live if (task := self._task(one))))

    def _task(self, key: str) -> busy.Task | None:
        given = self.assignments[key]
        if given.begun_at is None:
            return None
        asked = self.rows.get(given.request)
        area = asked.area if asked else None
        return busy.Task(key, given.request, given.begun_at, given.state, self.ends.get(key), area)

    def busy(self) -> dict[str, Row]:
        """Return the rows of `busy`."""
        units = (*(f"worker:{key}" for key in self.workers), *(f"team:{key}" for key in self.teams))
        return _there(units, self.unit)


def _there(keys: Iterable[str], row: Callable[[str], Row | None]) -> dict[str, Row]:
    return {key: found for key in keys if (found := row(key)) is not None}


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
