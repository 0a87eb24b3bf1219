"""Times after which something must be looked at. Defaults and their sources: docs/alerts.md."""

from typing import Final

import msgspec

from events.stages import STAGES

ByPriority = tuple[int, int, int, int]
"""Seconds for the priorities 1, 2, 3 and 4."""
GivenByPriority = tuple[int | None, int | None, int | None, int | None]
"""As `ByPriority`; None keeps the default."""
_NONE: Final[GivenByPriority] = (None, None, None, None)


class Timers(msgspec.Struct, frozen=True, kw_only=True):
    """A jurisdiction's limits in seconds. Whatever lasts as long as its limit is an alert.

    After a change of a default, raise `version` of the view of jurisdictions.
    """

    untouched: ByPriority = (120, 300, 3600, 14400)
    """A request to which nobody was sent or asked to go, or no longer goes."""
    offered: ByPriority = (60, 120, 300, 900)
    """An offer without an answer."""
    accepted: ByPriority = (120, 300, 900, 3600)
    """Accepted or dispatched, and not under way."""
    en_route: ByPriority = (900, 2400, 7200, 10800)
    """Under way and not there."""
    on_scene: ByPriority = (1800, 3600, 7200, 14400)
    """On scene without a sign of life."""
    welfare: int = 3600
    """People on scene, or alone on the way, without a sign of life."""
    duty: int = 57600
    """A person on duty without a break between two duties."""
    level: int = 1
    """An alert rises one level, up to 1, each time it lasts this many times its limit longer; 0 = never."""


DEFAULTS: Final = Timers()
"""What applies until a jurisdiction sets its own."""
KINDS: Final = ("untouched", "offered", "accepted", *STAGES)
"""Limits that depend on the priority."""
_PLAIN: Final = ("welfare", "duty", "level")
"""Numbers that do not."""


class GivenTimers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The numbers that a jurisdiction has chosen itself; None keeps the default."""

    untouched: GivenByPriority = _NONE
    offered: GivenByPriority = _NONE
    accepted: GivenByPriority = _NONE
    en_route: GivenByPriority = _NONE
    on_scene: GivenByPriority = _NONE
    welfare: int | None = None
    duty: int | None = None
    level: int | None = None


def complete(given: GivenTimers) -> Timers:
    """Fill in the defaults."""
    own: dict[str, object] = {}
    for kind in KINDS:
        chosen: GivenByPriority = getattr(given, kind)
        default: ByPriority = getattr(DEFAULTS, kind)
        pairs = zip(chosen, default, strict=True)
        own[kind] = tuple(usual if number is None else number for number, usual in pairs)
    own |= {name: number for name in _PLAIN if (number := getattr(given, name)) is not None}
    return msgspec.structs.replace(DEFAULTS, **own)
