"""A number is found by every way to write it, and hashes stored by earlier versions stay findable."""

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.vault.mask import mask
from services.vault.phones import canonical, normalised, numbers, possible, region_of, spellings

MOBILE, LANDLINE, LONDON = "13800001234", "1065529988", "2079460958"
WIDE = str.maketrans("0123456789+-", "０１２３４５６７８９＋－")


def form_of_0_1(phone: str) -> str:
    """The form that version 0.1 hashed."""
    text = unicodedata.normalize("NFKC", phone)
    kept = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    kept = re.sub(r"[^0-9+]", "", kept)
    return re.sub(r"\D", "", re.sub(r"^(?:(?:\+|00)86|86(?=1\d{10}$))", "", kept))


digits = st.one_of(
    st.from_regex(r"1[3-9]\d{9}", fullmatch=True),
    st.from_regex(r"0\d{2,3}[2-9]\d{6,7}", fullmatch=True),
    st.sampled_from(["110", "119", "120", "12345", "95588", "10086", "4008101234", "8008101234"]),
    st.sampled_from(["14155550134", "442079460958", "6621234567", "85221234567", "390612345678"]),
    st.text("0123456789", max_size=16),
)


@st.composite
def written(draw: st.DrawFn, number: str) -> str:
    """The number with a prefix, separators and, perhaps, full-width characters."""
    prefix = draw(st.sampled_from(["", "+86", "0086", "86", "+", "00", "(+86)", "+86 0"]))
    parts = [prefix, *number]
    text = "".join(part + draw(st.sampled_from(["", "", "", " ", "-", ".", "\u3000"])) for part in parts)
    return text.translate(WIDE) if draw(st.booleans()) else text


@given(st.data())
def test_what_was_found_before_is_still_found(data: st.DataObject) -> None:
    number = data.draw(digits)
    stored, asked = data.draw(written(number)), data.draw(written(number))
    assume(form_of_0_1(stored) == form_of_0_1(asked) != "")

    assert form_of_0_1(stored) in spellings(asked)


@given(st.one_of(st.text(max_size=40), digits.flatmap(written)))
def test_the_stored_form_is_that_of_0_1(phone: str) -> None:
    assert normalised(phone) == form_of_0_1(phone)
    assert bool(spellings(phone)) == bool(normalised(phone))


@pytest.mark.parametrize(
    "ways",
    [
        [MOBILE, f"0{MOBILE}", f"+86 {MOBILE}", f"0086{MOBILE}", f"86{MOBILE}", f"+86 0{MOBILE}"],
        ["010-65529988", "+86 10 6552 9988", "+86 (0)10 6552 9988", f"0086 {LANDLINE}", f"86{LANDLINE}"],
        ["+44 20 7946 0958", "+44 (0)20 7946 0958", "0044 20 7946 0958", f"00440{LONDON}"],
        ["+1 415 555 0134", "001 (415) 555-0134", "+1-415-555-0134"],
        ["+39 06 1234 5678", "0039 06 12345678"],
        ["400-810-1234", "+86 400 810 1234", "４００８１０１２３４"],
    ],
    ids=["mobile", "landline", "london", "california", "rome", "service"],
)
def test_every_way_to_write_a_number_finds_every_other(ways: list[str]) -> None:
    assert [(a, b) for a in ways for b in ways if normalised(a) not in spellings(b)] == []


@pytest.mark.parametrize(
    "phone", ["110", "12345", "65529988", "021-58881234-8001", "000 01000017", "9" * 200]
)
def test_fragments_and_short_numbers_have_one_spelling(phone: str) -> None:
    assert spellings(phone) == {normalised(phone)}


@pytest.mark.parametrize("phone", ["", "phone", "+", "—"])
def test_a_text_without_digits_has_no_spelling(phone: str) -> None:
    assert spellings(phone) == set()


def test_numbers_of_two_countries_stay_apart() -> None:
    assert not spellings("+1 415 555 0134") & spellings("+44 415 555 0134")
    assert not spellings("+852 2123 4567") & spellings("021-2345 6700")


# -- regions -----------------------------------------------------------------------------------------------

WAYS = {
    "CN": ["13800001234", "+86 138 0000 1234", "0086 13800001234", "8613800001234", "138-0000-1234"],
    "DE": ["030 12345678", "+49 30 12345678", "0049 30 12345678", "030/12345678", "+49 (0)30 12345678"],
    "US": ["(415) 555-2671", "+1 415 555 2671", "1-415-555-2671", "011 1 415 555 2671"],
    "JP": ["03-1234-5678", "+81 3 1234 5678", "010 81 3 1234 5678"],
}


@pytest.mark.parametrize("region", WAYS)
def test_a_number_is_one_however_it_is_written_in_its_region(region: str) -> None:
    ways = WAYS[region]
    assert len({canonical(one, region) for one in ways}) == 1
    hashed = [normalised(one) for one in ways if not one.startswith(("011", "010 "))]
    assert [(a, b) for a in hashed for b in ways if a not in spellings(b, region)] == []


def test_a_number_of_another_region_keeps_its_country_code() -> None:
    assert canonical("+49 30 12345678", "CN") == "493012345678"
    assert canonical("030 12345678", "CN") == "03012345678"
    assert canonical("61001", "CN") == "61001"


@pytest.mark.parametrize(
    ("timezone", "region"),
    [
        ("Asia/Shanghai", "CN"),
        ("PRC", "CN"),
        ("America/Sao_Paulo", "BR"),
        ("Asia/Calcutta", "IN"),
        ("UTC", "CN"),
        (None, "CN"),
    ],
)
def test_the_region_is_that_of_the_time_zone(timezone: str | None, region: str) -> None:
    assert region_of(timezone) == region


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("13800000001 / 13800000002", ["13800000001", "13800000002"]),
        ("13800000001,13800000002", ["13800000001", "13800000002"]),
        ("13800000001；13800000002", ["13800000001", "13800000002"]),
        ("13800000001 13800000002", ["13800000001", "13800000002"]),
        ("13800000001 或 0458-6100001", ["13800000001", "0458-6100001"]),
        ("030/12345678", ["030/12345678"]),
        ("+86 138 0000 0001", ["+86 138 0000 0001"]),
        ("021-58881234-8001", ["021-58881234-8001"]),
        ("", []),
    ],
)
def test_a_cell_may_hold_two_numbers(text: str, found: list[str]) -> None:
    assert numbers(text) == found
    assert possible(text) == bool(found)


def test_each_number_of_a_text_is_masked() -> None:
    assert mask("phone", "13800000001, 13900000002") == "138****0001, 139****0002"


@pytest.mark.parametrize(("text", "region"), [("030 1234567890123", "DE"), ("4155552671234", "US")])
def test_a_number_longer_than_its_country_has_is_impossible(text: str, region: str) -> None:
    assert not possible(text, region)
