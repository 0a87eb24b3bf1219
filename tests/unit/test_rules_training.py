"""Training: courses, sessions with places and a waiting list, the code at the door, presence and hours."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from events.course import CourseOffered, CourseWithdrawn, TrainingTargetSet
from events.door_code import STEP, after, leads_to, shown
from events.session import (
    SessionAttended,
    SessionCalledOff,
    SessionDoorOpened,
    SessionPlanned,
    SessionPresenceCorrected,
    SessionPromoted,
    SessionResized,
    SessionSignedOff,
    SessionSignedUp,
)
from projections import courses, sessions, training, training_targets
from projections.fold import fold
from services.decisions.base import Command, Scope
from services.decisions.session.rules import DOORS, SIGN_UPS
from tests.given import DAY, Aggregate, Given, area, given, t, worker

course, session, training_target = Aggregate("course"), Aggregate("session"), Aggregate("training_target")
unit, post = Aggregate("unit"), Aggregate("post")
COUNTY = "230717"
BEGINS, ENDS = t("+1 01:00"), t("+1 09:00")
"""From 9 to 17 o'clock, local time."""
AM, PM = "2022-03-29.am", "2022-03-29.pm"
CODES = 120


def chain(seed: str) -> list[str]:
    """Return the codes of a door, the first one first, and its anchor before them."""
    found = [seed]
    for _ in range(CODES):
        found.append(after(found[-1]))
    return found[::-1]


ANCHOR, *SHOWN = chain("5" * 64)


@pytest.fixture
def city() -> Given:
    return given(
        area.define(area=COUNTY, name="1"),
        unit.establish(unit="U1", name="U1", area="2307"),
        post.create(post="P1", name="P1", unit="U1", area="2307"),
        post.appoint(post="P1", holder="H1", holder_name="sealed:H1"),
        *(worker.register(worker=f"W{n}", role="courier") for n in range(1, 5)),
        course.offer(course="C1", title="First aid", mode="base"),
    )


def planned(**more: Any) -> Command:
    fields: dict[str, Any] = {"session": "S1", "course": "C1", "begins": BEGINS, "ends": ENDS}
    return session.plan(**(fields | more))


def up(n: int) -> Command:
    return session.sign_up(session="S1", worker=f"W{n}")


def off(n: int) -> Command:
    return session.sign_off(session="S1", worker=f"W{n}")


def door(**more: Any) -> Command:
    fields: dict[str, Any] = {"session": "S1", "half": AM, "anchor": ANCHOR, "begins": BEGINS, "codes": CODES}
    return session.open_door(**(fields | more))


def scan(number: int, who: str = "W1", **more: Any) -> Command:
    fields: dict[str, Any] = {"session": "S1", "worker": who, "anchor": ANCHOR[:8], "number": number}
    return session.scan(**(fields | {"code": SHOWN[number]} | more))


def there(who: str = "W1", **more: Any) -> Command:
    return session.attend(session="S1", worker=who, **more)


def row(view: Any, after: Given, key: str = "S1") -> Any:
    return fold(view.VIEW, after.log.commits)[key]


# -- courses and the target --------------------------------------------------------------------------------


def test_a_course_is_offered_online_at_the_base_or_at_the_school_until_it_is_withdrawn(city: Given):
    offered = course.offer(course="C2", title="Policy", mode="school", owner="P1", area=COUNTY)
    city.when(offered).then(CourseOffered, mode="school", owner="P1", area=COUNTY)
    city.when(offered).refused("course.exists", "C2")
    city.when(offered, observed=True).unchanged()
    early = city.when(course.withdraw(course="C2"), at=DAY - timedelta(days=1))
    early.refused("course.not_yet", "C2")
    city.when(course.withdraw(course="C9")).refused("course.unknown", "C9")
    city.when(course.withdraw(course="C2", reason="Old"), now=t("+1 00:00")).only(CourseWithdrawn)
    city.when(course.withdraw(course="C2")).unchanged()
    city.when(planned(course="C2")).refused("course.withdrawn", "C2")
    city.when(planned(course="C2"), observed=True).anomaly("course.withdrawn")
    found = row(courses, city, "C2")
    states = [one.state for when in (DAY, t("+1 00:00")) if (one := courses.at(found, when))]
    assert states == ["offered", "withdrawn"]
    assert courses.at(found, DAY - timedelta(seconds=1)) is None


def test_a_course_observed_as_withdrawn_before_it_was_offered_is_noted(city: Given):
    gone = course.withdraw(course="C1")
    city.when(gone, at=DAY - timedelta(days=1), observed=True).anomaly("course.not_yet")


