"""The alliance: members, joint meetings, commitments with a post, relief, and activities with room."""

from datetime import timedelta
from typing import Any

import pytest

from events.activity import (
    ActivityAnnounced,
    ActivityAttended,
    ActivityCalledOff,
    ActivitySignedOff,
    ActivitySignedUp,
)
from events.alliance import (
    AllyJoined,
    AllyLeft,
    CommitmentDone,
    CommitmentDropped,
    CommitmentMade,
    CommitmentRated,
    MeetingHeld,
    ReliefAdopted,
    ReliefEnded,
    ReliefGranted,
)
from projections import activities, allies, commitments, meetings, reliefs
from projections.fold import fold
from services.decisions.activity.decide import SIGN_UPS
from services.decisions.base import Command
from tests.given import DAY, Aggregate, Given, area, given, t, worker

ally, meeting, commitment = Aggregate("ally"), Aggregate("meeting"), Aggregate("commitment")
relief, activity = Aggregate("relief"), Aggregate("activity")
unit, post, enterprise = Aggregate("unit"), Aggregate("post"), Aggregate("enterprise")
COUNTY = "230717"
OWNER, ON_SITE, CLERK = "dispatcher/office", "dispatcher/street", "dispatcher/clerk"


def staffed(key: str) -> tuple[Command, ...]:
    return (
        post.create(post=key, name=key, unit="U1", area="2307"),
        post.appoint(post=key, holder=f"H-{key}", holder_name=f"sealed:{key}", acts_as=key),
    )


@pytest.fixture
def city() -> Given:
    return given(
        area.define(area=COUNTY, name="1"),
        unit.establish(unit="U1", name="U1", area="2307"),
        *staffed("office"),
        *staffed("street"),
        enterprise.register(enterprise="E1", area=COUNTY, name="Firm 1"),
        enterprise.register(enterprise="E2", area=COUNTY, name="Firm 2"),
        *(worker.register(worker=f"W{n}", role="courier") for n in range(1, 4)),
        actor=CLERK,
    )


def rows(view: Any, after: Given) -> dict[str, Any]:
    found: Any = fold(view.VIEW, after.log.commits)
    return found


# -- members and meetings ----------------------------------------------------------------------------------


def test_members_join_leave_and_come_back(city: Given):
    join = ally.join(ally="A1", name="Chapter 1", kind="trade_chapter")
    city.when(join).then(AllyJoined, kind="trade_chapter", area="2307")
    city.when(join).refused("ally.exists", "A1")
    city.when(join, observed=True, at=DAY).unchanged()
    city.when(ally.leave(ally="A2")).refused("ally.unknown", "A2")
    city.when(ally.leave(ally="A1"), at=DAY - timedelta(days=1)).refused("alliance.not_yet", "A1")
    city.when(ally.leave(ally="A1"), now=t("+1 00:00")).only(AllyLeft)
    city.when(ally.leave(ally="A1")).unchanged()
    city.when(join, now=t("+2 00:00")).only(AllyJoined)
    row = rows(allies, city)["A1"]
    assert row.state == "member"
    for day, state in (("0", "member"), ("+1", "gone"), ("+2", "member")):
        then = allies.at(row, t(f"{day} 00:00"))
        assert then
        assert then.state == state
    assert allies.at(row, DAY - timedelta(seconds=1)) is None


def test_a_meeting_names_the_members_who_were_there(city: Given):
    city.and_(*(ally.join(ally=f"A{n}", name=f"Member {n}", kind="unit") for n in (1, 2)))
    held = meeting.hold(meeting="M1", title="First", allies=("A1", "A2", "A1"))
    city.when(held).then(MeetingHeld, allies=("A1", "A2"))
    city.when(held).refused("meeting.exists", "M1")
    city.when(held, observed=True, at=DAY).unchanged()
    assert rows(meetings, city)["M1"].attendance == 2
    assert meetings.at(rows(meetings, city)["M1"], DAY - timedelta(seconds=1)) is None
    city.when(meeting.hold(meeting="M2", title="X", allies=("A9",))).refused("ally.unknown", "A9")
    city.and_(ally.leave(ally="A2"))
    gone = meeting.hold(meeting="M2", title="X", allies=("A2",))
    city.when(gone).refused("meeting.no_member", "A2")
    city.when(gone, observed=True).anomaly("meeting.no_member")


