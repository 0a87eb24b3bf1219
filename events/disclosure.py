"""Who sees which personal data of the own area without asking: rules of a jurisdiction."""

from typing import Final, Literal

import msgspec

Sight = Literal["clear", "on_demand", "masked"]
"""`clear`: shown in full. `on_demand`: masked until revealed, which is recorded. `masked`: never shown."""
CLEAR: Final = "clear"
ON_DEMAND: Final = "on_demand"
MASKED: Final = "masked"
SIGHTS: Final[tuple[Sight, ...]] = (CLEAR, ON_DEMAND, MASKED)
CLASSES: Final = ("name", "need", "community", "address", "phone")
"""Classes of personal data: names of people, texts and notes, an address up to the community (without house
number), the whole address, and phone numbers."""
SCOPES: Final = ("viewer", "analyst", "dispatcher")
"""Scopes that the rules are about."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What one scope sees of each class."""

    name: Sight = MASKED
    need: Sight = MASKED
    community: Sight = MASKED
    address: Sight = MASKED
    phone: Sight = MASKED


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """The rules for every scope; the defaults when made without arguments.

    After a change of a default, raise `version` of the view of jurisdictions.
    """

    viewer: Shown = Shown()
    analyst: Shown = Shown()
    dispatcher: Shown = Shown(name=CLEAR, need=CLEAR, community=CLEAR, address=ON_DEMAND, phone=ON_DEMAND)


DEFAULTS: Final = Disclosure()
NOTHING: Final = Shown()
"""For scopes that the rules do not mention."""


class GivenShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The sights that a jurisdiction has chosen itself for a scope; None keeps the default."""

    name: Sight | None = None
    need: Sight | None = None
    community: Sight | None = None
    address: Sight | None = None
    phone: Sight | None = None


class GivenDisclosure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The rules that a jurisdiction has chosen itself."""

    viewer: GivenShown = GivenShown()
    analyst: GivenShown = GivenShown()
    dispatcher: GivenShown = GivenShown()


def complete(given: GivenDisclosure) -> Disclosure:
    """Fill in the defaults."""
    return Disclosure(
        viewer=_filled(DEFAULTS.viewer, given.viewer),
        analyst=_filled(DEFAULTS.analyst, given.analyst),
        dispatcher=_filled(DEFAULTS.dispatcher, given.dispatcher),
    )


def _filled(usual: Shown, given: GivenShown) -> Shown:
    own = {name: getattr(given, name) for name in CLASSES if getattr(given, name) is not None}
    return msgspec.structs.replace(usual, **own)
