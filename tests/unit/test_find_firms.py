"""Enterprises are found by parts of name, code or id, in the areas and the state asked for."""

import pytest

from services.search.firms import Asked, Firm, found
from services.search.folding import folded


def firm(key: str, name: str, code: str | None = None, area: str = "230717", **more: bool) -> Firm:
    said = {"open": True, "in_ledger": False} | more
    return Firm(key, name, area, code, said["open"], said["in_ledger"], folded(f"{name} {code or ''} {key}"))


FIRMS = (
    firm("E1", "伊春顺达物流有限公司", "91230700MA1ABCDE0X", in_ledger=True),
    firm("E2", "顺达快递", area="230718"),
    firm("E3", "ＡＢＣ Café"),
    firm("E4", "顺达商贸", open=False, in_ledger=False),
)


def keys(text: str, limit: int = 20, *, ledger: bool = False, areas: tuple[str, ...] = ()) -> list[str]:
    return [one.enterprise for one in found(FIRMS, Asked(text, limit, ledger, areas))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("顺达", ["E2", "E1"]),  # what begins with it comes first
        ("顺达 物流", ["E1"]),
        ("ma1abcde0x", ["E1"]),
        ("abc cafe", ["E3"]),
        ("e3", ["E3"]),
        ("nothing", []),
    ],
)
def test_each_word_is_part_of_name_code_or_id(text: str, expected: list[str]):
    assert keys(text) == expected


def test_a_form_of_the_ledger_gets_what_is_in_it():
    assert keys("顺达", ledger=True) == ["E1"]


def test_who_is_limited_to_areas_finds_what_lies_in_them():
    assert keys("顺达", areas=("230718",)) == ["E2"]


def test_one_more_than_asked_for_says_that_there_are_more():
    assert keys("顺达", 1) == ["E2", "E1"]
