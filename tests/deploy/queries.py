"""Which of our figures a query of Prometheus asks for."""

import re

from services.metrics.families import FAMILIES

SERIES = {series: family for family in FAMILIES for series in family.series()}


def asked(query: str) -> set[str]:
    """Names of series of ours."""
    return set(re.findall(r"\bmuster_\w+", query))


def unknown(query: str) -> set[str]:
    """Names that no process tells."""
    return asked(query) - SERIES.keys()