def test_the_target_of_hours_is_that_of_its_time(city: Given):
    city.when(training_target.set(hours=40), at=t("-9 00:00")).then(TrainingTargetSet, hours=40)
    city.when(training_target.set(hours=40)).unchanged()
    city.when(training_target.set(hours=56)).then(TrainingTargetSet, hours=56)
    found = row(training_targets, city, "2307")
    assert found.hours == 56
    then = training_targets.at(found, DAY - timedelta(seconds=1))
    assert then
    assert then.hours == 40
    assert training_targets.at(found, t("-10 00:00")) is None


# -- places and the waiting list ---------------------------------------------------------------------------


def test_a_session_has_half_days_of_the_local_day(city: Given):
    city.when(planned()).then(SessionPlanned, halves=(AM, PM), mode="base", title="First aid", hours=4)
    city.when(planned()).refused("session.exists", "S1")
    city.when(planned(), observed=True).unchanged()
    city.when(planned(session="S2", ends=BEGINS)).refused("session.times")
    city.when(planned(session="S2", ends=BEGINS + timedelta(days=32))).refused("session.times")
    city.when(planned(session="S2", course="C9")).refused("course.unknown", "C9")
    until_noon = planned(session="S2", ends=t("+1 04:00"))
    city.when(until_noon).then(SessionPlanned, halves=(AM,))
    afternoons = planned(session="S3", begins=t("+1 04:00"), ends=t("+2 04:01"))
    halves = (PM, "2022-03-30.am", "2022-03-30.pm")
    city.when(afternoons).then(SessionPlanned, halves=halves)


def test_who_waits_longest_gets_the_place_that_becomes_free(city: Given):
    city.and_(planned(places=1))
    city.when(up(1)).then(SessionSignedUp, worker="W1", waits=False)
    city.when(up(2)).then(SessionSignedUp, worker="W2", waits=True)
    city.when(session.sign_up(session="S1", holder="H1")).then(SessionSignedUp, holder="H1", waits=True)
    city.when(up(3)).then(SessionSignedUp, waits=True)
    city.when(up(2)).unchanged()
    found = row(sessions, city)
    assert (found.taken, found.room, found.signed) == (1, 0, ("worker/W1",))
    assert found.waiting == ("worker/W2", "holder/H1", "worker/W3")
    city.when(off(2)).only(SessionSignedOff)
    city.when(off(2)).unchanged()
    city.when(off(1)).only(SessionSignedOff, SessionPromoted).then(SessionPromoted, holder="H1")
    assert row(sessions, city).waiting == ("worker/W3",)


def test_more_places_let_more_people_in_and_fewer_than_are_taken_cannot_be(city: Given):
    city.and_(planned(places=1), *(up(n) for n in (1, 2, 3)))
    resize = session.resize(session="S1", places=2)
    city.when(resize).only(SessionResized, SessionPromoted).then(SessionPromoted, worker="W2")
    city.when(resize).unchanged()
    city.when(session.resize(session="S1", places=1)).refused("session.places_taken", "2")
    city.when(session.resize(session="S1")).then(SessionPromoted, worker="W3")
    found = row(sessions, city)
    assert (found.room, found.taken, found.waits) == (None, 3, 0)


def test_the_lists_of_an_instant_are_those_of_that_time(city: Given):
    city.and_(planned(places=1), up(1))
    city.and_(up(2), now=t("0 01:00"))
    city.and_(off(1), now=t("0 02:00"))
    found = row(sessions, city)
    seen = [(one.signed, one.waiting) for when in range(3) if (one := sessions.at(found, t(f"{when}:00")))]
    assert seen == [
        (("worker/W1",), ()),
        (("worker/W1",), ("worker/W2",)),
        (("worker/W2",), ()),
    ]
    assert sessions.at(found, DAY - timedelta(seconds=1)) is None


def test_a_place_given_up_in_the_past_goes_to_nobody_who_had_not_signed_up_then(city: Given):
    city.and_(planned(places=1), up(1))
    city.and_(up(2), now=t("0 02:00"))
    city.and_(off(1), at=t("0 01:00"), observed=True)
    found = row(sessions, city)
    assert found.signed == ("worker/W2",)
    before = sessions.at(found, t("0 01:30"))
    assert before
    assert (before.signed, before.waiting) == ((), ())


