"""The three reviews: whose turn it is, who may judge, what verdicts amount to, and silence that goes up."""

from collections.abc import Callable
from typing import Any

import pytest

from events.enterprise import DETAILS
from events.review import (
    ReviewDeadlinesSet,
    ReviewDelegated,
    ReviewEscalated,
    ReviewJudged,
    ReviewOpened,
    ReviewSentBack,
)
from projections import enterprises
from projections.enterprises import EnterpriseRow
from projections.fold import fold
from services.decisions.base import Command
from services.decisions.enterprise.table import ENTERPRISES
from services.decisions.review.table import REVIEWS_DUE
from tests.given import Aggregate, Given, When, area, given, t

enterprise, review = Aggregate("enterprise"), Aggregate("review")
unit, post = Aggregate("unit"), Aggregate("post")
COUNTY = "230717"
OPEN = review.open(enterprise="E1")
SEND_BACK = review.send_back(enterprise="E1", stage="screen", reason="incomplete")


def staffed(key: str, task: str, where: str = "2307", *, above: str | None = None) -> tuple[Command, ...]:
    """Return a post with one task, whose holder acts with a token of the post's name."""
    return (
        post.create(post=key, name=key, unit="U1", area="2307", parent=above, first=above is None),
        post.charge(post=key, task=task, area=where),
        post.appoint(post=key, holder=f"H-{key}", holder_name=f"sealed:{key}", acts_as=key),
    )


@pytest.fixture
def city() -> Given:
    """A post for each stage, under the one that answers for everything, and an enterprise."""
    return given(
        area.define(area=COUNTY, name="1"),
        unit.establish(unit="U1", name="U1", area="2307"),
        *staffed("lead", "answer"),
        *staffed("trade-office", "screen", above="lead"),
        *staffed("regulator", "verify", above="lead"),
        *staffed("city", "check_city", above="lead"),
        *staffed("county", "check_county", COUNTY, above="lead"),
        enterprise.register(enterprise="E1", area=COUNTY, name="Firm 1"),
        actor="dispatcher/clerk",
    )


@pytest.fixture
def opened(city: Given) -> Given:
    return city.and_(OPEN)


STAGES = {
    "screen": "trade-office",
    "verify": "regulator",
    "check_city": "city",
    "check_county": "county",
}


def judge(stage: str, verdict: str = "approve", **fields: Any) -> Command:
    if verdict == "reject":
        fields.setdefault("reason", "other")
    return review.judge(enterprise="E1", stage=stage, verdict=verdict, **fields)


def gives(after: Given, stage: str, verdict: str = "approve", **how: Any) -> When:
    """Let the stage's own post give a verdict."""
    named = {name: how.pop(name) for name in ("fields", "reason") if name in how}
    return after.when(judge(stage, verdict, **named), actor=f"dispatcher/{STAGES[stage]}", **how)


def through(after: Given, *stages: str) -> Given:
    for stage in stages or STAGES:
        after = gives(after, stage).and_given
    return after


def row(after: Given) -> EnterpriseRow:
    found: Any = fold(enterprises.VIEW, after.log.commits)["E1"]
    return found


# -- the path ----------------------------------------------------------------------------------------------


def test_the_place_follows_the_verdicts(opened: Given):
    assert row(opened).place == "screen"
    places = [row(through(opened, stage)).place for stage in STAGES]
    assert places == ["verify", "check", "check", "passed"]
    assert row(opened).in_ledger


def test_it_is_sent_on_the_path_once(city: Given):
    assert row(city).place == "unreviewed"
    city.when(OPEN).then(ReviewOpened, area=COUNTY)
    city.when(OPEN).refused("review.open", "E1", "screening")
    city.when(OPEN, observed=True).unchanged()


def test_what_was_passed_is_not_sent_again_until_it_is_sent_back(opened: Given):
    through(opened).when(OPEN).refused("review.open", "passed")


