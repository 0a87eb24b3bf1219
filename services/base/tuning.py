"""Tune a process that works all day: for throughput, with an event loop that stays responsive."""

import gc
import os
import sys
from typing import Final

from services.base.memory import few_heaps

YOUNG: Final = 50_000
"""Allocations between garbage collections. A batch allocates much and creates hardly any cycles; with
Python's default of 700, collection takes an eighth of the CPU time."""
SWITCH_SECONDS: Final = 0.001
"""Longest time a folding thread may delay the event loop."""

HEAPS: Final = 2
"""Heaps of all threads together: one for the loop, and one for those that wait for SQLite."""


def cores() -> int:
    """Return how many cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def tune() -> None:
    """Call once, after all imports."""
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
    sys.setswitchinterval(SWITCH_SECONDS)
    few_heaps(HEAPS)
