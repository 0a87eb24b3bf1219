"""Names are found however somebody types them."""

import pytest

from services.search.folding import MOST_READINGS, folded, name_of, rank


@pytest.mark.parametrize(
    ("typed", "name", "fits"),
    [
        ("jose", "José Núñez", 1),
        ("NUNEZ", "José Núñez", 2),
        ("strasse", "Straße 5", 1),
        ("ａｂ１", "AB1", 0),
        ("wxm", "王小明", 0),
        ("wx", "王小明", 1),
        ("小明", "王小明", 2),
        ("cq", "重庆队", 1),
        ("zq", "重庆队", 1),
        ("xyz", "王小明", None),
        ("w", "Jose", None),
    ],
)
def test_a_name_is_found_without_case_accents_and_by_initials(typed: str, name: str, fits: int | None):
    assert rank(folded(typed), name_of(name)) == fits


def test_a_name_of_many_readings_keeps_a_few():
    assert 1 < len(name_of("重行重行重行重行重行").initials) <= MOST_READINGS
