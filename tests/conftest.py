"""Distribution and order of tests: those that share a cluster or a server run in one process."""

import gc
import os
import signal
import sys
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import forking
import in_memory
import pytest
from again import Again
from scale import LONG
from seconds import Seconds
from xdist.scheduler import LoadScopeScheduling

from services.base.tuning import tune

if TYPE_CHECKING:
    from brokers import Broker
    from town import Town

GROUPS = {
    "tests/cluster/test_together.py": "cluster",
    "tests/cluster/test_repair.py": "cluster",
    "tests/transfer/test_cluster.py": "cluster",
    "tests/cluster/test_same_everywhere.py": "cluster",
    "tests/cluster/test_process_faults.py": "cluster",
    "tests/deploy/test_roles.py": "deployed",
    "tests/deploy/test_kafka_rights.py": "deployed",
    "tests/contract/test_log.py": "kafka",
    "tests/contract/test_kafka_changes.py": "kafka",
    "tests/contract/test_kafka_rules.py": "kafka",
    "tests/contract/test_locations.py": "kafka",
    "tests/contract/test_other_topics.py": "kafka",
    "tests/transfer/test_load.py": "kafka",
    "tests/unit/test_scenario_ledger.py": "institutions",
    "tests/unit/test_scenario_chapters.py": "institutions",
    "tests/unit/test_scenario_alliance.py": "institutions",
    "tests/unit/test_scenario_stations.py": "institutions",
    "tests/unit/test_scenario_training.py": "institutions",
    "tests/unit/test_scenario_supervision.py": "institutions",
}
"""File -> group, in the order in which a group's files run. Any other file is its own group."""
WAITING = ("cluster", "tests/cluster/test_states.py", "deployed", "kafka", "tests/api/test_stream.py")
"""Groups that wait half of their time: one process runs them one after another, while others work."""
FIRST = (
    *(*WAITING, "tests/browser/test_origin.py", "tests/browser/test_scale.py"),
    *("tests/readme/test_add_an_aggregate.py", "tests/unit/test_scenario.py"),
)
"""The longest groups. They start first, so that no process ends long after the others."""


def pytest_configure(config: pytest.Config) -> None:
    """Print what each folder costs. What runs in several processes keeps its files in memory.

    Brokers of tests live too briefly for Java's second compiler, and services for a second process.
    """
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
    os.environ.setdefault("MUSTER_PROCESSES", "1")  # two take longer to start; some tests are about them
    if getattr(config.option, "numprocesses", None) and (memory := in_memory.folder()):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory)
    config.pluginmanager.register(Seconds())
    config.pluginmanager.register(Again())
    forking.begin()


def pytest_unconfigure() -> None:
    """End the processes that Muster's were forked from."""
    forking.end()


gc.disable()
# httpcore tries to import it at each request of an asynchronous client. It is not installed, and the search
# takes a twentieth of the time of the tests of the API.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Collect no garbage while thousands of tests are collected, nor search them for it afterwards.

    Then collect as rarely as the service does: Python's own way takes a tenth of the processor time.
    """
    tune()
    gc.enable()


def group_of(nodeid: str) -> str:
    """Return the group of a test."""
    file = nodeid.partition("::")[0]
    return GROUPS.get(file, file)


class Scheduling(LoadScopeScheduling):
    """A scheduler that gives a process one whole group at a time, longest first."""

    def _split_scope(self, nodeid: str) -> str:
        group = group_of(nodeid)
        return "waiting" if group in WAITING else group


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    """Return the scheduler (hook of pytest-xdist)."""
    return Scheduling(config, log)  # type: ignore[arg-type]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only `make long` runs.

    Move the groups of FIRST to the front, and order the files in each group. Others keep their order.
    """
    long = [] if LONG else [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    groups = {name: rank for rank, name in enumerate(FIRST)}
    files = {name: rank for rank, name in enumerate(GROUPS)}

    def rank(item: pytest.Item) -> tuple[int, int]:
        file = item.nodeid.partition("::")[0]
        return groups.get(group_of(item.nodeid), len(groups)), files.get(file, 0)

    items.sort(key=rank)


@pytest.fixture(autouse=True)
def _events_are_read_again() -> None:
    """Have each event that a test decides read again, as from the log, before it is applied."""
    if deciding := sys.modules.get("services.decisions.decide"):
        deciding.READ_AGAIN = True  # pyright: ignore[reportAttributeAccessIssue]


@pytest.fixture
def terminal() -> Iterator[None]:
    """Let processes of the test end with their terminal, also where the tests run under `nohup`."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


RUNNING = pytest.StashKey[dict[str, Generator[Any, None, None]]]()
"""Shared clusters and brokers by the group of tests that use them."""
T = TypeVar("T")


@pytest.fixture(scope="session")
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Town"]:
    """Run a cluster with four API processes and two projectors. Each test uses its own jurisdiction."""
    from town import started  # only if needed: it imports the whole sandbox

    running = started(tmp_path_factory.mktemp("town"), apis=4, projectors=2)
    yield from _kept(request, "cluster", running)


@pytest.fixture(scope="session")
def frail(town: "Town") -> "Town":
    """Run the same with two API processes and a clock that scenarios set: its processes are killed, and what
    is recorded afterwards must still be right."""
    town.begin_scenario(2)
    return town


@pytest.fixture(scope="session")
def granted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Broker"]:
    """Run a broker as deploy/ sets it up, with TLS, users and rights. It has no topics yet."""
    from brokers import granted

    yield from _kept(request, "deployed", granted(tmp_path_factory.mktemp("kafka"), tls=True))


def _kept(request: pytest.FixtureRequest, group: str, running: Generator[T, None, None]) -> Iterator[T]:
    request.session.stash.setdefault(RUNNING, {})[group] = running
    yield next(running)
    running.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """End what other groups shared: an idle cluster takes an eighth of two cores, a broker a thirtieth.
    Not sooner, since the last test of a group may have to run again."""
    for group, shared in item.session.stash.get(RUNNING, {}).items():
        if group != group_of(item.nodeid):
            shared.close()
    if group_of(item.nodeid) != "kafka" and (kafka := sys.modules.get("kafka_server")):
        kafka.end()
