"""Working days: all published years, their make-up days, years not published, and changed clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.workdays import NO_CALENDAR, calendar_of, china, deadline, end_of, midnight, moved
from scripts.holidays import runs

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(min(china().years), 1, 1), date(max(china().years), 12, 31)
DAY = timedelta(days=1)
published = st.dates(FIRST, LAST)
zones = st.sampled_from(
    [
        "Asia/Shanghai",
        "America/Sao_Paulo",
        "Asia/Beirut",
        "Africa/Cairo",
        "Pacific/Apia",
        "Europe/Berlin",
        "UTC",
    ]
).map(ZoneInfo)
"""Some change their clocks at midnight, so that a local day begins at one o'clock or twice."""


def test_the_table_has_no_gap_between_its_years():
    assert china().years == frozenset(range(FIRST.year, LAST.year + 1))
    assert {2022, 2023, 2024, 2025, 2026} <= china().years


@given(published)
def test_a_day_is_worked_if_the_week_says_so_unless_it_is_a_holiday_or_a_make_up_day(day: date):
    calendar = china()
    assert calendar.works(day) == (day in calendar.work or (day.weekday() < 5 and day not in calendar.off))


@pytest.mark.parametrize("day", sorted(china().work)[:: max(1, len(china().work) // 40)])
def test_a_make_up_day_is_worked_and_ends_a_deadline(day: date):
    assert day.weekday() >= 5
    assert china().works(day)
    assert deadline(day, SHANGHAI).ends == end_of(day, SHANGHAI)


@given(published, st.integers(-60, 60))
def test_working_days_are_counted_one_by_one(day: date, days: int):
    """By hand: walk the calendar day by day."""
    left, at = abs(days) or 1, day if days else day - DAY
    while left:
        at += DAY if days >= 0 else -DAY
        if at.year not in china().years:
            break
        left -= bool(china().works(at))
    assert china().later(day, days) == (None if left else at)


@given(published, st.integers(1, 60))
def test_the_way_back_leads_to_the_same_day(day: date, days: int):
    start = china().later(day, 0)
    there = start and china().later(start, days)
    assert start is None or there is None or china().later(there, -days) == start
    if start and there:
        assert china().between(start, there) == days


@given(published)
def test_a_deadline_on_a_day_off_is_over_after_the_next_working_day(day: date):
    found = deadline(day, SHANGHAI)
    last = (found.ends - DAY / 2).astimezone(SHANGHAI).date()
    assert last >= day
    assert found.confirmed == (china().later(day, 0) is not None)
    if found.confirmed:
        assert china().works(last)
        assert not any(china().works(day + DAY * number) for number in range((last - day).days))


@given(st.dates(LAST + DAY, date(2150, 12, 31)), st.integers(-5, 5))
def test_a_year_that_is_not_published_is_unconfirmed_and_never_guessed(day: date, days: int):
    assert china().works(day) is None
    assert china().between(LAST, day) is None
    found = deadline(day, SHANGHAI)
    assert (found.ends, found.confirmed, found.calendar) == (end_of(day, SHANGHAI), False, china().version)
    if days >= 0 or (day - LAST).days > 400:
        assert moved(day, days, SHANGHAI) is None


@given(st.dates(date(1950, 1, 1), date(2150, 12, 30)), zones)
def test_a_day_ends_where_the_next_begins_whatever_the_clocks_do(day: date, zone: ZoneInfo):
    ends = end_of(day, zone)
    assert ends == midnight(day + DAY, zone)
    assert ends > midnight(day, zone) or day == date(2011, 12, 30), "Apia had no 30 December 2011"
    assert (ends.tzinfo, ends.astimezone(zone).date() > day) == (UTC, True)


def test_a_local_day_may_have_23_or_25_hours():
    cairo = ZoneInfo("Africa/Cairo")
    hours = {
        (end_of(day, cairo) - midnight(day, cairo)) // timedelta(hours=1)
        for day in (date(2024, 1, 1) + DAY * number for number in range(366))
    }
    assert hours == {23, 24, 25}


def test_other_places_have_no_calendar_and_all_is_unconfirmed():
    berlin = ZoneInfo("Europe/Berlin")
    assert calendar_of("Europe/Berlin") is None
    assert NO_CALENDAR.later(date(2026, 3, 4), 1) is None
    found = deadline(date(2026, 3, 4), berlin)
    assert (found.ends, found.confirmed, found.calendar) == (
        datetime(2026, 3, 4, 23, tzinfo=UTC),
        False,
        "",
    )


def test_days_are_written_as_runs():
    days = [date(2026, 2, 14) + DAY * number for number in (1, 2, 3, 9)]
    assert runs(days) == "02-15/02-17 02-23"
