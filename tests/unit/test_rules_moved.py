"""A moved jurisdiction takes no commands until it is resumed. The later of moved and resumed decides."""

import pytest

from events.jurisdiction import JurisdictionEstablished, JurisdictionMoved, JurisdictionResumed
from events.worker import WorkerCheckedIn
from projections.base import Row
from projections.fold import step
from projections.jurisdictions import VIEW, JurisdictionRow
from services.decisions.base import Command, Scope
from services.decisions.snapshot import dump, load
from tests.given import DAY, Given, J, area, given, jurisdiction, log, personal, t, worker

MOVE = jurisdiction.move(to="the city's cluster")
RESUME = jurisdiction.resume(position=3, hash="a" * 64, source="district")
CHECK_IN = worker.check_in(worker="W1", area=J)


@pytest.fixture
def moved() -> Given:
    """Set up one worker in a jurisdiction that has moved."""
    return given(worker.register(worker="W1", role="courier"), MOVE)


def row(of: Given) -> JurisdictionRow:
    """Return the jurisdiction's row of the view."""
    rows: dict[str, Row] = {}
    for event in of.log.events:
        step(VIEW, rows, event)
    found = rows[J]
    assert isinstance(found, JurisdictionRow)
    return found


def test_moving_names_where_to():
    given(worker.register(worker="W1", role="courier")).when(MOVE).only(JurisdictionMoved).then(
        JurisdictionMoved, to="the city's cluster"
    )


def test_moving_needs_no_words():
    bare = given(area.define(area="230717", name="County 1"), jurisdiction.move())
    assert bare.state.moved == ""
    bare.when(CHECK_IN).refused("jurisdiction.moved", J, "another log")


@pytest.mark.parametrize(
    "command",
    [
        CHECK_IN,
        MOVE,
        worker.register(worker="W2", role="rider"),
        worker.erase(worker="W1"),
        jurisdiction.establish(name="City", timezone="Asia/Shanghai"),
        log.fence(commands=("c1",)),
        personal.reveal(view="roster", subjects=("worker/W1",)),
    ],
    ids=lambda command: command.NAME,
)
def test_afterwards_every_command_is_refused(moved: Given, command: Command):
    moved.when(command).refused("jurisdiction.moved", J, "the city's cluster")


def test_facts_are_refused_however_late_and_observed(moved: Given):
    moved.when(CHECK_IN, observed=True).refused("jurisdiction.moved")
    moved.when(CHECK_IN, at=t("-1 09:00")).refused("jurisdiction.moved")


def test_who_may_not_command_hears_of_the_move_too(moved: Given):
    moved.when(CHECK_IN, scope=Scope(worker="W1")).refused("jurisdiction.moved")


def test_resuming_says_from_which_head(moved: Given):
    moved.when(RESUME).only(JurisdictionResumed).then(
        JurisdictionResumed, position=3, hash="a" * 64, source="district", restored=False
    ).and_given.when(CHECK_IN).only(WorkerCheckedIn)


def test_the_later_of_the_two_decides(moved: Given):
    moved.and_(RESUME, MOVE).when(CHECK_IN).refused("jurisdiction.moved")
    moved.and_(RESUME).when(CHECK_IN).only(WorkerCheckedIn)


def test_what_has_not_moved_is_not_resumed():
    here = given(worker.register(worker="W1", role="courier"))
    here.when(RESUME).refused("jurisdiction.not_moved", J)
    given().when(RESUME).refused("jurisdiction.not_moved")


def test_a_restore_resumes_what_has_not_moved():
    restored = jurisdiction.resume(position=3, hash="a" * 64, restored=True)
    given(worker.register(worker="W1", role="courier")).when(restored).then(
        JurisdictionResumed, restored=True, source=None
    )


def test_only_the_whole_jurisdiction_is_moved():
    some = Scope(areas=("230717",))
    here = given(area.define(area="230717", name="County 1"))
    here.when(MOVE, scope=some).refused("forbidden", J)


def test_a_snapshot_remembers_the_move(moved: Given):
    assert load(dump(moved.state)).state.moved == "the city's cluster"
    assert load(dump(moved.and_(RESUME).state)).state.moved is None


def test_the_view_says_where_it_is(moved: Given):
    found = row(moved)
    assert (found.state, found.moved_to, found.moved_at) == ("moved", "the city's cluster", DAY)
    found = row(moved.and_(RESUME, now=t("09:00")))
    assert (found.state, found.moved_to, found.moved_at) == ("active", None, None)
    assert found.resumed_at == t("09:00")


def test_the_view_of_who_never_moved():
    found = row(given(jurisdiction.establish(name="City", timezone="Asia/Shanghai")))
    assert (found.name, found.state, found.moved_at, found.resumed_at) == ("City", "active", None, None)
    assert JurisdictionEstablished in VIEW.events
