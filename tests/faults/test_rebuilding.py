"""Views rebuilt by several processes equal the log's, whichever of these processes die."""

import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st
from server import muster

from projections.catalog import views as catalog
from services import wiring
from services.application.muster import Muster
from services.base import children
from services.verify.views import audit
from services.wiring import rebuilding
from services.wiring.rebuilding import START_SECONDS, Cost, shared

ROSTER = Path(__file__).parents[2] / "services/intake/examples/roster.csv"
J = "2307"
Start = Callable[..., Awaitable[children.Process]]
start = children.start


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("sound") / "data"
    assert muster("import", str(ROSTER), "-m", "roster", "-j", J, "--data", str(data)).returncode == 0
    return data


@pytest.fixture
def emptied(sound: Path, tmp_path: Path) -> Path:
    """The data folder whose views have a head and no rows."""
    data = shutil.copytree(sound, tmp_path / "data")
    db = apsw.Connection(str(data / "views.sqlite"))
    tables = db.execute("SELECT table_name FROM view_versions").fetchall()
    for (table,) in tables:
        db.execute(f"DELETE FROM {table}")  # noqa: S608
    db.close()
    return data


@pytest.fixture
async def opened(emptied: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Muster]:
    """The folder, where another process is taken to start at once."""
    monkeypatch.setenv("MUSTER_PROCESSES", "2")
    monkeypatch.setattr(rebuilding, "START_SECONDS", 1e-6)
    muster = await wiring.opened(emptied)
    yield muster
    await muster.close()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[children.Process]:
    """What was started."""
    found: list[children.Process] = []

    async def noted(module: str, *words: str) -> children.Process:
        found.append(await start(module, *words))
        return found[-1]

    monkeypatch.setattr(children, "start", noted)
    return found


async def test_views_rebuilt_by_several_processes_equal_the_fold_of_the_log(
    opened: Muster, emptied: Path, started: list[children.Process]
) -> None:
    assert (await audit(opened.log, opened.views, J)).findings
    rows = await wiring.rebuild(emptied, (opened.log, opened.views), J, catalog)
    assert started, "this process did all by itself"
    assert [await one.wait() for one in started] == [0] * len(started)
    assert list(rows) == list(catalog)
    assert rows["roster"] == 40
    assert (await audit(opened.log, opened.views, J)).findings == []


async def _at_once(module: str, *words: str) -> children.Process:
    process = await start(module, *words)
    process.kill()
    return process


async def _after_it_asked(module: str, *words: str) -> children.Process:
    return await start("tests.faults.early")


@pytest.mark.parametrize("killed", [_at_once, _after_it_asked])
async def test_what_a_killed_process_left_is_rebuilt_by_the_one_that_started_it(
    opened: Muster, emptied: Path, killed: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses: list[int] = []
    end = children.Process.end

    async def noted(process: children.Process) -> int:
        statuses.append(await end(process))
        return statuses[-1]

    monkeypatch.setattr(children, "start", killed)
    monkeypatch.setattr(children.Process, "end", noted)
    rows = await wiring.rebuild(emptied, (opened.log, opened.views), J, catalog)
    assert statuses
    assert set(statuses) == {-signal.SIGKILL}
    assert list(rows) == list(catalog)
    assert (await audit(opened.log, opened.views, J)).findings == []


async def test_a_small_log_and_a_single_view_need_no_other_process(
    opened: Muster, emptied: Path, started: list[children.Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await wiring.rebuild(emptied, (opened.log, opened.views), J, ["roster"]) == {"roster": 40}
    monkeypatch.setattr(rebuilding, "START_SECONDS", START_SECONDS)
    await wiring.rebuild(emptied, (opened.log, opened.views), J, catalog)
    assert started == []
    assert (await audit(opened.log, opened.views, J)).findings == []


COSTS = st.builds(Cost, st.floats(0, 20), st.floats(0, 20))


@given(st.dictionaries(st.text(max_size=3), COSTS, min_size=1), st.integers(1, 9))
def test_each_view_is_in_one_share_and_what_is_written_soonest_comes_first(
    costs: dict[str, Cost], most: int
) -> None:
    shares = shared(costs, most)
    total = sum(map(sum, costs.values()))
    assert 1 <= len(shares) <= most
    assert total >= START_SECONDS * (len(shares) - 1), "no start for less than it takes"
    assert all(share.views for share in shares)
    order = [name for share in shares for name in share.views]
    assert sorted(order) == sorted(costs)
    ratios = [costs[name].fold / (costs[name].write or 1e-9) for name in order]
    assert ratios == sorted(ratios)
    fair = (total + (len(shares) - 1) * START_SECONDS) / len(shares)
    assert all(share.seconds <= fair + max(map(sum, costs.values())) + START_SECONDS for share in shares[:-1])


def test_a_view_of_many_rows_is_not_folded_beside_one_of_many_folds() -> None:
    costs = {"activity": Cost(4, 10), "commands": Cost(1, 4), "presence": Cost(4, 6), "roster": Cost(3, 0)}
    assert [share.views for share in shared(costs, 2)] == [("commands", "activity"), ("presence", "roster")]
