"""Unified social credit codes: GB 32100-2015 with its check character, and what sheets hold instead."""

import pytest

from events.credit_code import ALPHABET, check_character, code_state, plain_code

PUBLISHED = (
    "91110000600037341L",
    "91100000100003962T",
    "91330100799655058B",
    "9144030071526726XG",
    "914403001922038216",
    "91420000177570439L",
)
"""Codes of well-known companies, as they publish them."""


@pytest.mark.parametrize("code", PUBLISHED)
def test_a_published_code_is_good(code: str):
    assert code_state(code) == "good"


@pytest.mark.parametrize("code", PUBLISHED)
def test_one_wrong_character_is_always_found(code: str):
    for place in range(len(code)):
        for other in set(ALPHABET) - {code[place]}:
            assert code_state(code[:place] + other + code[place + 1 :]) == "failing"


@pytest.mark.parametrize("code", PUBLISHED)
def test_two_neighbours_in_the_wrong_order_are_always_found(code: str):
    for place in range(len(code) - 1):
        first, second = code[place : place + 2]
        if first != second:
            assert code_state(code[:place] + second + first + code[place + 2 :]) == "failing"


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (None, "missing"),
        ("", "missing"),
        ("  ", "missing"),
        ("230702100012345", "old"),
        ("23070210001234", "failing"),
        ("91110000600037341", "failing"),
        ("91110000600037341LL", "failing"),
        ("9111000060003734IL", "failing"),
        ("911100AB600037341L", "failing"),
        ("not yet issued", "failing"),
        ("91110000600037341l", "good"),
        (" 9111 0000 6000 3734 1L ", "good"),
        ("９１１１００００６０００３７３４１Ｌ", "good"),
        ("91110000-600037341-L", "good"),
    ],
)
def test_what_a_sheet_holds(given: str | None, state: str):
    assert code_state(given) == state


def test_a_code_is_compared_in_one_form():
    assert plain_code(" ９１-11 l ") == "9111L"
    assert plain_code(None) == ""


def test_the_check_character_of_the_rest():
    assert [check_character(code[:-1]) for code in PUBLISHED] == [code[-1] for code in PUBLISHED]
    with pytest.raises(ValueError, match="substring"):
        check_character("I")
