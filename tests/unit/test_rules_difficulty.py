"""Difficulties: whose they are at every moment, passing on, and that only whoever asked calls them solved."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as all_of
from hypothesis import settings
from hypothesis import strategies as st

from events.answering import index_of, risen
from events.difficulty import (
    DifficultyAnswered,
    DifficultyAttached,
    DifficultyClosed,
    DifficultyConfirmed,
    DifficultyDeclined,
    DifficultyErased,
    DifficultyEscalated,
    DifficultyFollowed,
    DifficultyLapsed,
    DifficultyMerged,
    DifficultyOffered,
    DifficultyRaised,
    DifficultyReopened,
    DifficultyReturned,
    DifficultySettled,
    DifficultyTaken,
    DifficultyWaitsSet,
    DifficultyWithdrawn,
)
from events.difficulty_history import MOST_FILES, OPEN, DifficultyThen, standing
from events.post import PostMoved
from events.post_history import standing as post_stands
from events.sheet import SheetSaid
from events.visit import VisitErased, VisitRecorded
from projections import difficulties, posts
from projections.difficulties import DifficultyRow
from projections.difficulty_figures import FEW, figures, public_figures
from projections.fold import fold
from projections.waiting import waiting
from services.decisions.base import Command, Refused
from services.decisions.difficulty.table import DIFFICULTIES_DUE
from services.decisions.saying import Heard
from services.verify.laws import difficulties as law
from tests.given import DAY, Aggregate, Given, When, area, given, t
from tests.scale import scaled

difficulty, visit = Aggregate("difficulty"), Aggregate("visit")
difficulty_waits = Aggregate("difficulty_waits")
unit, post, enterprise = Aggregate("unit"), Aggregate("post"), Aggregate("enterprise")
COUNTY = "230717"
OWNER, OTHER, CLERK = "dispatcher/street", "dispatcher/health", "dispatcher/clerk"
TICKER = "service/ticker"
SEALED = "sealed:1:difficulty/D1:c:text:AAAA:AAAA"


def staffed(key: str, where: str, above: str | None = None) -> tuple[Command, ...]:
    """Return a post whose holder acts with a token of the post's name."""
    return (
        post.create(post=key, name=key, unit="U1", area="2307", parent=above, first=above is None),
        post.appoint(post=key, holder=f"H-{key}", holder_name=f"sealed:{key}", acts_as=key),
    )


@pytest.fixture
def city() -> Given:
    """A post that answers for the county, another one beside it, and the one above both."""
    return given(
        area.define(area=COUNTY, name="1"),
        unit.establish(unit="U1", name="U1", area="2307"),
        *staffed("lead", "2307"),
        *staffed("street", COUNTY, "lead"),
        *staffed("health", COUNTY, "lead"),
        post.charge(post="street", task="answer", area=COUNTY),
        actor=CLERK,
    )


def raised_as(key: str = "D1", **fields: Any) -> Command:
    given_ = {"category": "pay", "text": SEALED, "area": COUNTY, **fields}
    return difficulty.register(difficulty=key, **given_)


@pytest.fixture
def raised(city: Given) -> Given:
    return city.and_(raised_as())


def does(after: Given, verb: str, actor: str = OWNER, key: str = "D1", **fields: Any) -> When:
    how = {name: fields.pop(name) for name in ("at", "now", "observed") if name in fields}
    return after.when(getattr(difficulty, verb)(difficulty=key, **fields), actor=actor, **how)


def answered(after: Given) -> Given:
    return does(after, "answer", answer=SEALED).and_given


def row(after: Given, key: str = "D1") -> DifficultyRow:
    found: Any = fold(difficulties.VIEW, after.log.commits)[key]
    return found


# -- raising -----------------------------------------------------------------------------------------------


def test_a_difficulty_is_with_the_post_that_answers_there(city: Given):
    due = DAY + timedelta(days=10)
    city.when(raised_as()).then(DifficultyRaised, owner="street", channel="office", due=due)


def test_where_nobody_answers_it_is_with_the_first_responsible_post(city: Given):
    city.when(raised_as(area="2307")).then(DifficultyRaised, owner="lead")


