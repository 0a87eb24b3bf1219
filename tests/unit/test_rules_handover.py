"""Handover notes: who may write, acknowledge, resolve and erase them, and when."""

import pytest

from events.handover import HandoverAcknowledged, HandoverErased, HandoverResolved, HandoverWritten
from projections import activity, handovers
from projections.fold import fold
from projections.handovers import Acknowledgement, HandoverRow
from services.decisions.base import Scope
from services.decisions.handover.table import HANDOVERS
from services.decisions.worker.table import WORKER_STANDINGS
from tests.given import Given, area, given, handover, t, team, worker

COUNTY, OTHER = "230717", "230718"


@pytest.fixture
def shift() -> Given:
    """Write a note about a county, at 08:00 local time."""
    return given(
        area.define(area=COUNTY, name="County 1"),
        area.define(area=OTHER, name="County 2"),
        handover.write(note="N1", area=COUNTY, priority=2, text="sealed:1"),
    )


def test_a_note_is_written_once(shift: Given):
    shift.when(handover.write(note="N2", text="sealed:2")).only(HandoverWritten).then(
        HandoverWritten, note="N2", area="2307", priority=3, text="sealed:2"
    )
    shift.when(handover.write(note="N1", text="sealed:3")).refused("handover.exists", "N1")
    shift.when(handover.write(text="sealed:4"), id="c-new").then(HandoverWritten, note="c-new")


def test_a_note_lies_in_an_open_area(shift: Given):
    shift.when(handover.write(area="230799", text="sealed:2")).refused("area.unknown", "230799")
    shift.and_(area.close(area=OTHER), now=t("01:00"))
    shift.when(handover.write(area=OTHER, text="sealed:2"), now=t("02:00")).refused("area.closed", OTHER)


def test_each_takes_a_note_on_once(shift: Given):
    shift.when(handover.acknowledge(note="N1")).only(HandoverAcknowledged).then(
        HandoverAcknowledged, note="N1", area=COUNTY
    )
    shift.when(handover.acknowledge(note="N1")).unchanged()
    assert shift.state[HANDOVERS]["N1"].acknowledged == ("test",)
    shift.when(handover.acknowledge(note="N9")).refused("handover.unknown", "N9")


def test_a_settled_note_is_settled(shift: Given):
    shift.when(handover.resolve(note="N1")).only(HandoverResolved).then(HandoverResolved, area=COUNTY)
    shift.when(handover.resolve(note="N1")).unchanged()
    shift.when(handover.acknowledge(note="N1")).refused("handover.resolved", "N1")
    shift.when(handover.resolve(note="N9")).refused("handover.unknown")


def test_who_had_taken_it_on_before_it_was_settled_may_say_so_again(shift: Given):
    shift.and_(handover.acknowledge(note="N1"), handover.resolve(note="N1"))

    shift.when(handover.acknowledge(note="N1")).unchanged()


def test_what_was_observed_is_recorded_all_the_same(shift: Given):
    again = handover.write(note="N1", area=COUNTY, priority=2, text="sealed:x")
    shift.when(again, observed=True).refused("handover.exists", "N1")
    shift.and_(handover.resolve(note="N1"))

    shift.when(handover.acknowledge(note="N1"), observed=True).anomaly("handover.resolved")


def test_erasing_a_note_settles_it_too(shift: Given):
    shift.when(handover.erase(note="N1")).only(HandoverErased)
    shift.when(handover.erase(note="N1")).unchanged()
    shift.when(handover.resolve(note="N1")).unchanged()
    shift.when(handover.acknowledge(note="N1")).refused("handover.resolved")
    shift.when(handover.erase(note="N9")).refused("handover.unknown")


def test_a_token_reaches_the_notes_of_its_areas(shift: Given):
    here, there = Scope(areas=(COUNTY,)), Scope(areas=(OTHER,))

    shift.when(handover.acknowledge(note="N1"), scope=there).refused("handover.unknown")
    shift.when(handover.write(area=COUNTY, text="sealed:2"), scope=there).refused("forbidden")
    shift.when(handover.write(text="sealed:2"), scope=here).refused("forbidden", "2307")
    shift.when(handover.acknowledge(note="N1"), scope=here).only(HandoverAcknowledged)
    shift.when(handover.resolve(note="N1"), scope=Scope(worker="W1")).refused("forbidden")


def test_a_note_moves_nobody(shift: Given):
    shift.and_(worker.register(worker="W1", role="courier"), worker.check_in(worker="W1", area=COUNTY))
    before = dict(shift.state[WORKER_STANDINGS])

    shift.and_(handover.acknowledge(note="N1"), handover.resolve(note="N1"))

    assert shift.state[WORKER_STANDINGS] == before


# -- the view ----------------------------------------------------------------------------------------------


def test_the_view_shows_who_took_a_note_on_and_when_it_was_settled(shift: Given):
    shift.and_(handover.acknowledge(note="N1"), now=t("01:00"))
    shift.and_(handover.resolve(note="N1"), now=t("02:00"))
    shift.and_(handover.write(note="N2", text="sealed:2"), now=t("03:00"))

    assert fold(handovers.VIEW, shift.log.commits) == {
        "N1": HandoverRow(
            note="N1",
            area=COUNTY,
            priority=2,
            state="resolved",
            written_at=t("00:00"),
            written_by="test",
            acknowledged=(Acknowledgement("test", t("01:00")),),
            resolved_at=t("02:00"),
            resolved_by="test",
            text="sealed:1",
        ),
        "N2": HandoverRow(
            note="N2", area="2307", priority=3, written_at=t("03:00"), written_by="test", text="sealed:2"
        ),
    }


def test_an_erased_note_holds_no_text_and_keeps_when_it_was_settled(shift: Given):
    shift.and_(handover.resolve(note="N1"), now=t("02:00"))
    shift.and_(handover.erase(note="N1"), now=t("03:00"))
    shift.and_(handover.write(note="N2", text="sealed:2"), handover.erase(note="N2"), now=t("04:00"))

    rows = fold(handovers.VIEW, shift.log.commits)

    found = {key: (row.text, row.state, row.resolved_at) for key, row in rows.items()}  # type: ignore[attr-defined]
    assert found == {"N1": (None, "resolved", t("02:00")), "N2": (None, "resolved", t("04:00"))}


def test_the_activity_names_the_note_and_tells_nothing_of_its_text(shift: Given):
    shift.and_(team.form(team="T1", name="Team 1", kind="courier", area=COUNTY))
    shift.and_(handover.acknowledge(note="N1"), now=t("01:00"))

    rows = fold(activity.VIEW, shift.log.commits).values()

    told = [(row.name, row.area, row.detail) for row in rows if row.name.startswith("handover.")]  # type: ignore[attr-defined]
    assert told == [
        ("handover.written", COUNTY, {"note": "N1", "priority": 2}),
        ("handover.acknowledged", COUNTY, {"note": "N1"}),
    ]
