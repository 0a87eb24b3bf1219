"""Times after which something must be looked at. Defaults and their sources: docs/alerts.md."""

from typing import Final

import msgspec

ByPriority = tuple[int, int, int, int]
"""Seconds for the priorities 1, 2, 3 and 4."""


class Timers(msgspec.Struct, frozen=True, kw_only=True):
    """A jurisdiction's limits in seconds. Whatever lasts as long as its limit is an alert."""

    untouched: ByPriority = (120, 300, 3600, 14400)
    """A request to which nobody was sent or asked to go, or to which nobody goes any more."""
    offered: ByPriority = (60, 120, 300, 900)
    """An offer without an answer."""
    accepted: ByPriority = (120, 300, 900, 3600)
    """Accepted or dispatched, and not under way."""
    en_route: ByPriority = (900, 2400, 7200, 10800)
    """Under way and not there."""
    on_scene: ByPriority = (1800, 3600, 7200, 14400)
    """On scene without a sign of life."""
    welfare: int = 1800
    """A person on scene, or alone on the way, whom nobody has checked."""
    duty: int = 57600
    """A person on duty without a break between two duties."""
    level: int = 1
    """An alert rises one level, up to 1, each time it lasts this many times its limit longer; 0 = never."""


DEFAULTS: Final = Timers()
"""What applies until a jurisdiction sets its own."""
