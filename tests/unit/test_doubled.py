"""A key given twice is found in any JSON text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.api.doubled import doubled_key

WORDS = some.text(alphabet='ab:"\\,{}\u00e9', max_size=3)
VALUES = some.recursive(
    some.none() | some.integers(0, 3) | WORDS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, some.booleans(), some.sampled_from([None, 1]))
def test_a_text_made_from_values_has_no_key_twice(value: object, escaped: bool, indent: int | None) -> None:
    assert doubled_key(json.dumps(value, ensure_ascii=escaped, indent=indent).encode()) is None


@given(WORDS, VALUES, VALUES, some.booleans())
def test_a_key_given_twice_is_found_whatever_its_values(
    key: str, first: object, second: object, escaped: bool
) -> None:
    name, values = json.dumps(key, ensure_ascii=escaped), [json.dumps(one) for one in (first, second)]
    text = f'[{{"x": {{{name}: {values[0]}, "other": 0, {name}: {values[1]}}}}}]'
    assert doubled_key(text.encode()) == key


@pytest.mark.parametrize("text", ['{"a": NaN, "a": 1}', '{"a": "\\u003a", "a": 1}', '{"a": 1, "\\u0061": 2}'])
def test_a_key_given_twice_is_found_in_odd_texts(text: str) -> None:
    assert doubled_key(text.encode()) == "a"