def test_whoever_asks_from_below_keeps_a_receipt(city: Given):
    told = difficulty.ask(difficulty="D1", category="pay", text=SEALED, receipt="a" * 64, area=COUNTY)
    city.when(told, actor="public/receipt").then(DifficultyRaised, channel="below", receipt="a" * 64)
    assert "a" * 64 not in str(row(city)), "the view tells nothing by which the asker could be found"


def test_what_is_not_known_is_refused(city: Given):
    does(city, "answer", answer=SEALED).refused("difficulty.unknown", "D1")
    city.when(raised_as(visit="V1")).refused("visit.unknown", "V1")
    city.when(visit.erase(visit="V1")).refused("visit.unknown", "V1")


def test_without_any_post_it_is_refused():
    given(area.define(area=COUNTY, name="1")).when(raised_as()).refused("difficulty.nobody", COUNTY)


def test_a_visit_gives_enterprise_trade_and_area(city: Given):
    city.and_(
        enterprise.register(enterprise="E1", area=COUNTY, name="Firm 1", trade="courier"),
        visit.record(visit="V1", enterprise="E1", heard="sealed:heard"),
    )
    said = {"enterprise": "E1", "trade": "courier", "area": COUNTY, "channel": "visit"}
    city.when(raised_as(area=None, visit="V1")).then(DifficultyRaised, **said)


def test_a_visit_names_whom_it_was_to(city: Given):
    city.when(visit.record(visit="V1", area=COUNTY)).refused("visit.nobody", "V1")
    city.when(visit.record(visit="V1", group="Riders", area=COUNTY, post="street")).only(VisitRecorded)
    city.when(visit.record(visit="V1", group="Others", area=COUNTY)).refused("visit.exists", "V1")
    again = visit.record(visit="V1", group="Riders", area=COUNTY, post="street")
    city.when(again, observed=True).unchanged()
    in_words = visit.record(visit="V1", group="Riders", area=COUNTY, post="street", heard="sealed:heard")
    city.when(in_words, observed=True).refused("visit.exists", "V1")
    city.when(visit.erase(visit="V1")).only(VisitErased)
    city.when(visit.erase(visit="V1")).unchanged()


def test_an_id_is_taken_once_as_nobody_can_tell_whether_the_words_are_the_same(raised: Given):
    raised.when(raised_as()).refused("difficulty.exists", "D1")
    raised.when(raised_as(), observed=True, at=DAY).refused("difficulty.exists", "D1")


def test_a_sheet_whose_words_changed_is_not_taken_for_known(city: Given):
    said, other = (Heard(sheet="difficulties", personal={"text": words}) for words in ("hash 1", "hash 2"))
    city.when(raised_as(said=said), observed=True).only(DifficultyRaised, SheetSaid)
    city.when(raised_as(said=said), observed=True).unchanged()
    city.when(raised_as(said=other), observed=True).refused("difficulty.exists", "D1")


def test_a_receipt_belongs_to_one_difficulty(city: Given):
    city.and_(raised_as(receipt="a" * 64))
    city.when(raised_as("D2", receipt="a" * 64)).refused("difficulty.receipt_taken")


# -- passing on --------------------------------------------------------------------------------------------


def test_passing_on_is_an_offer_until_the_receiver_accepts(raised: Given):
    does(raised, "offer", to="health").then(DifficultyOffered, to="health", until=DAY + timedelta(days=3))
    assert (row(raised).state, row(raised).owner, row(raised).offered_to) == ("offered", "street", "health")
    does(raised, "take", OWNER).refused("difficulty.not_asked", "health")
    does(raised, "take", OTHER).then(DifficultyTaken, owner="health")
    assert (row(raised).state, row(raised).owner) == ("open", "health")
    does(raised, "answer", OWNER, answer=SEALED).refused("difficulty.not_yours", "health")


def test_only_the_owner_passes_on_and_not_to_itself(raised: Given):
    does(raised, "offer", OTHER, to="health").refused("difficulty.not_yours", "street")
    does(raised, "offer", to="street").refused("difficulty.to_itself", "street")
    does(raised, "offer", to="health").only(DifficultyOffered)
    does(raised, "offer", to="health").unchanged()


