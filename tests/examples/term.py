"""Settings of the whole jurisdiction: a category of requests, limits and who sees what."""

from services.decisions.base import Command
from services.decisions.term.commands import Define, TermNames

STORY = [
    ("term.define", {"list": "category", "code": "pets", "names": {"en": "Pets", "zh": "宠物"}}),
    ("jurisdiction.set_timers", {"timers": {"untouched": [30, None, None, None], "duty": 3600}}),
    ("jurisdiction.set_disclosure", {"rules": {"analyst": {"name": "clear"}}}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a category. Terms lie in no area but the root."""
    return [Define(list="category", code=name.lower(), names=TermNames(en=name))]
