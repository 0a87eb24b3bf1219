"""A worker on duty in their home area."""

from services.decisions.base import Command
from services.decisions.worker.commands import CheckIn, Register


def placed(area: str, name: str) -> list[Command]:
    """Return a worker whose home and duty are in the area."""
    return [Register(worker=name, role="rider", home_area=area), CheckIn(worker=name, area=area)]
