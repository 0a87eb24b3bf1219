"""Packed facts are the same facts in the same order, and the duty after them is that of a straight fold."""

from datetime import UTC, datetime, timedelta, timezone
from functools import reduce
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.duty import ACT, ANEW, AVAILABLE, BREAK, IN, LEAVE, OUT, REPORT, Fact, fold, order
from services.decisions.worker.packs import (
    SIZE,
    Packs,
    at_instant,
    facts_of,
    packs_of,
    present,
    with_one_more,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))
EMPTY: Packs = ()
kinds = st.sampled_from((IN, OUT, BREAK, AVAILABLE, ACT, REPORT, LEAVE, ANEW))
stories = st.lists(st.tuples(st.integers(0, 60), kinds, st.sampled_from("AB")), max_size=5 * SIZE)


def facts(story: list[tuple[int, str, str]]) -> list[Fact]:
    """Return facts in the order in which they were recorded."""
    return [
        Fact(NOON + timedelta(minutes=minutes), position, kind, area)
        for position, (minutes, kind, area) in enumerate(story, 1)
    ]


@given(stories)
def test_facts_added_one_by_one_are_sorted_and_folded(story: list[tuple[int, str, str]]):
    told = facts(story)
    packs = reduce(with_one_more, told, EMPTY)
    ordered = sorted(told, key=order)
    assert list(facts_of(packs)) == ordered
    assert present(packs) == fold(ordered) == present(packs_of(ordered))


@given(stories)
def test_the_duty_of_each_pack_is_that_after_its_last_fact(story: list[tuple[int, str, str]]):
    packs = reduce(with_one_more, facts(story), EMPTY)
    for number, pack in enumerate(packs, 1):
        assert pack.duty == fold(facts_of(packs[:number]))
        some = list(facts_of((pack,)))
        assert ((pack.at, pack.position), (pack.upto, pack.last)) == (order(some[0]), order(some[-1]))
        assert len(some) == pack.size <= 2 * SIZE


@given(stories, st.integers(0, 60))
def test_facts_at_an_instant_are_found(story: list[tuple[int, str, str]], minutes: int):
    told, at = facts(story), NOON + timedelta(minutes=minutes)
    packs = reduce(with_one_more, told, EMPTY)
    assert list(at_instant(packs, at)) == [fact for fact in sorted(told, key=order) if fact.at == at]


@pytest.mark.parametrize(
    "command",
    [
        "",
        "C1",
        str(UUID(int=7)),
        str(UUID(int=7)).replace("0", "A", 1),
        "x" * 36,
        "0" * 32 + "----",
        str(UUID(int=2**127 + 11)),
    ],
)
def test_a_fact_is_kept_to_the_letter(command: str):
    fact = Fact(
        NOON.astimezone(CHINA) + timedelta(microseconds=1),
        2**40,
        ACT,
        "区一",
        command,
        "A1",
        "done",
        (NOON.astimezone(timezone(timedelta(hours=-3, minutes=-30))), None),
    )
    (read,) = facts_of(packs_of([fact]))
    assert read == fact
    assert fact.told
    assert read.told
    for one, other in ((read.at, fact.at), (read.told[0], fact.told[0])):
        assert one.isoformat() == other.isoformat()


def test_many_facts_take_few_bytes():
    """A city's million facts fit where its people do."""
    random = Random(64)
    told = [
        Fact(NOON + timedelta(hours=n), 10**7 + n, IN, "B1-17", str(UUID(int=random.getrandbits(128))))
        for n in range(1_000)
    ]
    packs = reduce(with_one_more, told, EMPTY)
    assert sum(len(pack.data) for pack in packs) < 60 * len(told)
