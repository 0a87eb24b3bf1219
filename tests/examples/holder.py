"""Somebody who holds a post."""

from services.decisions.base import Command
from services.decisions.post.commands import Appoint, Create
from services.decisions.unit.commands import Establish

STORY = [
    ("unit.establish", {"unit": "U5", "name": "Unit 5", "area": "230717"}),
    ("post.create", {"post": "P5", "name": "Post 5", "unit": "U5", "area": "230717"}),
    ("post.appoint", {"post": "P5", "holder": "H5", "holder_name": "Person 005"}),
    ("holder.erase", {"holder": "H5"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return the holder of a post of their own."""
    unit, post = f"unit-of-{name}", f"post-of-{name}"
    return [
        Establish(unit=unit, name=unit, area=area),
        Create(post=post, name=post, unit=unit, area=area),
        Appoint(post=post, holder=name, holder_name="sealed:1:holder/x:c:holder_name:AA:AA"),
    ]
