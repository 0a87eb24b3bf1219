"""Presence, stages and states are defined once, in events. Nothing else lists those words again."""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from each import each

from events import team
from events.assignment import ENDS as ASSIGNMENT_ENDS
from events.assignment import LIVE, UNENDED
from events.presence import ON_DUTY, PRESENCES
from events.request_state import ENDED, STATES, UNFINISHED
from events.stages import STAGES
from services.console import rules
from services.console.pages import WEB, contents, digest

ROOT = Path(__file__).parents[2]
TOPS = ("events", "projections", "services", "bench")
PYTHON = sorted(path for top in TOPS for path in (ROOT / top).rglob("*.py"))
SCRIPTS = sorted(p for p in WEB.rglob("*.js") if not {"vendor", "i18n"} & set(p.relative_to(WEB).parts))
CATALOGUES = {"services/demo/words.py"}
"""Files of translations, keyed by the words."""
SETS: Mapping[frozenset[str], int] = {
    frozenset(PRESENCES): 2,
    frozenset(LIVE): 2,
    frozenset(ASSIGNMENT_ENDS): 2,
    frozenset(UNFINISHED): 2,
    frozenset(ENDED): 3,
    frozenset(team.STATES): 2,
}
"""Related words -> number of them that makes a collection a second definition.

`done` and `failed` are also states of an import.
"""
MOST_IN_A_FUNCTION = 3
"""A function that names this many presences derives presence by itself."""


def told_again(words: Iterable[str]) -> frozenset[str]:
    """Return the words that form a second definition; empty if none."""
    found = frozenset(words)
    return next((found & one for one, least in SETS.items() if len(found & one) >= least), frozenset())


# -- Python ------------------------------------------------------------------------------------------------


def strings(nodes: Iterable[ast.AST | None]) -> Iterator[str]:
    """Yield string constants, and the first of nested collections: `(("en_route", 1), ("on_scene", 2))`."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Tuple | ast.List):
            yield from strings(node.elts[:1])


def collected(node: ast.AST) -> Iterator[str]:
    """Yield the words listed by a literal collection, a chain of comparisons or alternative patterns."""
    match node:
        case ast.Tuple() | ast.List() | ast.Set():
            yield from strings(node.elts)
        case ast.Dict():
            yield from strings(node.keys)
        case ast.BoolOp():
            yield from strings(one for value in node.values for one in ast.walk(value))
        case ast.MatchOr():
            yield from strings(one for pattern in node.patterns for one in ast.walk(pattern))
        case _:
            pass


def body_words(node: ast.AST) -> Iterator[str]:
    """Yield string constants in a function's body. Its signature may name what callers can pass."""
    if isinstance(node, ast.FunctionDef):
        yield from strings(one for statement in node.body for one in ast.walk(statement))


