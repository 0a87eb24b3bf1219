"""The data for ranking candidates: rows of several views at one position. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from events.assignment import UNENDED
from events.presence import OFF_DUTY
from events.request_state import UNFINISHED
from projections.areas import AreaRow
from projections.requests import RequestRow
from projections.roster import RosterRow
from projections.teams import TeamRow

VIEWS: Final = ("requests", "assignments", "areas", "roster", "teams", "busy", "headcount")
"""Views that make up a board."""
Kind = Literal["worker", "team"]
Point = tuple[float, float]
"""(longitude, latitude) in WGS-84 degrees."""
Key = tuple[str, str]
"""(kind, id)"""

Unit = RosterRow | TeamRow


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of several views at one position, and positions of phones."""

    request: RequestRow
    workers: Sequence[RosterRow] = ()
    teams: Sequence[TeamRow] = ()
    load: Mapping[str, int] = {}
    """Worker -> number of live personal assignments, if any."""
    manned: Mapping[str, int] = {}
    """Team -> number of members on duty, if any."""
    asked: frozenset[Key] = frozenset()
    """Units already offered or assigned to the request."""
    areas: Mapping[str, AreaRow]
    places: Mapping[str, Point] = {}
    """Worker -> last known place."""


def assemble(request: RequestRow, found: Mapping[str, Iterable[tuple[str, Any]]]) -> Board:
    """Return the board of a request, without places, from the rows of VIEWS by view and key.

    `found` must have the units to rank, and the rows of the other views that concern them.
    """
    rows = {view: [row for _, row in found.get(view, ())] for view in VIEWS}
    return Board(
        request=request,
        workers=rows["roster"],
        teams=rows["teams"],
        load={row.unit: row.count for row in rows["busy"] if row.kind == "worker"},
        manned=_manned(rows["headcount"]),
        asked=_assigned_or_offered(request.request, rows["assignments"]),
        areas=dict(found["areas"]),
    )


def _manned(rows: Iterable[Any]) -> dict[str, int]:
    """Return the number of members on duty by active team."""
    found: dict[str, int] = {}
    for row in rows:
        if row.team is not None and row.presence != OFF_DUTY:
            found[row.team] = found.get(row.team, 0) + row.count
    return found


def _assigned_or_offered(request: str, rows: Iterable[Any]) -> frozenset[Key]:
    """Return the units offered or assigned to the request."""
    involved = (row for row in rows if row.request == request and row.state in UNENDED)
    return frozenset(("team", row.team) if row.team else ("worker", row.worker) for row in involved)


def searched(board: Board, text: str) -> Board:
    """Keep only units whose id, organisation or team contains the text, ignoring case; names are not used."""
    names = {row.team: row.name for row in board.teams}
    wanted = text.casefold()

    def holds(*values: str | None) -> bool:
        return any(value is not None and wanted in value.casefold() for value in values)

    return msgspec.structs.replace(
        board,
        workers=[
            row
            for row in board.workers
            if holds(row.worker, row.organisation, row.team, names.get(row.team or ""))
        ],
        teams=[row for row in board.teams if holds(row.team, row.organisation, row.name)],
    )


def takes(request: RequestRow) -> int | None:
    """Return how many more units the request needs: 0 = none, None = unlimited."""
    if request.state not in UNFINISHED:
        return 0
    return None if request.slots is None else max(request.slots - request.taken, 0)


def kind_of(row: Unit) -> Kind:
    """Return `worker` or `team`."""
    return "worker" if isinstance(row, RosterRow) else "team"


def id_of(row: Unit) -> str:
    """Return the id of a worker or team."""
    return row.worker if isinstance(row, RosterRow) else row.team


def team_phones(row: TeamRow) -> Iterable[str]:
    """Return the members whose phones locate a team, in order of preference."""
    return dict.fromkeys(([row.leader] if row.leader else []) + list(row.members))
