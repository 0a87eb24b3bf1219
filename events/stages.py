"""Standard stages of an assignment and their order."""

from collections.abc import Collection, Mapping
from typing import Final

EN_ROUTE: Final = "en_route"
ON_SCENE: Final = "on_scene"
STAGES: Final = (EN_ROUTE, ON_SCENE)
"""In order; organisations may define others between and after them."""
RANK: Final[Mapping[str, int]] = {stage: rank for rank, stage in enumerate(STAGES, 1)}
"""Rank of each stage, from 1."""


def furthest(words: Collection[str]) -> str | None:
    """Return the most advanced stage among these words, if any."""
    return next((stage for stage in reversed(STAGES) if stage in words), None)


def sort_key(stage: str) -> int:
    """Return a sort key for stages; custom ones come last, in recorded order."""
    return RANK.get(stage, len(RANK) + 1)