@pytest.mark.parametrize("verdict", ["approve", "reject"])
@pytest.mark.parametrize(
    ("stage", "done"), [("verify", ()), ("check_city", ("screen",)), ("check_county", ("screen",))]
)
def test_a_later_stage_waits_for_the_earlier(opened: Given, stage: str, done: tuple[str, ...], verdict: str):
    if done:
        through(opened, *done)
    gives(opened, stage, verdict).refused("review.before_its_turn", "E1")
    gives(opened, stage, verdict, observed=True).anomaly("review.before_its_turn")


def test_nothing_is_judged_before_it_is_on_the_path(city: Given):
    gives(city, "screen").refused("review.not_open", "E1", "not sent")
    gives(city, "screen", observed=True).anomaly("review.not_open")
    assert row(city).place == "unreviewed"


def test_a_rejection_says_why_and_names_no_details(opened: Given):
    by = {"actor": "dispatcher/trade-office"}
    bare = review.judge(enterprise="E1", stage="screen", verdict="reject")
    opened.when(bare, **by).refused("review.no_reason", "E1")
    opened.when(judge("screen", "reject", fields=("code",)), **by).refused("review.rejects_all", "E1")
    gives(opened, "screen", "reject", reason="duplicate").then(ReviewJudged, reason="duplicate")
    assert (row(opened).place, row(opened).in_ledger) == ("rejected", False)


def test_after_a_rejection_a_new_round_begins(opened: Given):
    gives(opened, "screen", "reject").and_given.when(OPEN).then(ReviewOpened)
    now = row(opened).review
    assert now
    assert (now.place, now.verdicts) == ("screen", ())


# -- the joint check ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["check_city", "check_county"])
def test_the_joint_check_needs_both(opened: Given, first: str):
    through(opened, "screen", "verify", first)
    assert (row(opened).place, row(opened).in_ledger) == ("check", False)


@pytest.mark.parametrize(
    ("city_says", "county_says", "place"),
    [
        ("approve", "approve", "passed"),
        ("approve", "reject", "disagreement"),
        ("reject", "approve", "disagreement"),
        ("reject", "reject", "rejected"),
    ],
)
def test_what_the_two_verdicts_amount_to(opened: Given, city_says: str, county_says: str, place: str):
    through(opened, "screen", "verify")
    gives(opened, "check_county", county_says)
    gives(opened, "check_city", city_says)
    assert row(opened).place == place


def test_a_disagreement_ends_when_one_side_changes_its_verdict_and_all_stay(opened: Given):
    through(opened, "screen", "verify", "check_city")
    gives(opened, "check_county", "reject")
    gives(opened, "check_county")
    now = row(opened)
    assert (now.place, now.contradicted) == ("passed", tuple(STAGES))
    assert now.review
    assert [one.verdict for one in now.review.verdicts if one.stage == "check_county"] == [
        "reject",
        "approve",
    ]


def test_whoever_answers_for_it_owns_a_disagreement(opened: Given):
    through(opened, "screen", "verify", "check_city")
    gives(opened, "check_county", "reject")
    back = review.send_back(enterprise="E1", stage="answer", reason="wrong_area")
    opened.when(back, actor="dispatcher/regulator").refused("review.not_yours", "lead")
    opened.when(back, actor="dispatcher/lead").then(ReviewSentBack, stage="answer", post="lead")


def test_two_people_give_the_two_verdicts(opened: Given):
    through(opened, "screen", "verify", "check_city")
    opened.and_(review.delegate(enterprise="E1", stage="check_county", to="city"), actor="dispatcher/county")
    both = judge("check_county")
    opened.when(both, actor="dispatcher/city").refused("review.same_person", "dispatcher/city")
    opened.when(both, actor="dispatcher/city", observed=True).anomaly("review.same_person")


