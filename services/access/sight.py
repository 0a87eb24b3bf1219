"""Which sight a jurisdiction's rules give a caller."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from events.disclosure import CLASSES, CLEAR, MASKED, ON_DEMAND, Disclosure, Shown
from services.access.principal import Principal

ASKING: Final = Shown(name=ON_DEMAND, need=ON_DEMAND, community=ON_DEMAND, address=ON_DEMAND, phone=ON_DEMAND)
"""Everything masked until revealed: for scopes that the rules do not mention, and if the rules are
unreadable."""


def sight_of(asker: Principal, rules: Disclosure | None) -> Shown:
    """Return what a caller sees of the rows in their areas.

    Admins see what dispatchers see, and can reveal the rest. Without rules nothing is clear. Whether
    anything can be revealed at all is the right `reveal`.
    """
    if rules is None:
        return ASKING
    match asker.scope:
        case "viewer":
            return rules.viewer
        case "analyst":
            return rules.analyst
        case "dispatcher":
            return rules.dispatcher
        case "admin":
            return _revealable(rules.dispatcher)
        case _:
            return ASKING


def searches(asker: Principal, seen: Shown, name: str) -> bool:
    """Whether a caller may search by a class of personal data: what they see, or may ask to see."""
    given = getattr(seen, name)
    return given == CLEAR or (given == ON_DEMAND and asker.may("reveal"))


def asked_only(given: Shown) -> Shown:
    """Return a sight in which nothing is clear: for files, which leave the service and must be recorded."""
    asked = {name: ON_DEMAND for name in CLASSES if getattr(given, name) == CLEAR}
    return msgspec.structs.replace(given, **asked)


def opens_in(areas: tuple[str, ...]) -> Callable[[Any], bool]:
    """Return of which rows anybody limited to these areas may see personal data. This is stricter than
    `Principal.opens`, which knows who registered a worker."""

    def opens(row: Any) -> bool:
        return not areas or not hasattr(row, "registered_by") or row.home_area is not None

    return opens


def _revealable(given: Shown) -> Shown:
    asked = {name: ON_DEMAND for name in CLASSES if getattr(given, name) == MASKED}
    return msgspec.structs.replace(given, **asked)
