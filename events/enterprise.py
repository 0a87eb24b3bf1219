"""Enterprises 企业 of the new trades: what is known of each, and whether it still is one here.

All are facts with an own time: they are entered when an officer learns of them, and count from when they
were so.
"""

from typing import Annotated, Final

from msgspec import UNSET, UnsetType

from events.amendment import Amendment
from events.base import Event, event
from events.refs import AreaRef, Ref

EnterpriseRef = Annotated[str, Ref("enterprise")]
DETAILS: Final = ("name", "code", "trade", "size", "employees", "members", "area", "platform", "brand")
"""What the ledger says of an enterprise. Each can be approved by itself."""


@event("enterprise.registered")
class EnterpriseRegistered(Event, frozen=True):
    """An enterprise is known from this time on."""

    enterprise: EnterpriseRef
    name: str
    area: AreaRef
    """Where it is run from; the root if no more is known."""
    code: str | None = None
    """Unified social credit code as given, right or wrong."""
    trade: str | None = None
    """Of the list `trade`."""
    size: str | None = None
    """Of the list `size_class`."""
    employees: int | None = None
    members: int | None = None
    """Members among the employees: a number, never names."""
    platform: str | None = None
    """Platform that it works for."""
    brand: str | None = None


@event("enterprise.amended")
class EnterpriseAmended(Amendment, frozen=True):
    """Details are different from this time on; omitted fields stay unchanged."""

    NOT_SET = frozenset({"area"})

    enterprise: EnterpriseRef
    area: AreaRef
    """Where it is, for those who look after this area. Only `moved` changes it."""
    name: str | UnsetType = UNSET
    code: str | UnsetType | None = UNSET
    trade: str | UnsetType | None = UNSET
    size: str | UnsetType | None = UNSET
    employees: int | UnsetType | None = UNSET
    members: int | UnsetType | None = UNSET
    platform: str | UnsetType | None = UNSET
    brand: str | UnsetType | None = UNSET


@event("enterprise.moved")
class EnterpriseMoved(Event, frozen=True):
    """It moved to another area, or away from the jurisdiction."""

    enterprise: EnterpriseRef
    area: AreaRef
    """Where it moved to; if it left, where it was last."""
    to: str | None = None
    """Where it went, in words, if it left the jurisdiction."""


@event("enterprise.merged")
class EnterpriseMerged(Event, frozen=True):
    """It became part of another one and is none of its own any more."""

    enterprise: EnterpriseRef
    into: EnterpriseRef
    area: AreaRef


@event("enterprise.closed")
class EnterpriseClosed(Event, frozen=True):
    """It stopped trading."""

    enterprise: EnterpriseRef
    area: AreaRef
    reason: str | None = None


@event("enterprise.reopened")
class EnterpriseReopened(Event, frozen=True):
    """It trades here again after closing, merging or moving away."""

    enterprise: EnterpriseRef
    area: AreaRef
    reason: str | None = None
