"""Grafana's dashboard: complete, and with existing metrics only."""

import json
from pathlib import Path
from typing import Any

import pytest
from queries import asked, unknown
from tools import promtool, ran

from services.metrics.families import FAMILIES


@pytest.fixture(scope="module")
def board(deploy: Path) -> dict[str, Any]:
    """Load the dashboard as Grafana does."""
    return json.loads((deploy / "grafana" / "muster.json").read_text())


@pytest.fixture(scope="module")
def panels(board: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the panels that show data."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def queries(panels: list[dict[str, Any]]) -> list[str]:
    """Return the queries of all panels."""
    return [target["expr"] for panel in panels for target in panel["targets"]]


def test_it_can_be_imported(board: dict[str, Any]) -> None:
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)
    assert board["uid"] == "muster"
    assert board["schemaVersion"] >= 36
    assert [one["type"] for one in board["templating"]["list"]] == ["datasource"]


def test_every_panel_says_what_it_is_and_asks_the_chosen_source(panels: list[dict[str, Any]]) -> None:
    for panel in panels:
        assert panel["title"]
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert {source["uid"] for source in sources} == {"${source}"}


def test_no_panel_lies_on_another(board: dict[str, Any]) -> None:
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in board["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_queries_are_queries(panels: list[dict[str, Any]], tmp_path: Path) -> None:
    """Checked as recording rules, promtool's only way without a server."""
    rules = [
        {"record": f"panel:q{number}", "expr": query.replace("$__rate_interval", "1m")}
        for number, query in enumerate(queries(panels))
    ]
    file = tmp_path / "queries.yml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))  # JSON is YAML
    assert f"{len(rules)} rules found" in ran(promtool(), "check", "rules", file)


def test_it_shows_figures_that_there_are_and_all_of_them(panels: list[dict[str, Any]]) -> None:
    shown = {name for query in queries(panels) for name in asked(query)}
    assert unknown(" ".join(shown)) == set()
    left = [family.name for family in FAMILIES if not shown & set(family.series())]
    assert left == [], "no panel shows these"
