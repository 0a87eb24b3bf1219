"""The catalogue of refusals, compared with the source and between languages."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from each import each

import services.decisions.decide  # noqa: F401  registers all tables
from services import refusals
from services.decisions.table import tables
from services.verify.laws import LAWS
from services.verify.meanings import MEANINGS

SERVICES = Path(refusals.__file__).parents[1]
COUNTED = {"rule": 1, "fresh": 1, "Problem": 1}
FIRST = (
    "Refused",
    "note",
    "RowError",
    "ImportFailed",
    "MappingError",
    "ColumnsMissing",
    "FileError",
    "BadQuery",
    "TokenRefused",
    "TransferFailed",
    "RepairRefused",
)
RAISED: dict[str, int] = {**dict.fromkeys((*FIRST, "Beyond"), 0), **COUNTED}
"""Callable -> index of the argument with the code."""
OTHERS = {"headers", "more"}
"""Arguments of a problem that are not values."""
CODE = re.compile(r"[a-z][a-z_]*(\.[a-z_]+)?")
HAN = r"[\u4e00-\u9fff]"


class Site(NamedTuple):
    """A place in the source that names a code, with the names of its values."""

    where: str
    code: str
    values: frozenset[str]
    variants: frozenset[str]
    open: bool
    """Whether it passes further values with **."""
    says: bool
    """Whether it has a sentence. Anomalies have only a code."""

    def fits(self, sentence: str) -> bool:
        """Return whether this site provides the values of the sentence."""
        return self.open or refusals.placeholders(sentence) <= self.values


def unknown(node: ast.Call, where: str) -> Iterator[Site]:
    """Yield what `lookups.known` raises: it derives code and value from the table's kind."""
    table = tables.get(getattr(node.args[1], "id", "").lower()) if len(node.args) > 1 else None
    if table is not None:
        kind = str(table.kind)
        yield Site(where, f"{kind}.unknown", frozenset((kind,)), frozenset(), open=False, says=True)


def constants(node: ast.AST | None) -> frozenset[str]:
    """Return the texts that an expression may evaluate to, without those in its conditions."""
    match node:
        case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]):
            return constants(one) | constants(other)
        case ast.Constant(value=str(text)) if CODE.fullmatch(text):
            return frozenset((text,))
        case _:
            return frozenset()


@cache
def sites() -> tuple[Site, ...]:
    """Return every call that raises or notes a code."""
    return tuple(in_the_source())


def saying() -> list[Site]:
    """Return those with a sentence."""
    return [site for site in sites() if site.says]


def in_the_source() -> Iterator[Site]:
    called = re.compile(rf"\b({'|'.join((*RAISED, 'known'))})\(")
    for path in sorted(SERVICES.rglob("*.py")):
        text = path.read_text()
        for node in ast.walk(ast.parse(text)) if called.search(text) else ():
            if isinstance(node, ast.Call):
                yield from of(node, f"{path.relative_to(SERVICES)}:{node.lineno}")


def of(node: ast.Call, where: str) -> Iterator[Site]:
    """Yield the sites of a call, one per possible code."""
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if called == "known":
        yield from unknown(node, where)
    at = RAISED.get(called)
    if at is None or len(node.args) <= at:
        return
    given = {one.arg: one.value for one in node.keywords if one.arg}
    for code in sorted(constants(node.args[at])):
        yield Site(
            where,
            code,
            frozenset(given) - OTHERS,
            constants(given.get("variant")),
            any(one.arg is None for one in node.keywords),
            called != "note",
        )


LANGUAGES = refusals.languages()
MISREAD = frozenset(refusals.entries("en")["unreadable"].variants)
BROKEN = frozenset(("missing", "string_too_long", "string_too_short", "string_pattern_mismatch")) | {
    "greater_than_equal",
    "less_than_equal",
}
"""Variants named by pydantic."""


