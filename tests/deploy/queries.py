"""Muster's metrics in a Prometheus query."""

import re

from services.metrics.families import FAMILIES

SERIES = {series: family for family in FAMILIES for series in family.series()}


def asked(query: str) -> set[str]:
    """Return the names of Muster's series in a query."""
    return set(re.findall(r"\bmuster_\w+", query))


def unknown(query: str) -> set[str]:
    """Return the names that no process exports."""
    return asked(query) - SERIES.keys()
