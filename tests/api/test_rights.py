"""Every token with every operation about things in every place: no answer tells what one may not know."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from asked import CALLS, CHANGING, Found, calls, of_rows, operations
from marked import (
    AREAS,
    ELSEWHERE,
    KINDS,
    MARK,
    MISSING,
    PHONES,
    TOKENS,
    Answered,
    Call,
    City,
    J,
    city,
    home,
    known_to,
    mark,
)
from scale import LONG

from services.decisions.references import OPEN, mentions
from services.decisions.scopes import PUBLIC

_VARYING = (
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)"), "then"),
    (re.compile(r'"position":\d+'), "where"),
    (re.compile(r'"age":[\d.]+'), "age"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "uuid"),
)
"""What differs between two answers without telling anything."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with city(tmp_path_factory.mktemp("rights")) as made:
        yield made


def told(call: Call, answer: Answered) -> str:
    """Return an answer without what was asked, and without what varies anyway."""
    text = answer.text
    for asked in call.asked:
        text = text.replace(asked, "it")
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return f"{answer.status} {text}"


def marks(call: Call, text: str, name: str) -> list[str]:
    """Return the marks in an answer of what a token may not know, other jurisdictions included."""
    known = known_to(name)
    things = [(place, kind) for place in AREAS for kind in KINDS] if MARK in text else []
    unknown = [mark(p, k) for p, k in things if (p, k) not in known and mark(p, k) in text]
    unknown += [PHONES[p] for p in AREAS if (p, "worker") not in known and PHONES[p] in text]
    covered = {home(place) for place, _ in known}
    return unknown + [
        code for code in {J, ELSEWHERE} - covered if f'"{code}"' in text and code not in call.path
    ]


def may_know(name: str, one: Found, call: Call) -> bool:
    return call.target in known_to(name) or open_to(name, one, call)


def open_to(name: str, one: Found, call: Call) -> bool:
    """Whether a worker asks about what is open to every worker: who stands at a door may scan its code."""
    command, (where, kind) = PUBLIC.get(one.id), call.target or ("", "")
    return (
        name == "worker"
        and command is not None
        and where != MISSING
        and any(
            mention.touch is OPEN and mention.kind == kind for mention in mentions(command) if not mention.new
        )
    )


def test_every_operation_is_asked():
    ids = {one.id for one in operations() if one.id not in PUBLIC and not of_rows(one)}
    assert ids == CALLS.keys(), "CALLS in tests/api/asked.py says how each operation is asked about a place"


def chosen(one: Found, number: int, name: str) -> list[str]:
    """Return the places that an operation is asked about: all in `make long`, else fewer for the many.

    Each token asks about A (but sends no command there), and about one of the others in turn: the fifteen of
    them ask every operation about all. Files of rows are asked about one place in turn: they are read as
    pages are.
    """
    if LONG:
        return [*AREAS]
    turn = number + [*TOKENS].index(name)
    if one.path.endswith(".xlsx"):
        return ["A"] if name.endswith("there") else []
    if one.path.endswith(".csv"):
        return ["ABNO"[turn % 4]]
    other = "BNO"[turn % 3]
    return [other] if one.id in PUBLIC else ["A", other]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", TOKENS)
async def test_an_answer_tells_nothing_that_its_asker_may_not_know(here: City, name: str):
    wrong: list[str] = []
    for number, one in enumerate(operations()):
        for place in chosen(one, number, name):
            hidden = ""
            """The answer about what there is, while the one about what is not there is awaited."""
            for call in calls(here, one, place):
                missing, known = bool(call.target and call.target[0] == MISSING), may_know(name, one, call)
                if known and one.id in (*CHANGING, *PUBLIC):
                    hidden = ""
                    continue
                answer = await here.ask(call, here.secrets[name])
                text = told(call, answer)
                assert answer.status < 500, (one.id, call, text)
                if one.id in PUBLIC:
                    assert answer.status in (401, 403, 409) or '"unchanged"' in text, (call, text)
                if found := marks(call, text, name):
                    wrong.append(f"{one.id}: {call} tells {found}: {text[:300]}")
                if missing and hidden and hidden != text:
                    wrong.append(f"{one.id}: {place} is told from what is not there: {hidden} / {text}")
                hidden = text if call.target and not missing and not known else ""
    assert not wrong, f"{len(wrong)}\n" + "\n".join(wrong[:40])
