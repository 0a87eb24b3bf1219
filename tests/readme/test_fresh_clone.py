"""The README's commands in a fresh clone, with an empty cache and home."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clone the repository: committed files only."""
    place = tmp_path_factory.mktemp("clone") / "muster"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(place)], check=True)
    return place


def make(clone: Path, *arguments: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")}
    pip = {
        name: value
        for name, value in os.environ.items()
        if name.upper().endswith("_PROXY") or "INDEX" in name
    }
    done = subprocess.run(
        ["make", *arguments],
        cwd=clone,
        env=kept | pip | {"PIP_NO_CACHE_DIR": "1", "XDG_CACHE_HOME": str(clone.parent / "cache")},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.timeout(1200)
def test_make_demo_plays_the_lockdown_and_answers_its_figures(clone: Path) -> None:
    said = make(clone, "demo", "ARGS=--speed max --exit --port 0")
    assert "property_staff" in said
    figures = {line.split()[0]: line.split()[1:] for line in said.splitlines() if line.strip()}
    assert figures["property_staff"] == ["396", "18"]
    assert "teams: count 67" in said
    assert "days: 14" in said
    assert "reported: count 238" in said
    assert "person times before: count 114" in said
    assert "unfinished 0" in said


@pytest.mark.timeout(600)
def test_make_unit_finds_everything_it_needs(clone: Path) -> None:
    said = make(clone, "unit", "ARGS=-q -k chain")
    assert "passed" in said
    assert "skipped" not in said


def test_make_help_lists_the_commands(clone: Path) -> None:
    said = make(clone, "help")
    assert all(f"make {target}" in said for target in ("demo", "serve", "test", "bench", "docs"))
