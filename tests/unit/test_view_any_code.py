"""No view depends on the code of the jurisdiction whose events it folds, such as that of a copy."""

from typing import Any

import msgspec
import pytest
from each import each

from events.base import EventEnvelope
from events.catalog import envelopes, newest
from events.commit import decode
from projections.areas import VIEW as AREAS
from projections.base import Row
from projections.catalog import views
from projections.fold import step
from services.decisions.area.commands import DefineArea
from tests.golden.make_events import sample
from tests.make import BEGIN, JURISDICTION, chain

OTHERS = ["2308", "SFFD", "810000-test"]
COMMITS = chain(
    DefineArea(area="230717", name="County 1"),
    DefineArea(area="230717001", name="Street 1"),
    DefineArea(area="230717001-03", name="Grid 3"),
)


def levels(code: str | None) -> list[int]:
    """Return how deep the areas lie if the log is another jurisdiction's; None = its own."""
    rows: dict[str, Row] = {}
    for stored in COMMITS:
        commit = decode(stored.data)
        for event in envelopes(msgspec.structs.replace(commit, jurisdiction=code) if code else commit):
            step(AREAS, rows, event)
    found: list[Any] = list(rows.values())
    return sorted(row.level for row in found)


@pytest.mark.parametrize("code", OTHERS)
def test_areas_keep_their_levels_under_any_code(code: str) -> None:
    assert levels(None) == [0, 1, 2, 3]
    assert levels(code) == levels(None)


def refusing(name: str, code: str) -> set[str]:
    """Return the views that cannot fold a sample of an event, whose words mean nothing."""
    event = EventEnvelope(
        jurisdiction=code,
        position=1,
        recorded_at=BEGIN,
        name=name,
        at=BEGIN,
        actor="test",
        command="c1",
        data=sample(newest[name]),
    )
    found: set[str] = set()
    for view in views.values():
        try:
            step(view, {}, event)
        except (KeyError, ValueError):
            found.add(view.name)
    return found


@each("code", OTHERS)
@each("name", sorted(newest))
def test_every_view_takes_every_event_under_any_code(name: str, code: str) -> None:
    assert refusing(name, code) == refusing(name, JURISDICTION)
    assert "areas" not in refusing(name, code)
