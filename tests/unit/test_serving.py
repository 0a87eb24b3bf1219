"""The rule of service: each instant of a person counts once, whatever shows it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from events.service import SOURCES, ServiceLimits
from events.serving import (
    ASKS,
    DatedLimits,
    Part,
    Served,
    Stretch,
    limits_at,
    served,
)

DAY = datetime(2022, 3, 26, tzinfo=UTC)
"""Clocks in many zones change in the night that follows."""


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def stretch(source: str, since: float, until: float, shown_by: str = "1") -> Stretch:
    return msgspec.convert(
        {
            "worker": "W1",
            "source": source,
            "shown_by": shown_by,
            "area": "A",
            "since": at(since),
            "until": at(until),
        },
        Stretch,
    )


def parts(found: Iterable[Served]) -> list[tuple[str, str, list[tuple[float, float]]]]:
    """Return (source, state, hours) of each."""

    def hours(when: datetime) -> float:
        return (when - DAY) / timedelta(hours=1)

    return [
        (one.stretch.source, one.state, [(hours(p.since), hours(p.until)) for p in one.parts])
        for one in found
    ]


def test_a_task_within_a_duty_counts_with_the_duty():
    found = served([stretch("task", 9, 10), stretch("duty", 8, 12)])
    assert parts(found) == [("duty", "counted", [(8, 12)]), ("task", "overlaps", [])]
    assert found[1].elsewhere == ("duty/1",)
    assert found[1].overlap == timedelta(hours=1)


def test_an_activity_that_begins_within_a_duty_counts_from_its_end():
    found = served([stretch("activity", 11, 13), stretch("duty", 8, 12)])
    assert parts(found) == [("duty", "counted", [(8, 12)]), ("activity", "counted", [(12, 13)])]
    assert found[1].overlap == timedelta(hours=1)


def test_a_task_around_a_duty_is_one_person_time_of_two_parts():
    found = served([stretch("task", 8, 14), stretch("duty", 10, 12)])
    assert parts(found)[1] == ("task", "counted", [(8, 10), (12, 14)])


def test_what_touches_does_not_overlap():
    found = served([stretch("duty", 8, 10, "1"), stretch("duty", 10, 12, "2")])
    assert [one.elsewhere for one in found] == [(), ()]


def test_without_any_length_nothing_is_shown():
    assert served([stretch("duty", 8, 8)]) == []


def test_an_implausible_length_asks_and_hides_nothing_else():
    found = served([stretch("duty", 0, 30), stretch("activity", 9, 11)])
    assert parts(found) == [("duty", "long", []), ("activity", "counted", [(9, 11)])]
    assert found[0].counted == found[0].overlap == timedelta()


def test_what_was_confirmed_counts_until_its_times_change():
    long = stretch("duty", 0, 30)
    said = frozenset([(long.source, long.shown_by, long.since, long.until)])
    assert [one.state for one in served([long], confirmed=said)] == ["counted"]
    other = msgspec.structs.replace(long, until=at(31))
    assert [one.state for one in served([other], confirmed=said)] == ["long"]


def test_a_short_one_asks_unless_it_lasts():
    short = stretch("duty", 8, 8 + 0.5 / 60)
    assert [one.state for one in served([short])] == ["short"]
    assert [one.state for one in served([msgspec.structs.replace(short, ongoing=True)])] == ["counted"]


def test_limits_hold_from_their_date_on():
    dated = [DatedLimits(at(9), 7, ServiceLimits(longest_hours=2))]
    found = served([stretch("duty", 0, 3, "1"), stretch("duty", 9, 12, "2")], dated)
    assert [one.state for one in found] == ["counted", "long"]
    both = [*dated, DatedLimits(at(9), 8, ServiceLimits(longest_hours=4))]
    assert limits_at(both, at(9)).longest_hours == 4


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    since = draw(st.integers(0, 60 * 48))
    length = draw(st.integers(0, 60 * 20))
    return stretch(
        draw(st.sampled_from(SOURCES)), since / 60, (since + length) / 60, str(draw(st.integers(1, 99)))
    )


MANY = st.lists(stretches(), max_size=12, unique_by=lambda one: (one.source, one.shown_by))


@given(MANY)
def test_no_two_parts_of_a_person_overlap(some: list[Stretch]):
    found = sorted((part for one in served(some) for part in one.parts), key=lambda part: part.since)
    assert all(part.since < part.until for part in found)
    assert all(earlier.until <= later.since for earlier, later in pairwise(found))


@given(MANY)
def test_every_minute_that_something_plausible_shows_counts_once(some: list[Stretch]):
    minutes = [0] * (60 * 70)
    for one in served(some):
        for part in one.parts:
            for minute in range(_minute(part.since), _minute(part.until)):
                minutes[minute] += 1
    shown = {
        minute
        for one in served(some)
        if one.state not in ASKS
        for minute in range(_minute(one.stretch.since), _minute(one.stretch.until))
    }
    assert [minute for minute, count in enumerate(minutes) if count] == sorted(shown)
    assert max(minutes) <= 1


def _minute(when: datetime) -> int:
    return round((when - DAY) / timedelta(minutes=1))


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_told_is_of_no_matter(some: list[Stretch], random: object):
    shuffled = list(some)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert served(shuffled) == served(some)


@given(MANY, stretches())
def test_more_service_never_counts_less(some: list[Stretch], more: Stretch):
    more = msgspec.structs.replace(more, shown_by="more")
    assert _total(served([*some, more])) >= _total(served(some))


@given(MANY)
def test_what_does_not_count_counts_elsewhere(some: list[Stretch]):
    for one in served(some):
        length = one.stretch.until - one.stretch.since
        assert one.counted + one.overlap == (timedelta() if one.state in ASKS else length)
        assert bool(one.elsewhere) == (one.overlap > timedelta())


def _total(found: Iterable[Served]) -> timedelta:
    return sum((one.counted for one in found), timedelta())


def test_a_part_knows_its_length_across_a_clock_change():
    assert Part(at(23), at(26)).length == timedelta(hours=3)
