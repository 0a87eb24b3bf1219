"""An active team without listed members."""

from services.decisions.base import Command
from services.decisions.team.commands import Form


def placed(area: str, name: str) -> list[Command]:
    """Return an engine company."""
    return [Form(team=name, name=name, kind="engine", area=area, activate=True)]
