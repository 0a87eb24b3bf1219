"""Source lists compared with the ledger: one state for each entry, at any date, whatever people said."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest

from events.credit_code import check_character
from projections.catalog import views
from projections.comparison import STATES, ComparisonRow, CompletenessRow
from projections.fold import fold
from services.decisions.base import Command
from services.matching.asked import READ, compared_at
from services.matching.completeness import Past, completeness, county_of
from services.verify.laws.source_lists import LAW
from tests.given import DAY, Aggregate, Given, J, area, given, jurisdiction, t

source_list, entry, match, enterprise = map(Aggregate, ("source_list", "entry", "match", "enterprise"))
COUNTY, OTHER = "230717", "230718"
DECLARE = source_list.declare(source_list="L1", kind="registry", title="Registry export")


def code(number: int) -> str:
    """Return a code that is right."""
    first = f"912307{number:011d}"
    return first + check_character(first)


def firm(key: str, name: str, **more: Any) -> Command:
    return enterprise.register(**{"enterprise": key, "area": COUNTY, "name": name, **more})


def listed(key: str, name: str, **more: Any) -> Command:
    return entry.list(**{"entry": key, "source_list": "L1", "area": COUNTY, "name": name, **more})


def judged(key: str, firm: str, verdict: str, **more: Any) -> Command:
    return match.judge(entry=key, enterprise=firm, verdict=verdict, reason="to_ask", **more)


@pytest.fixture
def city() -> Given:
    """Two counties of Yichun and a list declared at 08:00."""
    return given(
        jurisdiction.establish(name="伊春市"),
        area.define(area=COUNTY, name="伊美区"),
        area.define(area=OTHER, name="乌翠区"),
        DECLARE,
    )


def rows(after: Given) -> dict[str, dict[str, Any]]:
    return {name: dict(fold(views[name], after.log.commits)) for name in READ}


def compared(after: Given, when: datetime | None = None) -> dict[str, ComparisonRow]:
    _, found = compared_at(J, rows(after), when or after.log.now)
    return {one.entry: one for one in found}


def state(after: Given, when: datetime | None = None) -> dict[str, str]:
    return {key: one.state for key, one in compared(after, when).items()}


# -- codes -------------------------------------------------------------------------------------------------


def test_a_code_matches_a_name_under_another_form(city: Given):
    city.and_(firm("E1", "伊春市宏达物流有限公司", code=code(1)), listed("X1", "宏达物流", code=code(1)))
    assert compared(city)["X1"].enterprise == "E1"


def test_a_code_is_compared_half_width_and_without_spaces(city: Given):
    spaced = f"９{code(1)[1:9]}-{code(1)[9:].lower()}"
    city.and_(firm("E1", "宏达物流", code=code(1)), listed("X1", "宏达物流", code=spaced))
    assert state(city) == {"X1": "code"}


def test_a_code_of_another_name_is_for_a_person_to_look_at(city: Given):
    city.and_(firm("E1", "宏达物流", code=code(1)), listed("X1", "顺风餐饮", code=code(1)))
    assert state(city) == {"X1": "names"}
    assert state(city.and_(judged("X1", "E1", "same"))) == {"X1": "verdict"}


def test_two_good_codes_that_differ_are_two_enterprises(city: Given):
    city.and_(firm("E1", "宏达物流", code=code(1)), listed("X1", "宏达物流", code=code(2)))
    assert state(city) == {"X1": "missing"}


@pytest.mark.parametrize("wrong", [None, "230702100012345", f"{code(2)[:-1]}-", "无"])
def test_a_code_that_is_missing_old_or_failing_proves_nothing(city: Given, wrong: str | None):
    city.and_(firm("E1", "宏达物流", code=code(1)), listed("X1", "宏达物流有限公司", code=wrong))
    assert state(city) == {"X1": "candidate"}


def test_the_same_wrong_code_in_both_is_a_match(city: Given):
    city.and_(firm("E1", "宏达物流", code="无1"), listed("X1", "宏达物流", code="无1"))
    assert state(city) == {"X1": "code"}


# -- names and verdicts ------------------------------------------------------------------------------------


def test_a_name_alone_is_never_a_match(city: Given):
    city.and_(firm("E1", "宏达物流"), listed("X1", "宏达物流"))
    assert state(city) == {"X1": "candidate"}
    assert len(rows(city)["enterprises"]) == 1  # nothing merged


def test_different_leaves_the_entry_missing_and_not_proved_different_from_all(city: Given):
    city.and_(firm("E1", "宏达物流"), listed("X1", "宏达物流"), judged("X1", "E1", "different"))
    assert state(city) == {"X1": "missing"}
    assert state(city.and_(firm("E2", "宏达货运"))) == {"X1": "candidate"}


def test_different_holds_against_a_code_as_well(city: Given):
    city.and_(firm("E1", "宏达物流", code=code(1)), listed("X1", "宏达物流", code=code(1)))
    assert state(city.and_(judged("X1", "E1", "different"))) == {"X1": "missing"}


def test_undecided_stays_a_candidate_even_when_names_drift_apart(city: Given):
    city.and_(firm("E1", "宏达物流"), listed("X1", "宏达物流"), judged("X1", "E1", "undecided"))
    city.and_(enterprise.amend(enterprise="E1", name="顺风餐饮"))
    (one,) = compared(city)["X1"].candidates
    assert (one.enterprise, one.why, one.match) == ("E1", "said", "c7")


def test_being_in_one_list_proves_nothing_about_another(city: Given):
    city.and_(firm("E1", "宏达物流"), listed("X1", "宏达物流"), judged("X1", "E1", "different"))
    city.and_(source_list.declare(source_list="L2", kind="tax", title="Tax list"))
    city.and_(listed("Y1", "宏达物流", source_list="L2"))
    assert state(city) == {"X1": "missing", "Y1": "candidate"}


def test_candidates_of_the_same_county_come_first(city: Given):
    city.and_(firm("E1", "宏达物流", area=OTHER), firm("E2", "宏达物流"), listed("X1", "宏达物流"))
    assert [one.enterprise for one in compared(city)["X1"].candidates] == ["E2", "E1"]


# -- dates -------------------------------------------------------------------------------------------------


def test_a_newer_edition_replaces_the_older_one_from_the_sources_own_date(city: Given):
    city.and_(listed("X1", "宏达物流"), listed("X2", "顺风餐饮"))
    city.and_(DECLARE, listed("X2", "顺风餐饮"), listed("X3", "永发食品"), now=t("+30 00:00"))
    assert set(state(city)) == {"X2", "X3"}
    assert set(state(city, t("+29 00:00"))) == {"X1", "X2"}
    assert state(city, t("-1 00:00")) == {}


def test_a_late_edition_counts_from_its_own_date(city: Given):
    city.and_(listed("X2", "顺风餐饮"), now=t("01:00"))
    city.and_(DECLARE, listed("X1", "宏达物流"), at=t("-30 00:00"), now=t("+9 00:00"))
    assert (set(state(city)), set(state(city, t("-10 00:00")))) == ({"X2"}, {"X1"})


def test_names_and_enterprises_are_those_of_the_date(city: Given):
    city.and_(listed("X1", "宏达物流"))
    city.and_(firm("E1", "顺风餐饮"), now=t("01:00"))
    city.and_(enterprise.amend(enterprise="E1", name="宏达物流"), now=t("02:00"))
    assert [state(city, t(when))["X1"] for when in ("00:30", "01:30", "02:30")] == [
        "missing",
        "missing",
        "candidate",
    ]


def test_completeness_tells_its_change_with_the_sources_own_dates(city: Given):
    city.and_(firm("E1", "宏达物流", code=code(1)), listed("X1", "宏达物流", code=code(1)))
    city.and_(listed("X2", "顺风餐饮"))
    city.and_(DECLARE, listed("X1", "宏达物流", code=code(1)), now=t("+30 00:00"))
    then = t("+1 00:00")
    lists, found = compared_at(J, rows(city), city.log.now)
    before_lists, before = compared_at(J, rows(city), then)
    past = Past(when=then, lists=before_lists, found=before)
    row: CompletenessRow = completeness(J, lists, found, past)["L1/list"]
    assert (row.edition, row.entries, row.matched, row.share) == (t("+30 00:00"), 1, 1, 1)
    assert (row.edition_before, row.entries_before, row.matched_before, row.share_before) == (
        t("00:00"),
        2,
        1,
        0.5,
    )


@pytest.mark.parametrize(
    ("place", "county"),
    [
        (J, J),
        ("230717", "230717"),
        ("230717001", "230717"),
        ("2307-01-02", "2307-01"),
        ("230717001-3", "230717"),
    ],
)
def test_a_county_is_what_lies_directly_in_the_jurisdiction(place: str, county: str):
    assert county_of(place, J) == county


# -- whatever happens --------------------------------------------------------------------------------------

NAMES = (
    "宏达物流",
    "宏达货运",
    "伊春市宏达物流有限公司",
    "宏远物流",
    "顺风餐饮",
    "顺丰餐饮有限公司",
    "鑫源商贸",
)
CODES = (None, code(1), code(2), "230702100012345")


def something(rng: Random, number: int) -> tuple[Command, dict[str, Any]]:
    """Return a random command with its time."""
    key, other = f"X{rng.randint(1, 5)}", f"E{rng.randint(1, 4)}"
    late = {"at": DAY + timedelta(days=rng.randint(-20, 20))}
    return rng.choice(
        [
            (firm(other, rng.choice(NAMES), code=rng.choice(CODES)), late),
            (enterprise.amend(enterprise=other, name=rng.choice(NAMES)), late),
            (enterprise.close(enterprise=other), late),
            (DECLARE, late),
            (listed(key, rng.choice(NAMES), code=rng.choice(CODES), trade="courier"), late),
            (listed(key, rng.choice(NAMES)), {}),
            (entry.strike(entry=key), {}),
            (judged(key, other, rng.choice(("same", "different", "undecided"))), late),
            (match.undo(match=f"c{rng.randint(1, max(1, number))}"), late),
            (source_list.withdraw(source_list="L1"), {}),
        ]
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_law_holds_after_anything(city: Given, seed: int):
    rng = Random(seed)
    for number in range(60):
        command, how = something(rng, number)
        city.when(command, now=t(f"+{20 + number} 00:00"), **how)
    assert list(LAW.broken(J, rows(city))) == []
    for days in range(-20, 80, 7):
        when = DAY + timedelta(days=days)
        lists, found = compared_at(J, rows(city), when)
        assert len({one.entry for one in found}) == len(found)
        for row in completeness(J, lists, found).values():
            assert row.entries == row.matched + row.names + row.candidate + row.missing


@pytest.mark.parametrize("seed", range(6))
def test_a_verdict_survives_the_next_edition_and_undo_restores_exactly(city: Given, seed: int):
    rng = Random(seed)
    for number in range(1, 5):
        city.and_(firm(f"E{number}", rng.choice(NAMES)), listed(f"X{number}", rng.choice(NAMES)))
    before = compared(city)
    pairs = [(key, one.enterprise) for key, row in before.items() for one in row.candidates]
    if not pairs:
        pairs = [("X1", "E1")]
    key, firm_key = rng.choice(pairs)
    city.and_(judged(key, firm_key, "different", match="M1"), now=t("01:00"))
    judged_then = compared(city)
    city.and_(DECLARE, *(listed(x, row.name) for x, row in before.items()), now=t("+30 00:00"))
    for x, row in compared(city).items():
        was = judged_then[x]
        assert (row.state, row.candidates, row.said) == (was.state, was.candidates, was.said)
    city.and_(match.undo(match="M1"), now=t("+31 00:00"))
    for x, row in compared(city).items():
        was = before[x]
        assert (row.state, row.enterprise, row.candidates) == (was.state, was.enterprise, was.candidates)


# -- the law can fail --------------------------------------------------------------------------------------


def test_the_law_finds_an_entry_that_is_not_counted(city: Given):
    city.and_(listed("X1", "宏达物流"), listed("X2", "顺风餐饮"))
    damaged = rows(city)
    del damaged["entries"]["X2"]
    (what, *_) = LAW.broken(J, damaged)
    assert what.startswith("list L1")
    assert "2 entries listed, 1 compared" in what


def test_the_law_finds_a_count_that_is_wrong(city: Given):
    city.and_(listed("X1", "宏达物流"))
    damaged = rows(city)
    row = damaged["source_lists"]["L1"]
    wrong = tuple(msgspec.structs.replace(one, entries=5) for one in row.editions)
    damaged["source_lists"]["L1"] = msgspec.structs.replace(row, editions=wrong)
    assert list(LAW.broken(J, damaged))


def test_every_state_can_be(city: Given):
    city.and_(
        *(
            firm(f"E{n}", name, code=code(n))
            for n, name in enumerate(("宏达物流", "顺风餐饮", "鑫源商贸"), 1)
        ),
        firm("E4", "永发食品"),
        listed("X1", "宏达物流", code=code(1)),
        listed("X2", "另一餐饮", code=code(2)),
        listed("X3", "鑫源贸易"),
        listed("X4", "永发食品"),
        listed("X5", "没有的公司"),
        judged("X3", "E3", "same"),
    )
    assert set(state(city).values()) == set(STATES)


def test_counties_have_the_names_of_the_date(city: Given):
    """A county renamed later: before that, its name at that time is what is stripped, and not today's."""
    city.and_(firm("E1", "乌翠区快马配送有限公司"), listed("L1-1", "快马配送有限公司"))
    city.and_(area.rename(area=OTHER, name="新青区"), now=t("09:00"))
    city.log.now = t("10:00")
    assert compared(city, t("08:30"))["L1-1"].candidates[0].why == "core"
    assert [one.why for one in compared(city, t("09:30"))["L1-1"].candidates] != ["core"]


def test_a_county_that_was_closed_is_still_known_by_its_name(city: Given):
    city.and_(firm("E1", "乌翠区快马配送有限公司"), listed("L1-1", "快马配送有限公司"))
    city.and_(area.close(area=OTHER), now=t("09:00"))
    assert compared(city, t("09:30"))["L1-1"].candidates[0].why == "core"
