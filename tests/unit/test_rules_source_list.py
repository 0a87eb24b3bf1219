"""Source lists: editions by the sources' own dates, entries, and verdicts that nothing but people undo."""

from typing import Any

import pytest

from events.source_list import (
    EntryListed,
    EntryStruck,
    MatchJudged,
    MatchUndone,
    SourceListDeclared,
    SourceListWithdrawn,
)
from projections import entries, matches, source_lists
from projections.fold import fold
from projections.source_lists import SourceListRow
from services.decisions.base import Command, Scope
from services.decisions.source_list.table import ENTRIES, MOST_EDITIONS, MOST_VERDICTS, SOURCE_LISTS
from tests.given import Aggregate, Given, area, given, t

source_list, entry, match = Aggregate("source_list"), Aggregate("entry"), Aggregate("match")
enterprise = Aggregate("enterprise")
COUNTY, OTHER = "230717", "230718"
DECLARE = source_list.declare(source_list="L1", kind="registry", title="Registry export")


def listed(key: str = "X1", **fields: Any) -> Command:
    return entry.list(**{"entry": key, "source_list": "L1", "area": COUNTY, "name": f"Firm {key}", **fields})


def judged(verdict: str, enterprise: str = "E1", reason: str = "same_firm", **fields: Any) -> Command:
    return match.judge(entry="X1", enterprise=enterprise, verdict=verdict, reason=reason, **fields)


@pytest.fixture
def city() -> Given:
    """Two counties, two enterprises, and a list of 08:00 with one entry."""
    return given(
        area.define(area=COUNTY, name="1"),
        area.define(area=OTHER, name="2"),
        enterprise.register(enterprise="E1", area=COUNTY, name="Firm 1"),
        enterprise.register(enterprise="E2", area=OTHER, name="Firm 2"),
        DECLARE,
        listed(),
    )


# -- editions ----------------------------------------------------------------------------------------------


def test_an_edition_has_the_sources_own_date(city: Given):
    late = city.when(DECLARE, at=t("-30 00:00"), now=t("09:00"))
    late.then(SourceListDeclared, edition=t("-30 00:00"), kind="registry")
    assert late.state[SOURCE_LISTS]["L1"].editions == (t("-30 00:00"), t("00:00"))


def test_declaring_an_edition_again_changes_nothing(city: Given):
    city.when(DECLARE, at=t("00:00"), now=t("09:00")).unchanged()


def test_an_edition_is_given_another_title(city: Given):
    other = source_list.declare(source_list="L1", kind="registry", title="Export of March")
    city.when(other, at=t("00:00"), now=t("09:00")).then(SourceListDeclared, title="Export of March")
    later = source_list.declare(source_list="L1", kind="registry", title="Export of April")
    city.and_(later, now=t("+30 00:00"))
    city.when(other, at=t("00:00")).unchanged()


def test_a_list_keeps_its_kind(city: Given):
    other = source_list.declare(source_list="L1", kind="tax", title="Tax list")
    city.when(other).refused("source_list.exists", "L1")


def test_an_edition_is_withdrawn(city: Given):
    city.when(source_list.withdraw(source_list="L1")).then(SourceListWithdrawn, edition=t("00:00"))
    city.when(source_list.withdraw(source_list="L1", edition=t("00:30"))).refused(
        "source_list.no_edition", "L1"
    )
    city.when(source_list.withdraw(source_list="L9")).refused("source_list.unknown", "L9")


def test_editions_are_limited():
    many = given(area.define(area=COUNTY, name="1"))
    for number in range(MOST_EDITIONS):
        many.and_(DECLARE, at=t(f"-{number + 1} 00:00"))
    many.when(DECLARE).refused("source_list.too_many", str(MOST_EDITIONS))
    many.when(DECLARE, at=t("-1 00:00")).unchanged()


# -- entries -----------------------------------------------------------------------------------------------


