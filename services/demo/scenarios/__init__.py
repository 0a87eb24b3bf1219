"""Scenarios of timed commands, for demos and tests."""

from collections.abc import Callable
from typing import Final

from services.demo.scenarios.sffd import sffd
from services.demo.scenarios.story import Story, Timed
from services.demo.scenarios.yichun import yichun

SCENARIOS: Final[dict[str, Callable[[int], Story]]] = {"yichun": yichun, "sffd": sffd}
"""Scenario name -> function of the seed."""

__all__ = ["SCENARIOS", "Story", "Timed"]
