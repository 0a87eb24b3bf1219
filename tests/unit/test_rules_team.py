"""Teams: form, fill, activate, stand down; one active team per worker."""

import pytest

from events.assignment import AssignmentReleased
from events.team import (
    TeamActivated,
    TeamAmended,
    TeamFormed,
    TeamJoined,
    TeamLeaderAppointed,
    TeamLeft,
    TeamStoodDown,
)
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.team.table import TEAMS
from services.decisions.worker.table import WORKER_STANDINGS
from tests.given import Given, area, assignment, given, incident, request, t, team, worker

A = "230717"
FORM = team.form(team="T1", name="Team 1", kind="courier", area=A)


@pytest.fixture
def crew() -> Given:
    """Set up W1 and W2 on duty in A, and team T1 forming with W1."""
    return given(
        area.define(area=A, name="County 1"),
        area.define(area="230718", name="County 2"),
        worker.register(worker="W1", role="courier"),
        worker.register(worker="W2", role="courier"),
        worker.check_in(worker="W1", area=A),
        worker.check_in(worker="W2", area=A),
        request.open(request="R1", category="grocery", area=A),
        request.open(request="R2", category="grocery", area=A),
        FORM,
        team.join(team="T1", worker="W1"),
    )


@pytest.fixture
def active(crew: Given) -> Given:
    """Activate T1."""
    return crew.and_(team.activate(team="T1"))


def another(state: Given, *members: str) -> Given:
    """Add T2, active, with these members."""
    form = team.form(team="T2", name="Team 2", kind="courier", area=A, members=members, activate=True)
    return state.and_(form)


def test_forming_at_once(crew: Given):
    whole = team.form(
        team="T2", name="Team 2", kind="vehicle", area=A, members=("W2", "W1"), leader="W2", activate=True
    )
    crew.when(whole).only(TeamFormed, TeamJoined, TeamJoined, TeamLeaderAppointed, TeamActivated)
    assert crew.state[TEAMS]["T2"].members == ("W2", "W1")
    assert crew.state[WORKER_STANDINGS]["W2"].team == "T2"


def test_a_team_may_have_no_listed_members(crew: Given):
    engine = team.form(team="E01", name="Engine 1", kind="engine", area=A, capacity=1, activate=True)
    crew.when(engine).only(TeamFormed, TeamActivated)
    crew.when(assignment.dispatch(assignment="A1", request="R1", team="E01")).anomaly()


def test_forming_twice(crew: Given):
    crew.when(FORM).refused("team.exists", "T1")
    crew.when(FORM, observed=True).unchanged()
    crew.when(team.form(team="T1", name="Other", kind="courier", area=A), observed=True).refused(
        "team.exists"
    )


def test_a_team_of_an_incident_that_was_closed(crew: Given):
    crew.and_(incident.declare(incident="I1", name="Lockdown")).and_(
        incident.close(incident="I1"), now=t("02:00")
    )
    late = team.form(team="T2", name="Team 2", kind="courier", area=A, incident="I1")
    crew.when(late).refused("incident.closed", "I1")
    crew.when(late, observed=True).anomaly("incident.closed")
    crew.when(team.form(name="Team 3", kind="courier", area=A, incident="I9"), observed=True).refused(
        "incident.unknown", "I9"
    )


def test_amending(crew: Given):
    crew.when(team.amend(team="T1", name="Team one", capacity=2)).then(TeamAmended, capacity=2)
    crew.when(team.amend(team="T1", name="Team one")).unchanged()
    crew.when(team.amend(team="T9", name="X")).refused("team.unknown", "T9")


def test_joining(crew: Given):
    crew.when(team.join(team="T1", worker="W2")).only(TeamJoined)
    crew.when(team.join(team="T1", worker="W2")).unchanged()
    crew.when(team.join(team="T1", worker="W9")).refused("worker.unknown")
    crew.when(team.join(team="T9", worker="W2"), observed=True).refused("team.unknown")


def test_members_count_in_an_active_team_alone(crew: Given):
    assert crew.state[WORKER_STANDINGS]["W1"].team is None
    crew.when(team.activate(team="T1")).only(TeamActivated).moved("W1", before="available")
    assert crew.state[WORKER_STANDINGS]["W1"].team == "T1"
    crew.when(team.activate(team="T1")).unchanged()


