"""Opening hours: texts of OSM, holidays and make-up days of China, past midnight, and changed clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from events.workdays import Calendar, calendar_of, china
from services.stations.hours import Segment, day_pattern, intervals, readable, state_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = [
    "Asia/Shanghai",
    "UTC",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
]
TEXTS = [
    "24/7",
    "08:00-20:00",
    "Mo-Fr 09:00-18:00; PH off",
    "Mo-Fr 09:00-18:00",
    "Mo-Su,PH 00:30-02:45",
    "Fr-Sa 22:00-03:00",
    "Mo-Fr 08:00-12:00,14:00-18:00; Sa 10:00-12:00; PH,Su off",
    "Oct-Mar 07:00-19:00; Apr-Sep 06:00-22:00",
    "Sa-Su 23:00-27:00",
]
SPRING_FESTIVAL = date(2026, 2, 17)
MAKE_UP = date(2026, 2, 14)
"""A Saturday."""


def day(year: int, month: int, number: int, hour: int = 0) -> datetime:
    """Return an instant of the wall clock, to which a zone is added."""
    return datetime.combine(date(year, month, number), time(hour))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def at(text: str, when: str) -> str:
    return state_at(text, local(when), SHANGHAI, china())


# -- the calendar ------------------------------------------------------------------------------------------


def test_the_calendar_is_data_with_a_source_and_a_version():
    assert china().version == "chinesecalendar 1.11.0"
    assert [china().kind(day) for day in (SPRING_FESTIVAL, MAKE_UP, date(2026, 3, 4))] == [
        "off",
        "work",
        "plain",
    ]
    assert china().kind(date(max(china().years) + 1, 5, 1)) == "unpublished"


def test_make_up_days_fall_on_weekends_and_are_no_holidays():
    assert {day.weekday() for day in china().work} == {5, 6}
    assert not china().work & china().off


def test_other_places_keep_other_holidays_of_which_nothing_is_known():
    assert calendar_of("America/Sao_Paulo") is None
    berlin = ZoneInfo("Europe/Berlin")
    noon = datetime(2026, 3, 4, 12, tzinfo=berlin)
    assert state_at("Mo-Fr 09:00-18:00", noon, berlin, None) == "open"
    assert state_at("Mo-Fr 09:00-18:00; PH off", noon, berlin, None) == "unconfirmed"


# -- what is open when -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "when", "state"),
    [
        ("Mo-Fr 09:00-18:00; PH off", "2026-03-04 08:59", "closed"),
        ("Mo-Fr 09:00-18:00; PH off", "2026-03-04 09:00", "open"),
        ("Mo-Fr 09:00-18:00; PH off", "2026-03-04 18:00", "closed"),
        ("Mo-Fr 09:00-18:00; PH off", "2026-02-17 12:00", "closed"),
        ("Mo-Fr,PH 09:00-18:00", "2026-02-15 12:00", "open"),
        ("Mo-Fr 09:00-18:00", "2026-02-17 12:00", "unconfirmed"),
        ("Mo-Fr 09:00-18:00", "2026-02-17 20:00", "closed"),
        ("08:00-20:00", "2026-02-17 12:00", "open"),
        ("Mo-Fr 09:00-18:00; PH off", "2026-02-14 12:00", "open"),
        ("Sa-Su 10:00-16:00", "2026-02-14 12:00", "closed"),
        ("Mo 09:00-12:00; Tu-Fr 09:00-18:00", "2026-02-14 17:00", "open"),
        ("Mo-We 09:00-12:00; Th-Fr 09:00-18:00", "2026-02-14 11:00", "open"),
        ("Mo-We 09:00-12:00; Th-Fr 09:00-18:00", "2026-02-14 17:00", "unconfirmed"),
        ("Mo-Fr 09:00-18:00", "2031-02-05 12:00", "unconfirmed"),
        ("24/7", "2031-02-05 12:00", "open"),
        ("SH 09:00-18:00; Mo-Fr 08:00-10:00", "2026-03-04 09:00", "unconfirmed"),
        ("sunrise-sunset", "2026-03-04 12:00", "unconfirmed"),
        ("08:00-20:00 unknown", "2026-03-04 12:00", "unconfirmed"),
    ],
)
def test_whether_it_is_open(text: str, when: str, state: str):
    assert at(text, when) == state


@pytest.mark.parametrize("text", ["全天", "9-18", "周一至周五 9:00-18:00", "Mo-Fr 25:99"])
def test_what_nobody_can_read_is_unknown(text: str):
    assert not readable(text)
    assert at(text, "2026-03-04 12:00") == "unknown"
    assert intervals(text, local("2026-03-04"), local("2026-03-05"), SHANGHAI, china()) is None


def test_no_hours_are_unknown_hours():
    assert state_at(None, local("2026-03-04"), SHANGHAI, china()) == "unknown"


def test_a_night_belongs_to_the_day_on_which_it_begins():
    assert at("Fr 22:00-02:00", "2026-03-07 01:59") == "open"
    assert at("Fr 22:00-02:00", "2026-03-08 01:00") == "closed"


def test_the_night_of_a_make_up_day_goes_on_into_the_next():
    assert at("Mo-Fr 22:00-02:00", "2026-03-01 01:00") == "open"  # the 28th of February was worked


def test_a_night_after_a_holiday_with_other_hours_is_not_certain():
    assert at("Mo-Fr 22:00-02:00; PH off", "2026-02-24 01:00") == "unconfirmed"


# -- laws --------------------------------------------------------------------------------------------------


@given(
    text=st.sampled_from(TEXTS),
    zone=st.sampled_from(ZONES),
    start=st.datetimes(day(2024, 1, 1), day(2027, 3, 1)),
    minute=st.integers(0, 5 * 24 * 60 - 1),
    calendar=st.sampled_from([china(), None]),
)
@example("Mo-Su,PH 00:30-02:45", "Europe/Berlin", day(2026, 3, 28, 12), 12 * 60 + 45, None)
@example("Mo-Su,PH 00:30-02:45", "Europe/Berlin", day(2026, 10, 24, 12), 12 * 60 + 90, None)
@example("Mo-Su,PH 00:30-02:45", "Australia/Lord_Howe", day(2026, 4, 4, 12), 4 * 60, None)
def test_the_state_at_an_instant_is_that_of_the_interval_around_it(
    text: str, zone: str, start: datetime, minute: int, calendar: Calendar | None
):
    where, since = ZoneInfo(zone), start.replace(second=0, microsecond=0, tzinfo=UTC)
    until, when = since + timedelta(days=5), since + timedelta(minutes=minute)
    found = intervals(text, since, until, where, calendar)
    assert found is not None
    around = [one for one in found if one.begin <= when < one.end]
    state = state_at(text, when, where, calendar)
    assert state == ("closed" if not around else "open" if around[0].sure else "unconfirmed")


@given(
    text=st.sampled_from(TEXTS),
    zone=st.sampled_from(ZONES),
    start=st.datetimes(day(2025, 1, 1), day(2026, 12, 1)),
    calendar=st.sampled_from([china(), None]),
)
def test_intervals_are_in_order_and_do_not_overlap(
    text: str, zone: str, start: datetime, calendar: Calendar | None
):
    since = start.replace(tzinfo=UTC)
    found = intervals(text, since, since + timedelta(days=8), ZoneInfo(zone), calendar) or []
    assert all(one.begin < one.end for one in found)
    edges = [edge for one in found for edge in (one.begin, one.end)]
    assert edges == sorted(edges)
    joined = [a for a, b in pairwise(found) if a.end == b.begin and a.sure == b.sure]
    assert joined == []


@given(date_=st.sampled_from(sorted(china().off)))
def test_who_is_off_on_holidays_never_opens_on_one(date_: date):
    assert day_pattern("Mo-Fr 09:00-18:00; PH off", date_, china()) == ()


@given(date_=st.sampled_from(sorted(china().work)))
def test_on_make_up_days_working_hours_count(date_: date):
    assert day_pattern("Mo-Fr 09:00-18:00; PH off", date_, china()) == (Segment(540, 1080, True),)


@given(date_=st.dates(date(2004, 1, 1), date(2030, 12, 31)), text=st.sampled_from(TEXTS))
def test_what_is_certain_holds_whatever_is_published_later(date_: date, text: str):
    """A year that is not published yet: whatever it turns out to be, what was called open is open."""
    unknown = Calendar(frozenset(), frozenset(), frozenset())
    before = day_pattern(text, date_, unknown) or ()
    plain = Calendar(frozenset(), frozenset(), frozenset({date_.year - 1, date_.year}))
    holiday = Calendar(frozenset({date_}), frozenset(), plain.years)
    for turned_out in (plain, holiday):
        after = day_pattern(text, date_, turned_out) or ()
        for one in before:
            if one.sure:
                assert any(a.begin <= one.begin and one.end <= a.end and a.sure for a in after)
