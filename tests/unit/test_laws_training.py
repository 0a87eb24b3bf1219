"""The law of training finds what cannot be: too many places taken, who waits beside room, forged codes."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from projections import sessions, training
from projections.fold import fold
from services.verify.laws import LAWS
from services.verify.laws.training import LAW
from tests.given import Given
from tests.unit.test_rules_training import BEGINS, city, door, planned, scan, there, up

__all__ = ["city"]


@pytest.fixture
def rows(city: Given) -> dict[str, dict[str, Any]]:
    """A session with a place taken, somebody who waits, a scan and a line of the printed list."""
    city.and_(planned(places=1), door(), up(1), up(2))
    city.and_(scan(0), there("W2"), now=BEGINS)
    return {view.VIEW.name: dict(fold(view.VIEW, city.log.commits)) for view in (sessions, training)}


def found(rows: dict[str, dict[str, Any]], **changes: Any) -> str:
    row = replace(rows["sessions"]["S1"], **changes)
    return "; ".join(LAW.broken("2307", rows | {"sessions": {"S1": row}}))


def test_what_was_recorded_is_consistent(rows: dict[str, dict[str, Any]]):
    assert LAW in LAWS
    assert found(rows) == ""


def test_places_and_lists_contradict_nothing(rows: dict[str, dict[str, Any]]):
    assert "2 of 1 places taken" in found(rows, taken=2)
    assert "although it has room" in found(rows, room=1)
    assert "twice" in found(rows, waiting=("worker/W1",))


def test_presence_is_what_the_facts_say(rows: dict[str, dict[str, Any]]):
    row = rows["sessions"]["S1"]
    assert "there 2 times" in found(rows, presence=(*row.presence, row.presence[0]))
    assert "counts 3 person-times" in found(rows, person_times=3)
    assert "none of its half-days" in found(rows, halves=("2022-03-30.am",))
    nobody = dict(rows, training={})
    assert "no record says so" in "; ".join(LAW.broken("2307", nobody))
    orphan = dict(rows, sessions={})
    assert "not there" in "; ".join(LAW.broken("2307", orphan))


@pytest.mark.parametrize(
    "forged", [{"code": "0" * 64}, {"number": 1}, {"at": BEGINS + timedelta(minutes=5)}, {"anchor": None}]
)
def test_a_scan_must_be_signed_by_its_door(rows: dict[str, dict[str, Any]], forged: dict[str, Any]):
    row = rows["sessions"]["S1"]
    facts = tuple(replace(one, **forged) if one.via == "qr" else one for one in row.facts)
    assert "has a scan at position" in found(rows, facts=facts)
