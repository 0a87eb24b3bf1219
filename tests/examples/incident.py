"""An incident in one area."""

from services.decisions.base import Command
from services.decisions.incident.commands import Declare


def placed(area: str, name: str) -> list[Command]:
    """Return a lockdown of the area."""
    return [Declare(incident=name, name=name, areas=(area,))]
