"""Chapters: the route by rule, formation, terms, joining and leaving, merging, dissolving."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from events.chapter import (
    ChapterDissolved,
    ChapterFormed,
    ChapterJoined,
    ChapterLeft,
    ChapterMerged,
    ChapterProposed,
    ChapterRenewed,
)
from events.enterprise_facts import Standing
from events.formation import Basis, FormationSet, Thresholds
from projections import chapters, formation_rules
from projections.fold import fold
from services.decisions.base import Command, Scope
from services.decisions.chapter import rules
from services.decisions.enterprise.table import enterprise_at
from services.decisions.formation.table import formation_at
from services.decisions.state import State
from tests.given import Aggregate, Given, area, given, t

chapter, enterprise, formation = Aggregate("chapter"), Aggregate("enterprise"), Aggregate("formation")
review = Aggregate("review")
COUNTY, OTHER = "230717", "230718"
BIG, SMALL, ALONE = "E-big", "E-small-1", "E-alone"


def passed(key: str) -> list[Command]:
    """Return the reviews of an enterprise, all of which it passes."""
    stages = ("screen", "verify", "check_city", "check_county")
    judged = [review.judge(enterprise=key, stage=stage, verdict="approve") for stage in stages]
    return [review.open(enterprise=key), *judged]


@pytest.fixture
def city() -> Given:
    """Return two counties; in the first a large enterprise, three small couriers, and one of a rare trade."""
    small = [f"E-small-{n}" for n in (1, 2, 3)]
    reviews = [step for key in (BIG, *small, ALONE, "E-far") for step in passed(key)]
    return given(
        area.define(area=COUNTY, name="County 1"),
        area.define(area=OTHER, name="County 2"),
        enterprise.register(enterprise=BIG, name="Big", area=COUNTY, trade="internet", members=3),
        *(
            enterprise.register(enterprise=key, name=key, area=COUNTY, trade="courier", members=1)
            for key in small
        ),
        enterprise.register(enterprise=ALONE, name="Alone", area=COUNTY, trade="property"),
        enterprise.register(enterprise="E-far", name="Far", area=OTHER, trade="property", members=2),
    ).and_(*reviews, observed=True)


def joint(**how: Any) -> Command:
    """Return the formation of a joint chapter of couriers."""
    usual: dict[str, Any] = {"chapter": "C1", "name": "Couriers", "enterprises": (SMALL, "E-small-2")}
    return chapter.form(**{**usual, **how})


# -- the route by rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "route"), [(BIG, "own"), (SMALL, "joint"), (ALONE, "community")])
def test_the_rule_proposes_a_route_and_says_by_what(city: Given, key: str, route: str):
    city.when(chapter.propose(chapter="P1", enterprise=key)).only(ChapterProposed).then(
        ChapterProposed, enterprise=key, route=route, thresholds=Thresholds()
    )


def test_a_proposal_holds_what_the_rule_went_by(city: Given):
    city.when(chapter.propose(chapter="P1", enterprise=SMALL)).then(
        ChapterProposed, basis=Basis(members=1, trade="courier", area=COUNTY, enterprises=3)
    )


def test_a_trade_is_counted_in_the_area_of_the_level_set(city: Given):
    city.and_(formation.set(enterprises=2, level=0))

    city.when(chapter.propose(chapter="P1", enterprise=ALONE)).then(
        ChapterProposed,
        route="joint",
        area="2307",
        basis=Basis(members=None, trade="property", area="2307", enterprises=2),
    )


def test_thresholds_are_dated_and_rewrite_no_past_proposal(city: Given):
    city.and_(chapter.propose(chapter="P1", enterprise=SMALL), now=t("01:00"))
    city.and_(formation.set(members=1), now=t("02:00"))
    city.and_(chapter.propose(chapter="P2", enterprise=SMALL), now=t("03:00"))

    rows = fold(chapters.VIEW, city.log.commits)
    assert [(rows[key].route, rows[key].thresholds.members) for key in ("P1", "P2")] == [  # type: ignore[attr-defined]
        ("joint", 3),
        ("own", 1),
    ]


def test_a_formation_reported_late_goes_by_the_thresholds_of_its_own_time(city: Given):
    city.and_(formation.set(members=1), now=t("02:00"))
    city.when(joint(enterprises=(SMALL,)), at=t("01:00"), now=t("03:00")).then(
        ChapterFormed, route="joint", thresholds=Thresholds()
    )
    city.when(joint(chapter="C2", enterprises=(SMALL,)), at=t("02:00")).then(
        ChapterFormed, route="own", thresholds=Thresholds(members=1)
    )


def test_equal_thresholds_are_not_set_again(city: Given):
    city.when(formation.set()).unchanged()
    city.when(formation.set(members=5)).only(FormationSet)
    city.when(formation.set(members=5)).unchanged()
    city.when(formation.set(names=True)).refused("formation.no_purpose", "purpose")


def test_rules_told_late_hold_whatever_is_told_of_before(city: Given):
    city.and_(formation.set(members=5), at=t("01:00"), now=t("09:00"))
    city.when(formation.set(members=5), at=t("05:00")).only(FormationSet)
    city.and_(formation.set(members=5), at=t("05:00"))
    city.when(formation.set(members=5), at=t("05:00")).unchanged()
    city.and_(formation.set(members=2), at=t("03:00"))

    found = [formation_at(city.state, t(clock)).thresholds.members for clock in ("02:00", "04:00", "06:00")]
    assert found == [5, 2, 5]


def test_the_rule_proposes_nothing_outside_the_ledger(city: Given):
    city.and_(enterprise.close(enterprise=SMALL), now=t("01:00"))

    city.when(chapter.propose(chapter="P1", enterprise=SMALL)).refused("chapter.not_in_ledger", SMALL)
    city.when(chapter.propose(chapter="P1", enterprise="E9")).refused("enterprise.unknown", "E9")
    city.when(joint(enterprises=(SMALL,)), at=t("00:30")).then(ChapterFormed, proposed="joint")
    city.and_(enterprise.register(enterprise="E-new", name="New", area=COUNTY, trade="courier"))
    city.when(joint(chapter="C2", enterprises=("E-new",))).refused("chapter.no_route")


def test_a_chapter_names_no_enterprise_that_had_ended(city: Given):
    city.and_(joint(), now=t("00:10"))
    city.and_(enterprise.merge(enterprise="E-small-3", into=SMALL), now=t("01:00"))
    added = chapter.join(chapter="C1", enterprise="E-small-3")
    for named in (joint(chapter="C2", enterprises=("E-small-3",), route="joint"), added):
        city.when(named, now=t("02:00")).refused("enterprise.ended", "E-small-3", "merged")
        city.when(named, observed=True).anomaly("enterprise.ended")
    city.when(added, at=t("00:30")).then(ChapterJoined)


def test_an_enterprise_that_a_chapter_named_later_had_not_ended(city: Given):
    city.and_(joint(), now=t("01:00"))
    city.and_(chapter.join(chapter="C1", enterprise="E-small-3"), now=t("02:00"))
    for key, since in ((SMALL, "01:00"), ("E-small-3", "02:00")):
        late = enterprise.close(enterprise=key)
        city.when(late, at=t("00:30"), now=t("03:00")).refused("enterprise.named", "C1", key)
        city.when(late, at=t("00:30"), observed=True).anomaly("enterprise.named")
        city.when(late, at=t(since)).anomaly()


def test_joining_is_told_of_each_time(city: Given):
    """A leaving of a time in between may be told later, so that a joining is no news only at its own time."""
    city.and_(joint(), now=t("01:00"))
    again = chapter.join(chapter="C1", enterprise=SMALL)
    city.and_(again, at=t("04:00"), now=t("05:00"))
    city.when(again, at=t("04:00")).unchanged()
    city.and_(chapter.leave(chapter="C1", enterprise=SMALL), at=t("02:00"))
    rows: Any = fold(chapters.VIEW, city.log.commits)
    seen = [chapters.at(rows["C1"], t(clock)) for clock in ("01:30", "03:00", "04:00")]
    assert [SMALL in one.enterprises for one in seen if one] == [True, False, True]


def test_a_leaving_told_late_leaves_the_next_one_true(city: Given):
    city.and_(joint(), now=t("01:00"))
    left = chapter.leave(chapter="C1", enterprise=SMALL)
    city.and_(left, now=t("04:00"))
    city.when(left, at=t("02:00"), now=t("05:00")).refused("chapter.left_later", "C1", SMALL)
    city.when(left, at=t("02:00"), observed=True).anomaly("chapter.left_later")


def test_an_enterprise_that_closed_no_longer_counts_for_its_trade(city: Given):
    city.and_(enterprise.close(enterprise="E-small-3"), now=t("01:00"))

    city.when(chapter.propose(chapter="P1", enterprise=SMALL)).then(ChapterProposed, route="community")


# -- forming -----------------------------------------------------------------------------------------------


def test_a_chapter_is_formed_as_proposed(city: Given):
    city.and_(chapter.propose(chapter="C1", enterprise=BIG))

    city.when(chapter.form(chapter="C1", name="Big chapter")).only(ChapterFormed).then(
        ChapterFormed, route="own", enterprises=(BIG,), area=COUNTY, trade="internet", proposed="own"
    )
    city.when(chapter.form(chapter="C1", name="Again")).refused("chapter.exists", "C1")
    city.when(chapter.propose(chapter="C1", enterprise=SMALL)).refused("chapter.exists", "C1")


def test_a_joint_chapter_names_its_enterprises(city: Given):
    city.when(joint(), id="c-new").then(
        ChapterFormed, route="joint", enterprises=(SMALL, "E-small-2"), area=COUNTY, trade="courier"
    )
    city.when(joint(chapter="C2", enterprises=())).refused("chapter.no_route")
    city.when(joint(chapter="C2", enterprises=(), route="joint")).refused("chapter.no_enterprises")


def test_a_trade_is_counted_once_however_many_form_a_chapter(
    city: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def counted(state: State, key: str, instant: datetime) -> Standing | None:
        looked_up.append(key)
        return enterprise_at(state, key, instant)

    monkeypatch.setattr(rules, "enterprise_at", counted)
    three = (SMALL, "E-small-2", "E-small-3")
    city.when(joint(enterprises=three)).then(ChapterFormed, route="joint", proposed="joint")
    assert looked_up.count(SMALL) == 2 * looked_up.count(BIG), "once by itself, and once for its trade"


def test_another_route_than_the_proposed_one_needs_a_reason(city: Given):
    city.when(joint(route="community")).refused("chapter.needs_reason", "joint by trade", "by the community")
    city.when(joint(route="community", reason="asked")).then(
        ChapterFormed, route="community", proposed="joint", reason="asked"
    )


def test_a_reason_without_another_route_is_not_kept(city: Given):
    city.when(joint(route="joint", reason="asked")).then(ChapterFormed, reason=None)


def test_enterprises_of_different_routes_leave_the_choice_open(city: Given):
    both = (SMALL, ALONE)
    city.when(joint(enterprises=both)).refused("chapter.no_route")
    city.when(joint(enterprises=both, route="community")).then(
        ChapterFormed, proposed=None, thresholds=Thresholds()
    )


def test_each_route_has_what_it_needs(city: Given):
    city.when(joint(route="own", reason="asked")).refused("chapter.own_one")
    city.and_(enterprise.register(enterprise="E-none", name="None", area=COUNTY))
    city.and_(*passed("E-none"), observed=True)
    city.when(joint(enterprises=("E-none",), route="joint", reason="asked")).refused("chapter.no_trade")
    city.when(joint(enterprises=("E-none",), route="joint", reason="asked", trade="courier")).then(
        ChapterFormed, trade="courier"
    )


def test_a_term_ends_after_it_begins(city: Given):
    city.when(joint(ends=t("00:00"))).refused("chapter.ends_first")
    city.and_(joint(ends=t("+1 00:00")))
    city.when(chapter.renew(chapter="C1", ends=t("01:00")), now=t("02:00")).refused("chapter.ends_first")
    city.when(chapter.renew(chapter="C1", ends=t("+2 00:00"))).only(ChapterRenewed)
    city.when(chapter.renew(chapter="C1", ends=t("+2 00:00"))).unchanged()


def test_a_chapter_lies_in_a_known_area(city: Given):
    city.when(joint(area="230799")).refused("area.unknown", "230799")
    city.when(joint(area="2307")).then(ChapterFormed, area="2307")


# -- joining, leaving, ending ------------------------------------------------------------------------------


@pytest.fixture
def formed(city: Given) -> Given:
    """Form a joint chapter at 01:00, another at 02:00 and one of its own; it is 03:00."""
    city.and_(joint(), at=t("01:00"), now=t("03:00"))
    city.and_(joint(chapter="C2", enterprises=("E-small-3",)), at=t("02:00"))
    return city.and_(chapter.form(chapter="C3", name="Big", enterprises=(BIG,)), at=t("02:00"))


def test_enterprises_join_and_leave(formed: Given):
    formed.when(chapter.join(chapter="C1", enterprise=ALONE)).only(ChapterJoined)
    formed.when(chapter.join(chapter="C1", enterprise=ALONE)).unchanged()
    formed.when(chapter.leave(chapter="C1", enterprise=ALONE), now=t("04:00")).only(ChapterLeft)
    formed.when(chapter.leave(chapter="C1", enterprise=ALONE)).refused("chapter.not_in", ALONE)
    formed.when(chapter.join(chapter="C3", enterprise=ALONE)).refused("chapter.own_one")
    formed.when(chapter.join(chapter="C9", enterprise=ALONE)).refused("chapter.unknown", "C9")
    formed.when(chapter.join(chapter="C1", enterprise="E9")).refused("enterprise.unknown", "E9")


def test_an_enterprise_that_joined_again_has_joined_whenever_it_is_told_that_it_left(formed: Given):
    joined, left = chapter.join(chapter="C1", enterprise=ALONE), chapter.leave(chapter="C1", enterprise=ALONE)
    formed.and_(joined, at=t("02:00"), now=t("09:00"), observed=True)
    formed.and_(joined, at=t("05:00"), observed=True)
    formed.when(joined, at=t("05:00"), observed=True).unchanged()
    formed.and_(left, at=t("04:00"), observed=True)
    row = fold(chapters.VIEW, formed.log.commits)["C1"]
    assert isinstance(row, chapters.ChapterRow)

    then = [chapters.at(row, t(clock)) for clock in ("03:00", "04:30", "06:00")]
    assert [ALONE in one.enterprises for one in then if one] == [True, False, True]
    own = chapter.join(chapter="C3", enterprise=BIG)
    formed.when(own, at=t("05:00"), observed=True).unchanged()


def test_nothing_happens_in_a_chapter_before_it_is_formed(formed: Given):
    formed.when(chapter.join(chapter="C1", enterprise=ALONE), at=t("00:59")).refused("chapter.not_formed")
    formed.and_(chapter.propose(chapter="P1", enterprise=ALONE))
    for step in (chapter.renew(chapter="P1"), chapter.dissolve(chapter="P1")):
        formed.when(step).refused("chapter.not_formed", "P1")
    formed.when(chapter.merge(chapter="C1", into="P1")).refused("chapter.not_formed", "P1")


def test_a_merged_chapter_hands_its_enterprises_over(formed: Given):
    formed.when(chapter.merge(chapter="C1", into="C2"), now=t("04:00")).only(ChapterMerged).then(
        ChapterMerged, into="C2", enterprises=(SMALL, "E-small-2")
    )
    rows = fold(chapters.VIEW, formed.log.commits)
    assert rows["C2"].enterprises == ("E-small-3", SMALL, "E-small-2")  # type: ignore[attr-defined]
    assert (rows["C1"].state, rows["C1"].into, rows["C1"].enterprises) == ("merged", "C2", ())  # type: ignore[attr-defined]


def test_a_merger_needs_two_that_live_and_take_several(formed: Given):
    formed.when(chapter.merge(chapter="C1", into="C1")).refused("chapter.into_itself")
    formed.when(chapter.merge(chapter="C1", into="C3")).refused("chapter.own_one")
    formed.and_(chapter.dissolve(chapter="C2", reason="too_few"))
    formed.when(chapter.merge(chapter="C1", into="C2")).refused("chapter.ended", "C2", "dissolved")


def test_what_ended_takes_nothing_more(formed: Given):
    formed.when(chapter.dissolve(chapter="C1", reason="too_few"), now=t("04:00")).only(ChapterDissolved)
    formed.when(chapter.dissolve(chapter="C1"), now=t("05:00")).unchanged()
    for step in (
        chapter.join(chapter="C1", enterprise=ALONE),
        chapter.leave(chapter="C1", enterprise=SMALL),
        chapter.renew(chapter="C1"),
        chapter.merge(chapter="C1", into="C2"),
    ):
        formed.when(step).refused("chapter.ended", "C1")


def test_it_may_be_told_late_what_happened_before_the_end(formed: Given):
    formed.and_(chapter.dissolve(chapter="C1"), now=t("04:00"))

    formed.when(chapter.join(chapter="C1", enterprise=ALONE), at=t("03:30")).only(ChapterJoined)


def test_an_end_does_not_come_before_what_is_recorded(formed: Given):
    formed.and_(chapter.join(chapter="C1", enterprise=ALONE), now=t("04:00"))

    formed.when(chapter.dissolve(chapter="C1"), at=t("03:30"), now=t("05:00")).refused("chapter.later")
    formed.when(chapter.merge(chapter="C1", into="C2"), at=t("03:30")).refused("chapter.later")


def test_what_a_chapter_handed_over_does_not_change_afterwards(formed: Given):
    formed.and_(chapter.merge(chapter="C1", into="C2"), now=t("04:00"))
    formed.and_(joint(chapter="C4", enterprises=("E-far",), route="community"), at=t("02:00"))

    joined = chapter.join(chapter="C1", enterprise=ALONE)
    left = chapter.leave(chapter="C1", enterprise=SMALL)
    for step in (joined, left, chapter.merge(chapter="C4", into="C1")):
        formed.when(step, at=t("03:30"), now=t("05:00")).refused("chapter.handed_over", "C1", "C2")
    formed.when(left, at=t("03:30"), observed=True).anomaly("chapter.handed_over")
    formed.when(chapter.leave(chapter="C2", enterprise=SMALL)).only(ChapterLeft)


def test_another_route_that_was_observed_without_a_reason_is_an_anomaly(city: Given):
    city.when(joint(route="community"), observed=True).anomaly("chapter.needs_reason")


def test_what_was_observed_against_a_rule_is_an_anomaly(formed: Given):
    early, gone = chapter.join(chapter="C1", enterprise=ALONE), chapter.leave(chapter="C1", enterprise=ALONE)
    formed.when(early, at=t("00:59"), observed=True).anomaly("chapter.not_formed")
    formed.when(gone, observed=True).anomaly("chapter.not_in")
    formed.and_(chapter.join(chapter="C1", enterprise=ALONE), now=t("04:00"))
    late = formed.when(chapter.dissolve(chapter="C1"), at=t("03:30"), now=t("05:00"), observed=True)
    late.anomaly("chapter.later")


def test_what_was_observed_is_recorded_all_the_same(formed: Given):
    formed.when(joint(), at=t("01:00"), observed=True).unchanged()
    formed.and_(chapter.join(chapter="C1", enterprise=ALONE), at=t("00:59"), observed=True)
    formed.when(joint(), at=t("01:00"), observed=True).unchanged()
    formed.and_(chapter.dissolve(chapter="C1"), now=t("04:00"))
    formed.when(chapter.join(chapter="C1", enterprise=ALONE), observed=True).anomaly("chapter.ended")
    assert fold(chapters.VIEW, formed.log.commits)["C1"].enterprises == ()  # type: ignore[attr-defined]


def test_a_token_reaches_the_chapters_of_its_areas(formed: Given):
    here, there = Scope(areas=(COUNTY,)), Scope(areas=(OTHER,))

    formed.when(chapter.renew(chapter="C1"), scope=there).refused("chapter.unknown")
    formed.when(joint(chapter="C4"), scope=there).refused("enterprise.unknown")
    formed.when(joint(chapter="C4", area="2307"), scope=here).refused("forbidden")
    formed.when(joint(chapter="C4"), scope=here).only(ChapterFormed)
    formed.when(chapter.renew(chapter="C1", ends=t("+1 00:00")), scope=here).only(ChapterRenewed)


# -- the views ---------------------------------------------------------------------------------------------


def test_a_chapter_can_be_read_as_of_any_instant(formed: Given):
    formed.and_(chapter.join(chapter="C1", enterprise=ALONE), at=t("02:30"))
    formed.and_(chapter.renew(chapter="C1", ends=t("+9 00:00")), now=t("04:00"))
    formed.and_(chapter.dissolve(chapter="C1", reason="too_few"), now=t("05:00"))
    row = fold(chapters.VIEW, formed.log.commits)["C1"]
    assert isinstance(row, chapters.ChapterRow)

    def then(clock: str) -> tuple[object, ...]:
        found = chapters.at(row, t(clock))
        return (found.state, len(found.enterprises), len(found.terms), found.ends) if found else ()

    assert then("00:59") == ()
    assert then("01:00") == ("alive", 2, 1, None)
    assert then("02:30") == ("alive", 3, 1, None)
    assert then("04:30") == ("alive", 3, 2, t("+9 00:00"))
    assert then("05:00") == ("dissolved", 0, 2, t("+9 00:00"))
    assert [(one.since, one.until) for one in row.terms] == [
        (t("01:00"), t("04:00")),
        (t("04:00"), t("05:00")),
    ]
    assert chapters.at(row, t("+1 00:00")) == row


def test_a_proposal_is_one_until_the_chapter_is_formed(city: Given):
    city.and_(chapter.propose(chapter="C1", enterprise=SMALL), now=t("01:00"))
    proposed = fold(chapters.VIEW, city.log.commits)["C1"]
    city.and_(joint(), now=t("02:00"))
    row = fold(chapters.VIEW, city.log.commits)["C1"]
    assert isinstance(row, chapters.ChapterRow)

    assert chapters.at(row, t("02:00") - timedelta(microseconds=1)) == proposed
    assert chapters.at(row, t("00:59")) is None


def test_the_rules_in_force_are_listed_with_their_dates(city: Given):
    city.and_(formation.set(members=5, names=True, purpose="Training"), now=t("02:00"))
    rows = list(fold(formation_rules.VIEW, city.log.commits).values())

    assert [(row.since, row.members, row.names, row.purpose) for row in rows] == [  # type: ignore[attr-defined]
        (t("02:00"), 5, True, "Training")
    ]
