"""Stations: registered, kept, reported, used and withdrawn, each at its own time; and their needs."""

from datetime import timedelta
from typing import Any

import pytest

from events.need import NeedChanged, NeedClosed, NeedOpened
from events.station import (
    StationAmended,
    StationEntrusted,
    StationMoved,
    StationPublished,
    StationRegistered,
    StationReported,
    StationRestored,
    StationUnpublished,
    StationUsed,
    StationWithdrawn,
)
from events.station_facts import KEPT
from projections import needs, station_days, station_uses, stations
from projections.fold import fold
from projections.stations import StationRow
from services.decisions.base import Command, Scope
from tests.given import Aggregate, Given, area, given, t, worker

station, need = Aggregate("station"), Aggregate("need")
COUNTY, OTHER = "230717", "230718"
KEEPER, COURIER = Scope(worker="W1"), Scope(worker="W2")


def register(key: str = "S1", **fields: Any) -> Command:
    place = {"lat": 47.7, "lon": 128.8}
    return station.register(**{"station": key, "area": COUNTY, "name": f"Station {key}", **place, **fields})


@pytest.fixture
def city() -> Given:
    """Two counties, two workers, and a station with 10 seats in the first, kept by W1."""
    return given(
        area.define(area=COUNTY, name="1"),
        area.define(area=OTHER, name="2"),
        worker.register(worker="W1", role="volunteer"),
        worker.register(worker="W2", role="courier"),
        register(seats=10, services=("rest", "charging")),
        station.entrust(station="S1", worker="W1"),
    )


def rows(after: Given, view: Any = stations) -> dict[str, Any]:
    return dict(fold(view.VIEW, after.log.commits))


def at(after: Given, clock: str) -> StationRow | None:
    return stations.at(rows(after)["S1"], t(clock))


# -- what it is --------------------------------------------------------------------------------------------


def test_it_is_registered_once(city: Given):
    city.when(register("S2", beds=5)).then(StationRegistered, beds=5)
    city.when(register(name="Other")).refused("station.exists", "S1")


def test_registering_again_what_is_known_changes_nothing(city: Given):
    city.when(register(seats=10, services=("rest", "charging")), observed=True).unchanged()


def test_a_place_has_latitude_and_longitude_or_neither(city: Given):
    city.when(register("S2", lon=None)).refused("place.half")
    city.when(station.amend(station="S1", lat=None)).refused("place.half")
    city.when(station.amend(station="S1", lat=None, lon=None)).then(StationAmended, lat=None, lon=None)


def test_hours_are_kept_as_given_even_if_nobody_can_read_them(city: Given):
    city.when(station.amend(station="S1", hours="全天")).then(StationAmended, hours="全天")


def test_what_is_told_late_changes_the_past_alone(city: Given):
    after = city.and_(station.amend(station="S1", seats=20), now=t("12:00"), at=t("12:00"))
    after.and_(station.amend(station="S1", seats=15), now=t("13:00"), at=t("10:00"))
    assert [at(after, clock).seats for clock in ("09:00", "10:30", "12:30")] == [10, 15, 20]  # pyright: ignore


def test_needs_move_with_their_station(city: Given):
    after = city.and_(need.open(need="N1", station="S1", item="Water"))
    after.when(station.move(station="S1", area=OTHER)).then(StationMoved, needs=("N1",))
    assert rows(after, needs)["N1"].area == OTHER


def test_it_has_one_keeper(city: Given):
    both = station.entrust(station="S1", worker="W2", holder="H1")
    city.when(both).refused("station.two_keepers", "S1")
    city.when(station.entrust(station="S1", worker="W9")).refused("worker.unknown", "W9")
    city.when(station.entrust(station="S1", holder="H9")).refused("holder.unknown", "H9")
    city.when(station.entrust(station="S1")).then(StationEntrusted, worker=None, holder=None)


def test_it_is_on_the_public_map_since_it_was_put_there(city: Given):
    nowhere = city.and_(register("S2", lat=None, lon=None))
    nowhere.when(station.publish(station="S2")).refused("station.no_place", "S2")
    after = city.and_(station.publish(station="S1"), now=t("09:00"), at=t("09:00"))
    after.when(station.publish(station="S1")).unchanged()
    after.and_(station.withdraw(station="S1"), now=t("10:00"), at=t("10:00"))
    seen = [
        (row.on_map, row.state) for row in (at(after, "08:30"), at(after, "09:30"), at(after, "11:00")) if row
    ]
    assert seen == [(False, "active"), (True, "active"), (False, "withdrawn")]


