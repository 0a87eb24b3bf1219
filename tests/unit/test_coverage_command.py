"""`muster coverage`: what it prints for each question, and how a day is read."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bench.coverage import BEGIN, SPAN, build
from projections.coverage import BYS, WHOLE
from services.cli.common import Fail
from services.cli.coverage import rows_of
from services.cli.when import moment

INDEX = build(50)
END = BEGIN + 2 * SPAN


@pytest.mark.parametrize("by", BYS)
def test_the_rows_of_a_division_are_those_of_the_curves(by: str):
    rows, columns = rows_of(INDEX, by, BEGIN, END, WHOLE)
    assert columns == [by, "ledger", "covered", "share"]
    assert {row[by]: row["covered"] for row in rows} == {
        value: count.covered
        for value, count in INDEX.curves().by(by, END).items()  # type: ignore[arg-type]
    }


def test_the_curve_the_facts_and_the_gaps_are_lists_too():
    curve, _ = rows_of(INDEX, "curve", BEGIN, END, WHOLE)
    facts, _ = rows_of(INDEX, "facts", BEGIN, END, WHOLE)
    gaps, _ = rows_of(INDEX, "gaps", BEGIN, END, WHOLE)
    count = INDEX.curves().at(END)

    assert (curve[-1]["ledger"], curve[-1]["covered"]) == count
    assert sum(row["what"] == "entered" for row in facts) >= count.ledger
    assert sum(row["enterprises"] for row in gaps) == count.ledger - count.covered


def test_a_day_means_its_end_and_is_said():
    zone = ZoneInfo("Asia/Shanghai")
    end = datetime(2022, 3, 28, 15, 59, 59, 999999, tzinfo=UTC)
    assert moment("--at", "2022-03-28", zone) == (end, "as of the end of 2022-03-28 (Asia/Shanghai)")
    noon = moment("--at", "2022-03-28T04:00:00Z", zone)
    assert noon == (datetime(2022, 3, 28, 4, tzinfo=UTC), "as of 2022-03-28T12:00:00+08:00")
    with pytest.raises(Fail, match="--at noon: give a day"):
        moment("--at", "noon", zone)
