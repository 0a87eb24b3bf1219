"""Brands 品牌 of trades: one at a time for each trade, with a mark and a colour of its own."""

from typing import Annotated, Final

from msgspec import UNSET, UnsetType

from events.amendment import Amendment
from events.base import Event, event
from events.refs import AreaRef, Ref

BrandRef = Annotated[str, Ref("brand")]
LOOKS: Final = ("name", "slogan", "mark", "colour", "ink")
"""What can be amended."""
LEAST: Final = 4.5
"""Contrast of the mark and its colour that WCAG 2.2 asks of text (1.4.3)."""
WHITE: Final = "#ffffff"


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 to 1, as WCAG defines it."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@event("brand.registered")
class BrandRegistered(Event, frozen=True, kw_only=True):
    """A trade has a brand from this time on."""

    brand: BrandRef
    area: AreaRef
    trade: str
    name: str
    mark: str
    """Outline on a field of 24 by 24, as the `d` of an SVG path."""
    colour: str
    """`#rrggbb`, under the mark."""
    ink: str = WHITE
    """`#rrggbb`, of the mark and the name on the colour."""
    slogan: str | None = None


@event("brand.amended")
class BrandAmended(Amendment, frozen=True, kw_only=True):
    """The name, slogan or look of the brand changed."""

    NOT_SET = frozenset({"area"})

    brand: BrandRef
    area: AreaRef
    name: str | UnsetType = UNSET
    mark: str | UnsetType = UNSET
    colour: str | UnsetType = UNSET
    ink: str | UnsetType = UNSET
    slogan: str | UnsetType | None = UNSET


@event("brand.retired")
class BrandRetired(Event, frozen=True, kw_only=True):
    """The brand is no longer used."""

    brand: BrandRef
    area: AreaRef
    reason: str | None = None
