"""A loop that waits must not walk through a dictionary that others may change meanwhile."""

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
