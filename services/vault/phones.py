"""Phone numbers, by phonenumbers: found in a text, judged, and compared however they are written.

The region (ISO 3166) is that of numbers without a country code: a jurisdiction's, by its time zone.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult

from services.base.zones import seat

HOME: Final = "CN"
"""Region of numbers without a country code, where a time zone has no country."""
REGIONS: Final[frozenset[str]] = frozenset(phonenumbers.SUPPORTED_REGIONS)
_LEAST: Final = 5
"""Digits of a short number within an organisation."""
_WHOLE: Final = 7
"""Digits of a number beside another one, without a separator that says so."""
_MOST: Final = 15
"""Digits of the longest number (E.164)."""
_DIALLED: Final = re.compile(r"\+?[\d\s().\-\u2010-\u2015/]+")
_CHINA: Final = re.compile(r"^(?:(?:\+|00)86|86(?=1\d{10}$))")
_MOBILE_LIKE: Final = re.compile(r"1[3-9]\d+")
"""How mobile numbers of China begin."""
_BETWEEN: Final = re.compile(r"[,;\u3001|\n]|\bor\b|\u6216")
_PERHAPS: Final = re.compile(r"[/\s]+")


def region_of(timezone: str | None) -> str:
    """Return the region of a jurisdiction in this time zone."""
    found = seat(timezone)
    return found.region if found else HOME


def numbers(text: str) -> list[str]:
    """Return the phone numbers that a text holds, as written: `13800000001 / 13800000002` holds two."""
    if text.isascii() and text.isdigit():  # as nearly all are
        return [text]
    plain = unicodedata.normalize("NFKC", text).strip()
    parts = [part.strip() for part in _BETWEEN.split(plain) if part.strip()]
    if len(parts) > 1 and all(_digits(part) >= _LEAST for part in parts):
        return [one for part in parts for one in numbers(part)]
    parts = _PERHAPS.split(plain)
    if _digits(plain) > _MOST and len(parts) > 1 and all(_digits(part) >= _WHOLE for part in parts):
        return parts
    return [plain] if plain else []


def _digits(text: str) -> int:
    return sum(char.isdecimal() for char in text)


def normalised(phone: str) -> str:
    """Return plain ASCII digits without the +86 prefix; empty if the text contains no number.

    The stored hashes are of this form, so it must never change: see `spellings`.
    """
    return _CHINA.sub("", _kept(phone)).replace("+", "")


@lru_cache(8192)
def canonical(phone: str, region: str = HOME) -> str:
    """Return the digits that a number has however it is written: as dialled at home, or with the country code
    if it is abroad. A number that can be none keeps its digits."""
    number = _parsed(_kept(phone), region)
    if number is None or not phonenumbers.is_valid_number(number):
        return re.sub(r"\D", "", _kept(phone))
    home = number.country_code == phonenumbers.country_code_for_region(region)
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.E164
    return re.sub(r"\D", "", phonenumbers.format_number(number, form))


def possible(text: str, region: str = HOME) -> bool:
    """Whether a text can be a phone number, or several: at least 5 digits, and no more than its country has.

    Letters and other words make it impossible.
    """
    found = numbers(text)
    return bool(found) and all(_possible(one, region) for one in found)


def _possible(text: str, region: str) -> bool:
    digits = re.sub(r"\D", "", text)
    if not _DIALLED.fullmatch(text) or not _LEAST <= len(digits) <= _MOST:
        return False
    if text.startswith("+"):
        number = _parsed(text, None)
        return number is not None and phonenumbers.is_possible_number(number)
    if region == HOME and _MOBILE_LIKE.fullmatch(digits):
        return len(digits) == 11 or _landline(digits)
    number = _parsed(_kept(text), region)
    too_long = ValidationResult.TOO_LONG
    return region == HOME or number is None or phonenumbers.is_possible_number_with_reason(number) != too_long


def _landline(digits: str) -> bool:
    number = _parsed(digits, HOME)
    return number is not None and phonenumbers.number_type(number) != PhoneNumberType.UNKNOWN


def _parsed(dialled: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(dialled, region)
    except phonenumbers.NumberParseException:
        return None


def spellings(phone: str, region: str = HOME) -> set[str]:
    """Return the normalised forms of all ways to write this number; empty if the text contains no number.

    Only lookups use them. A number is stored in the one form in which it was given, as it was before there
    were spellings, so hashes of every age stay findable. A form without country code may also be a number
    abroad: 0662 123 4567, stored as +86 662 123 4567, is hashed like +66 2 123 4567.
    """
    own = normalised(phone)
    return {own, *_forms(_kept(phone), region)} if own else set()


def _kept(phone: str) -> str:
    """Return ASCII digits and plus signs."""
    if phone.isascii() and phone.isdigit():
        return phone
    text = unicodedata.normalize("NFKC", phone)
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text if c.isdecimal() or c == "+"
    )


def _forms(dialled: str, region: str) -> Iterator[str]:
    """Yield forms with and without country code and trunk prefix; none of service numbers and fragments."""
    number = _parsed(dialled, region)
    if number is None or not phonenumbers.is_valid_number(number):
        return
    there = phonenumbers.region_code_for_number(number) or ""
    trunk = phonenumbers.ndd_prefix_for_region(there, True) or ""
    national = phonenumbers.national_significant_number(number)
    code = str(number.country_code)
    at_home = number.country_code == phonenumbers.country_code_for_region(region)
    for prefix in ("", code, f"00{code}") if at_home else (code, f"00{code}"):
        yield prefix + national
        yield prefix + trunk + national
