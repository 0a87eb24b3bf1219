"""The IANA time zones that a jurisdiction, a setting or a mapping may name."""

from functools import cache
from zoneinfo import available_timezones


@cache
def timezones() -> frozenset[str]:
    """Their names, looked up once: the look-up walks the whole database."""
    return frozenset(available_timezones())
