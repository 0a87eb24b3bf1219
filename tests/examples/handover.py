"""A note about one area."""

from services.decisions.base import Command
from services.decisions.handover.commands import Write


def lying(area: str, name: str) -> list[Command]:
    """Unread."""
    return [Write(note=name, area=area, text="sealed:note")]
