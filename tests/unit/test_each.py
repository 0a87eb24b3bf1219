"""Tests of hundreds of cases: all run, and each that fails is named."""

import asyncio

import pytest
from each import each


def test_every_case_runs_and_each_failure_is_named() -> None:
    seen: list[tuple[int, str]] = []

    @each("number", [1, 2, 3])
    def tried(fixture: str, number: int) -> None:
        seen.append((number, fixture))
        if number == 2:
            pytest.fail("two")
        assert number < 3

    with pytest.raises(BaseExceptionGroup, match="2 of 3 cases") as failed:
        tried(fixture="given")
    assert seen == [(1, "given"), (2, "given"), (3, "given")]
    assert [one.__notes__ for one in failed.value.exceptions] == [["with 2"], ["with 3"]]


def test_cases_have_several_values_and_can_be_combined() -> None:
    seen: list[tuple[int, int, str]] = []

    @each(("one", "two"), [(1, 2), pytest.param(3, 4)])
    @each("word", "ab")
    def tried(one: int, two: int, word: str) -> None:
        seen.append((one, two, word))

    tried()
    assert seen == [(1, 2, "a"), (1, 2, "b"), (3, 4, "a"), (3, 4, "b")]


def test_cases_of_a_function_are_asked_for_when_the_test_runs() -> None:
    seen: list[int] = []
    found: list[int] = []

    @each("number", lambda: found)
    def tried(number: int) -> None:
        seen.append(number)

    found += [1, 2]
    tried()
    assert seen == [1, 2]


async def test_a_test_that_awaits_has_cases_too() -> None:
    seen: list[tuple[int, str]] = []

    @each("number", [1, 2])
    @each("word", "ab")
    async def tried(number: int, word: str) -> None:
        await asyncio.sleep(0)
        seen.append((number, word))
        assert (number, word) != (2, "b")

    with pytest.raises(BaseExceptionGroup, match="1 of 2 cases"):
        await tried()
    assert seen == [(1, "a"), (1, "b"), (2, "a"), (2, "b")]


def test_no_case_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="no cases"):
        each("number", [])
    with pytest.raises(AssertionError, match="no cases"):
        each("number", list[int])(lambda number: None)()
