"""Tests use public names only, and tests of the pages wait for conditions, not for time."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from each import each

TESTS = Path(__file__).parents[1]
FILES = sorted(TESTS.rglob("*.py"))
BROWSER = [path for path in FILES if path.parent.name == "browser"]
BY_NAME = {"delattr", "getattr", "hasattr", "setattr"}
"""Functions, and methods of `monkeypatch`, that are given an attribute's name as text."""
OWNERS = {"self", "cls"}

WAITS = {
    "serving.py until": "pauses between two looks, within a time limit",
    "test_scale.py Changes._send": "paces the measured load",
    "test_scale.py Changes.during": "lasts as long as what is measured",
    "test_promptness.py _every.wait": "paces the measured load",
}
"""Fixed waits in tests/browser that stay: file and function, and why."""


def is_private(dotted: str) -> bool:
    """Whether a part of a name begins with exactly one underscore."""
    return any(part.startswith("_") and not part.startswith("__") for part in dotted.split("."))


def private_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and source of each use of a name that is private to something else."""
    for node in ast.walk(tree):
        if any(is_private(name) for name in named(node)):
            yield getattr(node, "lineno", 0), ast.unparse(node)


def named(node: ast.AST) -> list[str]:
    """Return the names that a node takes from something other than its own object."""
    match node:
        case ast.Attribute(value=ast.Name(id=owner)) if owner in OWNERS:
            return []
        case ast.Attribute(value=ast.Name(id="os"), attr="_exit"):
            return []  # public in spite of its name
        case ast.Attribute(attr=name):
            return [name]
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names):
            return [module or "", *(alias.name for alias in names)]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in BY_NAME:
            return [
                arg.value for arg in args[:2] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
        case _:
            return []


def fixed_waits(tree: ast.AST, inside: str = "") -> Iterator[tuple[int, str]]:
    """Yield line and function of each wait for a given time."""
    for node in ast.iter_child_nodes(tree):
        scope = inside
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            scope = f"{inside}.{node.name}".lstrip(".")
        if waits(node):
            yield getattr(node, "lineno", 0), inside
        yield from fixed_waits(node, scope)


def waits(node: ast.AST) -> bool:
    """Whether a node waits for a given time, or imports `sleep` so that a call no longer shows its module."""
    match node:
        case ast.Attribute(attr="wait_for_timeout"):
            return True
        case ast.Attribute(value=ast.Name(id="time" | "asyncio"), attr="sleep"):
            return True
        case ast.ImportFrom(module="time" | "asyncio", names=names):
            return any(alias.name == "sleep" for alias in names)
        case _:
            return False


def waits_of_pages() -> dict[str, str]:
    """Return file and function of each fixed wait in tests/browser, and where it is."""
    return {
        f"{path.name} {function}": f"{path}:{line}"
        for path in BROWSER
        for line, function in fixed_waits(ast.parse(path.read_text()))
    }


def test_there_are_files_to_look_at() -> None:
    assert len(FILES) > 100
    assert len(BROWSER) > 10


@each("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_no_test_uses_a_private_name(path: Path) -> None:
    assert [f"{path}:{line}: {source}" for line, source in private_names(ast.parse(path.read_text()))] == []


def test_pages_are_waited_for_by_a_condition() -> None:
    found = waits_of_pages()
    assert [found[one] for one in sorted(found.keys() - WAITS.keys())] == []


def test_every_exception_is_a_wait_that_there_is() -> None:
    assert sorted(WAITS.keys() - waits_of_pages().keys()) == []


@pytest.mark.parametrize(
    "source",
    [
        "log._writer",
        "log._writer.append(1)",
        "self.log._writer",
        "super()._writer",
        "log._writer = None",
        "from services.log import _writer",
        "from services._log import writer",
        "import services._log",
        "getattr(log, '_writer')",
        "monkeypatch.setattr(log, '_writer', None)",
        "monkeypatch.setattr('services.log._writer', None)",
    ],
)
def test_a_private_name_is_found(source: str) -> None:
    assert {line for line, _ in private_names(ast.parse(source))} == {1}


@pytest.mark.parametrize(
    "source",
    [
        "self._writer",
        "cls._writer",
        "_writer(1)",
        "log.writer",
        "log.__class__",
        "getattr(log, '__dict__')",
        "from __future__ import annotations",
        "monkeypatch.setattr(log, 'writer', '_text')",
    ],
)
def test_other_names_are_not(source: str) -> None:
    assert list(private_names(ast.parse(source))) == []


def test_a_wait_is_found_with_its_function() -> None:
    source = """
from time import sleep
class Page:
    def show(self):
        def again():
            page.wait_for_timeout(5)
        time.sleep(5)
        page.wait_for_selector("h1")
"""
    assert list(fixed_waits(ast.parse(source))) == [(2, ""), (6, "Page.show.again"), (7, "Page.show")]