def test_places_change_hands_only_before_the_session_begins(city: Given):
    city.and_(planned(places=1), up(1))
    city.and_(worker.retire(worker="W4"))
    city.when(up(4)).refused("worker.retired", "W4")
    city.when(session.sign_up(session="S1")).refused("session.one_person")
    both = session.sign_up(session="S1", worker="W1", holder="H1")
    city.when(both).refused("session.one_person")
    city.when(session.sign_up(session="S1", holder="H9")).refused("holder.unknown", "H9")
    city.when(session.sign_up(session="S9", worker="W1")).refused("session.unknown", "S9")
    city.when(up(2), now=BEGINS).refused("session.begun", "S1")
    city.when(off(1)).refused("session.begun", "S1")
    city.when(up(2), observed=True).anomaly("session.begun")


def test_a_session_that_was_called_off_takes_nobody(city: Given):
    city.and_(planned())
    city.when(session.call_off(session="S1", reason="Snow")).then(SessionCalledOff, reason="Snow")
    city.when(session.call_off(session="S1")).unchanged()
    city.when(up(1)).refused("session.called_off", "S1")
    city.when(up(1), observed=True).anomaly("session.called_off")
    assert row(sessions, city).state == "called_off"


def test_a_session_where_people_were_seen_is_not_called_off(city: Given):
    city.and_(planned())
    city.and_(there(), now=BEGINS)
    city.when(session.call_off(session="S1")).refused("session.was_held", "1")
    city.when(session.call_off(session="S1"), observed=True).anomaly("session.was_held")


