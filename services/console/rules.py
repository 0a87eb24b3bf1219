"""The words that pages share with the service, as a module of the assets. Each stands once, in events."""

import json
from collections.abc import Mapping
from typing import Final

from events.assignment import LIVE, UNENDED
from events.presence import BY_ENGAGEMENT, OFF_DUTY, PRESENCES
from events.request_state import ENDED, PRIORITIES, STATES, UNFINISHED
from events.stages import STAGES

NAME: Final = "lib/rules.js"
WORDS: Final[Mapping[str, str | tuple[str, ...] | tuple[int, ...]]] = {
    "OFF_DUTY": OFF_DUTY,
    "PRESENCES": PRESENCES,
    "ON_DUTY": BY_ENGAGEMENT,
    "UNFINISHED": UNFINISHED,
    "ENDED": ENDED,
    "LEDGER": STATES,
    "PRIORITIES": PRIORITIES,
    "STAGES": STAGES,
    "LIVE": LIVE,
    "UNENDED": UNENDED,
}
"""Name in the module -> what it holds."""


def module() -> bytes:
    """The module's text, always the same bytes."""
    lines = [
        f"export const {name} = {json.dumps(words, separators=(',', ':'))};" for name, words in WORDS.items()
    ]
    return "\n".join(["// From services/console/rules.py", *lines, ""]).encode()
