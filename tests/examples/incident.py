"""An incident of one area."""

from services.decisions.base import Command
from services.decisions.incident.commands import Declare


def placed(area: str, name: str) -> list[Command]:
    """A lockdown of it."""
    return [Declare(incident=name, name=name, areas=(area,))]
