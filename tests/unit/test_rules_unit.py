"""Units: a tree in which one leads, and from which nobody drops out."""

from events.unit import UnitCharged, UnitDissolved, UnitEstablished, UnitMoved, UnitRenamed
from events.unit_history import above, leading, unit_at
from services.decisions.unit.table import UNITS
from tests.given import Aggregate, Given, area, given, t

unit, post = Aggregate("unit"), Aggregate("post")
COUNTY = area.define(area="230717", name="County 1")
LEAD = unit.establish(unit="U1", name="Committee", duty="lead", area="2307")
STREET = unit.establish(unit="U2", name="Street", duty="act_jointly", parent="U1", area="2307")
STATION = unit.establish(unit="U3", name="Station", duty="guarantee", parent="U2", area="2307")


def later(given_: Given, clock: str = "10:00") -> Given:
    """Let time pass."""
    given_.log.now = t(clock)
    return given_


def test_a_unit_is_established_once():
    given().when(LEAD).then(UnitEstablished, name="Committee", duty="lead", area="2307", parent=None)
    other = unit.establish(unit="U1", name="Other", area="2307")
    given(LEAD).when(other).refused("unit.exists", "U1")


def test_the_same_sheet_read_again_changes_nothing():
    given(LEAD, STREET).when(STREET).unchanged()


def test_one_unit_leads():
    second = unit.establish(unit="U9", name="Bureau", duty="lead", area="2307")
    given(LEAD).when(second).refused("unit.leads", "U1")
    given(LEAD).when(second, observed=True).anomaly("unit.leads")
    given(LEAD, STREET).when(unit.charge(unit="U2", duty="lead")).refused("unit.leads", "U1")


def test_the_lead_passes_on_when_the_first_gets_another_duty():
    handed = given(
        LEAD, STREET, unit.charge(unit="U1", duty="coordinate"), unit.charge(unit="U2", duty="lead")
    )
    assert leading(handed.state[UNITS], "lead", t("00:00")) == ["U2"]


def test_a_late_lead_may_not_overlap_one_that_came_after_it():
    city = later(given(STREET.model_copy(update={"parent": None})), "09:00").and_(LEAD)
    late = unit.charge(unit="U2", duty="lead")
    later(city).when(late, at=t("08:00")).refused("unit.leads", "U1", "09:00")


def test_it_is_renamed_and_the_earlier_name_is_that_of_the_earlier_date():
    city = later(given(LEAD))
    renamed = city.when(unit.rename(unit="U1", name="Work Committee")).then(
        UnitRenamed, name="Work Committee"
    )
    changes = renamed.state[UNITS]["U1"].changes
    names = [then and then.name for then in (unit_at(changes, t("09:59")), unit_at(changes, t("10:00")))]
    assert names == ["Committee", "Work Committee"]
    city.when(unit.rename(unit="U1", name="Work Committee")).unchanged()


def test_it_moves_under_another_unit_and_into_another_area():
    city = given(COUNTY, LEAD, STREET, STATION)
    city.when(unit.move(unit="U3", parent="U1")).then(UnitMoved, parent="U1", area="2307")
    city.when(unit.move(unit="U3", area="230717")).then(UnitMoved, parent="U1", area="230717")
    city.when(unit.move(unit="U3", parent=None)).then(UnitMoved, parent=None, area="230717")
    city.when(unit.move(unit="U3", parent=None)).unchanged()


def test_no_unit_is_under_itself():
    city = given(LEAD, STREET, STATION)
    city.when(unit.move(unit="U1", parent="U3")).refused("unit.circle", "U1", "U3")
    city.when(unit.move(unit="U1", parent="U1")).refused("unit.circle")
    city.when(unit.move(unit="U1", parent="U3"), observed=True).anomaly("unit.circle")
    assert above(city.state[UNITS], "U3", t("23:00")) == ["U2", "U1", "U3"]


def test_a_duty_replaces_the_earlier_one():
    city = given(LEAD, STREET)
    city.when(unit.charge(unit="U2", duty="guarantee")).then(UnitCharged, duty="guarantee")
    city.when(unit.charge(unit="U2", duty="guarantee")).unchanged()


def test_what_has_units_or_posts_is_not_dissolved():
    city = given(LEAD, STREET)
    city.when(unit.dissolve(unit="U1")).refused("unit.has_units", "U2")
    city.when(unit.dissolve(unit="U1"), observed=True).anomaly("unit.has_units")
    city = given(LEAD, STREET, post.create(post="P1", name="Officer", unit="U2", area="2307"))
    city.when(unit.dissolve(unit="U2")).refused("unit.has_posts", "P1")
    city.when(unit.dissolve(unit="U2"), observed=True).anomaly("unit.has_posts")


