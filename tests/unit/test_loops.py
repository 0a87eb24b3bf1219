"""What runs on the event loop must not stop it, nor walk through what others may change while it waits."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "services"
WAITS = ast.Await | ast.AsyncFor | ast.AsyncWith


def waiting_walks(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of loops over an attribute's `items()`, `keys()` or `values()` that wait in between."""
    for loop in ast.walk(tree):
        match loop:
            case ast.For(iter=ast.Call(func=ast.Attribute(value=ast.Attribute(), attr=name))):
                inside = (node for part in loop.body for node in ast.walk(part))
                if name in ("items", "keys", "values") and any(isinstance(node, WAITS) for node in inside):
                    yield loop.lineno
            case _:
                pass


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("for a in self.kept.values():\n    await a.close()", [1]),
        ("for a in list(self.kept.values()):\n    await a.close()", []),
        ("for a in self.kept.values():\n    a.close()", []),
    ],
)
def test_such_a_loop_is_found(source: str, found: list[int]) -> None:
    assert list(waiting_walks(ast.parse(source))) == found


def test_no_loop_waits_while_it_walks_through_shared_rows() -> None:
    files = [*PACKAGE.rglob("*.py")]
    found = [f"{path.name}:{line}" for path in files for line in waiting_walks(ast.parse(path.read_text()))]
    assert len(files) > 100
    assert not found, "walk through a list of them: another task may add one while this one waits"


APART = ("cli", "demo", "sandbox")
"""Rooms with no event loop that serves anybody."""
WITH_ITS_THREAD = {"group_commit.py", "looking.py"}
"""The first waits for a thread of its own when it closes, on another thread; the second runs on a thread."""


def stops(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of calls that wait for another thread, for a time, or for another loop."""
    awaited = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Await)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or id(node) in awaited:
            continue
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("time"), attr="sleep")):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="run_coroutine_threadsafe") | ast.Name("urlopen")):
                yield node.lineno
            case ast.Call(func=ast.Attribute(value=ast.Call(), attr="result")):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="result"), args=[_, *_]):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="join"), args=[]):
                yield node.lineno
            case _:
                pass


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("time.sleep(1)", [1]),
        ("await asyncio.sleep(1)", []),
        ("asyncio.run_coroutine_threadsafe(ask(), loop)", [1]),
        ("pool.submit(ask).result()", [1]),
        ("answer.result(5)", [1]),
        ("thread.join()", [1]),
        ("', '.join(words)", []),
    ],
)
def test_what_stops_a_loop_is_found(source: str, found: list[int]) -> None:
    assert list(stops(ast.parse(source))) == found


def test_nothing_that_runs_on_a_loop_waits_without_await() -> None:
    """Together with ruff's ASYNC rules, which see what is called by a coroutine itself."""
    files = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in APART]
    assert len(files) > 100
    found = [f"{path.name}:{line}" for path in files for line in stops(ast.parse(path.read_text()))]
    assert [one for one in found if one.partition(":")[0] not in WITH_ITS_THREAD] == []
