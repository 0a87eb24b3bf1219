"""Members by name: off by default, for a purpose, sealed, and erased."""

import pytest

from events.disclosure import DEFAULTS
from events.member import MemberErased, MemberLeft, MemberNamed
from projections import members
from projections.fold import fold
from services.decisions.base import Command
from services.vault.disclosing import shown
from tests.given import Aggregate, Given, area, given, t

chapter, enterprise, formation = Aggregate("chapter"), Aggregate("enterprise"), Aggregate("formation")
member = Aggregate("member")
COUNTY = "230717"
ALLOWED = formation.set(names=True, purpose="Training of members")


def named(key: str = "M1", firm: str = "E1") -> Command:
    return member.name(member=key, chapter="C1", enterprise=firm, name="sealed:1")


@pytest.fixture
def city() -> Given:
    """Return a joint chapter of one enterprise; the rules are as they come."""
    return given(
        area.define(area=COUNTY, name="County 1"),
        enterprise.register(enterprise="E1", name="Firm 1", area=COUNTY, trade="courier"),
        enterprise.register(enterprise="E2", name="Firm 2", area=COUNTY, trade="courier"),
        chapter.form(chapter="C1", name="Couriers", route="joint", enterprises=("E1",)),
    )


def test_members_are_not_named_unless_it_is_allowed_for_a_purpose(city: Given):
    city.when(named()).refused("member.not_named")
    city.and_(ALLOWED)
    city.when(named()).only(MemberNamed).then(
        MemberNamed, chapter="C1", area=COUNTY, purpose="Training of members", name="sealed:1"
    )
    city.and_(formation.set(), now=t("01:00"))
    city.when(named("M2")).refused("member.not_named")


def test_a_member_is_named_once_and_in_a_chapter_of_the_enterprise(city: Given):
    city.and_(ALLOWED, named())
    city.when(named()).refused("member.exists", "M1")
    city.when(named("M2", "E2")).refused("chapter.not_in", "E2")
    city.and_(chapter.dissolve(chapter="C1"), now=t("01:00"))
    city.when(named("M3")).refused("chapter.ended")


def test_a_member_leaves_and_is_erased_once(city: Given):
    city.and_(ALLOWED, named())
    city.when(member.leave(member="M1"), now=t("01:00")).only(MemberLeft)
    city.when(member.leave(member="M1")).unchanged()
    city.when(member.erase(member="M1")).only(MemberErased)
    city.when(member.erase(member="M1")).unchanged()
    city.when(member.leave(member="M9")).refused("member.unknown", "M9")

    (row,) = fold(members.VIEW, city.log.commits).values()
    assert isinstance(row, members.MemberRow)
    assert (row.name, row.left_at, row.purpose) == (None, t("01:00"), "Training of members")
    assert members.at(row, t("00:30")) == members.MemberRow(
        member="M1",
        chapter="C1",
        enterprise="E1",
        area=COUNTY,
        name=None,
        purpose="Training of members",
        since=t("00:00"),
    )


def test_a_name_is_never_shown_unasked(city: Given):
    seen = DEFAULTS.dispatcher
    assert shown("members", "name", "Member 1", seen, revealed=False) != "Member 1"
    assert shown("members", "name", "Member 1", seen, revealed=True) == "Member 1"