def test_it_is_not_dissolved_before_what_came_to_it_later_and_left_again():
    moved = [unit.move(unit="U3", parent=parent) for parent in ("U2", "U1")]
    station = unit.establish(unit="U3", name="Station", parent="U1", area="2307")
    city = later(given(LEAD, STREET, station), "08:00").and_(moved[0])
    later(city, "09:00").and_(moved[1])
    gone = unit.dissolve(unit="U2")
    later(city).when(gone, at=t("07:00")).refused("unit.has_units", "U3")
    city.and_(post.create(post="P1", name="Officer", unit="U2", area="2307"), at=t("09:10"))
    city.and_(post.abolish(post="P1"), at=t("09:20"))
    city.when(gone, at=t("09:05")).refused("unit.has_posts", "P1")
    city.when(gone, at=t("09:20")).then(UnitDissolved)


def test_it_is_dissolved_once_and_takes_nothing_new():
    city = later(given(LEAD, STREET)).and_(unit.dissolve(unit="U2", reason="merged"))
    assert UnitDissolved in map(type, (one.data for one in city.log.events))
    city.when(unit.dissolve(unit="U2")).unchanged()
    city.when(unit.rename(unit="U2", name="Street 2")).refused("unit.dissolved", "U2")
    city.when(unit.rename(unit="U2", name="Street 2"), at=t("09:00")).then(UnitRenamed)
    below = unit.establish(unit="U4", name="Office", parent="U2", area="2307")
    city.when(below).refused("unit.dissolved")
    city.when(below, observed=True).anomaly("unit.dissolved")


def test_before_it_was_established_it_was_not():
    city = later(given(COUNTY), "09:00").and_(LEAD)
    later(city).when(unit.rename(unit="U1", name="N"), at=t("08:00")).refused("unit.not_yet", "U1")
    city.when(unit.rename(unit="U1", name="N"), at=t("08:00"), observed=True).anomaly("unit.not_yet")
    then = unit_at(city.state[UNITS]["U1"].changes, t("09:30"))
    assert (then and then.name) == "Committee"


def test_what_does_not_exist_is_unknown():
    given().when(unit.rename(unit="U9", name="N")).refused("unit.unknown", "U9")
    given().when(STREET).refused("unit.unknown", "U1")
    nowhere = unit.establish(unit="U1", name="N", area="230799")
    given().when(nowhere).refused("area.unknown")


def test_it_was_not_dissolved_before_something_that_is_known_of_it():
    city = later(given(LEAD, STREET), "09:00").and_(unit.rename(unit="U2", name="Station"))
    gone = unit.dissolve(unit="U2")
    later(city).when(gone, at=t("08:00")).refused("unit.later", "U2", "09:00")
    city.when(gone, at=t("08:00"), observed=True).anomaly("unit.later")


def test_what_comes_under_a_unit_late_had_gone_before_it_ended():
    city = later(given(COUNTY, LEAD, STREET, STATION.model_copy(update={"parent": "U1"})))
    city.and_(unit.dissolve(unit="U2"), at=t("09:00"))
    below = unit.establish(unit="U4", name="Office", parent="U2", area="2307")
    officer = post.create(post="P1", name="Officer", unit="U2", area="2307")
    moved = unit.move(unit="U3", parent="U2")
    for late in (below, officer, moved):
        city.when(late, at=t("08:00")).refused("unit.dissolved", "U2", "09:00")
        city.when(late, at=t("08:00"), observed=True).anomaly("unit.dissolved")


def test_its_later_place_may_be_told_first():
    city = later(given(LEAD, STREET, STATION.model_copy(update={"parent": "U1"})))
    city.and_(unit.dissolve(unit="U2"), at=t("09:00"))
    city.and_(unit.move(unit="U3", parent="U1"), at=t("08:30"))
    city.when(unit.move(unit="U3", parent="U2"), at=t("08:00")).then(UnitMoved, parent="U2", kept=("area",))


def test_what_a_move_does_not_say_stays_as_it_is_told():
    """A move of the area leaves the parent as it is, also if that is told later."""
    city = later(given(COUNTY, LEAD, STREET, STATION))
    city.and_(unit.move(unit="U3", area="230717"), at=t("09:00"))
    city.and_(unit.move(unit="U3", parent="U1"), at=t("08:00"))
    then = unit_at(city.state[UNITS]["U3"].changes, t("09:30"))
    assert then
    assert (then.area, then.parent) == ("230717", "U1")


def test_what_is_told_late_is_news_even_if_it_was_so_already():
    city = later(given(LEAD, STREET))
    for same in (unit.rename(unit="U2", name="Street"), unit.charge(unit="U2", duty="act_jointly")):
        city.and_(same, at=t("09:00"))
        city.when(same, at=t("09:00")).unchanged()
    city.and_(unit.rename(unit="U2", name="Bureau"), at=t("08:00"))
    names = [unit_at(city.state[UNITS]["U2"].changes, t(clock)) for clock in ("08:30", "09:30")]
    assert [then and then.name for then in names] == ["Bureau", "Street"]
