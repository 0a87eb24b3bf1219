"""Who answers for what in the Yichun scenario: 1+2+3+N, from its own records."""

from collections import Counter
from datetime import datetime

import pytest

from events.unit_history import leading, standing
from services.decisions.post.rules import answering
from services.decisions.post.table import POSTS
from services.decisions.unit.table import UNITS
from services.demo.scenarios.yichun.days import LOCKDOWN
from services.demo.scenarios.yichun.institutions.offices import FLOOR, FOUNDED, LEFT, RENAMED, WHOLE
from tests.unit.test_scenario import Run

BEFORE_LOCKDOWN = 8_000
"""Commands, which reach into the last days before it."""


@pytest.fixture(scope="module")
def run() -> Run:
    return Run(1, BEFORE_LOCKDOWN)


def duties(run: Run, instant: datetime) -> Counter[str | None]:
    then = (standing(row.changes, instant) for row in run.state[UNITS].values())
    return Counter(one.duty for one in then if one)


def test_one_leads_two_carry_it_three_act_jointly_and_stations_are_the_floor(run: Run):
    assert run.unforeseen == []
    assert duties(run, LOCKDOWN) == {
        "lead": 1,
        "coordinate": 1,
        "carry_out": 1,
        "act_jointly": 3,
        "guarantee": 50,
    }
    assert duties(run, FLOOR).total() == 56
    assert duties(run, FOUNDED).total() == 6
    assert leading(run.state[UNITS], "lead", LOCKDOWN) == ["U-lead"]


def test_the_committee_had_its_earlier_name_before(run: Run):
    changes = run.state[UNITS]["U-committee"].changes
    names = [then and then.name for then in (standing(changes, FOUNDED), standing(changes, RENAMED))]
    assert names == ["新业态统筹委员会", "新就业群体工作委员会"]


def test_every_post_is_held_but_those_of_the_two_who_left(run: Run):
    assert len(run.state[POSTS]) == 1 + 1 + 3 + 6 + 10 + 50
    asked = [("2307", "ride_hailing", FOUNDED), ("2307", "ride_hailing", LEFT), ("2307", "other", LEFT)]
    asked += [("2307", "other", WHOLE), ("230717", None, FOUNDED), ("2307", "ride_hailing", LOCKDOWN)]
    found = [answering(run.state, "answer", *one) for one in asked]
    assert [one and one.post for one in found] == [
        "P-ride_hailing",
        "committee",
        None,
        "P-first",
        "check-230717",
        "P-ride_hailing",
    ]


def test_each_part_of_a_review_has_its_post(run: Run):
    tasks = [("screen", "courier"), ("verify", None), ("check_city", None), ("check_county", None)]
    found = [answering(run.state, task, "230717", trade, LOCKDOWN) for task, trade in tasks]
    assert [one and one.post for one in found] == ["trade-office", "regulator", "city-check", "check-230717"]
