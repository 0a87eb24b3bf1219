"""How a process that folds all day is set up: for throughput, with a loop that still answers at once."""

import gc
import sys
from typing import Final

YOUNG: Final = 50_000
"""Objects made before they are looked through for cycles. A batch makes many and hardly any cycles: at
Python's 700 an eighth of the processor time goes into looking."""
SWITCH_SECONDS: Final = 0.001
"""So long the thread that folds may keep the loop from the database's next answer."""


def tune() -> None:
    """Once, when everything is imported."""
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
    sys.setswitchinterval(SWITCH_SECONDS)