def test_nobody_gives_the_other_half_for_an_earlier_time(opened: Given):
    through(opened, "screen", "verify")
    opened.and_(review.delegate(enterprise="E1", stage="check_county", to="city"), actor="dispatcher/county")
    gives(opened, "check_city", now=t("06:00"))
    late: dict[str, Any] = {"actor": "dispatcher/city", "at": t("05:00"), "now": t("07:00")}
    opened.when(judge("check_county"), **late).refused("review.same_person", "dispatcher/city")


def test_another_token_makes_no_other_person(opened: Given):
    through(opened, "screen", "verify", "check_city")
    opened.and_(
        post.vacate(post="county"),
        post.appoint(post="county", holder="H-city", holder_name="sealed:city", acts_as="second"),
    )
    opened.when(judge("check_county"), actor="dispatcher/second").refused(
        "review.same_person", "dispatcher/city"
    )


# -- contradictions ----------------------------------------------------------------------------------------


def test_a_later_verdict_may_contradict_and_both_stay(opened: Given):
    through(opened, "screen")
    gives(opened, "verify", "reject", reason="wrong_code")
    now = row(opened)
    assert (now.place, now.contradicted) == ("rejected", ("screen",))
    assert now.review
    assert [(one.stage, one.verdict) for one in now.review.verdicts] == [
        ("screen", "approve"),
        ("verify", "reject"),
    ]


def test_who_takes_an_approval_back_takes_it_out_of_the_ledger(opened: Given):
    through(opened)
    gives(opened, "check_city", "reject")
    assert (row(opened).place, row(opened).in_ledger) == ("disagreement", False)
    gives(opened, "screen", "reject")
    assert row(opened).place == "rejected"


# -- some fields -------------------------------------------------------------------------------------------


def test_an_approval_of_some_details_names_them_and_the_stage_goes_on(opened: Given):
    gives(opened, "screen", fields=("trade", "name")).then(ReviewJudged, fields=("name", "trade"))
    assert row(opened).place == "screen"
    gives(opened, "verify").refused("review.before_its_turn")
    rest = tuple(field for field in DETAILS if field not in ("name", "trade"))
    gives(opened, "screen", fields=rest)
    assert row(opened).place == "verify"


def test_naming_all_details_is_approving_everything(opened: Given):
    gives(opened, "screen", fields=DETAILS).then(ReviewJudged, fields=())


def test_what_changes_after_an_approval_is_shown(opened: Given):
    through(opened, "screen")
    opened.and_(enterprise.amend(enterprise="E1", employees=9, code="1"), actor="dispatcher/clerk")
    now = row(opened).review
    assert now
    assert (now.place, now.changed) == ("verify", ("code", "employees"))
    through(opened, "verify")
    after = row(opened).review
    assert after
    assert after.changed == ()


# -- sent back ---------------------------------------------------------------------------------------------


def test_it_is_sent_back_with_a_reason_and_begins_again(opened: Given):
    by = {"actor": "dispatcher/trade-office"}
    opened.when(SEND_BACK, **by).then(ReviewSentBack, reason="incomplete", post="trade-office")
    assert row(opened).place == "sent_back"
    gives(opened, "screen").refused("review.not_open", "sent back")
    opened.when(OPEN).then(ReviewOpened)
    assert row(opened).place == "screen"


def test_what_is_sent_back_leaves_the_ledger(opened: Given):
    through(opened).and_(SEND_BACK, actor="dispatcher/trade-office", now=t("05:00"))
    assert (row(opened).place, row(opened).in_ledger) == ("sent_back", False)
    before = enterprises.at(row(opened), t("04:00"))
    assert before
    assert before.in_ledger


# -- who may judge -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", list(STAGES))
def test_a_stage_belongs_to_its_post(opened: Given, stage: str):
    done = list(STAGES)[: list(STAGES).index(stage)]
    if done:
        through(opened, *done)
    opened.when(judge(stage), actor="dispatcher/lead").refused("review.not_yours", STAGES[stage])
    opened.when(judge(stage), actor="dispatcher/lead", observed=True).anomaly("review.not_yours")


