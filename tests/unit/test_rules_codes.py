"""Every code, command and event of the decisions is tested. Anomalies are those that rules may note."""

import ast
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from each import each

from events.catalog import newest
from services import refusals
from services.decisions import decide
from services.decisions.base import commands
from services.decisions.table import tables

HERE = Path(__file__).parent
DECISIONS = Path(decide.__file__).parent
RAISED: dict[str, int] = {"Refused": 0, "rule": 1, "note": 0, "fresh": 1}
"""Callable -> index of the argument with the code."""


def calls(folder: Path, pattern: str, name: str) -> Sequence[ast.Call]:
    """Return the calls of functions or methods with this name."""
    return all_calls(folder, pattern).get(name, ())


@cache
def all_calls(folder: Path, pattern: str) -> dict[str, list[ast.Call]]:
    """Return the calls in these modules by the name of what they call. Each module is walked once."""
    found: dict[str, list[ast.Call]] = defaultdict(list)
    for node in (node for tree in trees(folder, pattern) for node in ast.walk(tree)):
        if isinstance(node, ast.Call):
            called = node.func
            found[called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")].append(
                node
            )
    return found


def texts(node: ast.AST) -> set[str]:
    """Return the constants of an expression that look like codes, without those in its conditions."""
    if isinstance(node, ast.IfExp):
        return texts(node.body) | texts(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


@cache
def trees(folder: Path, pattern: str) -> tuple[ast.Module, ...]:
    """Return the parsed modules."""
    return tuple(map(ast.parse, sources(folder, pattern)))


@cache
def sources(folder: Path, pattern: str) -> tuple[str, ...]:
    """Return the texts of these modules."""
    return tuple(path.read_text() for path in sorted(folder.glob(pattern)))


@cache
def named() -> frozenset[str]:
    """Return every name in the tests of rules."""
    found = (ast.walk(tree) for tree in trees(HERE, "test_rules_*.py"))
    return frozenset(node.id for nodes in found for node in nodes if isinstance(node, ast.Name))


@cache
def raised(*functions: str) -> set[str]:
    """Return the codes that the decisions pass to these functions."""
    found: set[str] = set()
    for name in functions:
        for call in calls(DECISIONS, "**/*.py", name):
            if len(call.args) > RAISED[name]:
                found |= texts(call.args[RAISED[name]])
    return found


@cache
def unknown() -> set[str]:
    """Return the codes that `lookups.known` derives from the kinds of its tables."""
    given = [call.args[1] for call in calls(DECISIONS, "**/*.py", "known")]
    named = {node.id.lower() for node in given if isinstance(node, ast.Name)}
    return {f"{tables[name].kind}.unknown" for name in named if name in tables}


@cache
def covered(*functions: str) -> set[str]:
    """Return the texts passed to these methods anywhere in the tests of rules."""
    found: set[str] = set()
    for name in functions:
        for call in calls(HERE, "test_rules_*.py", name):
            found |= {text for arg in call.args for text in texts(arg)}
    return found


def test_the_catalogue_marks_exactly_the_codes_that_rules_may_note():
    assert raised("rule", "note") == set(refusals.noted())


@each("code", lambda: sorted(raised("Refused", "rule", "fresh") | unknown()))
def test_every_refusal_is_tested(code: str):
    assert code in covered("refused")


@each("code", sorted(refusals.noted()))
def test_every_anomaly_is_tested(code: str):
    assert code in covered("anomaly")


@each("name", sorted(commands))
def test_every_command_is_tested(name: str):
    aggregate, _, verb = name.partition(".")
    assert any(f"{aggregate}.{verb}(" in source for source in sources(HERE, "test_rules_*.py"))


@each("name", sorted(newest))
def test_every_event_is_expected_somewhere(name: str):
    assert newest[name].__name__ in named()
