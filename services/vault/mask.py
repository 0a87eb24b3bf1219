"""Mask personal data."""

import unicodedata

from services.vault.phones import normalised, numbers


def mask(field: str, plain: str) -> str:
    """张三 -> 张*, Zhang San -> Z*, 13800001234 -> 138****1234; addresses and free text become ***."""
    match field.rpartition("_")[2]:
        case "name":
            return masked_name(plain)
        case "phone":
            return masked_phone(plain)
        case _:
            return "***"


def masked_name(name: str) -> str:
    """Return the first character followed by `*`."""
    return unicodedata.normalize("NFC", name).strip()[:1] + "*"


def masked_phone(phone: str) -> str:
    """Keep the first 3 and last 4 digits of a full mobile number, or the last 2 of a shorter one; of each, if
    there are several."""
    found = numbers(phone)
    return ", ".join(map(_masked, found)) if found else _masked(phone)


def _masked(number: str) -> str:
    digits = normalised(number)
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return "****" + (digits[-2:] if len(digits) >= 7 else "")
