"""A row that a store returns equals the row that was folded, so that audits and rebuilds can compare them."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from each import each

from events.base import EventEnvelope
from events.catalog import envelopes
from events.commit import decode
from projections.base import Row, View
from projections.catalog import views
from projections.fold import step
from services.decisions.base import commands
from tests.make import JURISDICTION as J
from tests.make import Chain
from tests.story import STORY

AMENDED = ("station.amend", {"station": "ST1", "services": ["rest", "water"]})


@pytest.fixture(scope="module")
def events() -> list[EventEnvelope]:
    """Return every type of event of the story, and a list that was amended."""
    made = Chain(J)
    for name, body in (*STORY, AMENDED):
        made.commit(commands[name].model_validate(body))
    return [event for stored in made.commits for event in envelopes(decode(stored.data))]


def folded(view: View[Any], events: list[EventEnvelope], kept: Callable[[Row], Row]) -> dict[str, Row]:
    """Return the view's rows, of which each was kept somewhere after each event."""
    rows: dict[str, Row] = {}
    for event in events:
        step(view, rows, event)
        for key in view.keys(event):
            if key in rows:
                rows[key] = kept(rows[key])
    return rows


@each("view", views.values(), ids=lambda view: view.name)
def test_a_row_is_the_same_from_memory_and_from_a_store(view: View[Any], events: list[EventEnvelope]) -> None:
    def stored(row: Row) -> Row:
        return msgspec.json.decode(msgspec.json.encode(row), type=view.row)

    in_memory = folded(view, events, lambda row: row)
    assert {key: stored(row) for key, row in in_memory.items()} == in_memory
    assert folded(view, events, stored) == in_memory
