"""Rows of lean lists: what only one row by itself needs is left out, personal or not, in every view."""

from typing import Any, cast

import msgspec
import pytest

from events.base import EventEnvelope
from events.catalog import newest
from projections.base import Row
from projections.catalog import views
from projections.fold import step
from services.api.rows import Opener
from services.vault import Vault
from tests.golden.make_events import sample
from tests.make import BEGIN, JURISDICTION

LEAN = sorted(name for name, view in views.items() if view.detail)


def folded(view: str) -> dict[str, Row]:
    """Fold a sample of each event of a view, twice: rows begin with whichever of them may come first."""
    rows: dict[str, Row] = {}
    for position, cls in enumerate(2 * views[view].events, 1):
        event = EventEnvelope(
            jurisdiction=JURISDICTION,
            position=position,
            recorded_at=BEGIN,
            name=cls.NAME,
            at=BEGIN,
            actor="test",
            command=f"c{position}",
            data=sample(newest[cls.NAME]),
        )
        step(views[view], rows, event)
    return rows


@pytest.mark.parametrize("view", LEAN)
def test_a_lean_row_has_nothing_of_what_its_view_leaves_out(view: str) -> None:
    lean, whole = (Opener(cast("Vault", None), JURISDICTION, lean=one) for one in (True, False))
    empty = {field.name: field.default for field in msgspec.structs.fields(views[view].row)}
    found = folded(view)
    assert found
    for key, row in found.items():
        told: dict[str, Any] = lean.row(view, key, row)
        assert {name: told[name] for name in views[view].detail} == {
            name: empty[name] for name in views[view].detail
        }
        rest = set(told) - set(views[view].detail)
        every = whole.row(view, key, row)
        assert {name: told[name] for name in rest} == {name: every[name] for name in rest}


def test_some_row_has_what_is_left_out() -> None:
    rows = [(view, row) for view in LEAN for row in folded(view).values()]
    assert {view for view, row in rows if any(getattr(row, name) for name in views[view].detail)} == set(LEAN)
