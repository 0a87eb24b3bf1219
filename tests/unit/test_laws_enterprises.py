"""The law of the ledger: one place in the path per enterprise at any date, by verdicts in their turn."""

from typing import Any

import msgspec
import pytest

from events.enterprise_facts import EnterpriseFact
from projections import anomalies, enterprises
from projections.enterprises import EnterpriseRow
from projections.fold import fold
from services.verify.laws.enterprises import LAW
from tests.given import Aggregate, Given, J, area, given, t

enterprise, review = Aggregate("enterprise"), Aggregate("review")
STAGES = ("screen", "verify", "check_city", "check_county")


def judged(*stages: str) -> Given:
    """Return a city whose verdicts were observed, as nobody is charged with them here."""
    city = given(
        area.define(area="230717", name="1"),
        enterprise.register(enterprise="E1", area="230717", name="Firm 1"),
        review.open(enterprise="E1"),
    )
    for hour, stage in enumerate(stages, 1):
        one = review.judge(enterprise="E1", stage=stage, verdict="approve")
        city.and_(one, now=t(f"0{hour}:00"), observed=True, actor=f"dispatcher/{stage}")
    return city


def rows(city: Given) -> dict[str, dict[str, Any]]:
    views: tuple[Any, ...] = (enterprises.VIEW, anomalies.VIEW)
    return {view.name: fold(view, city.log.commits) for view in views}


def broken(found: dict[str, dict[str, Any]]) -> list[str]:
    return list(LAW.broken(J, found))


def changed(found: dict[str, dict[str, Any]], **fields: Any) -> dict[str, dict[str, Any]]:
    row = msgspec.structs.replace(found["enterprises"]["E1"], **fields)
    return {**found, "enterprises": {"E1": row}}


@pytest.mark.parametrize("stages", [STAGES[:many] for many in range(5)])
def test_what_the_rules_let_happen_is_lawful(stages: tuple[str, ...]):
    assert broken(rows(judged(*stages))) == []


def test_what_was_observed_out_of_turn_is_noted_and_excused():
    assert broken(rows(judged("verify"))) == []
    assert broken({**rows(judged("verify")), "anomalies": {}}) == [
        f"enterprise E1 was judged out of turn on {t('01:00').isoformat()}"
    ]


def test_a_place_that_the_verdicts_do_not_give_is_found():
    assert broken(changed(rows(judged("screen")), place="passed")) == [
        "enterprise E1 is shown as passed, which its history does not say"
    ]


def test_a_history_out_of_order_is_found():
    found = rows(judged(*STAGES))
    row: EnterpriseRow = found["enterprises"]["E1"]
    history: tuple[EnterpriseFact, ...] = row.history[:1] + row.history[:0:-1]
    assert "enterprise E1 has a history that is not in the order of its time" in broken(
        changed(found, history=history)
    )
