"""A worker on duty at their home area."""

from services.decisions.base import Command
from services.decisions.worker.commands import CheckIn, Register


def placed(area: str, name: str) -> list[Command]:
    """Home and duty are there."""
    return [Register(worker=name, role="rider", home_area=area), CheckIn(worker=name, area=area)]
