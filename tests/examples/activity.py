"""An activity in one area."""

from datetime import UTC, datetime

from services.decisions.activity.commands import Announce
from services.decisions.base import Command

LATER, EARLIER = "2199-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
STORY = [
    ("activity.announce", {"activity": "AC1", "title": "Lecture", "begins": LATER, "area": "230717"}),
    ("activity.sign_up", {"activity": "AC1", "worker": "W1"}),
    ("activity.sign_off", {"activity": "AC1", "worker": "W1"}),
    ("activity.announce", {"activity": "AC2", "title": "Visit", "begins": EARLIER, "area": "230717"}),
    ("activity.attend", {"activity": "AC2", "worker": "W1"}),
    ("activity.call_off", {"activity": "AC1"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return an activity that has begun."""
    return [Announce(activity=name, title="Activity", begins=datetime(2020, 1, 1, tzinfo=UTC), area=area)]