# -- commitments -------------------------------------------------------------------------------------------


def made(**more: Any) -> Command:
    fields: dict[str, Any] = {
        "commitment": "C1",
        "kind": "to_enterprises",
        "title": "Charging points",
        "owner": "office",
        "delivers": "street",
        "enterprise": "E1",
        "due": t("+5 00:00"),
    }
    return commitment.make(**(fields | more))


def test_a_decision_of_a_meeting_becomes_a_task_with_a_post_and_a_deadline(city: Given):
    city.and_(meeting.hold(meeting="M1", title="First", area=COUNTY))
    decided = made(kind="decision", meeting="M1", enterprise=None)
    city.when(decided).then(CommitmentMade, owner="office", area=COUNTY, due=t("+5 00:00"))
    city.when(decided).refused("commitment.exists", "C1")
    city.when(decided, observed=True, at=DAY).unchanged()
    city.when(made(commitment="C2", meeting="M9")).refused("meeting.unknown", "M9")
    city.when(made(commitment="C2", due=DAY - timedelta(days=1))).refused("commitment.due_before")


def test_whoever_answers_or_delivers_says_that_it_is_done_and_the_enterprise_rates_it(city: Given):
    city.and_(made())
    rated = commitment.rate(commitment="C1", enterprise="E1", score=4)
    city.when(rated).refused("commitment.not_done", "C1")
    city.when(commitment.finish(commitment="C1")).refused("commitment.not_yours", "office")
    done = city.when(commitment.finish(commitment="C1"), actor=ON_SITE, now=t("+6 00:00"))
    done.only(CommitmentDone)
    city.when(commitment.finish(commitment="C1"), actor=OWNER).refused("alliance.ended", "C1")
    city.when(rated, actor=OWNER).refused("commitment.own_rating", "C1")
    other = commitment.rate(commitment="C1", enterprise="E2", score=4)
    city.when(other).refused("commitment.other_enterprise", "E1")
    city.when(rated).then(CommitmentRated, score=4)
    row = rows(commitments, city)["C1"]
    assert (row.state, row.late, row.score) == ("done", True, 4)
    then = commitments.at(row, t("+5 00:00"))
    assert then
    assert (then.state, then.late, then.score) == ("open", False, None)


def test_what_will_not_be_done_has_a_reason(city: Given):
    city.and_(made())
    dropped = commitment.drop(commitment="C1", reason="No site")
    city.when(dropped).refused("commitment.not_yours", "office")
    city.when(dropped, actor=OWNER).then(CommitmentDropped, reason="No site")
    city.when(commitment.drop(commitment="C9", reason="X")).refused("commitment.unknown", "C9")
    assert rows(commitments, city)["C1"].reason == "No site"


def test_what_was_observed_of_commitments_is_kept_and_noted(city: Given):
    city.and_(made())
    early = commitment.rate(commitment="C1", enterprise="E1", score=1)
    city.when(early, observed=True).anomaly("commitment.not_done")
    finish = commitment.finish(commitment="C1")
    city.when(finish, observed=True).anomaly("commitment.not_yours")
    city.when(finish, observed=True, actor=OWNER).anomaly("alliance.ended")
    city.when(early, observed=True, actor=OWNER).anomaly("commitment.own_rating")
    before = {"observed": True, "at": DAY - timedelta(days=1), "actor": CLERK}
    city.when(early, **before).anomaly("alliance.not_yet", "enterprise.later", "commitment.not_done")


# -- relief ------------------------------------------------------------------------------------------------