def test_a_returned_offer_is_with_its_owner_again(raised: Given):
    does(raised, "offer", to="health")
    does(raised, "give_back", OTHER, reason="not_ours").only(DifficultyReturned)
    assert (row(raised).state, row(raised).owner) == ("open", "street")


def test_an_unanswered_offer_returns_and_the_second_one_goes_up(raised: Given):
    does(raised, "offer", to="health")
    does(raised, "move_on", TICKER, now=t("+2 23:00")).unchanged()
    does(raised, "move_on", TICKER, now=t("+3 00:00")).then(DifficultyLapsed, owner="street", level=0)
    does(raised, "offer", to="health", now=t("+3 01:00"))
    does(raised, "move_on", TICKER, now=t("+6 01:00")).then(DifficultyLapsed, owner="lead", level=1)


def test_what_nobody_moves_goes_up_by_itself_to_the_top(raised: Given):
    up = does(raised, "move_on", TICKER, now=t("+10 00:00"))
    up.then(DifficultyEscalated, owner="lead", level=1, due=t("+20 00:00"))
    does(raised, "move_on", TICKER, now=t("+20 00:00")).then(DifficultyEscalated, owner="lead", due=None)
    assert "D1" not in raised.state[DIFFICULTIES_DUE]


# -- solved ------------------------------------------------------------------------------------------------


def test_an_answer_is_not_solved_until_the_asker_says_so(raised: Given):
    does(raised, "answer", answer=SEALED).then(DifficultyAnswered, until=DAY + timedelta(days=7))
    assert row(raised).state == "answered"
    does(raised, "confirm", OWNER).refused("difficulty.own_word", "D1")
    does(raised, "confirm", CLERK).then(DifficultyConfirmed, asker="D1")
    assert row(raised).state == "solved"


def test_without_the_askers_word_it_is_solved_once_the_window_is_over(raised: Given):
    answered(raised)
    does(raised, "move_on", TICKER, now=t("+6 23:59")).unchanged()
    does(raised, "move_on", TICKER, now=t("+7 00:00")).only(DifficultySettled)
    assert row(raised).state == "solved"


def test_the_window_is_a_setting_and_may_have_no_end(city: Given):
    city.when(difficulty_waits.set(act=1)).then(DifficultyWaitsSet, act=1, confirm=None)
    city.when(difficulty_waits.set(act=1)).unchanged()
    city.and_(raised_as())
    assert row(city).due == DAY + timedelta(days=1)
    assert row(answered(city)).due is None


ENDINGS: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "answered": [("answer", OWNER, {"answer": SEALED})],
    "solved": [("answer", OWNER, {"answer": SEALED}), ("confirm", CLERK, {})],
    "declined": [("decline", OWNER, {"reason": "not_ours"})],
    "closed": [("close", OWNER, {"reason": "no_funds"})],
}


@pytest.mark.parametrize("state", ENDINGS)
def test_the_asker_can_reopen_and_that_reaches_the_owner(raised: Given, state: str):
    for verb, actor, fields in ENDINGS[state]:
        does(raised, verb, actor, **fields).and_given  # noqa: B018  it must not be refused
    assert row(raised).state == state
    does(raised, "reopen", OWNER).refused("difficulty.own_word", "D1")
    does(raised, "reopen", CLERK, text=SEALED).then(DifficultyReopened, due=DAY + timedelta(days=10))
    assert (row(raised).state, row(raised).owner, row(raised).reopened) == ("open", "street", 1)


def test_closed_is_a_state_of_its_own_and_not_solved(raised: Given):
    does(raised, "close", reason="no_funds", answer=SEALED).only(DifficultyClosed)
    one = figures([row(raised)], DAY)[-1]
    assert (one.raised, one.solved, one.closed) == (1, 0, 1)


def test_declined_has_a_reason_and_the_asker_is_told(raised: Given):
    does(raised, "decline", reason="not_ours", answer=SEALED).then(DifficultyDeclined, reason="not_ours")
    assert (row(raised).reason, row(raised).history[-1].text) == ("not_ours", SEALED)


