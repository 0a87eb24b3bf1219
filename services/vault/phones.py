"""Normalise phone numbers for comparison."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import phonenumbers

HOME: Final = "CN"
"""Region of numbers without a country code."""
_LEAST: Final = 5
"""Digits of a short number within an organisation."""
_MOST: Final = 15
"""Digits of the longest number (E.164)."""
_DIALLED: Final = re.compile(r"\+?[\d\s().\-\u2010-\u2015/]+")
_CHINA: Final = re.compile(r"(?:\+|00)86|86(?=1\d{10}$)")


def normalised(phone: str) -> str:
    """Return plain ASCII digits without the +86 prefix; empty if the text contains no number.

    The stored hashes are of this form, so it must never change: see `spellings`.
    """
    kept = _kept(phone)
    return re.sub(r"\D", "", _CHINA.sub("", kept, count=1) if _CHINA.match(kept) else kept)


def possible(phone: str) -> bool:
    """Whether a text can be a phone number: 5 to 15 digits, and 11 if it looks like a Chinese mobile number.

    Letters and other words make it impossible, also several numbers in one text. Numbers with a country code
    are held to the lengths of their country.
    """
    text = unicodedata.normalize("NFKC", phone).strip()
    digits = re.sub(r"\D", "", text)
    if not _DIALLED.fullmatch(text) or not _LEAST <= len(digits) <= _MOST:
        return False
    if text.startswith("+"):
        return _abroad(text)
    return not (digits.startswith("1") and len(digits) in (10, 12))


def _abroad(text: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return False


def spellings(phone: str) -> set[str]:
    """Return the normalised forms of all ways to write this number; empty if the text contains no number.

    Only lookups use them. A number is stored in the one form in which it was given, as it was before there
    were spellings, so hashes of every age stay findable. A form without country code may also be a number
    abroad: 0662 123 4567, stored as +86 662 123 4567, is hashed like +66 2 123 4567.
    """
    own = normalised(phone)
    return {own, *_forms(_kept(phone))} if own else set()


def _kept(phone: str) -> str:
    """Return ASCII digits and plus signs."""
    text = unicodedata.normalize("NFKC", phone)
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text if c.isdecimal() or c == "+"
    )


def _forms(dialled: str) -> Iterator[str]:
    """Yield forms with and without country code and trunk prefix; none of service numbers and fragments."""
    try:
        number = phonenumbers.parse(dialled, HOME)
    except phonenumbers.NumberParseException:
        return
    if not phonenumbers.is_valid_number(number):
        return
    region = phonenumbers.region_code_for_number(number) or ""
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
    national = phonenumbers.national_significant_number(number)
    code = str(number.country_code)
    at_home = number.country_code == phonenumbers.country_code_for_region(HOME)
    for prefix in ("", code) if at_home else (code, f"00{code}"):
        yield prefix + national
        yield prefix + trunk + national
