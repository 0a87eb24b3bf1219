"""Descriptor of monthly reviews."""

from typing import Final

import msgspec

from services.decisions.table import Table


class MonthlyReview(msgspec.Struct, frozen=True):
    """A review that was held."""

    area: str
    month: str


MONTHLY_REVIEWS: Final = Table(
    "monthly_reviews",
    MonthlyReview,
    kind="monthly_review",
    areas=lambda state, key, row: (row.area,),
    spans=True,
)
