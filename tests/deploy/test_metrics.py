"""The list of metrics matches the code and the documentation."""

import ast
from pathlib import Path

from services.metrics.families import FAMILIES

ROOT = Path(__file__).parents[2]
KINDS = {
    "Gauge": "gauge",
    "GaugeMetricFamily": "gauge",
    "Counter": "counter",
    "CounterMetricFamily": "counter",
    "Histogram": "histogram",
    "HistogramMetricFamily": "histogram",
    "Durations": "histogram",
    "OutcomeCounter": "counter",
}


def told() -> set[tuple[str, str]]:
    """Return (name, kind) of every metric family in the code."""
    found: set[tuple[str, str]] = set()
    for path in (ROOT / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
                name = node.args[0] if node.args else None
                if isinstance(name, ast.Constant) and str(name.value).startswith("muster_"):
                    found.add((str(name.value), KINDS[node.func.id]))
    return found


def test_all_that_is_told_is_listed_and_all_that_is_listed_is_told() -> None:
    assert {(family.code_name(), family.kind) for family in FAMILIES} == told()


def test_each_is_documented_with_its_labels() -> None:
    manual = (ROOT / "docs" / "cluster.md").read_text()
    for family in FAMILIES:
        labels = f"{{{', '.join(family.labels)}}}" if family.labels else ""
        assert f"| `{family.name}{labels}` | {family.kind} | {family.told_by} |" in manual, family.name
