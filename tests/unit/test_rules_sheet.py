"""A sheet is a source with a memory: what it says again changes nothing, what it says anew is applied."""

from typing import Any

import msgspec
import pytest

from events.area import AreaRenamed
from events.request import RequestAmended
from events.sheet import SheetSaid, Stated
from events.team import TeamActivated, TeamAmended, TeamFormed, TeamJoined, TeamLeft
from events.worker import WorkerAmended, WorkerRegistered
from services.decisions.base import Command, Scope
from services.decisions.hearing import disagreement
from tests.given import DAY, Given, area, given, request, team, worker

SHEET = {"sheet": "roster/people"}


def says(command: Any, **fields: Any) -> Command:
    """Return a command as a sheet gives it."""
    return command(**fields, said={**SHEET, "accept": False})


def accepted(command: Any, **fields: Any) -> Command:
    return command(**fields, said={**SHEET, "accept": True})


def rider(**fields: Any) -> dict[str, Any]:
    return {"worker": "W1", "role": "rider", "organisation": "OrgA", **fields}


@pytest.fixture
def city() -> Given:
    """Two areas; a sheet said that W1 is a rider of OrgA."""
    begun = given(area.define(area="230717", name="County 1"), area.define(area="230718", name="County 2"))
    return begun.and_(says(worker.register, **rider()), observed=True)


def test_what_a_row_says_is_kept_without_personal_data(city: Given):
    row = says(worker.register, worker="W2", role="medic", name="Person 2")
    city.when(row, observed=True).only(WorkerRegistered, SheetSaid).then(
        SheetSaid, row="worker.register W2", stated=(Stated("role", "medic"),)
    )


def test_saying_it_again_changes_nothing(city: Given):
    city.when(says(worker.register, **rider()), observed=True).unchanged()


def test_what_people_decided_since_stands(city: Given):
    city.and_(worker.amend(worker="W1", role="medic"))
    city.when(says(worker.register, **rider()), observed=True).refused(
        "sheet.differs", "role: medic", "role: rider", "unless you accept"
    )
    city.when(accepted(worker.register, **rider()), observed=True).only(WorkerAmended, SheetSaid).then(
        WorkerAmended, role="rider"
    )


def test_who_retired_stays_retired(city: Given):
    city.and_(worker.retire(worker="W1"))
    city.when(says(worker.register, **rider(role="driver")), observed=True).refused(
        "sheet.differs", "retired"
    )
    city.when(accepted(worker.register, **rider()), observed=True).then(WorkerRegistered, role="rider")


def test_only_what_is_new_is_applied(city: Given):
    city.and_(worker.amend(worker="W1", organisation="OrgB"))
    found = city.when(says(worker.register, **rider(role="driver")), observed=True)
    found.only(WorkerAmended, SheetSaid).then(WorkerAmended, role="driver", organisation=msgspec.UNSET)
    assert disagreement(found.state, says(worker.register, **rider(role="driver")), DAY) is not None


def test_whom_people_registered_is_not_overwritten(city: Given):
    city.and_(worker.register(worker="W2", role="medic"))
    city.when(says(worker.register, worker="W2", role="rider"), observed=True).refused("sheet.differs")
    city.when(says(worker.register, worker="W2", role="medic"), observed=True).only(SheetSaid)


def test_another_sheet_has_a_memory_of_its_own(city: Given):
    other = worker.register(**rider(), said={"sheet": "other/people"})
    city.when(other, observed=True).only(SheetSaid)


def test_teams_areas_and_requests_alike(city: Given):
    form = {"team": "T1", "name": "Team 1", "kind": "courier", "area": "230717"}
    open_ = {"request": "R1", "category": "food", "area": "230717"}
    city.when(says(team.form, **form), observed=True).only(TeamFormed, SheetSaid)
    city.when(says(request.open, **open_), observed=True).then(SheetSaid, row="request.open R1")
    city.when(says(area.define, area="2307-3", name="Old"), observed=True).then(SheetSaid)
    city.when(says(team.form, **{**form, "name": "Team one"}), observed=True).then(
        TeamAmended, name="Team one"
    )
    city.when(says(request.open, **{**open_, "quantity": 3}), observed=True).then(RequestAmended, quantity=3)
    city.when(says(area.define, area="2307-3", name="New"), observed=True).then(AreaRenamed, name="New")
    city.and_(area.rename(area="2307-3", name="Ours"), area.close(area="2307-3"))
    city.when(says(area.define, area="2307-3", name="New"), observed=True).refused("sheet.differs", "closed")


def test_a_sheet_that_moves_somebody_moves_them(city: Given):
    for key in ("T1", "T2"):
        city.and_(team.form(team=key, name=key, kind="courier", area="230717"))
    city.when(says(team.join, team="T1", worker="W1"), observed=True).only(TeamJoined, SheetSaid)
    city.when(says(team.join, team="T1", worker="W1"), observed=True).unchanged()
    city.when(says(team.join, team="T2", worker="W1"), observed=True).only(TeamJoined, TeamLeft, SheetSaid)
    city.and_(team.leave(team="T2", worker="W1"), team.join(team="T1", worker="W1"))
    city.when(says(team.join, team="T2", worker="W1"), observed=True).refused("sheet.differs", "T1", "T2")


def test_a_team_that_stood_down_is_not_called_up_again(city: Given):
    city.and_(team.form(team="T1", name="T1", kind="courier", area="230717"))
    city.when(says(team.activate, team="T1"), observed=True).only(TeamActivated, SheetSaid)
    city.and_(team.stand_down(team="T1"))
    city.when(says(team.activate, team="T1"), observed=True).refused("sheet.differs", "stood_down")


def test_an_amendment_that_follows_needs_the_same_right(city: Given):
    city.and_(worker.amend(worker="W1", home_area="230718"), worker.check_in(worker="W1", area="230717"))
    mine = Scope(areas=("230717",))
    city.when(worker.amend(worker="W1", role="driver"), scope=mine).refused("forbidden")
    city.when(says(worker.register, **rider(role="driver")), observed=True, scope=mine).refused("forbidden")
