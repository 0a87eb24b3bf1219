"""Which tests run in one process, and in which order: what shares a cluster or a server stays together."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from town import Town

GROUPS = {
    "tests/cluster/test_together.py": "cluster",
    "tests/transfer/test_cluster.py": "cluster",
    "tests/cluster/test_process_faults.py": "cluster",
}
"""File -> group, in the order in which a group's files run. Any other file is a group of its own."""
FIRST = (
    "cluster",
    "tests/cluster/test_same_everywhere.py",
    "tests/deploy/test_roles.py",
    "tests/browser/test_accessibility.py",
)
"""Groups that take longest: they begin first, so that no process ends long after the others."""


def group_of(nodeid: str) -> str:
    """The group of a test."""
    file = nodeid.partition("::")[0]
    return GROUPS.get(file, file)


class Scheduling(LoadScopeScheduling):
    """A process takes a whole group at a time, the longest first."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    """Hook of pytest-xdist."""
    return Scheduling(config, log)  # type: ignore[arg-type]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the groups of FIRST first, and the files of a group in its order; the rest stays as collected."""
    groups = {name: rank for rank, name in enumerate(FIRST)}
    files = {name: rank for rank, name in enumerate(GROUPS)}

    def rank(item: pytest.Item) -> tuple[int, int]:
        file = item.nodeid.partition("::")[0]
        return groups.get(group_of(item.nodeid), len(groups)), files.get(file, 0)

    items.sort(key=rank)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Town"]:
    """A cluster with four API processes and two projectors; each test brings its own jurisdiction."""
    from town import started  # only where it is needed: it brings the whole sandbox

    yield from started(tmp_path_factory.mktemp("town"), apis=4, projectors=2)
