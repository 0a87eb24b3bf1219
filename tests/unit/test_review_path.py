"""The rule of the path, over any verdicts in any order: one place, none skipped, nothing lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from events.dated import order
from events.enterprise import DETAILS, EnterpriseAmended, EnterpriseClosed, EnterpriseRegistered
from events.enterprise_facts import EnterpriseFact, fact_of, in_ledger, place_of, standing, with_fact
from events.review import ReviewDelegated, ReviewEscalated, ReviewJudged, ReviewOpened, ReviewSentBack, Stage
from events.review_path import JOINT, PLACES, STAGES, Verdict, awaited, counting, ready
from events.review_path import place_of as place

BEGIN = datetime(2022, 3, 1, tzinfo=UTC)
FIELDS = st.one_of(
    st.just(()),
    st.sets(st.sampled_from(DETAILS), min_size=1, max_size=8).map(lambda some: tuple(sorted(some))),
)
VERDICTS = st.builds(
    Verdict,
    stage=st.sampled_from(STAGES),
    verdict=st.sampled_from(["approve", "reject"]),
    at=st.just(BEGIN),
    by=st.just("A"),
    fields=FIELDS,
)
ABOUT: dict[str, Any] = {"enterprise": "E1", "area": "2307"}
EVENTS = st.one_of(
    st.builds(
        EnterpriseAmended,
        **{name: st.just(value) for name, value in ABOUT.items()},
        employees=st.integers(0, 9),
    ),
    st.just(EnterpriseClosed(**ABOUT)),
    st.just(ReviewOpened(**ABOUT)),
    st.just(ReviewSentBack(**ABOUT, stage="screen", reason="other")),
    st.just(ReviewDelegated(**ABOUT, stage="screen", to="P1")),
    st.just(ReviewEscalated(**ABOUT, place="screen", due=BEGIN, level=1, to=("P2",))),
    st.builds(
        ReviewJudged,
        enterprise=st.just("E1"),
        area=st.just("2307"),
        stage=st.sampled_from(STAGES),
        verdict=st.sampled_from(["approve", "reject"]),
        fields=FIELDS,
    ),
)


@st.composite
def histories(draw: st.DrawFn) -> list[EnterpriseFact]:
    """Return facts in the order in which they were recorded, with times in any order after the first."""
    told = draw(st.lists(st.tuples(EVENTS, st.integers(0, 50)), max_size=12))
    first = fact_of(EnterpriseRegistered(**ABOUT, name="Firm 1"), BEGIN, 1, "A")
    later = [fact_of(e, BEGIN + timedelta(hours=h), n, "A") for n, (e, h) in enumerate(told, 2)]
    return [first, *later]


@given(st.lists(VERDICTS, max_size=8))
def test_it_is_at_one_place_and_every_stage_before_it_has_approved(verdicts: list[Verdict]):
    found = place(verdicts)
    last = counting(verdicts)
    assert found in PLACES
    if found in ("check", "disagreement", "passed"):
        assert last["screen"].approves
        assert last["verify"].approves
    if found == "passed":
        assert all(last[stage].approves for stage in STAGES)
    if found == "disagreement":
        assert {last[stage].verdict for stage in JOINT} == {"approve", "reject"}


@given(st.lists(VERDICTS, max_size=8), VERDICTS)
def test_only_the_last_verdicts_count_but_approvals_of_details_add_up(verdicts: list[Verdict], one: Verdict):
    if not one.fields:
        assert counting([*verdicts, one])[one.stage] == one
    assert {**counting([*verdicts, one]), one.stage: None} == {**counting(verdicts), one.stage: None}


@given(st.lists(VERDICTS, max_size=8), st.sampled_from(STAGES))
def test_a_stage_is_ready_once_those_before_it_have_approved(verdicts: list[Verdict], stage: Stage):
    if place(verdicts) in ("check", "disagreement", "passed"):
        assert all(ready(verdicts, one) for one in STAGES)
    if place(verdicts) == "screen":
        assert [one for one in STAGES if ready(verdicts, one)] == ["screen"]


@given(histories())
def test_the_order_of_recording_does_not_matter(facts: list[EnterpriseFact]):
    now = None
    for fact in facts:
        now = with_fact(now, fact)
    assert now == standing(sorted(facts, key=order))


@given(histories(), st.integers(-1, 51))
def test_what_is_known_of_an_instant_does_not_depend_on_what_came_later(
    facts: list[EnterpriseFact], hours: int
):
    facts = sorted(facts, key=order)
    instant = BEGIN + timedelta(hours=hours)
    assert standing(facts, instant) == standing([fact for fact in facts if fact.at <= instant])


@given(histories())
def test_the_ledger_holds_what_passed_and_is_open(facts: list[EnterpriseFact]):
    now = standing(sorted(facts, key=order))
    assert now
    assert in_ledger(now) == (now.state == "open" and place_of(now) == "passed")
    assert now.facts == tuple(sorted(facts, key=order))
    if now.review:
        assert awaited(now.review) == () or place_of(now) in ("screen", "verify", "check")
