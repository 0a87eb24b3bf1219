"""Items of a batch are read alike in one pass and one by one."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.api import items
from services.api.items import Given, read_items
from services.recorder.envelope import Outcome

KEY = "0b8e2d31-5a4c-4f0e-9a57-2a51c7c6b0d1"
PLAIN = {"id": KEY, "name": "worker.check_in", "data": {"worker": "W1", "area": "2307"}}
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
INSTANTS = some.sampled_from(
    ["2026-03-02T08:00:00Z", "2026-03-02T08:00:00.1234567+08:00", "2026-03-02t08:00:00z", 1772438400, None]
)


def _same(one: Given | Outcome) -> Any:
    return msgspec.structs.replace(one, data=json.loads(one.data)) if isinstance(one, Given) else one


def _one_by_one(content: bytes, monkeypatch: pytest.MonkeyPatch) -> list[Given | Outcome]:
    def refuse(_: bytes) -> None:
        raise msgspec.DecodeError

    with monkeypatch.context() as patched:
        patched.setattr(items, "read_plain", refuse)
        return read_items(content)


@given(
    some.dictionaries(some.text(max_size=3), VALUES, max_size=4),
    some.fixed_dictionaries({}, optional={"at": INSTANTS, "sent_at": INSTANTS, "observed": some.booleans()}),
)
def test_any_data_is_read_alike(data: dict[str, Any], when: dict[str, Any]) -> None:
    content = json.dumps([PLAIN | {"data": data} | when]).encode()
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert [*map(_same, read_items(content))] == [*map(_same, _one_by_one(content, monkeypatch))]


@pytest.mark.parametrize(
    "odd",
    [
        {"id": KEY.upper()},
        {"id": KEY.replace("-", "")},
        {"id": KEY + "\n"},
        {"id": "{" + KEY + "}"},
        {"id": 5},
        {"name": "x" * 65},
        {"name": "no.command"},
        {"name": None},
        {"data": []},
        {"data": "{}"},
        {"data": None},
        {"data": {"worker": "\ud800"}},
        {"data": {"depth": float("nan")}},
        {"observed": 1},
        {"observed": None},
        {"at": "2026-03-02T08:00:00"},
        {"at": "yesterday"},
        {"at": "0001-01-01T00:00:00Z"},
        {"more": 1},
    ],
)
def test_an_odd_item_is_read_alike(odd: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps([PLAIN, PLAIN | odd]).encode()
    assert _told(read_items, content) == _told(lambda text: _one_by_one(text, monkeypatch), content)


def _told(read: Any, content: bytes) -> Any:
    try:
        return [_same(one) for one in read(content)]
    except Exception as error:
        return type(error), str(error), getattr(error, "values", None)


def test_a_usual_batch_is_read_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "read_any", None)
    content = json.dumps([PLAIN, PLAIN | {"at": "2026-03-02T08:00:00Z", "observed": True}]).encode()
    first, second = read_items(content)
    assert isinstance(first, Given)
    assert isinstance(second, Given)
    assert (first.id, first.name, first.at, second.observed) == (KEY, "worker.check_in", None, True)
