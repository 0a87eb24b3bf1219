"""Adapters of different stores are independent: without one, its packages need not be installed."""

import errno
from pathlib import Path

import apsw
import pytest

from services.adapters.sqlite.data_file import explained

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


@pytest.mark.parametrize("error", [apsw.FullError("disk is full"), OSError(errno.ENOSPC, "disk is full")])
def test_of_a_full_disk_it_is_told_where_to_make_room(error: Exception) -> None:
    said = explained(error, Path("data/keys.sqlite"), "the key store cannot be used", "restore it")
    assert said.startswith("the key store cannot be used: ")
    assert said.endswith("disk is full; make room on the disk of data")