def test_the_post_of_the_trade_goes_before_the_one_of_all_trades(opened: Given):
    courier = post.charge(post="county", task="screen", area="2307", trade="courier")
    opened.and_(courier, enterprise.amend(enterprise="E1", trade="courier"), actor="dispatcher/clerk")
    gives(opened, "screen").refused("review.not_yours", "county")
    opened.when(judge("screen"), actor="dispatcher/county").then(ReviewJudged, post="county")


def test_a_vacant_posts_turn_rises(opened: Given):
    opened.and_(post.vacate(post="trade-office"))
    gives(opened, "screen").refused("review.not_yours", "lead")
    opened.when(judge("screen"), actor="dispatcher/lead").then(ReviewJudged, post="lead")


def test_without_a_post_nobody_may(opened: Given):
    opened.and_(post.relieve(post="trade-office", task="screen", area="2307"))
    gives(opened, "screen").refused("review.nobody", COUNTY)
    gives(opened, "screen", observed=True).anomaly("review.nobody")


@pytest.mark.parametrize(
    "entry",
    [
        enterprise.register(enterprise="E2", area=COUNTY, name="Firm 2"),
        enterprise.amend(enterprise="E1", employees=9),
        enterprise.move(enterprise="E1", area="2307"),
    ],
)
def test_nobody_reviews_their_own_entry(city: Given, entry: Command):
    mine: dict[str, Any] = {"actor": "dispatcher/trade-office"}
    city.and_(entry, **mine)
    key = entry.model_dump()["enterprise"]
    city.and_(review.open(enterprise=key))
    own = review.judge(enterprise=key, stage="screen", verdict="approve")
    city.when(own, **mine).refused("review.own_entry", "dispatcher/trade-office")
    city.when(own, observed=True, **mine).anomaly("review.own_entry")


def test_nobody_reviews_for_a_time_before_their_own_entry(opened: Given):
    mine = "dispatcher/trade-office"
    opened.and_(enterprise.amend(enterprise="E1", employees=9), actor=mine, now=t("06:00"))
    opened.when(judge("screen"), actor=mine, at=t("05:00"), now=t("07:00")).refused("review.own_entry", mine)


def test_nobody_reviews_their_own_entry_with_another_token(opened: Given):
    opened.and_(enterprise.amend(enterprise="E1", employees=9), actor="dispatcher/trade-office")
    opened.and_(
        post.vacate(post="trade-office"),
        post.appoint(post="trade-office", holder="H-trade-office", holder_name="sealed:1", acts_as="second"),
        now=t("06:00"),
    )
    opened.when(judge("screen"), actor="dispatcher/second").refused(
        "review.own_entry", "dispatcher/trade-office"
    )


def test_a_turn_is_delegated_by_whoever_has_it(opened: Given):
    give = review.delegate(enterprise="E1", stage="screen", to="county")
    opened.when(give, actor="dispatcher/county").refused("review.not_yours", "trade-office")
    opened.when(give, actor="dispatcher/trade-office").then(ReviewDelegated, to="county", post="trade-office")
    opened.when(give, actor="dispatcher/trade-office").unchanged()
    opened.when(judge("screen"), actor="dispatcher/county").then(ReviewJudged, post="county")


# -- silence -----------------------------------------------------------------------------------------------


ESCALATE = review.escalate(enterprise="E1")


def test_silence_goes_up_once_the_deadline_has_passed(opened: Given):
    opened.when(ESCALATE, now=t("+4 23:59")).unchanged()
    opened.when(ESCALATE, now=t("+5 00:00")).then(
        ReviewEscalated, place="screen", level=1, posts=("trade-office",), to=("lead",), due=t("+5 00:00")
    )
    opened.when(judge("screen"), actor="dispatcher/lead").then(ReviewJudged, post="lead")


