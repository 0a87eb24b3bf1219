"""A cell of which a mapping says nothing special is read at once, to the same value."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.intake import parse_mapping
from services.intake.cells.values import Values
from services.intake.errors import RowError
from services.intake.mapping import Kind, Value
from services.intake.mapping.kinds import kind_of

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
COMMAND = "worker.register"
CELLS = some.text(max_size=80) | some.sampled_from(
    ["", "  ", "a  b", "W1", "Ｗ１", "王小明", "x" * 70, "0", "007", "3.0", "1e3", "12345678901", "٣"]
)
TIMES = some.sampled_from(
    [
        "2026-11-20 09:00",
        "2026/11/20 9:00",
        "2026-11-20",
        "20.11.2026",
        "下午3:00",
        "2026-11-20 24:00",
        "46346.375",
        "x",
    ]
)


def read(kind: Kind, spec: Value, cell: str, *, at_once: bool, field: str = "") -> Any:
    """Return the value of a cell, or why there is none."""
    values, cells = Values(MAPPING, b"k" * 32, "2307"), {"c": cell}
    quick = values.quick(kind, spec) if at_once else None
    try:
        at_length = values.field(COMMAND, field, spec, cells) if field else values.at(spec, cells)
        return (quick and quick(cells)) or at_length
    except RowError as error:
        assert not (quick and quick(cells)), "what cannot be read was read at once"
        return error.code, error.values


@pytest.mark.parametrize("field", ["worker", "role", "vehicle", "capacity", "phone"])
@pytest.mark.parametrize("where", [{"column": "c"}, {"template": "{c}"}, {"template": "{c}-{c?}"}])
@given(cell=CELLS)
def test_both_ways_of_reading_agree(field: str, where: dict[str, Any], cell: str):
    kind = kind_of(COMMAND, field)
    for default in (None, "other", "{c|lower}"):
        spec = Value(default=default, **where)
        assert read(kind, spec, cell, at_once=True, field=field) == read(
            kind, spec, cell, at_once=False, field=field
        )


@pytest.mark.parametrize(
    "how", [{}, {"formats": ["%d.%m.%Y"]}, {"last_day": True}, {"after": "2026-11-20 10:00"}, {"plus": "30"}]
)
@given(cell=TIMES | some.text(max_size=20))
def test_both_ways_of_reading_instants_agree(how: dict[str, Any], cell: str):
    spec = Value(column="c", **how)
    assert read("instant", spec, cell, at_once=True) == read("instant", spec, cell, at_once=False)


def test_most_cells_are_read_at_once():
    values = Values(MAPPING, b"k" * 32, "2307")
    plain: tuple[tuple[Kind, str, Any], ...] = (
        ("id", "W1", "W1"),
        ("code", "Courier", "courier"),
        ("text", "a  b", "a b"),
        ("int", "12", 12),
        ("instant", "2026-11-20 09:00", datetime(2026, 11, 20, 9, tzinfo=UTC)),
    )
    for kind, cell, value in plain:
        quick = values.quick(kind, Value(template="{c}"))
        assert quick
        assert quick({"c": cell}) == value
    assert values.quick("text", Value(column="c", shorten=3)) is None
    assert values.quick("phone", Value(column="c")) is None
