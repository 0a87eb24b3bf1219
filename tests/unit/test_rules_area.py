"""Areas and their jurisdiction."""

from typing import Any

import pytest

from events import catalog
from events.area import AreaBounded, AreaClosed, AreaDefined, AreaRenamed
from events.boundary import MOST_VERTICES
from events.jurisdiction import CommandUnchanged, JurisdictionEstablished, LogFenced, PersonalRevealed
from services.decisions.base import Scope
from services.decisions.decide import unchanged
from services.decisions.state import COMMANDS, RecordedCommand
from tests.given import area, given, incident, jurisdiction, log, personal, request, team, worker

COUNTY = area.define(area="230717", name="County 1")
STREET = area.define(area="230717001", name="Street 1")
SQUARE = ((((128.9, 47.7), (128.91, 47.7), (128.91, 47.71), (128.9, 47.71), (128.9, 47.7)),),)


def test_the_first_command_establishes_the_jurisdiction():
    given().when(COUNTY).only(JurisdictionEstablished, AreaDefined).then(
        JurisdictionEstablished, name="2307", timezone="Asia/Shanghai"
    ).then(AreaDefined, area="230717", name="County 1", parent="2307")


def test_a_jurisdiction_is_established_once():
    begin = jurisdiction.establish(name="City", timezone="Asia/Shanghai")
    given().when(begin).only(JurisdictionEstablished)
    begun = given(begin)
    begun.when(begin).unchanged()
    begun.when(jurisdiction.establish(name="City", timezone="America/Los_Angeles")).refused(
        "jurisdiction.established", "City", "Asia/Shanghai"
    )


def test_a_time_zone_that_does_not_exist():
    given().when(jurisdiction.establish(name="City", timezone="Mars/Base")).refused(
        "timezone.unknown", "Mars/Base"
    )


def test_not_everybody_may_establish_a_jurisdiction():
    given().when(COUNTY, scope=Scope(establish=False)).refused("jurisdiction.unknown", "2307")


def test_defining_the_tree_from_the_top():
    given(COUNTY).when(STREET).only(AreaDefined).then(AreaDefined, parent="230717")
    given().when(STREET).refused("area.no_parent", "230717")


def test_a_grid_hangs_below_its_community():
    given(COUNTY).when(area.define(area="230717-03", name="Grid 3")).then(AreaDefined, parent="230717")


def test_an_area_lies_inside_the_jurisdiction():
    given(COUNTY).when(area.define(area="230817", name="Elsewhere")).refused("area.outside", "2307")
    given(COUNTY).when(area.define(area="2307170", name="No such cut", lon=128.9, lat=47.7)).then(
        AreaDefined, parent="230717", lon=128.9
    )


def test_defining_again_changes_nothing_unless_it_differs():
    given(COUNTY).when(COUNTY).unchanged()
    given(COUNTY).when(area.define(area="230717", name="Other")).refused("area.exists", "230717")
    given(COUNTY).when(area.define(area="2307", name="Root")).refused("area.exists", "2307")


def test_renaming():
    rename = area.rename(area="230717", name="County one")
    given(COUNTY).when(rename).only(AreaRenamed).then(AreaRenamed, name="County one")
    given(COUNTY, rename).when(rename).unchanged()
    given(COUNTY).when(area.rename(area="230718", name="X")).refused("area.unknown", "230718")
    given(COUNTY).when(area.rename(area="2307", name="X")).refused("area.root")


def test_closing():
    close = area.close(area="230717")
    given(COUNTY).when(close).only(AreaClosed)
    given(COUNTY, close).when(close).unchanged()
    given(COUNTY).when(area.close(area="2307")).refused("area.root")
    given(COUNTY).when(area.close(area="9")).refused("area.unknown")


def test_nothing_is_placed_in_a_closed_area_unless_it_was_observed():
    begun = given(COUNTY, worker.register(worker="W1", role="courier"), area.close(area="230717"))
    for command in (
        worker.check_in(worker="W1", area="230717"),
        worker.report(worker="W1", area="230717"),
        worker.register(worker="W2", role="courier", home_area="230717"),
        worker.amend(worker="W1", home_area="230717"),
        team.form(team="T1", name="Team", kind="courier", area="230717"),
        request.open(request="R1", category="grocery", area="230717"),
    ):
        begun.when(command).refused("area.closed", "230717")
        begun.when(command, observed=True).anomaly("area.closed")


