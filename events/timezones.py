"""IANA time zones accepted for jurisdictions, settings and mappings."""

from functools import cache
from zoneinfo import available_timezones


@cache
def timezones() -> frozenset[str]:
    """Return their names, cached because the lookup walks the whole database."""
    return frozenset(available_timezones())
