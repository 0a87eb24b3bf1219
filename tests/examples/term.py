"""A category of requests, which concerns the whole jurisdiction."""

from services.decisions.base import Command
from services.decisions.term.commands import Define, Names

STORY = [
    ("term.define", {"list": "category", "code": "pets", "names": {"en": "Pets", "zh": "宠物"}}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a category. Terms lie in no area but the root."""
    return [Define(list="category", code=name.lower(), names=Names(en=name))]
