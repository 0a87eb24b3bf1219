"""A large import is projected by a second process, and ends with its views complete."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.adapters.sqlite import projecting
from services.cli import app, importing
from services.views.beside import Child

ROSTER = Path(__file__).parents[2] / "services/intake/examples/roster.csv"


@pytest.mark.parametrize(("least", "processes"), [(1, 1), (importing.LARGE, 0)])
def test_a_large_import_takes_a_second_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int, processes: int
) -> None:
    started: list[Path] = []
    start = projecting.start

    async def seen(data: Path) -> Child:
        started.append(data)
        return await start(data)

    monkeypatch.setenv("MUSTER_PROCESSES", "2")
    monkeypatch.setattr(projecting, "start", seen)
    monkeypatch.setattr(importing, "LARGE", least)
    data = ["--data", str(tmp_path)]
    done = CliRunner().invoke(app("import"), ["import", str(ROSTER), "-m", "roster", "-j", "2307", *data])
    assert "40 rows = 40 applied + 0 known + 0 rejected" in done.output
    shown = CliRunner().invoke(app("show"), ["show", "roster", *data])
    assert "40 rows at position" in shown.output
    assert len(started) == processes
