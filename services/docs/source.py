"""Read types as written, and the strings below fields, from the source of classes."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import NamedTuple


class Field(NamedTuple):
    """A field of a class as written in the source."""

    name: str
    type: str
    default: str | None
    """None = required."""
    text: str


def fields(cls: type, *, below: type) -> list[Field]:
    """Return the fields of `cls` and its bases that are subclasses of `below`, bases first."""
    found: dict[str, Field] = {}
    for one in reversed(cls.__mro__):
        if one is not below and issubclass(one, below):
            found |= {field.name: field for field in own_fields(one)}
    return list(found.values())


def own_fields(cls: type) -> Iterator[Field]:
    """Yield the fields declared in the class body, each with the string that follows it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    for index, node in enumerate(body):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        kind = ast.unparse(node.annotation)
        if not kind.startswith("ClassVar"):
            default = ast.unparse(node.value) if node.value else None
            yield Field(node.target.id, kind, default, _text(body[index + 1 : index + 2]))


def _text(following: list[ast.stmt]) -> str:
    match following:
        case [ast.Expr(value=ast.Constant(value=str(text)))]:
            return " ".join(text.split())
        case _:
            return ""