def test_a_withdrawn_station_takes_nothing_until_it_is_restored(city: Given):
    city.when(station.withdraw(station="S1", reason="Sold")).then(StationWithdrawn, reason="Sold")
    after = city.and_(station.withdraw(station="S1"))
    after.when(station.use(station="S1")).refused("station.withdrawn", "S1")
    after.when(station.use(station="S1"), observed=True).then(StationUsed).anomaly("station.withdrawn")
    after.when(station.restore(station="S1")).then(StationRestored)


# -- how it is there ---------------------------------------------------------------------------------------


def test_a_keepers_word_expires_and_then_nobody_knows(city: Given):
    after = city.and_(station.report(station="S1", status="open", present=4), now=t("09:00"), at=t("09:00"))
    row = at(after, "12:59")
    assert row
    assert (row.status, row.present, row.free_seats, row.room) == ("open", 4, 6, True)
    row = at(after, "13:00")
    assert row
    assert (row.status, row.present, row.free_seats, row.room) == (None, None, None, None)
    assert row.status_at == t("09:00")


def test_each_thing_said_counts_by_itself(city: Given):
    after = city.and_(station.report(station="S1", status="closed"), now=t("09:00"), at=t("09:00"))
    after.and_(station.report(station="S1", free_charging_points=2), now=t("10:00"), at=t("10:00"))
    row = at(after, "10:30")
    assert row
    assert (row.status, row.free_charging_points, row.room) == ("closed", 2, True)


def test_who_is_full_has_no_room_whatever_was_counted(city: Given):
    after = city.and_(
        station.report(station="S1", status="full", free_seats=1), now=t("09:00"), at=t("09:00")
    )
    assert at(after, "09:30").room is False  # pyright: ignore[reportOptionalMemberAccess]


def test_more_people_than_places_leave_none_and_are_flagged(city: Given):
    after = city.and_(station.report(station="S1", present=12), now=t("09:00"), at=t("09:00"))
    row = at(after, "09:30")
    assert row
    assert (row.over, row.free_seats) == (True, 0)


def test_a_report_has_an_end_within_31_days_and_says_something(city: Given):
    city.when(station.report(station="S1")).refused("station.nothing_said", "S1")
    now = city.log.now
    for until in (now, now + timedelta(days=32)):
        city.when(station.report(station="S1", status="open", until=until)).refused("station.until", "S1")
    month = now + timedelta(days=30)
    city.when(station.report(station="S1", status="open", until=month)).then(StationReported, until=month)


def test_only_the_keeper_reports_with_a_workers_token(city: Given):
    said = station.report(station="S1", status="open", source="sensor")
    city.when(said, scope=KEEPER).then(StationReported, source="keeper")
    city.when(said, scope=COURIER).refused("forbidden")
    city.when(need.open(station="S1", item="Water"), scope=COURIER).refused("forbidden")
    city.when(need.open(station="S1", item="Water"), scope=KEEPER).then(NeedOpened)


def test_the_newest_reports_stay_with_the_station_in_whatever_order_they_come(city: Given):
    after = city
    for minute in [*range(1, KEPT + 20, 2), *range(2, KEPT + 20, 2)]:
        when = t("00:00") + timedelta(minutes=minute)
        after = after.and_(station.report(station="S1", present=minute), at=when, now=t("+1 00:00"))
    kept = [one.present for one in rows(after)["S1"].reports]
    assert kept == list(range(20, KEPT + 20))
    assert sum(len(day.reports) for day in rows(after, station_days).values()) == KEPT + 19


# -- uses --------------------------------------------------------------------------------------------------


def test_a_use_is_one_row_without_who_it_was(city: Given):
    scan = station.scan(station="S1", worker="W2", service="charging")
    city.when(scan, scope=KEEPER).refused("forbidden")
    city.when(scan, scope=COURIER, id="u-1").then(StationUsed, use="u-1", via="qr", day="2022-03-28", hour=8)
    found = rows(city, station_uses)["u-1"]
    assert "W2" not in str(found)
    assert (found.station, found.service) == ("S1", "charging")


def test_what_a_station_does_not_offer_is_noted(city: Given):
    use = station.use(station="S1", service="meals")
    city.when(use).refused("station.not_offered", "S1", "meals")
    city.when(use, observed=True).then(StationUsed).anomaly("station.not_offered")


def test_a_day_sums_its_uses_by_local_hour_and_kind(city: Given):
    after = city
    for number, (clock, service) in enumerate((("01:00", "rest"), ("01:30", "rest"), ("15:59", "charging"))):
        when = t(clock)
        use = station.use(station="S1", service=service)
        after = after.and_(use, at=when, now=t("+1 00:00"), id=f"u-{number}")
    day = rows(after, station_days)["S1@2022-03-28"]
    assert (day.uses, day.by_hour, day.by_service) == (3, {"9": 2, "23": 1}, {"charging": 1, "rest": 2})
    then = station_days.at(day, t("01:15"))
    assert then
    assert (then.uses, then.by_hour) == (1, {"9": 1})