def test_it_goes_up_again_until_nobody_is_above(opened: Given):
    opened.and_(ESCALATE, now=t("+5 00:00"))
    opened.when(ESCALATE, now=t("+9 23:59")).unchanged()
    opened.when(ESCALATE, now=t("+10 00:00")).then(ReviewEscalated, level=2, posts=("lead",), to=())
    opened.when(ESCALATE, now=t("+90 00:00")).unchanged()
    assert "E1" not in opened.state[REVIEWS_DUE]


def test_a_post_that_it_went_up_to_may_judge_after_it_went_up_further(opened: Given):
    opened.and_(ESCALATE, now=t("+5 00:00"))
    opened.and_(ESCALATE, now=t("+10 00:00"))
    opened.when(judge("screen"), actor="dispatcher/lead", now=t("+11 00:00")).then(ReviewJudged, post="lead")


def test_both_halves_that_are_silent_go_up(opened: Given):
    through(opened, "screen", "verify")
    opened.when(ESCALATE, now=t("+5 00:00")).then(
        ReviewEscalated, place="check", posts=("city", "county"), to=("lead",)
    )


def test_only_the_half_that_is_silent_goes_up(opened: Given):
    through(opened, "screen", "verify", "check_city")
    opened.and_(ESCALATE, now=t("+5 00:00"))
    opened.when(judge("check_city", "reject"), actor="dispatcher/lead").refused("review.not_yours", "city")
    opened.when(judge("check_county"), actor="dispatcher/lead").then(ReviewJudged, post="lead")


def test_a_disagreement_goes_up_from_its_owner(opened: Given):
    through(opened, "screen", "verify", "check_city")
    gives(opened, "check_county", "reject")
    opened.when(ESCALATE, now=t("+5 00:00")).then(ReviewEscalated, place="disagreement", posts=("lead",))


def test_where_nobody_has_the_task_it_goes_to_whoever_answers(opened: Given):
    opened.and_(post.relieve(post="trade-office", task="screen", area="2307"))
    opened.when(ESCALATE, now=t("+5 00:00")).then(ReviewEscalated, posts=(), to=("lead",))


def test_a_verdict_ends_the_silence(opened: Given):
    opened.and_(ESCALATE, now=t("+5 00:00"))
    gives(opened, "screen", now=t("+6 00:00"))
    assert (row(opened).level, opened.state[REVIEWS_DUE]["E1"]) == (0, t("+11 00:00"))


@pytest.mark.parametrize(
    "ends",
    [
        lambda city: city.and_(enterprise.close(enterprise="E1")),
        lambda city: city.and_(SEND_BACK, actor="dispatcher/trade-office"),
        through,
    ],
)
def test_what_is_not_under_review_is_not_due(opened: Given, ends: Callable[[Given], Given]):
    assert ends(opened).state[REVIEWS_DUE] == {}


def test_deadlines_are_dated(city: Given):
    city.and_(review.set_deadlines(screen=2), now=t("+1 00:00"))
    city.when(review.set_deadlines(screen=2)).unchanged()
    city.when(review.set_deadlines(screen=3), now=t("+3 00:00")).then(ReviewDeadlinesSet, screen=3)
    city.and_(OPEN, at=t("+2 00:00"), now=t("+4 00:00"))
    assert city.state[REVIEWS_DUE]["E1"] == t("+4 00:00")
    city.and_(review.set_deadlines(screen=9), at=t("+2 00:00"))
    assert city.state[REVIEWS_DUE]["E1"] == t("+11 00:00")
    city.and_(review.set_deadlines(verify=9), at=t("+2 00:00"))
    assert "E1" not in city.state[REVIEWS_DUE]


def test_deadlines_told_late_end_what_is_told_of_before_them(city: Given):
    city.and_(review.set_deadlines(screen=2), now=t("+1 00:00"))
    city.and_(review.set_deadlines(screen=2), at=t("+3 00:00"), now=t("+4 00:00"))
    city.and_(review.set_deadlines(screen=9), at=t("+2 00:00"))
    city.and_(OPEN, at=t("+3 01:00"))
    assert city.state[REVIEWS_DUE]["E1"] == t("+5 01:00")


