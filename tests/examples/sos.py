"""A call for help from one area."""

from services.decisions.base import Command
from services.decisions.worker.commands import CheckIn, RaiseSos, Register


def placed(area: str, name: str) -> list[Command]:
    """Return the call of a worker on duty there."""
    caller = f"sos-{name}"
    return [
        Register(worker=caller, role="rider", home_area=area),
        CheckIn(worker=caller, area=area),
        RaiseSos(worker=caller, sos=name),
    ]