def test_areas_must_be_known_even_when_observed():
    begun = given(COUNTY)
    for command in (
        worker.register(worker="W2", role="courier", home_area="230799"),
        incident.declare(incident="I1", name="Lockdown", areas=("230799",)),
        request.open(request="R1", category="grocery", area="230799"),
    ):
        begun.when(command, observed=True).refused("area.unknown", "230799")


def test_a_token_for_an_area_reaches_what_lies_inside_it():
    county = Scope(areas=("230717",))
    begun = given(COUNTY, area.define(area="230718", name="County 2"))
    begun.when(STREET, scope=county).then(AreaDefined)
    begun.when(area.rename(area="230718", name="X"), scope=county).refused("forbidden", "230718")
    begun.when(area.rename(area="2307", name="X"), scope=county).refused("forbidden", "2307")


def test_a_token_for_an_area_may_not_do_what_concerns_all():
    county = Scope(areas=("230717",))
    declared = given(COUNTY, incident.declare(incident="I1", name="Lockdown"))
    declared.when(incident.close(incident="I1"), scope=county).refused("forbidden", "2307")


def test_a_token_for_an_area_follows_what_a_command_refers_to():
    county = Scope(areas=("230717",))
    begun = given(
        COUNTY,
        area.define(area="230718", name="County 2"),
        worker.register(worker="W1", role="courier", home_area="230718"),
        team.form(team="T1", name="Team", kind="courier", area="230718"),
        request.open(request="R1", category="grocery", area="230718"),
    )
    for command, code in (
        (worker.check_in(worker="W1", area="230717"), "worker.unknown"),
        (worker.amend(worker="W1", role="rider"), "worker.unknown"),
        (team.activate(team="T1"), "team.unknown"),
        (request.cancel(request="R1", reason="not_needed"), "request.unknown"),
    ):
        begun.when(command, scope=county).refused(code)


def test_what_the_service_notes_on_itself():
    given(COUNTY).when(personal.reveal(view="roster", subjects=("worker/W1",))).only(PersonalRevealed)
    given(COUNTY).when(log.fence(commands=("c1", "c2"))).then(LogFenced, commands=("c1", "c2"))


def test_what_changes_nothing_is_recorded_as_such_under_its_id():
    begun = given(COUNTY)
    begun.when(COUNTY, id="c9").unchanged()
    first = begun.state.head.position + 1
    recorded = unchanged(begun.state, COUNTY, begun.log.context(COUNTY, id="c9"), first, "body")
    assert [catalog.decode(one, first) for one in recorded] == [CommandUnchanged(asked="area.define")]
    assert begun.state[COMMANDS]["c9"] == RecordedCommand(first, "body", "log.unchanged")


def test_an_area_gets_a_boundary_once() -> None:
    bound = area.bound(area="230717", boundary=SQUARE)
    given(COUNTY).when(bound).only(AreaBounded).then(AreaBounded, area="230717", boundary=SQUARE)
    given(COUNTY, bound).when(bound).unchanged()
    given(COUNTY, bound).when(area.bound(area="230717", boundary=())).only(AreaBounded)
    given(COUNTY).when(area.bound(area="230717", boundary=())).unchanged()


@pytest.mark.parametrize(
    "polygon",
    [
        (),
        (((128.9, 47.7), (128.91, 47.7), (128.9, 47.71), (128.95, 47.7)),),
        (((128.9, 47.7), (128.91, 47.7), (128.9, 47.7)),),
        (((128.9, 91.0), (128.91, 47.7), (128.9, 47.71), (128.9, 91.0)),),
        ((*((128.9, 47.0 + i / 1e4) for i in range(MOST_VERTICES)), (128.9, 47.0)),),
    ],
    ids=("empty", "open", "line", "globe", "many"),
)
def test_what_is_no_boundary_is_refused(polygon: Any) -> None:
    bound = area.bound(area="230717", boundary=(polygon,))
    given(COUNTY).when(bound).refused("area.bad_boundary", "230717")


def test_the_jurisdiction_itself_has_no_boundary() -> None:
    given(COUNTY).when(area.bound(area="2307", boundary=SQUARE)).refused("area.bad_boundary", "2307")
