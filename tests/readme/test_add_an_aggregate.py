"""docs/add-an-aggregate.md, followed in a copy of the tree: it works and is as short as it says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from scale import LONG

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "add-an-aggregate.md"
EXAMPLE = ROOT / "docs" / "examples" / "notice"
MOST_EDITS = 3
WALKED = (
    "tests/unit/test_rules_notice.py",
    "tests/api/test_notices.py",
    "tests/api/test_stream.py::test_snapshot_and_patches_equal_a_fresh_snapshot_and_the_pages",
    "tests/unit/test_rights_matrix.py",
    "tests/unit/test_golden_events.py",
    "tests/unit/test_rules_codes.py",
    "tests/unit/test_refusals.py",
    "tests/unit/test_privacy.py",
    "tests/unit/test_layers.py",
)
"""Tests of the new aggregate, and those of all aggregates that fail most easily."""
WALKED_FARTHER = (
    "tests/api/test_rights.py::test_an_answer_tells_nothing_that_its_asker_may_not_know[dispatcher there]",
    "tests/unit/test_laws.py",
    "tests/unit/test_state_dump.py::TestRestarted",
    "tests/unit/test_state_dump.py::TestWhatIsKept",
    "tests/unit/test_console_files.py",
    "tests/unit/test_docs.py",
    "tests/unit/test_access.py",
)
"""The others, in `make long`."""


def edits() -> list[tuple[str, str, str]]:
    """Return (file, line before, line after) of each edit on the page."""
    blocks = re.findall(r"^```diff\n--- (\S+)\n((?:[-+ ].*\n)+)```$", PAGE.read_text(), re.M)
    found: list[tuple[str, str, str]] = []
    for file, lines in blocks:
        marked = [(line[0], line[1:]) for line in lines.splitlines()]
        before, after = (
            "".join(f"{text}\n" for sign, text in marked if sign in keep) for keep in (" -", " +")
        )
        found.append((file, before, after))
    return found


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the tree, with uncommitted changes, and add the example."""
    copy = tmp_path_factory.mktemp("tree") / "muster"
    known = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, known):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    for folder in ("events", "projections", "services", "tests"):  # compiled modules, which are as old
        for compiled in (ROOT / folder).rglob("__pycache__"):
            shutil.copytree(compiled, copy / compiled.relative_to(ROOT), dirs_exist_ok=True)
    shutil.copytree(EXAMPLE, copy, dirs_exist_ok=True)
    for file, before, after in edits():
        text = (copy / file).read_text()
        assert before in text, f"{file} has no {before!r}"
        (copy / file).write_text(text.replace(before, after))
    return copy


def run(tree: Path, *command: str) -> str:
    """Run a command in the copy, with the copy's modules."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done.stdout


def typed(tree: Path, *commands: tuple[str, ...]) -> list[str]:
    """Return what each command of the copy's command line says. One process runs them all, to save starts."""
    program = (
        "import json, sys; from tests.command_line import muster\n"
        "print(json.dumps([muster(*one) for one in json.loads(sys.argv[1])]))"
    )
    told = json.loads(run(tree, "-c", program, json.dumps(commands)))
    assert [status for status, _, _ in told] == [0] * len(commands), told
    return [said for _, said, _ in told]


def test_at_most_three_files_are_edited():
    assert 0 < len({file for file, _, _ in edits()}) <= MOST_EDITS
    new = [path.relative_to(EXAMPLE) for path in EXAMPLE.rglob("*") if path.is_file()]
    assert len(new) > 10
    assert [path for path in new if (ROOT / path).exists()] == []


def test_the_page_names_every_file_of_the_example():
    text = PAGE.read_text()
    files = [path.relative_to(EXAMPLE).as_posix() for path in EXAMPLE.rglob("*") if path.is_file()]
    assert [name for name in files if f"`{name}`" not in text] == []


@pytest.mark.timeout(900)
def test_the_aggregate_works(tree: Path, tmp_path: Path):
    """Covers command, view, stream, limited tokens, erasure, both languages, import and proof."""
    run(tree, "-m", "tests.golden.make_events")
    run(tree, "-m", "services.docs")
    run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *WALKED, *(WALKED_FARTHER if LONG else ()))

    sheet, mapping = (str(EXAMPLE / "mappings" / f"notices.{kind}") for kind in ("csv", "toml"))
    data = ("--jurisdiction", "2307", "--data", str(tmp_path))
    entering = ("import", sheet, "--mapping", mapping, *data)
    showing = ("show", "notices", "--format", "csv", *data)
    first, second, shown, verified = typed(tree, entering, entering, showing, ("verify", *data[2:]))
    assert "2 rows = 2 applied + 0 known + 0 rejected" in first
    assert "2 rows = 0 applied + 2 known + 0 rejected" in second
    assert "Masks at the gate" in shown
    assert "Person 001" not in shown
    assert ": ok;" in verified
