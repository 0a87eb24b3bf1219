"""Which team a worker counts in."""

from services.decisions.state import State
from services.decisions.team.table import TEAMS
from services.decisions.worker.table import Worker


def active_team(state: State, worker: Worker) -> str | None:
    """The one active team that a worker is in."""
    teams = state[TEAMS]
    return next((team for team in worker.teams if teams[team].state == "active"), None)
