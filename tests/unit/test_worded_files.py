"""Files for people hold words, and no JSON; those for programs hold the values as they are."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from events.review_path import Review, Verdict
from services.api.worded import Worded

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2022, 3, 1, 4, tzinfo=UTC)
REVIEW = Review(
    opened_at=AT,
    place="verify",
    since=AT,
    verdicts=(Verdict(stage="screen", verdict="approve", at=AT, by="dispatcher/1"),),
)
ROW = {"name": "Firm 1", "trade": "courier", "members": 3, "since": AT, "review": REVIEW, "contradicted": ()}
COLUMNS = list(ROW)


@pytest.mark.parametrize(
    ("language", "trade", "verdict"),
    [("en", "Courier and parcel services", "Approve"), ("zh", "快递物流", "通过")],
)
def test_codes_are_words_and_what_is_nested_is_text(language: str, trade: str, verdict: str):
    name, said, members, since, review, contradicted = Worded("enterprises", language, ZONE).row(COLUMNS, ROW)
    assert (name, said, members, since, contradicted) == ("Firm 1", trade, 3, AT, "")
    assert verdict in review
    assert "2022-03-01 12:00:00+08:00" in review
    assert not set('{}[]"') & set(review)


def test_files_for_programs_keep_codes_and_structures():
    assert Worded("enterprises", "fields", ZONE).row(COLUMNS, ROW) == list(ROW.values())
