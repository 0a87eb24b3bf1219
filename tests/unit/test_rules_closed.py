"""A closed jurisdiction takes no commands, but its data can still be read, erased and moved."""

import pytest

from events.jurisdiction import JurisdictionClosed, JurisdictionReopened, PersonalRevealed
from events.worker import WorkerCheckedIn, WorkerErased
from projections.base import Row
from projections.fold import step
from projections.jurisdictions import VIEW
from services.decisions.base import Command, commands
from services.decisions.jurisdiction.decide import taken_when_closed
from services.decisions.snapshot import dump, load
from services.decisions.table import erasures
from tests.given import Given, J, given, jurisdiction, personal, t, worker

CLOSE, REOPEN = jurisdiction.close(reason="example_over"), jurisdiction.reopen()
CHECK_IN = worker.check_in(worker="W1", area=J)


@pytest.fixture
def closed() -> Given:
    """Set up one worker in a closed jurisdiction."""
    return given(worker.register(worker="W1", role="courier"), CLOSE)


def state_of(of: Given) -> str:
    rows: dict[str, Row] = {}
    for event in of.log.events:
        step(VIEW, rows, event)
    row = rows[J]
    return f"{row.state}"  # type: ignore[attr-defined]


def test_closing_says_why_and_closing_again_changes_nothing(closed: Given):
    given(worker.register(worker="W1", role="courier")).when(CLOSE).then(
        JurisdictionClosed, reason="example_over"
    )
    closed.when(CLOSE).unchanged()
    assert state_of(closed) == "closed"


@pytest.mark.parametrize(
    "command",
    [CHECK_IN, jurisdiction.establish(name=J), jurisdiction.set_timers(timers={}), worker.amend(worker="W1")],
)
def test_it_takes_no_commands_not_even_facts_of_before(closed: Given, command: Command):
    closed.when(command).refused("jurisdiction.closed", J)
    closed.when(command, at=t("-1 09:00"), observed=True).refused("jurisdiction.closed")


def test_who_was_in_it_can_still_be_seen_and_erased(closed: Given):
    closed.when(personal.reveal(view="roster", subjects=("worker/W1",))).only(PersonalRevealed)
    closed.when(worker.erase(worker="W1")).then(WorkerErased, worker="W1")
    taken = {name for name in commands if taken_when_closed(name)}
    erasing = {name for name in taken if name.endswith(".erase")}
    assert erasing == {f"{table.kind}.erase" for table in erasures().values()}
    assert len(taken - erasing) == 6


def test_it_may_be_moved_and_stays_closed_where_it_goes(closed: Given):
    there = closed.and_(jurisdiction.move(), jurisdiction.resume(position=3, hash="a" * 64))
    there.when(CHECK_IN).refused("jurisdiction.closed", J)
    assert state_of(there) == "closed"


def test_reopening_lets_it_go_on(closed: Given):
    closed.when(REOPEN).only(JurisdictionReopened)
    again = closed.and_(REOPEN)
    again.when(CHECK_IN).then(WorkerCheckedIn, worker="W1")
    again.when(REOPEN).unchanged()
    assert state_of(again) == "active"


def test_a_snapshot_remembers_it(closed: Given):
    assert load(dump(closed.state)).state.meta.closed
