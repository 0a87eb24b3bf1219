"""Commands of monthly reviews; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.fields import NEW, AreaCode, Id, Label
from services.decisions.references import PLAIN

MonthlyReviewId = Annotated[Id, Ref("monthly_review")]
Month = Annotated[str, Field(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$", description="YYYY-MM"), PLAIN]


@command("monthly_review.hold")
class HoldReview(Command):
    """Review a month: fix what is known about the undertakings now, regardless of later corrections."""

    monthly_review: Annotated[MonthlyReviewId, NEW] | None = None
    month: Month
    note: Label | None = None
    area: AreaCode | None = None
