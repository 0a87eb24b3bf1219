"""Scenarios: commands with their times, for demos and tests."""

from collections.abc import Callable
from typing import Final

from services.intake.scenarios.sffd import sffd
from services.intake.scenarios.story import Story, Timed
from services.intake.scenarios.yichun import yichun

SCENARIOS: Final[dict[str, Callable[[int], Story]]] = {"yichun": yichun, "sffd": sffd}
"""By name; the argument is the seed."""

__all__ = ["SCENARIOS", "Story", "Timed"]