def test_an_entry_is_in_the_newest_edition_of_its_time(city: Given):
    city.and_(DECLARE, at=t("-30 00:00"), now=t("09:00"))
    city.when(listed("X2"), at=t("-29 00:00")).then(EntryListed, edition=t("-30 00:00"))
    city.when(listed("X2"), at=t("01:00")).then(EntryListed, edition=t("00:00"))
    city.when(listed("X2"), at=t("-31 00:00")).refused("source_list.no_edition", "L1")


def test_an_entry_needs_a_list_and_an_area(city: Given):
    city.when(listed("X2", source_list="L9")).refused("source_list.unknown", "L9")
    city.when(listed("X2", area="230799")).refused("area.unknown", "230799")


def test_importing_an_edition_twice_changes_nothing(city: Given):
    city.when(listed()).unchanged()


def test_a_row_that_contradicts_its_edition_is_refused(city: Given):
    """Two rows with one code would else be one entry, and the second would silently replace the first."""
    city.when(listed(name="Another firm")).refused("entry.listed", "X1", "Firm X1")
    city.when(listed(name="Another firm"), observed=True).refused("entry.listed", "X1")


def test_an_entry_belongs_to_one_list(city: Given):
    city.and_(source_list.declare(source_list="L2", kind="tax", title="Tax list"))
    city.when(listed(source_list="L2")).refused("entry.exists", "X1")


def test_an_entry_is_struck_out_and_listed_again_corrected(city: Given):
    struck = city.when(entry.strike(entry="X1")).then(EntryStruck, edition=t("00:00")).and_given
    struck.when(entry.strike(entry="X1")).unchanged()
    struck.when(listed(name="Another firm")).then(EntryListed, name="Another firm")
    city.when(entry.strike(entry="X9")).refused("entry.unknown", "X9")


@pytest.mark.parametrize("code", [None, "230702100012345", "91110000600037341X", "？"])
def test_a_wrong_code_never_blocks(city: Given, code: str | None):
    city.when(listed("X2", code=code)).then(EntryListed, code=code)


# -- verdicts ----------------------------------------------------------------------------------------------


def test_a_verdict_has_its_author_and_reason(city: Given):
    after = city.when(judged("different", reason="other_firm", match="M1"))
    after.then(MatchJudged, match="M1", verdict="different", reason="other_firm", area=COUNTY)
    (said,) = after.state[ENTRIES]["X1"].said
    assert (said.by, said.enterprise, said.at) == ("test", "E1", t("00:00"))


def test_a_verdict_needs_an_entry_and_an_enterprise(city: Given):
    city.when(judged("same", "E9")).refused("enterprise.unknown", "E9")
    city.when(match.judge(entry="X9", enterprise="E1", verdict="same", reason="same_firm")).refused(
        "entry.unknown", "X9"
    )


def test_saying_it_again_changes_nothing_but_another_verdict_is_kept_beside_it(city: Given):
    city.and_(judged("undecided", reason="to_ask"))
    city.when(judged("undecided", reason="to_ask")).unchanged()
    after = city.when(judged("different", reason="other_firm")).then(MatchJudged, verdict="different")
    assert len(after.state[ENTRIES]["X1"].said) == 2


def test_an_entry_is_one_enterprise(city: Given):
    city.and_(judged("same", match="M1"))
    city.when(judged("same", "E2")).refused("match.taken", "E1", "E2")
    city.and_(match.undo(match="M1"))
    city.when(judged("same", "E2")).then(MatchJudged, enterprise="E2")


def test_an_entry_is_one_enterprise_at_times_in_between(city: Given):
    city.and_(judged("same", match="M1"), now=t("08:00"))
    city.and_(match.undo(match="M1"), now=t("09:00"))
    city.when(judged("same", "E2"), at=t("07:00"), now=t("10:00")).refused("match.taken", "E1", "E2")
    city.when(judged("same", "E2"), at=t("09:00")).then(MatchJudged, enterprise="E2")


def test_what_was_taken_back_does_not_make_an_entry_two_enterprises(city: Given):
    city.and_(judged("same", match="M1"), now=t("08:00"))
    city.and_(judged("different", match="M2", reason="other_firm"), now=t("09:00"))
    city.and_(judged("same", "E2"), now=t("10:00"))
    city.when(match.undo(match="M2"), now=t("11:00")).refused("match.taken", "E1", "E2")


