"""The code at a door: signed by a chain of hashes, valid for seconds, and verified without a secret.

The screen at the door draws a random seed, and hashes it `codes` times; the last value, the anchor, goes into
the log before the door opens. Code n is the value that leads to the anchor in n + 1 steps: everybody can
verify it, and nobody can derive the next one (Lamport, "Password authentication with insecure
communication", 1981). Neither the service nor a reader of the log can sign for the door. See ADR 52.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

STEP: Final = timedelta(seconds=30)
"""How long each code is shown."""
SLACK: Final = timedelta(seconds=30)
"""How far two clocks may differ: a code counts for so long before and after it is shown."""
MOST: Final = 1_440
"""Codes of one door: twelve hours."""


def after(value: str) -> str:
    """Return the value that follows one in a chain: SHA-256, as hex digits, of its hex digits."""
    return hashlib.sha256(value.encode()).hexdigest()


def leads_to(code: str, number: int, anchor: str) -> bool:
    """Whether a code is number `number` (from 0) of the door with this anchor."""
    for _ in range(number + 1):
        code = after(code)
    return code == anchor


def shown(begins: datetime, number: int) -> tuple[datetime, datetime]:
    """Return from when until when a code counts."""
    since = begins + STEP * number
    return since - SLACK, since + STEP + SLACK