def test_relief_names_the_enterprises_that_received_it(city: Given):
    adopted = relief.adopt(relief="R1", title="Rent", owner="office")
    city.when(adopted).then(ReliefAdopted, area="2307")
    city.when(adopted).refused("relief.exists", "R1")
    city.when(adopted, observed=True, at=DAY).unchanged()
    city.when(relief.grant(relief="R1", enterprise="E1")).then(ReliefGranted, area=COUNTY)
    city.when(relief.grant(relief="R1", enterprise="E1")).unchanged()
    city.when(relief.grant(relief="R9", enterprise="E1")).refused("relief.unknown", "R9")
    city.when(relief.end(relief="R1"), now=t("+1 00:00")).only(ReliefEnded)
    city.when(relief.grant(relief="R1", enterprise="E2")).refused("alliance.ended", "R1")
    row = rows(reliefs, city)["R1"]
    assert (row.state, row.enterprises, row.received) == ("ended", ("E1",), 1)
    then = reliefs.at(row, DAY)
    assert then
    assert then.state == "in_force"


# -- activities --------------------------------------------------------------------------------------------


def announced(**more: Any) -> Command:
    fields: dict[str, Any] = {"activity": "X1", "title": "Lecture", "begins": t("+1 10:00"), "capacity": 2}
    return activity.announce(**(fields | more))


def up(n: int) -> Command:
    return activity.sign_up(activity="X1", worker=f"W{n}")


def test_sign_up_ends_when_the_places_are_taken(city: Given):
    city.when(announced()).only(ActivityAnnounced)
    city.when(announced()).refused("activity.exists", "X1")
    city.when(announced(), observed=True).unchanged()
    city.when(up(1)).only(ActivitySignedUp)
    city.when(up(1)).unchanged()
    city.and_(up(2))
    city.when(up(3)).refused("activity.full", "2")
    assert rows(activities, city)["X1"].room == 0
    city.when(activity.sign_off(activity="X1", worker="W1")).only(ActivitySignedOff)
    city.when(activity.sign_off(activity="X1", worker="W1")).unchanged()
    city.when(up(3)).only(ActivitySignedUp)
    assert rows(activities, city)["X1"].workers == ("W2", "W3")


def test_attendance_is_of_what_has_begun_signed_up_or_not(city: Given):
    city.and_(announced(), up(1))
    came = activity.attend(activity="X1", worker="W3")
    city.when(came).refused("activity.not_begun", "X1")
    city.when(came, now=t("+1 10:00")).only(ActivityAttended)
    city.when(came).unchanged()
    city.when(up(2)).refused("activity.begun", "X1")
    row = rows(activities, city)["X1"]
    assert (row.signed_up, row.attended, row.came) == (1, 1, ("W3",))
    then = activities.at(row, DAY)
    assert then
    assert (then.signed_up, then.attended) == (1, 0)


def test_what_is_called_off_takes_nobody(city: Given):
    city.and_(announced())
    city.when(activity.call_off(activity="X1", reason="Snow")).then(ActivityCalledOff, reason="Snow")
    city.when(activity.call_off(activity="X1")).unchanged()
    city.when(up(1)).refused("activity.called_off", "X1")
    city.when(activity.call_off(activity="X9")).refused("activity.unknown", "X9")
    assert rows(activities, city)["X1"].state == "called_off"


def test_an_activity_ends_after_it_begins(city: Given):
    city.when(announced(ends=t("+1 09:00"))).refused("activity.ends_first")


def test_nobody_signs_up_and_off_without_end(city: Given):
    city.and_(announced())
    for _ in range(SIGN_UPS):
        city.and_(up(1), activity.sign_off(activity="X1", worker="W1"))
    city.when(up(1)).refused("activity.too_often", str(SIGN_UPS))
    city.when(up(2)).only(ActivitySignedUp)


def test_what_was_observed_of_activities_is_kept_and_noted(city: Given):
    city.and_(announced(capacity=1), up(1))
    city.when(up(2), observed=True).anomaly("activity.full")
    city.when(activity.attend(activity="X1", worker="W1"), observed=True).anomaly("activity.not_begun")
    city.and_(announced(activity="X2"), now=t("+2 00:00"))
    late = activity.sign_up(activity="X2", worker="W1")
    city.when(late, observed=True).anomaly("activity.begun")
    city.and_(activity.call_off(activity="X2"))
    again = activity.attend(activity="X2", worker="W2")
    city.when(again, observed=True).anomaly("activity.called_off")
