"""Descriptor of brands."""

from typing import Final

from events.brand_facts import BrandThen
from services.decisions.table import Table

BRANDS: Final = Table(
    "brands",
    BrandThen,
    kind="brand",
    areas=lambda state, key, row: (row.area,),
    spans=True,
)
"""Each as it stands after all facts."""
