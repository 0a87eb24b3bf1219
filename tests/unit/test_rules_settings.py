"""Settings of a jurisdiction: terms, the limits of alerts, and who sees what."""

import pytest

from events import disclosure, terms, timers
from events.jurisdiction import JurisdictionDisclosureSet, JurisdictionTimersSet
from events.terms import Names, TermDefined
from services.decisions.base import Scope
from services.decisions.lookups import confirms
from services.decisions.term.table import TERMS
from tests.given import given, jurisdiction, term

PETS = term.define(list="category", code="pets", names={"en": "Pets"})
FAST = jurisdiction.set_timers(timers={"untouched": (30, None, None, None), "welfare": 600})
STRICT = jurisdiction.set_disclosure(rules={"dispatcher": {"name": "on_demand"}})


def test_a_term_is_defined_once():
    given().when(PETS).then(TermDefined, term="category.pets", names=Names(en="Pets"))
    given(PETS).when(PETS).unchanged()


def test_a_definition_replaces_the_earlier_one_as_a_whole():
    known = given(PETS, term.define(list="category", code="pets", names={"zh": "宠物"}, retired=True))

    row = known.state[TERMS]["category.pets"]
    assert (row.names, row.retired) == (Names(zh="宠物"), True)


def test_a_new_term_has_a_name_but_a_built_in_one_keeps_its_own():
    given().when(term.define(list="category", code="pets")).refused("term.unnamed", "pets")
    given().when(term.define(list="category", code="grocery", retired=True)).then(TermDefined, retired=True)


def test_only_categories_ask_for_confirmation():
    given().when(term.define(list="door", code="refused", confirm=True)).refused("term.confirm", "door")


def test_a_category_confirms_only_if_it_says_so():
    checked = given(term.define(list="category", code="medicine", confirm=True)).state

    assert confirms(checked, "medicine")
    assert not confirms(checked, "grocery")
    assert not confirms(checked, "never_heard_of")


def test_terms_concern_the_whole_jurisdiction():
    given().when(PETS, scope=Scope(areas=("230717",))).refused("forbidden")


def test_every_built_in_term_has_both_names():
    assert set(terms.BUILT_IN) == set(terms.LISTS)
    for some in terms.BUILT_IN.values():
        assert all(one.names.en and one.names.zh for one in some.values())


def test_limits_that_are_not_given_keep_their_defaults():
    state = given(FAST).state

    assert state.meta.timers.untouched == (30, *timers.DEFAULTS.untouched[1:])
    assert state.meta.timers.welfare == 600
    assert state.meta.timers.offered == timers.DEFAULTS.offered


def test_limits_are_set_once_and_taken_back():
    given(FAST).when(FAST).unchanged()
    back = given(FAST).when(jurisdiction.set_timers(timers={})).then(JurisdictionTimersSet)
    assert back.state.meta.timers == timers.DEFAULTS


def test_who_sees_what_is_decided_once():
    given().when(STRICT).then(JurisdictionDisclosureSet)
    given(STRICT).when(STRICT).unchanged()
    shown = given(STRICT).state.meta.disclosure
    assert shown.dispatcher.name == disclosure.ON_DEMAND
    assert shown.dispatcher.need == disclosure.DEFAULTS.dispatcher.need
    assert shown.viewer == disclosure.NOTHING


@pytest.mark.parametrize("scope", ["viewer", "analyst"])
def test_those_who_may_not_reveal_see_nothing_on_demand(scope: str):
    rules = {scope: {"phone": "on_demand"}}
    given().when(jurisdiction.set_disclosure(rules=rules)).refused("disclosure.on_demand", scope)


def test_by_default_a_dispatcher_opens_phones_and_house_numbers_on_demand():
    usual = disclosure.DEFAULTS.dispatcher

    assert (usual.name, usual.need, usual.community) == ("clear", "clear", "clear")
    assert (usual.address, usual.phone) == ("on_demand", "on_demand")