def test_one_active_team_by_joining(active: Given):
    another(active)
    join = team.join(team="T2", worker="W1")
    active.when(join).refused("worker.in_team", "T1")
    active.when(join, observed=True).only(TeamLeft, TeamJoined).then(
        TeamLeft, team="T1", reason="moved"
    ).anomaly("worker.in_team")
    assert active.state[WORKER_STANDINGS]["W1"].team == "T2"


def test_one_active_team_by_activating(crew: Given):
    another(crew, "W1")
    crew.when(team.activate(team="T1")).refused("worker.in_team", "T2")
    crew.when(team.activate(team="T1"), observed=True).only(TeamLeft, TeamActivated).anomaly("worker.in_team")


def test_leaving(active: Given):
    active.and_(team.appoint_leader(team="T1", worker="W1"))
    active.when(team.leave(team="T1", worker="W1", reason="sick")).then(TeamLeft, reason="sick")
    assert active.state[TEAMS]["T1"].leader is None
    active.when(team.leave(team="T1", worker="W1")).unchanged()


def test_leading(crew: Given):
    crew.when(team.appoint_leader(team="T1", worker="W2")).refused("team.not_member", "W2")
    crew.when(team.appoint_leader(team="T1", worker="W1")).only(TeamLeaderAppointed)
    crew.when(team.appoint_leader(team="T1", worker="W1")).unchanged()


def test_standing_down_frees_the_members(active: Given):
    active.and_(assignment.offer(assignment="A1", request="R1", team="T1"))
    active.when(team.stand_down(team="T1")).only(AssignmentReleased, TeamStoodDown).then(
        AssignmentReleased, assignment="A1", reason="stood_down"
    )
    assert active.state[WORKER_STANDINGS]["W1"].team is None
    active.when(team.stand_down(team="T1")).unchanged()
    assert another(active, "W1").state[WORKER_STANDINGS]["W1"].team == "T2"


def test_standing_down_under_assignments(active: Given):
    active.and_(assignment.dispatch(assignment="A1", request="R1", team="T1"))
    active.when(team.stand_down(team="T1")).refused("team.has_assignments", "A1")
    active.when(team.stand_down(team="T1", release="night")).only(AssignmentReleased, TeamStoodDown).then(
        AssignmentReleased, reason="night"
    ).moved("W1", before="assigned", after="available")


def test_standing_down_under_assignments_observed(active: Given):
    active.and_(assignment.dispatch(assignment="A1", request="R1", team="T1"))
    active.when(team.stand_down(team="T1"), observed=True).only(TeamStoodDown).anomaly("team.has_assignments")
    assert active.state[ASSIGNMENTS]["A1"].state == "dispatched"


def test_a_team_that_stood_down_is_no_more(crew: Given):
    crew.and_(team.stand_down(team="T1"))
    for command in (
        team.join(team="T1", worker="W2"),
        team.appoint_leader(team="T1", worker="W1"),
        team.activate(team="T1"),
    ):
        crew.when(command).refused("team.stood_down", "T1")
    crew.when(team.join(team="T1", worker="W2"), observed=True).anomaly("team.stood_down")
    crew.when(team.activate(team="T1"), observed=True).anomaly("team.stood_down")


def test_only_active_teams_are_sent(crew: Given):
    crew.when(assignment.dispatch(request="R1", team="T1")).refused("team.not_active", "forming")
    crew.when(assignment.dispatch(request="R1", team="T1"), observed=True).anomaly("team.not_active")


def test_capacity_is_open_ended_unless_set(active: Given):
    active.and_(assignment.dispatch(assignment="A1", request="R1", team="T1"))
    active.when(assignment.dispatch(assignment="A2", request="R2", team="T1")).anomaly()
    active.and_(assignment.release(assignment="A2", reason="x"), team.amend(team="T1", capacity=1))
    active.when(assignment.dispatch(request="R2", team="T1")).refused("capacity.exceeded", "A1")


def test_a_teams_progress_moves_its_members(active: Given):
    active.and_(assignment.dispatch(assignment="A1", request="R1", team="T1"))
    active.when(assignment.progress(assignment="A1", stage="en_route")).moved(
        "W1", before="assigned", after="en_route"
    )
    active.when(team.leave(team="T1", worker="W1")).moved("W1", before="en_route", after="available")
