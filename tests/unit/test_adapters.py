"""Adapters of different stores are independent: without one, its packages need not be installed."""

from pathlib import Path

import pytest

ADAPTERS = Path(__file__).parents[2] / "services" / "adapters"
STORES = {path.name for path in ADAPTERS.iterdir() if (path / "__init__.py").exists()}
USES = {"memory": {"sqlite"}}
"""Views in memory use SQLite without a file."""


@pytest.mark.parametrize("store", sorted(STORES))
def test_adapters_of_one_store_know_no_other_store(store: str) -> None:
    allowed = {store} | USES.get(store, set())
    for path in (ADAPTERS / store).glob("*.py"):
        named = {other for other in STORES if f"services.adapters.{other}" in path.read_text()}
        assert named <= allowed, path