def test_a_late_verdict_does_not_make_an_entry_two_enterprises(city: Given):
    city.and_(judged("same"), now=t("09:00"))
    city.when(judged("same", "E2"), at=t("08:00")).refused("match.taken", "E1")


def test_a_verdict_is_taken_back_once_and_not_before_it_was_given(city: Given):
    city.and_(judged("different", match="M1"), now=t("09:00"))
    city.when(match.undo(match="M1"), at=t("08:00")).refused("match.before", "M1")
    city.when(match.undo(match="M1")).then(MatchUndone, entry="X1").and_given.when(
        match.undo(match="M1")
    ).unchanged()
    city.when(match.undo(match="M9")).refused("match.unknown", "M9")
    city.when(judged("same", match="M1")).refused("match.exists", "M1")


def test_a_verdict_taken_back_elsewhere_before_it_was_given_is_kept(city: Given):
    city.and_(judged("different", match="M1"), now=t("09:00"))
    city.when(match.undo(match="M1"), at=t("08:00"), observed=True).anomaly("match.before")


def test_a_verdict_survives_a_new_edition(city: Given):
    city.and_(judged("different"))
    city.and_(DECLARE, listed(name="Firm X1 Ltd"), now=t("+30 00:00"))
    (said,) = city.state[ENTRIES]["X1"].said
    assert (said.verdict, said.undone_at) == ("different", None)


def test_who_looks_after_one_county_judges_its_entries_alone(city: Given):
    mine, others = Scope(areas=(COUNTY,)), Scope(areas=(OTHER,))
    city.when(judged("same"), scope=others).refused("entry.unknown", "X1")
    city.when(judged("same", "E2"), scope=mine).refused("enterprise.unknown", "E2")
    city.when(judged("same"), scope=mine).then(MatchJudged)
    city.when(DECLARE, scope=mine, now=t("10:00")).refused("forbidden")


def test_verdicts_on_an_entry_are_limited(city: Given):
    for number in range(MOST_VERDICTS):
        city.and_(judged("different" if number % 2 else "undecided", reason="to_ask"))
    city.when(judged("same")).refused("match.too_many", "X1", str(MOST_VERDICTS))


# -- views -------------------------------------------------------------------------------------------------


def test_views_answer_for_any_date(city: Given):
    city.and_(judged("different", match="M1"), now=t("09:00"))
    city.and_(match.undo(match="M1"), now=t("10:00"))
    city.and_(DECLARE, listed("X2"), now=t("+30 00:00"))
    lists: Any = fold(source_lists.VIEW, city.log.commits)
    found: Any = fold(entries.VIEW, city.log.commits)
    said: Any = fold(matches.VIEW, city.log.commits)
    row: SourceListRow = lists["L1"]
    assert (row.edition, row.entries, [one.entries for one in row.editions]) == (t("+30 00:00"), 1, [1, 1])
    then = source_lists.at(row, t("12:00"))
    assert then
    assert (then.edition, then.entries, len(then.editions)) == (t("00:00"), 1, 1)
    assert source_lists.at(row, t("-1 00:00")) is None
    assert entries.at(found["X2"], t("12:00")) is None
    entry_then = [entries.at(found["X1"], t(when)) for when in ("09:30", "10:30")]
    assert [one.said[0].undone_at for one in entry_then if one] == [None, t("10:00")]
    assert matches.at(said["M1"], t("08:00")) is None
    said_then = [matches.at(said["M1"], t(when)) for when in ("09:30", "10:30")]
    assert [one.undone_at for one in said_then if one] == [None, t("10:00")]


def test_a_withdrawn_edition_counts_at_no_date(city: Given):
    city.and_(source_list.withdraw(source_list="L1"), now=t("+1 00:00"))
    lists: Any = fold(source_lists.VIEW, city.log.commits)
    assert lists["L1"].edition is None
    assert source_lists.at(lists["L1"], t("12:00")) is None