def told(site: Site) -> tuple[str, ...]:
    """Return the possible sentences of a site. If it passes values on, any variant is possible."""
    entry = refusals.entries("en")[site.code]
    if site.open and not site.variants:
        return tuple(every(entry))
    return tuple(text for one in site.variants or (None,) for text in entry.sentences(one))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_raised_has_an_entry_and_every_entry_is_raised(language: str):
    assert {site.code for site in sites()} == set(refusals.entries(language))


@each("site", saying, ids=lambda site: f"{site.where} {site.code}")
def test_a_raise_gives_the_values_that_a_sentence_needs(site: Site):
    assert any(map(site.fits, told(site))), site.values
    assert site.variants <= set(refusals.entries("en")[site.code].variants)


@each("code", sorted(refusals.entries("en")))
def test_every_sentence_variant_and_value_is_used(code: str):
    mine = [site for site in saying() if site.code == code]
    entry = refusals.entries("en")[code]
    variants = {"unreadable": MISREAD, "invalid": BROKEN}.get(code, frozenset())
    assert set(entry.variants) == variants.union(*(site.variants for site in mine))
    for text in entry.sentences():
        assert any(site.fits(text) for site in mine), text
    named = frozenset(("variant",)).union(*map(refusals.placeholders, every(entry)))
    assert all(site.values <= named for site in mine)


def every(entry: refusals.Entry) -> list[str]:
    """Return all sentences of an entry, including its variants."""
    return [text for one in (None, *sorted(entry.variants)) for text in entry.sentences(one)]


def test_every_misreading_has_its_sentence():
    calls = [
        node
        for path in (SERVICES / "intake").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Misread"
    ]
    assert frozenset().union(*(constants(call.args[0]) for call in calls)) == MISREAD


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_say_the_same_things(language: str):
    for code, entry in refusals.entries(language).items():
        english = refusals.entries("en")[code]
        assert set(entry.variants) == set(english.variants), code
        ours, theirs = (list(map(refusals.placeholders, every(one))) for one in (entry, english))
        assert ours == theirs, code
        assert isinstance(entry.noted, str) == isinstance(english.noted, str), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_meanings_need_no_value(language: str):
    for code in refusals.entries(language):
        meaning = refusals.meaning(code, language)
        assert not refusals.placeholders(meaning), code
        assert meaning.endswith((".", "。")), code


def test_chinese_has_no_ascii_punctuation_beside_han():
    for code, entry in refusals.entries("zh").items():
        for text in (*every(entry), entry.meaning):
            assert not re.search(rf"{HAN}\s?[,.;:!?()]|[,.;:!?()]\s?{HAN}", text), f"{code}: {text}"


def test_a_sentence_says_lists_words_and_instants_in_its_language():
    full = {"worker": "W1", "live": ("A1", "A2")}
    assert "on A1, A2." in refusals.sentence("capacity.exceeded", full)
    assert "A1、A2" in refusals.sentence("capacity.exceeded", full, "zh")
    gone = {"assignment": "A1", "state": "done"}
    assert refusals.sentence("offer.gone", gone).endswith("it was finished.")
    assert refusals.sentence("offer.gone", gone, "zh").endswith("已被完成。")
    closed = {"area": "2307", "closed": datetime(2022, 3, 28, tzinfo=UTC)}
    assert refusals.sentence("area.closed", closed) == "Area 2307 was closed at 2022-03-28T00:00:00Z."


def test_the_values_that_are_given_choose_the_sentence():
    one = refusals.sentence("assignment.exists", {"assignment": "A1"})
    of = refusals.sentence("assignment.exists", {"assignment": "A1", "request": "R1", "team": "T1"})
    assert one == "Assignment A1 already exists."
    assert of == "Assignment A1 already exists: team T1 on request R1."


def test_without_its_values_a_refusal_says_what_the_code_means():
    assert refusals.sentence("worker.unknown", {}) == "The worker is not registered."
    assert refusals.sentence("never.heard_of", {}) == "never.heard_of"


def test_every_finding_has_its_meaning():
    calls = [
        node
        for path in (SERVICES / "verify").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add" and len(node.args) == 3
    ]
    found = frozenset().union(*(constants(call.args[1]) for call in calls))
    assert found | {law.code for law in LAWS} == MEANINGS.keys()
