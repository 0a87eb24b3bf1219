"""Undertakings: deadlines by working days, whose word counts, late facts, and reminders."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given as all_of
from hypothesis import settings
from hypothesis import strategies as st

from events.undertaking import (
    UndertakingDaysConfirmed,
    UndertakingDone,
    UndertakingErased,
    UndertakingEscalated,
    UndertakingEvidenced,
    UndertakingHandedOver,
    UndertakingReminded,
    UndertakingReopened,
    UndertakingRescheduled,
    UndertakingReworded,
    UndertakingSetUp,
    UndertakingStepDone,
    UndertakingStepDropped,
    UndertakingStepPlanned,
    UndertakingWaitsSet,
    UndertakingWithdrawn,
)
from events.undertaking_counts import UndertakingCounts, counts
from projections import undertakings
from projections.fold import fold
from projections.undertakings import UndertakingRow, at
from services.decisions.base import Command
from services.decisions.undertaking.table import UNDERTAKINGS_DUE, UNDERTAKINGS_UNCONFIRMED
from tests.given import DAY, Aggregate, Given, area, given, t

undertaking, undertaking_waits = Aggregate("undertaking"), Aggregate("undertaking_waits")
unit, post = Aggregate("unit"), Aggregate("post")
COUNTY = "230717"
LEADER, CHIEF, CLERK, TICKER = "dispatcher/office", "dispatcher/chief", "dispatcher/clerk", "service/ticker"


def day(text: str, hour: int = 12) -> datetime:
    """Return an hour of a day in China."""
    return datetime.fromisoformat(f"{text}T{hour:02}:00:00+08:00").astimezone(UTC)


def staffed(key: str, above: str | None = None) -> tuple[Command, ...]:
    return (
        post.create(post=key, name=key, unit="U1", area="2307", parent=above, first=above is None),
        post.appoint(post=key, holder=f"H-{key}", holder_name=f"sealed:{key}", acts_as=key),
    )


@pytest.fixture
def city() -> Given:
    return given(
        area.define(area=COUNTY, name="1"),
        unit.establish(unit="U1", name="U1", area="2307"),
        unit.establish(unit="U2", name="U2", area=COUNTY),
        *staffed("chief"),
        *staffed("office", "chief"),
        actor=CLERK,
    )


def set_up(key: str = "T1", **fields: Any) -> Command:
    return undertaking.set_up(**{"undertaking": key, "title": "Title", "leader": "office", **fields})


@pytest.fixture
def raised(city: Given) -> Given:
    return city.and_(set_up(due=day("2022-04-08"), steps=[{"step": "Plan", "due": day("2022-04-02")}]))


def row(after: Given, key: str = "T1") -> UndertakingRow:
    found: Any = fold(undertakings.VIEW, after.log.commits)[key]
    return found


# -- the ledger --------------------------------------------------------------------------------------------


def test_it_has_a_leader_a_unit_a_goal_measures_steps_and_a_deadline(city: Given):
    city.when(
        set_up(
            category="campaign",
            unit="U2",
            goal="Goal",
            measures=["One", "Two"],
            due=day("2022-04-08"),
            steps=[{"step": "Plan", "due": day("2022-04-02")}],
        )
    ).only(UndertakingSetUp, UndertakingStepPlanned)
    found = row(city)
    assert (found.leader, found.unit, found.goal, found.measures) == ("office", "U2", "Goal", ("One", "Two"))
    assert [one.step for one in found.steps] == ["Plan"]
    assert found.next_due == day("2022-04-03", 0)
    city.when(set_up()).refused("undertaking.exists", "T1")
    city.when(set_up("T2", leader="nobody")).refused("post.unknown", "nobody")
    city.when(set_up("T2", unit="U9")).refused("unit.unknown", "U9")
    city.when(set_up("T2", parent="T9")).refused("undertaking.unknown", "T9")
    city.when(set_up("T2", area="9999")).refused("area.unknown", "9999")


def test_the_same_sheet_again_changes_nothing(city: Given):
    first = set_up(due=day("2022-04-08"))
    city.when(first, observed=True, at=DAY).only(UndertakingSetUp)
    city.when(first, observed=True, at=DAY).unchanged()


@pytest.mark.parametrize(
    ("due", "ends"),
    [
        ("2022-04-01", "2022-04-02"),
        ("2022-04-02", "2022-04-03"),
        ("2022-04-03", "2022-04-07"),
        ("2022-04-09", "2022-04-12"),
    ],
)
def test_a_deadline_on_a_day_off_is_over_after_the_next_working_day(city: Given, due: str, ends: str):
    city.and_(set_up(due=day(due)))
    found = row(city).due
    assert found is not None
    assert (found.day, found.ends, found.confirmed) == (due, day(ends, 0), True)
    assert found.calendar.startswith("chinesecalendar ")


def test_working_days_are_counted_past_holidays_and_make_up_days(city: Given):
    city.when(set_up(due_in=3), now=day("2022-04-01")).only(UndertakingSetUp)
    found = row(city).due
    assert found is not None
    assert found.day == "2022-04-07", "2, 6 and 7 April"
    city.when(set_up("T2", due=day("2022-04-08"), due_in=3)).refused("undertaking.two_deadlines")
    city.when(set_up("T2", due=day("2022-03-01"))).refused("undertaking.due_before")


def test_midnight_ends_the_day_before(city: Given):
    city.and_(set_up(due=day("2022-04-08", 0)))
    found = row(city).due
    assert found is not None
    assert found.day == "2022-04-07"


def test_a_year_that_is_not_published_is_unconfirmed_and_never_guessed(city: Given):
    city.and_(set_up(due=day("2150-05-01")))
    found = row(city)
    assert found.due is not None
    assert (found.confirmed, found.due.ends) == (False, day("2150-05-02", 0))
    assert city.state[UNDERTAKINGS_UNCONFIRMED] == {"T1": 2150}
    assert "T1" not in city.state[UNDERTAKINGS_DUE], "nobody can tell when to remind"
    city.when(undertaking.confirm_days(undertaking="T1"), actor=TICKER).unchanged()
    later = day("2149-12-20")
    city.when(set_up("T2", due_in=30), now=later).refused("undertaking.year_unpublished", "30", "2149")


def test_a_published_year_confirms_what_waited_for_it(city: Given, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as before:
        before.setattr("events.workdays.YEARS", {2021: ("", ""), 2022: ("", "")})
        from events.workdays import china

        china.cache_clear()
        city.and_(set_up(due=day("2023-01-22"), steps=[{"step": "Plan", "due": day("2023-01-22")}]))
    china.cache_clear()
    assert row(city).confirmed is False
    city.when(undertaking.confirm_days(undertaking="T1"), actor=TICKER).only(UndertakingDaysConfirmed)
    found = row(city)
    assert found.due is not None
    assert (found.confirmed, found.due.ends) == (True, day("2023-01-29", 0)), "after Spring Festival"
    assert found.steps[0].due.confirmed
    assert city.state[UNDERTAKINGS_UNCONFIRMED] == {}


# -- who may say what --------------------------------------------------------------------------------------


def test_only_whoever_leads_it_says_that_it_is_done(raised: Given):
    raised.when(undertaking.finish(undertaking="T1")).refused("undertaking.not_yours", "T1", "office")
    raised.when(undertaking.finish_step(undertaking="T1", step="Plan")).refused("undertaking.not_yours")
    raised.when(undertaking.finish_step(undertaking="T1", step="Plan"), actor=LEADER).only(
        UndertakingStepDone
    )
    raised.when(undertaking.finish_step(undertaking="T1", step="Plan"), actor=LEADER).unchanged()
    raised.when(undertaking.finish_step(undertaking="T1", step="Else"), actor=LEADER).refused(
        "undertaking.no_step", "Else"
    )
    raised.when(undertaking.finish(undertaking="T1", note="Done"), actor=LEADER).only(UndertakingDone)
    raised.when(undertaking.finish(undertaking="T1"), actor=LEADER).refused("undertaking.state", "done")
    found = row(raised)
    assert (found.state, found.next_due, found.late) == ("done", None, False)


def test_a_vacant_leader_is_replaced_by_the_post_above(raised: Given):
    raised.and_(post.vacate(post="office"))
    raised.when(undertaking.finish(undertaking="T1"), actor=CHIEF).only(UndertakingDone)


def test_whoever_leads_it_neither_withdraws_it_nor_moves_its_deadlines(raised: Given):
    for one in (
        undertaking.withdraw(undertaking="T1", reason="R"),
        undertaking.reschedule(undertaking="T1", due=day("2022-05-06"), reason="R"),
        undertaking.plan_step(undertaking="T1", step="Plan", due=day("2022-05-06"), reason="R"),
        undertaking.drop_step(undertaking="T1", step="Plan", reason="R"),
    ):
        raised.when(one, actor=LEADER).refused("undertaking.own_favour", "T1", "office")
    move = undertaking.reschedule(undertaking="T1", due=day("2022-05-06"), reason="R")
    raised.when(move).then(UndertakingRescheduled, reason="R")
    raised.when(move).unchanged()
    raised.when(undertaking.reschedule(undertaking="T1", reason="R")).refused("undertaking.no_deadline")
    plan = undertaking.plan_step(undertaking="T1", step="Plan", due=day("2022-05-06"))
    raised.when(plan).refused("undertaking.no_reason", "Plan")
    again = undertaking.plan_step(undertaking="T1", step="Plan", due=day("2022-05-06"), reason="R")
    raised.when(again).only(UndertakingStepPlanned)
    raised.when(undertaking.drop_step(undertaking="T1", step="Plan", reason="R")).only(UndertakingStepDropped)
    raised.when(undertaking.withdraw(undertaking="T1", reason="R")).then(UndertakingWithdrawn, reason="R")
    assert row(raised).reason == "R"


def test_a_step_that_was_done_gets_no_new_deadline(raised: Given):
    raised.when(undertaking.finish_step(undertaking="T1", step="Plan"), actor=LEADER).only(
        UndertakingStepDone
    )
    raised.when(
        undertaking.plan_step(undertaking="T1", step="Plan", due=day("2022-05-06"), reason="R")
    ).refused("undertaking.step_done", "Plan")
    for number in range(59):
        raised.and_(undertaking.plan_step(undertaking="T1", step=f"S{number}", due=day("2022-05-06")))
    raised.when(undertaking.plan_step(undertaking="T1", step="S60", due=day("2022-05-06"))).refused(
        "undertaking.too_many_steps", "60"
    )


def test_subtasks_end_before_the_whole(raised: Given):
    raised.and_(set_up("T2", parent="T1"))
    assert (row(raised, "T2").parent, row(raised, "T2").area) == ("T1", "2307")
    done = undertaking.finish(undertaking="T1")
    raised.when(done, actor=LEADER).refused("undertaking.open_subtasks", "T1", "1")
    raised.when(undertaking.withdraw(undertaking="T2", reason="R")).only(UndertakingWithdrawn)
    raised.when(done, actor=LEADER).only(UndertakingDone)
    raised.when(set_up("T3", parent="T1")).refused("undertaking.state", "done")


def test_it_is_handed_over_reworded_and_shown_by_evidence(raised: Given):
    over = undertaking.hand_over(undertaking="T1", leader="chief", unit="U2")
    raised.when(over).only(UndertakingHandedOver)
    raised.when(over).unchanged()
    words = undertaking.reword(undertaking="T1", title="New", goal="Goal")
    raised.when(words).only(UndertakingReworded)
    raised.when(words).unchanged()
    raised.when(undertaking.evidence(undertaking="T1", evidence="Minutes", digest="0" * 64)).only(
        UndertakingEvidenced
    )
    raised.when(undertaking.evidence(undertaking="T1", evidence="Minutes", step="Else")).refused(
        "undertaking.no_step"
    )
    found = row(raised)
    assert (found.leader, found.unit, found.title, found.evidence) == ("chief", "U2", "New", 1)
    then = at(found, DAY)
    assert then is not None
    assert (then.leader, then.title) == ("chief", "New")


def test_evidence_files_are_named_once_are_few_and_go_with_their_key(raised: Given):
    def shown(n: int) -> Command:
        return undertaking.evidence(undertaking="T1", evidence="Minutes", file=f"{n:064}")

    raised.when(shown(0)).then(UndertakingEvidenced, file="0" * 64)
    raised.when(shown(0)).unchanged()
    for n in range(1, 40):
        raised.when(shown(n)).only(UndertakingEvidenced)
    raised.when(shown(40)).refused("undertaking.files", "T1", "40")
    assert len(row(raised).files) == 40
    raised.when(undertaking.erase(undertaking="T1")).only(UndertakingErased)
    raised.when(undertaking.erase(undertaking="T1")).unchanged()
    found = row(raised)
    assert (found.files, found.evidence, found.title) == ((), 40, "Title")


# -- late facts --------------------------------------------------------------------------------------------


def test_a_late_end_changes_the_past_and_a_correction_takes_it_back(raised: Given):
    raised.when(undertaking.finish(undertaking="T1"), at=t("+2 12:00"), now=t("+9 00:00"), actor=LEADER).only(
        UndertakingDone
    )
    then = at(row(raised), t("+3 00:00"))
    assert then is not None
    assert then.state == "done"
    back = undertaking.reopen(undertaking="T1", reason="Not so")
    raised.when(back, at=t("+1 00:00")).refused("undertaking.state", "open")
    raised.when(back, at=t("+2 12:00")).only(UndertakingReopened)
    then = at(row(raised), t("+3 00:00"))
    assert then is not None
    assert then.state == "open"
    raised.when(undertaking.finish(undertaking="T1"), at=t("+2 00:00"), actor=LEADER).refused(
        "undertaking.told_since"
    )
    raised.when(undertaking.finish(undertaking="T1"), at=t("-1 00:00"), actor=LEADER).refused(
        "undertaking.not_yet"
    )


def test_done_after_the_deadline_is_late(raised: Given):
    raised.when(undertaking.finish(undertaking="T1"), now=day("2022-04-09"), actor=LEADER).only(
        UndertakingDone
    )
    assert row(raised).late


STATES = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["finish", "withdraw", "reopen", "reword"]),
        st.integers(0, 40),
        st.booleans(),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@all_of(STATES)
def test_raised_is_done_and_open_and_withdrawn_at_any_date(said: list[tuple[int, str, int, bool]]):
    story = given(
        unit.establish(unit="U1", name="U1", area="2307"),
        *staffed("chief"),
        *staffed("office", "chief"),
        *(set_up(f"T{n}", due=day("2022-04-08")) for n in range(4)),
        actor=CLERK,
    )
    for key, verb, days, observed in said:
        fields: dict[str, Any] = {"undertaking": f"T{key}"}
        fields |= {
            "withdraw": {"reason": "R"},
            "reopen": {"reason": "R"},
            "reword": {"title": f"{days}"},
        }.get(verb, {})
        story.when(
            getattr(undertaking, verb)(**fields),
            at=t(f"+{days} 00:00"),
            now=t("+50 00:00"),
            actor=LEADER if verb == "finish" else CLERK,
            observed=observed,
        )
    rows: Any = fold(undertakings.VIEW, story.log.commits)
    for days in range(0, 45, 5):
        found = counts([one.history for one in rows.values()], t(f"+{days} 01:00"))
        assert found.raised == found.done + found.open + found.withdrawn == 4
        for one in rows.values():
            then = at(one, t(f"+{days} 01:00"))
            assert then is not None
            assert then.state in ("open", "done", "withdrawn")


# -- reminders and what goes up ----------------------------------------------------------------------------


def test_its_leader_is_reminded_before_and_it_goes_up_after(city: Given):
    city.and_(undertaking_waits.set(remind=2, escalate=3), actor="admin/city")
    city.and_(set_up(due=day("2022-04-08")))
    on = undertaking.move_on(undertaking="T1")
    assert city.state[UNDERTAKINGS_DUE]["T1"] == day("2022-04-06", 0), "two working days before"
    city.when(on, now=day("2022-04-05"), actor=TICKER).unchanged()
    city.when(on, now=day("2022-04-06"), actor=TICKER).then(UndertakingReminded, post="office")
    assert city.state[UNDERTAKINGS_DUE]["T1"] == day("2022-04-14", 0), "three working days after"
    city.when(on, now=day("2022-04-14"), actor=TICKER).then(
        UndertakingEscalated, post="chief", level=1, top=True
    )
    assert "T1" not in city.state[UNDERTAKINGS_DUE], "there is nobody above"
    assert (row(city).level, row(city).asked, row(city).leader) == (1, "chief", "office")


def test_a_new_deadline_begins_new_waits_and_an_end_ends_them(city: Given):
    city.and_(set_up(due=day("2022-04-08")))
    city.and_(undertaking.reschedule(undertaking="T1", due=day("2022-05-13"), reason="R"))
    assert city.state[UNDERTAKINGS_DUE]["T1"] == day("2022-05-10", 0)
    city.when(undertaking.finish(undertaking="T1"), actor=LEADER).only(UndertakingDone)
    assert city.state[UNDERTAKINGS_DUE] == {}
    city.when(undertaking.move_on(undertaking="T1"), now=day("2022-06-01"), actor=TICKER).unchanged()


def test_an_open_step_is_reminded_of_first(raised: Given):
    assert raised.state[UNDERTAKINGS_DUE]["T1"] == day("2022-03-30", 0), "of 2 April, a make-up Saturday"


def test_the_waits_can_be_chosen_and_switched_off(city: Given):
    choice = undertaking_waits.set()
    city.and_(set_up(due=day("2022-04-08")))
    city.when(choice, actor="admin/city").only(UndertakingWaitsSet)
    city.when(choice, actor="admin/city").unchanged()
    assert city.state[UNDERTAKINGS_DUE] == {}


def test_counts_tell_what_is_overdue_and_what_was_late(raised: Given):
    histories = [row(raised).history]
    assert counts(histories, day("2022-04-02")) == UndertakingCounts(raised=1, open=1)
    assert counts(histories, day("2022-04-03", 0)) == UndertakingCounts(raised=1, open=1, overdue=1)


# -- what was observed is recorded anyway ------------------------------------------------------------------


def test_what_was_observed_against_a_rule_is_noted(raised: Given):
    withdraw = undertaking.withdraw(undertaking="T1", reason="R")
    raised.when(withdraw, actor=LEADER, observed=True).anomaly("undertaking.own_favour")
    raised.and_(set_up("T2"))
    finish = undertaking.finish(undertaking="T2")
    raised.when(finish, actor=CLERK, observed=True).anomaly("undertaking.not_yours")


def test_ends_that_contradict_each_other_are_noted(raised: Given):
    raised.and_(set_up("T2", parent="T1"))
    done = undertaking.finish(undertaking="T1")
    raised.when(done, actor=LEADER, observed=True).anomaly("undertaking.open_subtasks")
    raised.when(done, actor=LEADER, observed=True).anomaly("undertaking.state", "undertaking.open_subtasks")
    late = {"at": t("-1 00:00"), "observed": True, "now": t("+1 00:00")}
    raised.when(undertaking.reword(undertaking="T1", title="New"), **late).anomaly("undertaking.not_yet")
    raised.when(undertaking.withdraw(undertaking="T1", reason="R"), **late).anomaly(
        "undertaking.not_yet", "undertaking.state", "undertaking.told_since"
    )


def test_a_post_that_was_not_there_yet_belongs_to_no_unit(city: Given):
    early = {"at": t("-1 00:00"), "observed": True}
    city.when(set_up(), **early).refused("undertaking.no_unit", "office")