def literals(tree: ast.AST) -> set[int]:
    """Return the nodes inside `Literal[...]`: a type describes input and is not a rule."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "Literal":
            found |= {id(one) for one in ast.walk(node)}
    return found


QUOTED = re.compile(r"""["'](\w+)["']""")


def seconds_in_python(text: str) -> list[str]:
    """Return second definitions: line and words."""
    if not told_again(QUOTED.findall(text)):
        return []  # most files: nothing in them needs to be looked at closely
    tree = ast.parse(text)
    types = literals(tree)
    found: list[str] = []
    for node in ast.walk(tree):
        if id(node) in types:
            continue
        again = told_again(collected(node))
        named = frozenset(body_words(node)) & frozenset(PRESENCES)
        if again or len(named) >= MOST_IN_A_FUNCTION:
            found.append(f"{getattr(node, 'lineno', 0)}: {', '.join(sorted(again or named))}")
    return found


@each("path", PYTHON, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_other_module_lists_the_words(path: Path) -> None:
    if path.relative_to(ROOT).as_posix() not in CATALOGUES:
        assert seconds_in_python(path.read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        'ON_DUTY = ("available", "on_break")',
        'UNFINISHED = {"open", "assigned", "in_progress"}',
        'UNDER_WAY = ["en_route", "on_scene"]',
        'RANK = {"en_route": 1, "on_scene": 2}',
        'STAGES = (("en_route", 240), ("on_scene", 900))',
        'ENDS = frozenset(("done", "failed", "cancelled"))',
        'LIVE = ("accepted", "dispatched")',
        'STANDING = ("active", "forming")',
        'ENDS = ("done", "released")',
        'idle = presence == "available" or presence == "on_break"',
        'match state:\n case "accepted" | "dispatched":\n  pass',
        'def presence(on):\n if not on:\n  return "off_duty"\n return "on_break" if on.rest else "available"',
    ],
)
def test_a_second_definition_in_python_is_found(text: str) -> None:
    assert seconds_in_python(text)


@pytest.mark.parametrize(
    "text",
    [
        'presence: Literal["available", "on_break"]',
        'OPEN = ("offered", *LIVE)',
        'kinds = ("in", "out", "break", "available")',
        'state: dict[str, str] = {"enum": ["reading", "sending", "done", "failed"]}',
    ],
)
def test_what_is_no_second_definition_in_python_passes(text: str) -> None:
    assert seconds_in_python(text) == []


# -- JavaScript --------------------------------------------------------------------------------------------

COMMENT = re.compile(r"(?<![:\"'`])//[^\n]*|/\*.*?\*/", re.DOTALL)
ITEM = re.compile(r"""^\[*\s*["'](\w+)["']""")
KEY = re.compile(r"""^\s*["']?(\w+)["']?\s*:""")
CLOSING = {"[": "]", "{": "}", "(": ")"}


def parts(text: str, start: int) -> list[str]:
    """Return the comma-separated parts of the bracket that opens at `start`."""
    stack, found, begun = [CLOSING[text[start]]], list[str](), start + 1
    for at in range(start + 1, len(text)):
        sign = text[at]
        if sign in CLOSING:
            stack.append(CLOSING[sign])
        elif sign == stack[-1]:
            stack.pop()
        if not stack or (sign == "," and len(stack) == 1):
            found.append(text[begun:at].strip())
            begun = at + 1
        if not stack:
            break
    return found


def seconds_in_script(text: str) -> list[str]:
    """Return second definitions: arrays and objects that list the words."""
    code = COMMENT.sub("", text)
    found: list[str] = []
    for opening in re.finditer(r"[\[{]", code):
        pattern = ITEM if opening[0] == "[" else KEY
        again = told_again(m[1] for part in parts(code, opening.start()) if (m := pattern.match(part)))
        if again:
            found.append(f"{code[: opening.start()].count(chr(10)) + 1}: {', '.join(sorted(again))}")
    return found


@each("path", SCRIPTS, ids=lambda p: str(p.relative_to(WEB)))
def test_no_script_lists_the_words(path: Path) -> None:
    assert seconds_in_script(path.read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        'export const ON_DUTY = ["on_scene", "en_route", "assigned", "available", "on_break"];',
        "const FURTHEST = { on_scene: 0, en_route: 1, dispatched: 2, accepted: 3 };",
        'const found = ["on_scene", "en_route"].find((state) => states.includes(state));',
        'const STEPS = [["en_route", "go"], ["on_scene", "go"]];',
        'const NEXT = {\n  accepted: ["a", "b"], dispatched: ["a", "b"],\n};',
        'f({ state: ["open", "assigned"] });',
        'const STATES = [...UNENDED, "forming", "active"];',
        'const ENDED = ["done", "failed", "cancelled", "merged"];',
    ],
)
def test_a_second_definition_in_a_script_is_found(text: str) -> None:
    assert seconds_in_script(text)


# -- the pages' generated modules --------------------------------------------------------------------------

EXPORT = re.compile(r"^export const (\w+) = (.+);$", re.MULTILINE)


def said(module: str) -> dict[str, Any]:
    return {name: json.loads(value) for name, value in EXPORT.findall(contents()[module].decode())}


def test_the_module_of_settings_is_what_a_jurisdiction_begins_with() -> None:
    assert said(rules.SETTINGS_NAME) == json.loads(json.dumps(msgspec.to_builtins(rules.SETTINGS)))


def test_the_module_of_the_pages_is_the_words() -> None:
    told = said(rules.NAME)
    assert told == json.loads(json.dumps(msgspec.to_builtins(rules.WORDS)))
    assert told["PRESENCES"] == list(PRESENCES)
    assert set(told["ON_DUTY"]) == set(ON_DUTY)
    assert (told["UNFINISHED"], told["ENDED"], told["LEDGER"]) == (
        list(UNFINISHED),
        list(ENDED),
        list(STATES),
    )
    assert (told["STANDING"], told["TEAM_STATES"]) == (list(team.STANDING), list(team.STATES))
    assert (told["STAGES"], told["LIVE"], told["UNENDED"]) == (list(STAGES), list(LIVE), list(UNENDED))


def test_a_change_of_a_word_is_another_version_of_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest()
    monkeypatch.setattr(rules, "WORDS", {**rules.WORDS, "OFF_DUTY": "away"})
    contents.cache_clear()
    digest.cache_clear()
    try:
        assert digest() != before
    finally:
        monkeypatch.undo()
        contents.cache_clear()
        digest.cache_clear()
    assert digest() == before
