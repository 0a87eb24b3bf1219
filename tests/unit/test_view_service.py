"""Service at home: duty, activities and tasks of who has reported, as of any date, by area and period."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from projections.catalog import views
from projections.fold import fold
from projections.hours import Span, cuts, midnight
from projections.serving import READ, Asked, Book, book, reporting, sums
from services.decisions.service.rules import service_of
from services.verify.laws import service as law
from tests.given import Aggregate, Given, area, assignment, given, request, t, worker

service, service_limits = Aggregate("service"), Aggregate("service_limits")
alliance = Aggregate("activity")
CITY = "2307"
HOME, OTHER = "230717001001", "230719001001"
STREETS = ("230717", "230717001", HOME, "230719", "230719001", OTHER)
SHANGHAI = ZoneInfo("Asia/Shanghai")
ALL = Asked(zone=SHANGHAI, root=CITY)


@pytest.fixture
def crew() -> Given:
    """Return two couriers who live in a community; the first one has reported there at 00:00."""
    return given(
        *(area.define(area=code, name=code) for code in STREETS),
        worker.register(worker="W1", role="courier", home_area=HOME),
        worker.register(worker="W2", role="courier", home_area=HOME),
        worker.report(worker="W1", area=HOME),
    )


def live(crew: Given) -> dict[str, Any]:
    return {name: fold(views[name], crew.log.commits) for name in (*READ, "jurisdictions")}


def known(crew: Given, when: str) -> Book:
    """Return the service as of an instant, which must agree with the state and with the law."""
    rows = live(crew)
    assert list(law.broken(CITY, rows)) == []
    found = book(rows, t(when))
    if t(when) >= crew.log.now:
        for who in rows["homes"]:
            told = service_of(crew.state, who, t(when))
            mine = [row for row in found.rows.values() if row.worker == who]
            assert [(row.state, row.parts) for row in mine] == [(one.state, one.parts) for one in told]
    return found


def counted(found: Book) -> list[tuple[str, str, float]]:
    return [(row.source, row.state, row.hours) for row in found.rows.values()]


def on(who: str, place: str) -> Any:
    return worker.check_in(worker=who, area=place)


def off(who: str) -> Any:
    return worker.check_out(worker=who)


def activity(key: str, since: str, until: str, who: str = "W1", **more: Any) -> Any:
    return service.record(
        service=key, worker=who, area=HOME, since=t(since).isoformat(), until=t(until).isoformat(), **more
    )


def test_only_who_has_reported_serves(crew: Given):
    crew.and_(on("W1", HOME), on("W2", HOME), now=t("01:00"))
    crew.and_(off("W1"), off("W2"), now=t("03:00"))
    found = known(crew, "04:00")
    assert [(row.worker, row.home, row.at_home, row.hours) for row in found.rows.values()] == [
        ("W1", HOME, True, 2.0)
    ]


def test_a_late_report_makes_service_of_what_came_after_it(crew: Given):
    crew.and_(on("W2", HOME), now=t("01:00"))
    crew.and_(off("W2"), now=t("03:00"))
    crew.and_(worker.report(worker="W2", area=HOME), at=t("00:30"), now=t("05:00"))
    assert counted(known(crew, "05:00")) == [("duty", "counted", 2.0)]


def test_who_has_left_no_longer_serves_and_the_past_stays(crew: Given):
    crew.and_(on("W1", HOME), now=t("01:00")).and_(off("W1"), now=t("02:00"))
    crew.and_(worker.leave_home(worker="W1"), now=t("03:00"))
    crew.and_(on("W1", HOME), now=t("04:00")).and_(off("W1"), now=t("06:00"))
    found = known(crew, "07:00")
    assert counted(found) == [("duty", "counted", 1.0)]
    (person,) = reporting(found, ALL).values()
    assert (person.state, person.left_at, person.ask, person.person_times) == ("left", t("03:00"), None, 1)
    (before,) = reporting(known(crew, "02:30"), ALL).values()
    assert (before.state, before.ask) == ("reported", "served_today")


def test_duty_an_activity_and_a_task_of_one_person_count_once(crew: Given):
    crew.and_(on("W1", HOME), now=t("01:00"))
    crew.and_(request.open(request="R1", category="delivery", priority=3, area=OTHER), now=t("01:30"))
    crew.and_(assignment.dispatch(assignment="A1", request="R1", worker="W1"), now=t("02:00"))
    crew.and_(assignment.progress(assignment="A1", stage="en_route"), now=t("02:30"))
    crew.and_(off("W1"), at=t("03:00"), now=t("03:00"), observed=True)
    crew.and_(assignment.done(assignment="A1"), at=t("03:30"), now=t("05:00"), observed=True)
    crew.and_(activity("S1", "02:00", "04:00"), now=t("06:00"))
    found = known(crew, "06:00")
    states = [(row.source, row.state) for row in found.rows.values()]
    assert states[-2:] == [("activity", "counted"), ("task", "overlaps")]
    assert sum(row.hours for row in found.rows.values()) == 3.0


def test_who_was_at_an_activity_served_from_its_beginning_to_its_end(crew: Given):
    times = {"begins": t("02:00").isoformat(), "ends": t("04:00").isoformat()}
    for key in ("A1", "A2"):
        crew.and_(
            alliance.announce(activity=key, title="Clean-up", area=HOME, serves=True, **times), now=t("01:00")
        )
        crew.and_(alliance.attend(activity=key, worker="W1"), at=t("02:30"), now=t("05:00"))
    crew.and_(alliance.call_off(activity="A2"), now=t("06:00"))
    (row,) = known(crew, "06:00").rows.values()
    assert (row.source, row.shown_by, row.since, row.hours) == ("activity", "activity.A1", t("02:00"), 2.0)
    (before,) = (row for row in known(crew, "03:00").rows.values() if row.shown_by == "activity.A1")
    assert (before.ongoing, before.hours) == (True, 1.0)


def test_who_was_at_an_activity_as_a_guest_did_not_serve(crew: Given):
    times = {"begins": t("02:00").isoformat(), "ends": t("04:00").isoformat()}
    crew.and_(alliance.announce(activity="A1", title="Lecture", area=HOME, **times), now=t("01:00"))
    crew.and_(alliance.attend(activity="A1", worker="W1"), at=t("02:30"), now=t("05:00"))
    assert not known(crew, "06:00").rows


def test_what_lasts_counts_until_the_instant(crew: Given):
    crew.and_(on("W1", HOME), now=t("01:00"))
    (row,) = known(crew, "02:30").rows.values()
    assert (row.ongoing, row.hours, row.until) == (True, 1.5, t("02:30"))
    (person,) = reporting(known(crew, "02:30"), ALL).values()
    assert person.ask == "on_duty"


def test_a_forgotten_check_out_asks_until_it_is_confirmed_or_corrected(crew: Given):
    crew.and_(on("W1", HOME), now=t("01:00"), id="in").and_(off("W1"), now=t("+1 01:00"), id="out")
    (row,) = known(crew, "+1 02:00").rows.values()
    assert (row.state, row.hours) == ("long", 0)
    (total,) = sums(known(crew, "+1 02:00"), ALL).values()
    assert (total.person_times, total.asking, total.people) == (0, 1, 0)
    confirm = worker.confirm_service(
        worker="W1",
        source="duty",
        shown_by=row.shown_by,
        since=row.since.isoformat(),
        until=row.until.isoformat(),
    )
    crew.and_(confirm, now=t("+1 03:00"))
    assert counted(known(crew, "+1 03:00")) == [("duty", "counted", 24.0)]
    crew.and_(
        worker.correct_duty(worker="W1", fact="out", happened_at=t("09:00").isoformat(), reason="forgot"),
        now=t("+1 04:00"),
    )
    assert counted(known(crew, "+1 04:00")) == [("duty", "counted", 8.0)]


def test_limits_are_those_of_when_it_began(crew: Given):
    crew.and_(on("W1", HOME), now=t("01:00")).and_(off("W1"), now=t("04:00"))
    crew.and_(service_limits.set(longest_hours=2), at=t("02:00"), now=t("05:00"))
    assert counted(known(crew, "05:00")) == [("duty", "counted", 3.0)]
    crew.and_(service_limits.set(longest_hours=2), at=t("00:30"), now=t("06:00"))
    assert counted(known(crew, "06:00")) == [("duty", "long", 0)]


def test_a_plan_is_no_service_and_stands_apart(crew: Given):
    plan = service.plan(
        service="S1", worker="W1", area=HOME, since=t("10:00").isoformat(), until=t("12:00").isoformat()
    )
    crew.and_(plan, now=t("01:00"))
    found = known(crew, "02:00")
    assert found.rows == {}
    (total,) = sums(found, ALL).values()
    assert (total.planned, total.planned_hours, total.person_times, total.hours) == (1, 2.0, 0, 0)
    (person,) = reporting(found, ALL).values()
    assert (person.ask, person.next_planned) == ("planned", t("10:00"))
    crew.and_(activity("S1", "10:30", "11:30"), now=t("13:00"))
    (total,) = sums(known(crew, "13:00"), ALL).values()
    assert (total.planned, total.person_times, total.hours) == (0, 1, 1.0)
    (row,) = live(crew)["services"].values()
    assert (row.planned_since, row.planned_until, row.since) == (t("10:00"), t("12:00"), t("10:30"))


def test_what_is_withdrawn_never_was(crew: Given):
    crew.and_(activity("S1", "01:00", "02:00"), activity("S2", "02:00", "03:00"), now=t("04:00"))
    crew.and_(service.withdraw(service="S1", reason="error"), now=t("05:00"))
    assert len(known(crew, "04:30").rows) == 1
    crew.and_(service.correct(service="S2", until=t("03:30").isoformat(), reason="error"), now=t("06:00"))
    assert counted(known(crew, "06:00")) == [("activity", "counted", 1.5)]


def test_sums_are_by_area_at_a_depth_and_by_period(crew: Given):
    crew.and_(on("W1", HOME), now=t("01:00")).and_(on("W1", OTHER), now=t("02:00"))
    crew.and_(off("W1"), now=t("04:00"))
    found = known(crew, "05:00")
    by_county = sums(found, msgspec.structs.replace(ALL, level=1)).values()
    assert [(row.area, row.person_times, row.hours) for row in by_county] == [
        ("230717", 1, 1.0),
        ("230719", 1, 2.0),
    ]
    (whole,) = sums(found, msgspec.structs.replace(ALL, level=0)).values()
    assert (whole.area, whole.people, whole.person_times, whole.hours) == (CITY, 1, 2, 3.0)


def test_past_midnight_hours_are_cut_and_the_person_time_counts_where_it_begins(crew: Given):
    crew.and_(on("W1", HOME), now=t("14:00")).and_(off("W1"), now=t("18:00"))  # 22:00 to 02:00 there
    days = sums(known(crew, "19:00"), msgspec.structs.replace(ALL, by="day")).values()
    assert [(row.period, row.person_times, row.hours) for row in days] == [
        ("2022-03-28", 1, 2.0),
        ("2022-03-29", 0, 2.0),
    ]
    later = msgspec.structs.replace(ALL, first=date(2022, 3, 29))
    (rest,) = sums(known(crew, "19:00"), later).values()
    assert (rest.person_times, rest.hours, rest.people) == (0, 2.0, 1)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2022, 3, 27), 23),
        ("Europe/Berlin", date(2022, 10, 30), 25),
        ("Asia/Shanghai", date(2022, 3, 27), 24),
        ("America/New_York", date(2022, 11, 6), 25),
    ],
)
def test_a_day_on_which_clocks_change_has_its_own_length(zone: str, day: date, hours: int):
    begin, end = midnight(day, ZoneInfo(zone)), midnight(day + timedelta(days=1), ZoneInfo(zone))
    assert end - begin == timedelta(hours=hours)


@pytest.mark.parametrize("by", ["day", "week", "month", "quarter", "total"])
@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]
)
def test_periods_cover_a_span_without_gaps_over_clock_changes(zone: Any, by: Any):
    spans = list(cuts(Span(date(2021, 12, 15), date(2023, 1, 20), by), ZoneInfo(zone)))
    assert all(one[4] == other[3] for one, other in pairwise(spans))
    assert (spans[0][1], spans[-1][2]) == (date(2021, 12, 15), date(2023, 1, 20))


def test_quarters_are_named():
    spans = Span(date(2022, 3, 30), date(2022, 7, 2), "quarter").periods()
    assert [(name, last) for name, _, last in spans] == [
        ("2022-Q1", date(2022, 3, 31)),
        ("2022-Q2", date(2022, 6, 30)),
        ("2022-Q3", date(2022, 7, 2)),
    ]


def test_the_law_finds_an_hour_that_counts_twice(crew: Given, monkeypatch: pytest.MonkeyPatch):
    crew.and_(activity("S1", "01:00", "03:00"), activity("S2", "02:00", "04:00"), now=t("05:00"))
    rows = live(crew)
    found = book(rows, t("05:00"))
    twice = {key: msgspec.structs.replace(row, parts=(_whole(row),)) for key, row in found.rows.items()}
    monkeypatch.setattr(law, "book", lambda rows, when: msgspec.structs.replace(found, rows=twice))
    assert any("counts twice" in sentence for sentence in law.broken(CITY, rows))


def _whole(row: Any) -> Any:
    since: datetime = row.since
    return SimpleNamespace(since=since, until=row.until, length=row.until - since)
