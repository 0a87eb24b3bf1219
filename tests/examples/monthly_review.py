"""A monthly review of one area."""

from services.decisions.base import Command
from services.decisions.monthly_review.commands import HoldReview

STORY = [("monthly_review.hold", {"monthly_review": "MR1", "month": "2022-03", "note": "First one"})]


def placed(area: str, name: str) -> list[Command]:
    """Return a review of an area."""
    return [HoldReview(monthly_review=name, month="2022-03", area=area)]
