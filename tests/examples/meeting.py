"""A joint meeting in one area."""

from services.decisions.alliance.commands import Hold
from services.decisions.base import Command

STORY = [("meeting.hold", {"meeting": "M1", "title": "Meeting 1", "allies": ["AL1"], "area": "230717"})]


def placed(area: str, name: str) -> list[Command]:
    """Return a meeting."""
    return [Hold(meeting=name, title="Meeting", area=area)]