# -- entered late ------------------------------------------------------------------------------------------


def test_a_verdict_entered_late_takes_its_place(opened: Given):
    gives(opened, "screen", at=t("02:00"), now=t("+1 00:00"))
    gives(opened, "verify", at=t("04:00"), now=t("+1 01:00"))
    seen = [enterprises.at(row(opened), t(clock)) for clock in ("01:00", "03:00", "04:00")]
    assert [one and one.place for one in seen] == ["screen", "verify", "check"]


@pytest.mark.parametrize("late", [judge("screen", "reject"), SEND_BACK])
def test_nothing_late_puts_later_verdicts_out_of_their_turn(opened: Given, late: Command):
    gives(opened, "screen", now=t("02:00"))
    gives(opened, "verify", now=t("04:00"))
    by: dict[str, Any] = {"actor": "dispatcher/trade-office", "at": t("03:00"), "now": t("05:00")}
    opened.when(late, **by).refused("review.judged_since", "E1")
    opened.when(late, observed=True, **by).anomaly("review.judged_since")


def test_what_was_judged_in_another_area_or_trade_is_noted(opened: Given):
    """The verdict stays: it was given in good faith. But nobody may overlook it."""
    opened.and_(area.define(area="230718", name="2"))
    gives(opened, "screen", now=t("04:00"))
    told: dict[str, Any] = {"at": t("03:00"), "now": t("05:00")}
    move = enterprise.move(enterprise="E1", area="230718")
    opened.when(move, **told).anomaly("review.judged_elsewhere")
    opened.when(enterprise.amend(enterprise="E1", trade="courier"), **told).anomaly("review.judged_elsewhere")
    opened.when(enterprise.amend(enterprise="E1", employees=4), **told).anomaly()
    opened.when(move, at=t("04:30")).anomaly()


def test_an_opening_told_late_is_the_only_one(city: Given):
    city.and_(OPEN, now=t("04:00"))
    city.when(OPEN, at=t("02:00"), now=t("05:00")).refused("review.judged_since", "E1", "04:00")


def test_nobody_changes_what_they_are_judging(opened: Given):
    """While the round runs; once it is passed, a change is an entry like any other."""
    change = enterprise.amend(enterprise="E1", employees=9)
    gives(opened, "screen", now=t("04:00"))
    for own in (change, enterprise.move(enterprise="E1", to="Harbin")):
        mine = {"actor": "dispatcher/trade-office", "now": t("05:00")}
        opened.when(own, **mine).refused("review.judged_by_you", "trade-office", "E1")
        opened.when(own, at=t("03:00"), **mine).refused("review.judged_by_you")
    opened.when(change, actor="admin/trade-office").refused("review.judged_by_you")
    opened.when(change, actor="dispatcher/clerk").anomaly()
    through(opened, "verify", "check_city", "check_county")
    members = enterprise.amend(enterprise="E1", members=3)
    opened.when(members, actor="dispatcher/trade-office").anomaly()
    opened.when(members, actor="dispatcher/regulator", observed=True, at=t("04:30")).anomaly(
        "review.judged_by_you"
    )


def test_the_state_and_the_view_are_one_fold(opened: Given):
    through(opened)
    now, seen = opened.state[ENTERPRISES]["E1"], row(opened)
    assert (now.review, now.facts) == (seen.review, seen.history)


def test_a_charge_that_is_lost_late_notes_the_verdicts_given_since(opened: Given):
    judged = opened.and_(judge("screen"), actor="dispatcher/trade-office", now=t("05:00"))
    lost = post.relieve(post="trade-office", task="screen", area="2307")
    judged.when(lost, at=t("04:00"), now=t("06:00")).anomaly("post.judged_since")
    judged.when(lost, at=t("05:30"), now=t("06:00")).anomaly()
