"""The stages of an assignment that count, and their order."""

from collections.abc import Collection, Mapping
from typing import Final

EN_ROUTE: Final = "en_route"
ON_SCENE: Final = "on_scene"
STAGES: Final = (EN_ROUTE, ON_SCENE)
"""In their order; organisations may name others between and after them."""
RANK: Final[Mapping[str, int]] = {stage: rank for rank, stage in enumerate(STAGES, 1)}
"""Place of each in that order, from 1."""


def furthest(words: Collection[str]) -> str | None:
    """The most advanced stage among these words; None where there is none."""
    return next((stage for stage in reversed(STAGES) if stage in words), None)


def sort_key(stage: str) -> int:
    """Sorts stages; those an organisation names come after, in the order in which they were recorded."""
    return RANK.get(stage, len(RANK) + 1)
