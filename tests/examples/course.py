"""A course, and the target of training."""

from services.decisions.base import Command
from services.decisions.course.commands import Offer

STORY = [
    ("course.offer", {"course": "CO1", "title": "Safety", "mode": "base", "area": "230717"}),
    ("course.offer", {"course": "CO2", "title": "Policy", "mode": "online", "area": "230717"}),
    ("course.withdraw", {"course": "CO2", "reason": "Replaced"}),
    ("training_target.set", {"hours": 40}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a course."""
    return [Offer(course=name, title="Course", mode="school", area=area)]
