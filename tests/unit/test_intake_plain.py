"""A cell of which a mapping says nothing special is read at once, to the same value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.intake import parse_mapping
from services.intake.errors import RowError
from services.intake.mapping import Value
from services.intake.values import Values

MAPPING = parse_mapping(
    """
name = "plain"
timezone = "UTC"
[[source]]
name = "plain"
[[source.command]]
name = "worker.register"
data = { worker = "{c}", role = "courier" }
"""
)
READ_AT_LENGTH = {"shorten": 100_000}
"""Changes nothing, but must be looked at."""


def read(field: str, cell: str, **spec: Any) -> Any:
    """Return the value of a worker's field, or why there is none."""
    values = Values(MAPPING, b"k" * 32, "2307")
    try:
        return values.field("worker.register", field, Value(**spec), {"c": cell})
    except RowError as error:
        return error.code, error.values


@pytest.mark.parametrize("field", ["worker", "role", "vehicle", "capacity", "phone"])
@pytest.mark.parametrize("where", [{"column": "c"}, {"template": "{c}"}, {"template": "{c}-{c?}"}])
@given(cell=some.text(max_size=80) | some.sampled_from(["", "  ", "a  b", "W1", "Ｗ１", "王小明", "x" * 70]))
def test_both_ways_of_reading_agree(field: str, where: dict[str, Any], cell: str):
    for default in (None, "other", "{c|lower}"):
        assert read(field, cell, default=default, **where) == read(
            field, cell, default=default, **where, **READ_AT_LENGTH
        )