def test_only_the_asker_withdraws(raised: Given):
    does(raised, "withdraw", OWNER).refused("difficulty.own_word", "D1")
    does(raised, "withdraw", CLERK).only(DifficultyWithdrawn)
    does(raised, "answer", answer=SEALED).refused("difficulty.state", "withdrawn")


# -- merging -----------------------------------------------------------------------------------------------


def merged(raised: Given) -> Given:
    raised.and_(raised_as("D2"))
    does(raised, "merge", key="D2", into="D1").only(DifficultyMerged)
    return raised


def test_merged_ones_count_once_and_name_their_original(raised: Given):
    does(raised, "merge", into="D1").refused("difficulty.into_itself", "D1")
    merged(raised)
    assert (row(raised, "D2").state, row(raised, "D2").into, row(raised).askers) == ("merged", "D1", 2)
    one = figures([row(raised), row(raised, "D2")], DAY)[-1]
    assert (one.raised, one.open, one.askers) == (1, 1, 2)


def test_each_of_several_askers_is_heard(raised: Given):
    answered(merged(raised))
    does(raised, "confirm", CLERK, "D2").then(DifficultyConfirmed, difficulty="D1", asker="D2")
    assert row(raised).state == "answered"
    does(raised, "confirm", CLERK, "D2").unchanged()
    does(raised, "confirm", CLERK, "D1")
    assert row(raised).state == "solved"
    does(raised, "reopen", CLERK, "D2").then(DifficultyReopened, difficulty="D1", asker="D2")
    assert row(raised).state == "open"


def test_one_asker_does_not_withdraw_for_the_others(raised: Given):
    does(merged(raised), "withdraw", CLERK).refused("difficulty.others_ask", "1")
    does(raised, "withdraw", CLERK, "D2").refused("difficulty.state", "merged")