# -- needs -------------------------------------------------------------------------------------------------


def test_a_need_is_opened_changed_closed_and_opened_again(city: Given):
    opened = need.open(need="N1", station="S1", item="Water", priority=2, quantity=50)
    city.when(opened).then(NeedOpened, side="short", priority=2, quantity=50)
    city.when(opened).refused("need.exists", "N1")
    city.when(need.change(need="N1", quantity=20)).then(NeedChanged, priority=2, quantity=20)
    city.when(need.close(need="N1", station="S9")).refused("need.other", "S1")
    city.when(need.close(need="N1", item="Bread")).refused("need.other", "S1")
    city.when(need.close(need="N1")).then(NeedClosed)
    city.when(need.change(need="N1", priority=1)).refused("need.closed", "N1")
    city.when(need.close(need="N1")).unchanged()
    city.when(need.close(need="N1"), observed=True).then(NeedClosed).anomaly("need.closed")
    city.when(opened).then(NeedOpened)
    row = rows(city, needs)["N1"]
    assert (row.state, row.opened, row.changed, row.closed) == ("open", 2, 1, 2)


def test_the_end_of_a_need_that_nobody_reported_is_recorded(city: Given) -> None:
    """A list may begin after a need was opened. It counts as closed once, and can be opened again."""
    told = need.close(need="N1", station="S1", item="Water")
    city.when(told).refused("need.unknown", "N1")
    city.when(need.close(need="N1", station="S1"), observed=True).refused("need.unknown", "N1")
    after = city.when(told, observed=True).then(NeedClosed, item="Water").and_given
    row = rows(after, needs)["N1"]
    assert (row.item, row.state, row.opened, row.closed) == ("Water", "closed", 0, 1)
    again = after.and_(need.open(need="N1", station="S1", item="Water"))
    row = rows(again, needs)["N1"]
    assert (row.state, row.opened, row.closed) == ("open", 1, 1)


def test_an_id_is_one_thing_of_one_station(city: Given):
    after = city.and_(need.open(need="N1", station="S1", item="Water"), need.close(need="N1"))
    after.when(need.open(need="N1", station="S1", item="Rice")).refused("need.exists", "N1")
    after.when(need.change(need="N9", priority=1)).refused("need.unknown", "N9")


def test_a_need_reads_as_it_was(city: Given):
    after = city.and_(
        need.open(need="N1", station="S1", item="Water", quantity=9), now=t("09:00"), at=t("09:00")
    )
    after.and_(need.close(need="N1"), now=t("10:00"), at=t("10:00"))
    row = rows(after, needs)["N1"]
    then = [needs.at(row, t(clock)) for clock in ("08:59", "09:30", "10:00")]
    assert [one and one.state for one in then] == [None, "open", "closed"]


def test_publishing_is_an_event_of_its_own(city: Given):
    city.when(station.publish(station="S1")).then(StationPublished, area=COUNTY)


# -- earlier than it was known -----------------------------------------------------------------------------


def test_what_is_told_of_a_time_before_it_was_known_is_refused_or_noted(city: Given):
    early = t("-1 00:00")
    city.when(station.use(station="S1"), at=early).refused("station.later", "S1")
    city.when(station.use(station="S1"), at=early, observed=True).then(StationUsed).anomaly("station.later")
    city.when(station.use(station="S9")).refused("station.unknown", "S9")
    after = city.and_(need.open(need="N1", station="S1", item="Water"))
    after.when(need.close(need="N1"), at=early).refused("need.later", "N1")
    after.when(need.change(need="N1", priority=1), at=early, observed=True).then(NeedChanged).anomaly(
        "need.later", "station.later"
    )


def test_what_was_observed_against_a_rule_is_recorded_and_noted(city: Given):
    after = city.and_(need.open(need="N1", station="S1", item="Water"), register("S2", lat=None, lon=None))
    after.when(station.publish(station="S2"), observed=True).anomaly("station.no_place")
    after.when(need.open(need="N1", station="S1", item="Water", quantity=5), observed=True).anomaly(
        "need.exists"
    )
    after.and_(need.close(need="N1"))
    after.when(need.change(need="N1", priority=1), observed=True).anomaly("need.closed")


def test_it_is_taken_off_the_map(city: Given):
    after = city.and_(station.publish(station="S1"))
    after.when(station.unpublish(station="S1")).then(StationUnpublished)
    after.when(station.unpublish(station="S1")).unchanged()