def test_a_session_has_at_most_500_people(city: Given, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.decisions.session.rules.PEOPLE", 2)
    monkeypatch.setattr("services.decisions.session.decide.PEOPLE", 2)
    city.and_(planned(places=1), up(1), up(2))
    city.when(up(3)).refused("session.list_full", "2")
    city.and_(there("W1"), there("W2"), now=BEGINS)
    city.when(there("W3")).refused("session.list_full", "2")


def test_nobody_signs_up_and_off_without_end(city: Given):
    city.and_(planned(places=2))
    for _ in range(SIGN_UPS):
        city.and_(up(1), off(1))
    city.when(up(1)).refused("session.too_often", str(SIGN_UPS))
    city.when(up(2)).only(SessionSignedUp)


# -- the code at the door ----------------------------------------------------------------------------------


def test_only_who_has_the_seed_can_make_the_next_code():
    assert leads_to(SHOWN[0], 0, ANCHOR)
    assert leads_to(SHOWN[7], 7, ANCHOR)
    assert not leads_to(SHOWN[7], 6, ANCHOR)
    assert not leads_to(after(SHOWN[7]), 7, ANCHOR)
    assert not leads_to(SHOWN[8][::-1], 8, ANCHOR)


def test_a_door_opens_on_the_day_of_its_half_day(city: Given):
    city.and_(planned())
    city.when(door()).then(SessionDoorOpened, half=AM, anchor=ANCHOR, codes=CODES)
    city.when(door()).unchanged()
    city.when(door(half="2022-03-30.am", anchor=after(ANCHOR))).refused("session.other_half", AM)
    for begins in (BEGINS - timedelta(hours=4), ENDS):
        city.when(door(begins=begins, anchor=after(ANCHOR))).refused("session.door_time", AM)


def test_a_session_has_a_limited_number_of_doors(city: Given):
    city.and_(planned(), *(door(anchor=after(str(n))) for n in range(DOORS)))
    city.when(door()).refused("session.doors", str(DOORS))


def test_a_code_counts_while_it_is_shown(city: Given):
    city.and_(planned(), door())
    when = BEGINS + 4 * STEP + timedelta(seconds=10)
    seen = city.when(scan(4), now=when)
    seen.then(SessionAttended, worker="W1", half=AM, via="qr", role="participant", hours=4, number=4)
    city.when(scan(4)).unchanged()
    city.when(scan(5), now=when + STEP).unchanged()
    assert row(training, city, "S1~worker~W1").hours == 4


def test_a_picture_that_was_passed_on_does_not_count(city: Given):
    city.and_(planned(), door())
    _, until = shown(BEGINS, 4)
    city.when(scan(4), now=until).refused("session.old_code", "S1")
    city.when(scan(4), observed=True).refused("session.old_code")
    city.when(scan(4), at=until - timedelta(seconds=1)).then(SessionAttended, worker="W1")


def test_an_early_scan_may_be_sent_again(city: Given):
    city.and_(planned(), door())
    since, _ = shown(BEGINS, 0)
    early = {"id": "the-same-scan"}
    city.when(scan(0), now=since - timedelta(seconds=1), **early).refused("session.early_code", "S1")
    city.when(scan(0), now=since, **early).then(SessionAttended, worker="W1")


def test_a_scan_without_network_counts_at_its_own_time(city: Given):
    city.and_(planned(), door())
    when = BEGINS + timedelta(seconds=5)
    sent = city.when(scan(0), at=when, now=t("+3 00:00"))
    assert [one.at for one in sent.events] == [when]


def test_a_code_counts_only_at_its_own_door_and_for_oneself(city: Given):
    city.and_(planned(), planned(session="S2"), door())
    other = scan(0).model_copy(update={"session": "S2"})
    city.when(other, now=BEGINS).refused("session.no_door", "S2")
    city.when(scan(0, code=SHOWN[1])).refused("session.wrong_code", "S1")
    beyond = scan(0).model_copy(update={"number": CODES})
    city.when(beyond).refused("session.wrong_code")
    stranger = Scope(worker="W2")
    city.when(scan(0), scope=stranger).refused("forbidden")
    city.when(scan(0, "W2"), scope=stranger).then(SessionAttended, worker="W2")


# -- presence ----------------------------------------------------------------------------------------------


def test_a_printed_list_is_equal_to_the_code(city: Given):
    city.and_(planned(), door())
    city.and_(scan(0), now=BEGINS)
    city.when(there("W2", half=AM)).then(SessionAttended, via="paper", hours=4)
    city.when(there("W1", half=AM)).unchanged()
    city.when(session.attend(session="S1", holder="H1")).then(SessionAttended, holder="H1", half=AM)
    found = row(sessions, city)
    assert found.person_times == 3
    assert {(one.who, one.via) for one in found.presence} == {
        ("worker/W1", "qr"),
        ("worker/W2", "paper"),
        ("holder/H1", "paper"),
    }


def test_each_half_day_counts_once_and_a_session_is_one_person_time(city: Given):
    city.and_(planned())
    city.when(there(half=PM), now=BEGINS).refused("session.not_begun", PM)
    city.when(there(half=PM), observed=True).anomaly("session.not_begun")
    city.when(there("W2", half="2022-04-01.am")).refused("session.other_half", "2022-04-01.am")
    city.and_(there(half=AM))
    found = row(training, city, "S1~worker~W1")
    assert (found.person_times, found.hours, [one.half for one in found.halves]) == (1, 8, [AM, PM])


def test_only_participants_are_trained(city: Given):
    city.and_(planned())
    city.and_(there("W1", role="lecturer"), now=BEGINS)
    city.when(there("W1")).refused("session.other_role", "lecturer")
    city.and_(there("W1"), now=t("+1 05:00"))
    found = row(training, city, "S1~worker~W1")
    assert (found.role, found.person_times, found.hours) == ("participant", 1, 4)
    city.and_(there("W2", role="organiser"))
    assert row(training, city, "S1~worker~W2").person_times == 0
    assert row(sessions, city).person_times == 1


def test_what_comes_late_needs_a_reason(city: Given):
    city.and_(planned())
    late: dict[str, datetime] = {"at": BEGINS, "now": ENDS + timedelta(days=3, seconds=1)}
    city.when(there(), **late).refused("session.late", "S1")
    city.when(there(reason="From the printed list"), **late).then(SessionAttended, half=AM)
    city.when(there("W2"), observed=True, at=BEGINS).anomaly("session.late")


def test_a_correction_carries_a_reason_and_counts_from_the_half_day_on(city: Given):
    city.and_(planned())
    city.and_(there(), there("W2"), now=BEGINS)
    fix: Any = {"session": "S1", "worker": "W1", "half": AM, "reason": "Signed for another"}
    city.when(session.correct_presence(**fix | {"worker": "W3", "role": "lecturer"})).refused(
        "session.not_seen", AM
    )
    city.when(session.correct_presence(**fix | {"worker": "W3"})).unchanged()
    city.when(session.correct_presence(**fix | {"role": "participant"})).unchanged()
    gone = city.when(session.correct_presence(**fix), now=t("+5 00:00"))
    gone.then(SessionPresenceCorrected, role=None, reason="Signed for another")
    found = row(training, city, "S1~worker~W1")
    assert (found.person_times, found.hours, found.halves) == (0, 0, ())
    then = sessions.at(row(sessions, city), t("+2 00:00"))
    assert then
    assert then.person_times == 1
    taught = fix | {"worker": "W2", "role": "lecturer"}
    city.when(session.correct_presence(**taught)).then(SessionPresenceCorrected, role="lecturer")
    assert training.at(row(training, city, "S1~worker~W2"), BEGINS).role == "lecturer"  # pyright: ignore