def test_one_difficulty_takes_only_so_many_askers(raised: Given, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.decisions.difficulty.decide.MOST_ASKERS", 1)
    raised.and_(raised_as("D2"))
    does(raised, "merge", key="D2", into="D1").refused("difficulty.too_many", "1")


# -- facts of their own time -------------------------------------------------------------------------------


def test_what_is_told_late_fits_its_time_and_contradicts_nothing_later(city: Given):
    later = t("+5 00:00")
    city.and_(raised_as(), at=t("01:00"), now=later)
    does(city, "answer", answer=SEALED, at=t("02:00"), now=later)
    assert row(city).since == t("02:00")
    does(city, "decline", reason="other", at=t("01:30"), now=later).refused("difficulty.told_since")
    does(city, "answer", answer=SEALED, at=t("00:30"), now=later).refused("difficulty.not_yet")
    early = does(city, "decline", reason="other", at=t("00:30"), now=later, observed=True)
    early.anomaly("difficulty.not_yet", "difficulty.state", "difficulty.told_since")
    assert row(city).state == "answered"


def test_each_state_is_read_as_of_any_instant(raised: Given):
    does(answered(raised), "confirm", CLERK, now=t("+1 00:00"))
    then = difficulties.at(row(raised), t("12:00"))
    assert then
    assert then.state == "answered"
    assert len(then.history) == 2
    assert difficulties.at(row(raised), DAY - timedelta(seconds=1)) is None


def test_erasing_leaves_the_count_and_no_text(raised: Given):
    answered(raised).when(difficulty.erase(difficulty="D1")).only(DifficultyErased)
    assert (row(raised).text, [one.text for one in row(raised).history]) == (None, [None, None])
    raised.when(difficulty.erase(difficulty="D1")).unchanged()


def test_offers_and_mergers_observed_elsewhere_are_kept_and_noted(
    raised: Given, monkeypatch: pytest.MonkeyPatch
):
    does(raised, "offer", to="health")
    does(raised, "take", OWNER, observed=True).anomaly("difficulty.not_asked")
    raised.and_(raised_as("D2"), raised_as("D3"))
    does(raised, "merge", key="D2", into="D1", observed=True)
    does(raised, "withdraw", CLERK, observed=True).anomaly("difficulty.others_ask")
    raised.and_(raised_as("D4"))
    monkeypatch.setattr("services.decisions.difficulty.decide.MOST_ASKERS", 1)
    does(raised, "merge", key="D3", into="D4", observed=True).anomaly("difficulty.too_many")


def test_what_another_post_says_is_noted(raised: Given):
    does(raised, "answer", OTHER, answer=SEALED, observed=True).anomaly("difficulty.not_yours")
    does(raised, "confirm", OWNER, observed=True).anomaly("difficulty.own_word")


def test_an_offer_to_its_own_post_is_noted(raised: Given):
    does(raised, "offer", to="street", observed=True).anomaly("difficulty.to_itself")


# -- a post at every moment --------------------------------------------------------------------------------

KEYS = st.sampled_from(["street", "health", "lead"])
UNITS = st.sampled_from(["U1", "U2"])
AREAS = st.sampled_from([COUNTY, "230718", "2307"])
MOVES: Any = st.one_of(
    st.builds(lambda key, to: post.move(post=key, unit=to), KEYS, UNITS),
    st.builds(lambda key, to: post.move(post=key, area=to), KEYS, AREAS),
    st.builds(lambda key, to: post.move(post=key, parent=to), KEYS, st.none() | KEYS),
    st.builds(lambda key: post.move(post=key, first=False), KEYS),
    st.builds(lambda one, other: unit.move(unit=one, parent=other), UNITS, UNITS),
    st.builds(lambda one: unit.dissolve(unit=one), UNITS),
)
"""Units are merged as a city does it: posts and units go under the other one, what is left is dissolved."""
STEPS = st.one_of(
    st.builds(lambda key: post.vacate(post=key), KEYS),
    st.builds(lambda key: post.abolish(post=key), KEYS),
    st.builds(lambda key: post.relieve(post=key, task="answer", area=COUNTY), KEYS),
    st.builds(lambda key: post.charge(post=key, task="answer", area=COUNTY), KEYS),
    st.builds(
        lambda key: post.appoint(post=key, holder=f"N-{key}", holder_name="sealed:n", acts_as=key), KEYS
    ),
    MOVES,
    st.builds(lambda key: difficulty.offer(difficulty="D1", to=key), KEYS),
    st.sampled_from(
        [
            difficulty.take(difficulty="D1"),
            difficulty.confirm(difficulty="D1"),
            difficulty.reopen(difficulty="D1"),
            difficulty.withdraw(difficulty="D1"),
            difficulty.move_on(difficulty="D1"),
            difficulty.answer(difficulty="D1", answer=SEALED),
            difficulty.give_back(difficulty="D1", reason="other"),
            difficulty.decline(difficulty="D1", reason="other"),
            difficulty.close(difficulty="D1", reason="other"),
        ]
    ),
    st.builds(lambda: raised_as("D2")),
    st.builds(lambda: difficulty.merge(difficulty="D2", into="D1")),
)
ACTORS = st.sampled_from([OWNER, OTHER, CLERK, "dispatcher/lead", "service/ticker"])


@settings(max_examples=scaled("MUSTER_DIFFICULTIES", 60, 2000), deadline=None)
@all_of(steps=st.lists(st.tuples(STEPS, ACTORS, st.integers(1, 9)), max_size=14))
def test_a_difficulty_is_with_a_post_at_every_moment(steps: list[tuple[Command, str, int]]):
    """Whatever becomes of posts, holders and units, at each moment a post that stands has it, the row says
    which one answers and where they work, and the sums hold."""
    after = given(
        area.define(area=COUNTY, name="1"),
        area.define(area="230718", name="2"),
        unit.establish(unit="U1", name="U1", area="2307"),
        unit.establish(unit="U2", name="U2", area="2307"),
        *staffed("lead", "2307"),
        *staffed("street", COUNTY, "lead"),
        *staffed("health", COUNTY, "lead"),
        post.charge(post="street", task="answer", area=COUNTY),
        raised_as(),
        actor=CLERK,
    )
    now, moments = DAY, [DAY]
    for command, actor, days in steps:
        now += timedelta(days=days)
        moments.append(now)
        try:
            after.log.now = now
            after.log.do(command, actor=actor)
        except Refused:
            continue
    rows: dict[str, Any] = {
        "difficulties": fold(difficulties.VIEW, after.log.commits),
        "posts": fold(posts.VIEW, after.log.commits),
    }
    index = index_of(rows["posts"])
    for when in moments:
        for one in rows["difficulties"].values():
            then = standing(one.history, when)
            if then and then.state in OPEN:
                assert post_stands(rows["posts"][then.owner].changes, when)
                assert then.post == risen(rows["posts"], index, then.owner, when)
                assert set(then.passed) == where(rows["posts"], index, then, when)
    board = waiting(rows["difficulties"].items(), rows["posts"], now)
    assert [one.path[-1].post for one in board] == [one.post for one in board]
    assert all(step.vacant for one in board for step in one.path[:-1]), "it rises only through vacant posts"
    assert list(law.broken("2307", rows)) == []


def where(rows: Any, index: Any, then: DifficultyThen, when: Any) -> set[str]:
    """Return the areas of the posts that have it, answer for it or are asked to take it on."""
    asked = [one for one in (then.owner, then.offered_to) if one]
    both = {key for one in asked for key in (one, risen(rows, index, one, when))}
    return {found.place.area for key in both if (found := post_stands(rows[key].changes, when))}


def test_a_difficulty_goes_along_with_a_post_that_moves(raised: Given):
    raised.and_(area.define(area="230718", name="2"))
    moved = raised.when(post.move(post="street", area="230718"))
    said = {"owner": "street", "post": "street", "areas": ("230718",)}
    moved.then(DifficultyFollowed, difficulty="D1", **said)
    assert moved.events[-1].actor == "service"
    assert (row(raised).owner, row(raised).passed) == ("street", ("230718",))
    raised.when(post.move(post="health", area=COUNTY)).then(PostMoved).only(PostMoved)


def test_a_leavers_difficulty_rises_and_comes_back(raised: Given):
    left = raised.when(post.vacate(post="street"), now=t("+1 00:00"))
    left.then(DifficultyFollowed, owner="street", post="lead", areas=("2307",))
    assert (row(raised).owner, row(raised).post) == ("street", "lead")
    again = post.appoint(post="street", holder="H9", holder_name="sealed:9", acts_as="street")
    raised.when(again, now=t("+2 00:00")).then(DifficultyFollowed, owner="street", post="street")
    assert row(raised).post == "street"
    then = difficulties.at(row(raised), t("+1 12:00"))
    assert then is not None
    assert then.post == "lead", "as of the vacancy, the post above answered"


def test_the_board_shows_the_path_of_a_leavers_difficulty(raised: Given):
    raised.and_(post.vacate(post="street"))
    rows: Any = fold(difficulties.VIEW, raised.log.commits)
    (one,) = waiting(rows.items(), fold(posts.VIEW, raised.log.commits), DAY)
    path = [(step.post, step.vacant) for step in one.path]
    assert (one.owner, one.post, path) == ("street", "lead", [("street", True), ("lead", False)])


def test_an_abolished_posts_difficulty_goes_to_the_post_above(raised: Given):
    relieved = post.relieve(post="street", task="answer", area=COUNTY)
    raised.and_(relieved).when(post.abolish(post="street")).then(
        DifficultyFollowed, owner="lead", post="lead"
    )
    assert row(raised).owner == "lead"


def test_an_offer_to_a_post_that_was_abolished_is_taken_by_the_one_above(raised: Given):
    does(raised, "offer", to="health").and_given.and_(post.abolish(post="health"))
    does(raised, "take", "dispatcher/lead").then(DifficultyTaken, owner="lead")


def test_the_last_post_is_not_abolished_while_difficulties_are_with_it(city: Given):
    city.and_(raised_as(), post.relieve(post="street", task="answer", area=COUNTY))
    city.and_(*(post.abolish(post=key) for key in ("street", "health")))
    city.when(post.abolish(post="lead")).refused("post.has_difficulties", "D1")
    city.when(post.abolish(post="lead"), observed=True).anomaly("post.has_difficulties")


def test_a_post_that_got_a_difficulty_later_was_not_abolished_before(raised: Given):
    does(raised, "offer", to="health", now=t("+1 00:00"))
    does(raised, "take", OTHER, now=t("+2 00:00"))
    before = {"at": t("+1 12:00"), "now": t("+3 00:00")}
    raised.when(post.abolish(post="health"), **before).refused("post.later")


def test_what_is_told_late_of_a_post_moves_its_difficulties_when_it_is_known(raised: Given):
    raised.when(post.vacate(post="street"), at=t("+1 00:00"), now=t("+4 00:00"))
    (fact,) = (one for one in row(raised).history if one.kind == "followed")
    assert (fact.at, fact.post) == (t("+4 00:00"), "lead")
    at: Any = {"at": t("+2 00:00"), "now": t("+4 01:00")}
    does(raised, "answer", "dispatcher/lead", answer=SEALED, **at).only(DifficultyAnswered)


def test_a_vacant_posts_difficulty_is_with_the_one_above(raised: Given):
    raised.and_(post.vacate(post="street"))
    does(raised, "answer", answer=SEALED).refused("difficulty.not_yours", "lead")
    does(raised, "answer", "dispatcher/lead", answer=SEALED).only(DifficultyAnswered)


def test_the_law_finds_what_does_not_add_up(raised: Given):
    good = {"difficulties": {"D1": row(raised)}, "posts": fold(posts.VIEW, raised.log.commits)}
    assert list(law.broken("2307", good)) == []
    assert "no post" in next(iter(law.broken("2307", {**good, "posts": {}})))


# -- the public figure -------------------------------------------------------------------------------------


def test_small_counts_are_not_published(city: Given):
    def told() -> list[tuple[str, int]]:
        rows: Any = fold(difficulties.VIEW, city.log.commits).values()
        return [(one.category, one.raised) for one in public_figures(rows, DAY)]

    city.and_(*(raised_as(f"A{n}") for n in range(FEW - 1)))
    assert told() == []
    city.and_(*(raised_as(f"B{n}", category="housing") for n in range(FEW)))
    assert told() == [("other", 9), ("total", 9)], "pay would be known by subtraction"
    city.and_(raised_as("A9"))
    assert told() == [("housing", 5), ("pay", 5), ("total", 10)]


def test_median_days_need_as_many_solved_ones(city: Given):
    for n in range(FEW):
        city.and_(raised_as(f"A{n}"))
        does(city, "answer", key=f"A{n}", answer=SEALED)
    for n in range(FEW - 1):
        does(city, "confirm", CLERK, f"A{n}", now=t("+2 00:00"))
    rows: Any = fold(difficulties.VIEW, city.log.commits)
    assert public_figures(rows.values(), t("+2 00:00"))[-1].median_days is None
    does(city, "confirm", CLERK, "A4", now=t("+2 00:00"))
    rows = fold(difficulties.VIEW, city.log.commits)
    assert public_figures(rows.values(), t("+2 00:00"))[-1].median_days == 2.0


def test_what_is_shown_is_added_once_and_at_any_time(raised: Given) -> None:
    """Photos and recordings come by the receipt, also after the answer; the same again changes nothing."""
    file = "ab" * 32
    photo = {"medium": "photo", "file": file, "actor": "public/receipt"}
    shown = does(answered(raised), "attach", **photo)
    shown.then(DifficultyAttached, difficulty="D1", area=COUNTY, medium="photo", file=file)
    does(shown.and_given, "attach", **photo).unchanged()
    early = does(raised, "attach", **photo, at=t("-1 07:00"), observed=True)
    early.anomaly("difficulty.not_yet")


def test_a_difficulty_has_few_files(raised: Given) -> None:
    def attach(n: int) -> Command:
        return difficulty.attach(difficulty="D1", medium="voice", file=f"{n:064x}")

    full = raised.and_(*(attach(n) for n in range(MOST_FILES)))
    full.when(attach(MOST_FILES)).refused("file.too_many", "difficulty/D1", str(MOST_FILES))


def test_the_row_says_where_the_posts_work_that_have_it(raised: Given) -> None:
    """Who covers the area of a post that has it, or is asked to take it on, sees it."""
    assert row(raised).passed == ("2307",)
    away = post.create(post="P9", name="P9", unit="U1", area=COUNTY, parent="lead")
    offered = does(raised.and_(away), "offer", to="P9").and_given
    assert row(offered).passed == ("2307", COUNTY)
