"""Standard stages of an assignment and their order."""

from collections.abc import Collection
from typing import Final

EN_ROUTE: Final = "en_route"
ON_SCENE: Final = "on_scene"
STAGES: Final = (EN_ROUTE, ON_SCENE)
"""In order; organisations may define others between and after them."""


def furthest(words: Collection[str]) -> str | None:
    """Return the most advanced stage among these words, if any."""
    return next((stage for stage in reversed(STAGES) if stage in words), None)
