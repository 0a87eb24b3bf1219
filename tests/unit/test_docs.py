"""The documents match the code: catalogues, links, make targets, command line options."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from each import each

from projections.catalog import public_views
from services.cli import app
from services.docs import FOLDER, PAGES
from services.reports import REPORTS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "services").glob("*.md"),
        *(ROOT / "services" / "intake").rglob("*.md"),
    ]
)
BASES = (
    ROOT,
    ROOT / "services",
    ROOT / "web",
    ROOT / "docs" / "examples" / "notice",
)
"""Base folders of paths in documents. The last are for files that the reader writes."""
CLI = typer.main.get_command(app())


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code_in(path: Path) -> Iterator[str]:
    """Yield every line of every code block, and every code span."""
    for number, part in enumerate(path.read_text(encoding="utf-8").split("```")):
        yield from part.splitlines()[1:] if number % 2 else re.findall(r"`([^`\n]+)`", part)


def anchors(path: Path) -> set[str]:
    """Return the anchors of its headings, as GitHub generates them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def invocations() -> Iterator[tuple[str, list[str]]]:
    """Yield (document, words after `muster`) of every use of the command line."""
    for path in DOCUMENTS:
        for line in code_in(path):
            found = re.match(r"(?:\$ |\.venv/bin/)*muster (.+)", line.strip())
            if found:
                yield name_of(path), shlex.split(found[1].partition("  #")[0], comments=True)


@pytest.mark.parametrize("name", PAGES)
def test_catalogues_are_as_the_code_is(name: str) -> None:
    page = FOLDER / name
    there = page.read_text(encoding="utf-8") if page.exists() else ""
    assert there == PAGES[name](), "run `make docs`"


@each("path", DOCUMENTS, ids=name_of)
def test_files_that_are_named_exist(path: Path) -> None:
    named = re.findall(r"`((?:[\w.-]+/)+[\w-]+\.(?:py|toml|sql|md|js|css|html|csv))`", path.read_text())
    real = [name for name in named if "NAME" not in name]  # a placeholder
    assert [name for name in real if not any((base / name).exists() for base in BASES)] == []


@each("path", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    dead: list[str] = []
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("folder", ["docs", "docs/adr"])
def test_the_index_of_a_folder_names_each_page(folder: str) -> None:
    pages = {path.name for path in (ROOT / folder).glob("*.md")} - {"README.md"}
    index = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    assert pages == set(re.findall(r"\]\(([^)/]+\.md)\)", index))


def test_the_index_of_decisions_gives_their_titles() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "docs" / "adr").glob("0*.md")):
        title, _, status, *_ = path.read_text(encoding="utf-8").splitlines()
        assert f"[{title.removeprefix('# ')}]({path.name})" in index
        assert status.startswith("Status: accepted"), path.name


def test_targets_of_make_that_documents_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        (name_of(path), target)
        for path in DOCUMENTS
        for line in code_in(path)
        for target in re.findall(r"^(?:\$ )?make ([a-z]+)", line)
    }
    assert named, "the README names make demo and make test"
    assert {one for one in named if one[1] not in targets} == set()


def test_commands_and_options_that_documents_name_exist() -> None:
    found = list(invocations())
    assert found, "the README shows the command line"
    assert [f"{document}: {wrong}" for document, words in found for wrong in unknown(words)] == []


def unknown(words: list[str]) -> list[str]:
    """Return the commands and options among the words that do not exist."""
    command: Any = CLI
    while hasattr(command, "commands"):
        if not words:
            return []
        name = words.pop(0)
        if name not in command.commands:
            return [f"muster has no command {name!r}"]
        command = command.commands[name]
    options = {option for one in command.params for option in (*one.opts, *one.secondary_opts, "--help")}
    given = [word.partition("=")[0] for word in words if word.startswith("-")]
    return [f"muster {command.name} has no option {word}" for word in given if word not in options]


def test_every_report_and_view_is_documented() -> None:
    assert {f"## {name}" for name in REPORTS} <= set((ROOT / "docs" / "reports.md").read_text().splitlines())
    assert {f"## {name}" for name in public_views()} <= set((FOLDER / "views.md").read_text().splitlines())


def test_both_readmes_show_the_same_commands_and_answers() -> None:
    english, chinese = (ROOT / name for name in ("README.md", "README.zh-CN.md"))

    def blocks(path: Path) -> list[str]:
        return path.read_text(encoding="utf-8").split("```")[1::2]

    assert blocks(english) == blocks(chinese)


def test_the_institutions_are_described_in_both_languages() -> None:
    """Their readers are officers in Chinese cities: section by section, with the same questions to ask."""
    english, chinese = (ROOT / "docs" / f"institutions{end}.md" for end in ("", ".zh-CN"))

    def sections(path: Path) -> list[str]:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [line.split(" ")[0] for line in lines if line.startswith("#")]

    def asked(path: Path) -> list[str]:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = (line.strip() for line in lines if line.startswith(("GET ", "muster ", "    ")))
        return [line.partition("  ")[0] for line in found]

    assert sections(english) == sections(chinese)
    assert asked(english) == asked(chinese)
