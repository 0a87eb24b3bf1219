"""The catalogue of refusals, against what the source raises and between its languages."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from services import refusals

SERVICES = Path(refusals.__file__).parents[1]
RAISED: dict[str, int] = {"Refused": 0, "rule": 1, "note": 0, "fresh": 1}
"""Callable -> which argument is the code."""
CODE = re.compile(r"[a-z][a-z_]*(\.[a-z_]+)?")
HAN = r"[\u4e00-\u9fff]"


class Site(NamedTuple):
    """A place in the source that names a code, with the names of the values it gives."""

    where: str
    code: str
    values: frozenset[str]
    says: bool
    """Whether a sentence is made of it; an anomaly is only named."""


def constants(node: ast.AST) -> set[str]:
    """The codes that an expression may give, its conditions left out."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) | constants(node.orelse)
    given = node.value if isinstance(node, ast.Constant) else None
    return {given} if isinstance(given, str) and CODE.fullmatch(given) else set()


def sites() -> Iterator[Site]:
    """Every call that raises or notes a code."""
    for path in sorted(SERVICES.glob("decisions/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            at = RAISED.get(called)
            if at is None or len(node.args) <= at:
                continue
            values = frozenset(one.arg for one in node.keywords if one.arg)
            for code in constants(node.args[at]):
                yield Site(f"{path.name}:{node.lineno}", code, values, called != "note")


SITES = tuple(sites())
LANGUAGES = refusals.languages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_raised_has_an_entry_and_every_entry_is_raised(language: str):
    assert {site.code for site in SITES} == set(refusals.entries(language))


@pytest.mark.parametrize("site", SITES, ids=lambda site: f"{site.where} {site.code}")
def test_a_raise_gives_the_values_that_a_sentence_needs(site: Site):
    if site.says:
        sentences = refusals.entries("en")[site.code].sentences
        assert any(refusals.placeholders(text) <= site.values for text in sentences), site.values


@pytest.mark.parametrize("code", sorted(refusals.entries("en")))
def test_every_sentence_and_every_value_is_used(code: str):
    given = [site.values for site in SITES if site.code == code and site.says]
    sentences = refusals.entries("en")[code].sentences
    for text in sentences:
        assert any(refusals.placeholders(text) <= values for values in given), text
    named = frozenset[str]().union(*map(refusals.placeholders, sentences))
    for values in given:
        assert values <= named


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_say_the_same_things(language: str):
    for code, entry in refusals.entries(language).items():
        english = refusals.entries("en")[code]
        ours, theirs = (
            map(refusals.placeholders, entry.sentences),
            map(refusals.placeholders, english.sentences),
        )
        assert list(ours) == list(theirs), code
        assert isinstance(entry.noted, str) == isinstance(english.noted, str) or not entry.noted, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_meanings_need_no_value(language: str):
    for code in refusals.entries(language):
        meaning = refusals.meaning(code, language)
        assert not refusals.placeholders(meaning), code
        assert meaning.endswith((".", "。")), code


def test_chinese_has_no_ascii_punctuation_beside_han():
    for code, entry in refusals.entries("zh").items():
        for text in (*entry.sentences, entry.meaning):
            assert not re.search(rf"{HAN}\s?[,.;:!?()]|[,.;:!?()]\s?{HAN}", text), f"{code}: {text}"


def test_a_sentence_says_lists_words_and_instants_in_its_language():
    full = {"worker": "W1", "live": ("A1", "A2")}
    assert "on A1, A2;" in refusals.sentence("capacity.exceeded", full)
    assert "A1、A2" in refusals.sentence("capacity.exceeded", full, "zh")
    gone = {"assignment": "A1", "state": "done"}
    assert refusals.sentence("offer.gone", gone).endswith("it was finished.")
    assert refusals.sentence("offer.gone", gone, "zh").endswith("已被完成。")
    closed = {"area": "2307", "closed": datetime(2022, 3, 28, tzinfo=UTC)}
    assert refusals.sentence("area.closed", closed) == "Area 2307 was closed at 2022-03-28T00:00:00Z."


def test_the_values_that_are_given_choose_the_sentence():
    one = refusals.sentence("assignment.exists", {"assignment": "A1"})
    of = refusals.sentence("assignment.exists", {"assignment": "A1", "request": "R1", "team": "T1"})
    assert (one, of) == ("Assignment A1 exists already.", "Assignment A1 is of team T1 on request R1.")


def test_without_its_values_a_refusal_says_what_the_code_means():
    assert refusals.sentence("worker.unknown", {}) == "The worker is not registered."
    assert refusals.sentence("never.heard_of", {}) == "never.heard_of"
