"""A post in a unit of one area."""

from services.decisions.base import Command
from services.decisions.post.commands import Create
from services.decisions.unit.commands import Establish

STORY = [
    ("unit.establish", {"unit": "U4", "name": "Unit 4", "area": "230717"}),
    ("post.create", {"post": "P1", "name": "Post 1", "unit": "U4", "area": "230717"}),
    ("post.rename", {"post": "P1", "name": "Post 2"}),
    ("post.move", {"post": "P1", "first": True}),
    ("post.charge", {"post": "P1", "task": "answer", "area": "230717"}),
    ("post.relieve", {"post": "P1", "task": "answer", "area": "230717"}),
    ("post.appoint", {"post": "P1", "holder": "H1", "holder_name": "Person 001"}),
    ("post.vacate", {"post": "P1"}),
    ("post.abolish", {"post": "P1"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a vacant post, in a unit of its own."""
    unit = f"unit-{name}"
    return [
        Establish(unit=unit, name=unit, area=area),
        Create(post=name, name=name, unit=unit, area=area),
    ]
